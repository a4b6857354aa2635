package stdio

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// ErrFeedsItself is what to say of an input for which FeedsItself is true, behind
// its name.
var ErrFeedsItself = errors.New("is the file that is written to, and would never end")

// FeedsItself says whether what is written to out will be read from in: both are
// one regular file, of which something is left to be read, and out writes behind
// the place that in has come to. cat(1) and pv(1) refuse the same. Reading a file
// and writing the same bytes over what was read is fine.
func FeedsItself(in, out *os.File) bool {
	a, err := in.Stat()
	b, err2 := out.Stat()
	if err != nil || err2 != nil || !a.Mode().IsRegular() || !os.SameFile(a, b) {
		return false
	}
	at, err := in.Seek(0, io.SeekCurrent)
	if err != nil || at >= a.Size() {
		return false
	}
	if flags, err := unix.FcntlInt(out.Fd(), unix.F_GETFL, 0); err == nil && flags&unix.O_APPEND != 0 {
		return true
	}
	to, err := out.Seek(0, io.SeekCurrent)
	return err == nil && at < to
}
