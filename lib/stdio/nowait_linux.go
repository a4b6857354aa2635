package stdio

import (
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const canNowait = true

// readNowait reads what is there, or answers EAGAIN. Pipes have taken
// RWF_NOWAIT since Linux 5.9 or so; before, the answer is EOPNOTSUPP.
func readNowait(fd int, p []byte) (int, error) {
	return vector2(unix.SYS_PREADV2, fd, p)
}

// writeNowait writes what fits, or answers EAGAIN.
func writeNowait(fd int, p []byte) (int, error) {
	return vector2(unix.SYS_PWRITEV2, fd, p)
}

// vector2 is preadv2(2) or pwritev2(2) with one buffer, at the descriptor's own
// position, which must not wait. The wrappers of package unix allocate their
// vectors: garbage for every block, in a process whose memory should stand
// still.
func vector2(trap uintptr, fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	const here = ^uintptr(0) // -1 in both halves of the offset
	vec := unix.Iovec{Base: &p[0]}
	vec.SetLen(len(p))
	n, _, errno := unix.Syscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(&vec)), 1, here, here, unix.RWF_NOWAIT)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// readCached is preadv2(2) with one buffer, of what does not have to be waited for:
// else the answer is EAGAIN, or, where the file system can't tell, EOPNOTSUPP. The
// runtime does not hear of the call.
func readCached(fd int, p []byte, at int64, inMemory bool) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	flags := uintptr(unix.RWF_NOWAIT)
	if inMemory {
		flags = 0
	}
	vec := unix.Iovec{Base: &p[0]}
	vec.SetLen(len(p))
	n, _, errno := unix.RawSyscall6(unix.SYS_PREADV2, uintptr(fd), uintptr(unsafe.Pointer(&vec)), 1, uintptr(at), uintptr(uint64(at)>>32), flags)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// isInMemory says whether a file is on a file system in memory, which does not know
// RWF_NOWAIT and does not need it (but for what was swapped out).
func isInMemory(fd int) bool {
	var st unix.Statfs_t
	return unix.Fstatfs(fd, &st) == nil && st.Type == unix.TMPFS_MAGIC
}

// timed makes a system call that may block, and says how long it was blocked:
// the time by the clock less the time that this thread worked (copying pages is
// work, not waiting).
func timed(call func() (int, error)) (n int, blocked time.Duration, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start, worked := now(), ThreadTime()
	n, err = call()
	return n, max(0, (now()-start)-(ThreadTime()-worked)), err
}

// ThreadTime is the CPU time that the calling thread has used; lock the goroutine
// to its thread for as long as it is measured.
func ThreadTime() time.Duration {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
