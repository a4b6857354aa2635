package stdio

import (
	"os"

	"golang.org/x/sys/unix"
)

// AtomicWrite is the most that one write puts into a pipe whole or not at all:
// PIPE_BUF of limits.h.
const AtomicWrite = 4096

// GrowPipe asks the kernel for a pipe of at least size bytes, or as many
// halvings less as it grants, and answers the size it has. It is best effort: a
// user may own 64 MiB of pipes in all, and one pipe is 1 MiB at most unless the
// administrator says otherwise, so failing is no error. 0 means no pipe.
func GrowPipe(f *os.File, size int) int {
	have := PipeSize(f)
	if have <= 0 {
		return 0
	}
	const most = 1 << 30 // the call takes 32 bits of the number, and 0 shrinks the pipe
	for size = min(size, most); size > have; size /= 2 {
		if n, err := unix.FcntlInt(f.Fd(), unix.F_SETPIPE_SZ, size); err == nil {
			return n
		}
	}
	return have
}

// PipeSize is the capacity of a pipe in bytes, 0 for what is no pipe.
func PipeSize(f *os.File) int {
	n, err := unix.FcntlInt(f.Fd(), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		return 0
	}
	return n
}

// Queued is how many bytes wait in a pipe for its reader, and whether f is a
// pipe at all.
func Queued(f *os.File) (n int, ok bool) {
	if !IsPipe(f) {
		return 0, false
	}
	n, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCINQ)
	return n, err == nil
}
