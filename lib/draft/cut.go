package draft

import (
	"bytes"
	"io"
	"os"
)

// CutLine cuts off what follows the last line end of a file, and answers the
// size that is left: a process that was killed in the middle of a write left the
// beginning of a line there, to which the next one would be added.
func CutLine(f *os.File) (size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	whole := info.Size()
	for buf := make([]byte, 64<<10); whole > 0; {
		part := buf[:min(int64(len(buf)), whole)]
		if _, err := f.ReadAt(part, whole-int64(len(part))); err != nil && err != io.EOF {
			return 0, err
		}
		if end := bytes.LastIndexByte(part, '\n'); end >= 0 {
			whole -= int64(len(part) - end - 1)
			break
		}
		whole -= int64(len(part))
	}
	if whole == info.Size() {
		return whole, nil
	}
	return whole, f.Truncate(whole)
}
