package sink

import (
	"io"
	"os"
)

// fill writes data to f and goes back to its start.
func fill(f *os.File, data []byte) (*os.File, error) {
	_, err := f.Write(data)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
