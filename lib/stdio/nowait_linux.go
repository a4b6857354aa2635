package stdio

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const canNowait = true

// readNowait reads what is there, or answers EAGAIN. Pipes have taken
// RWF_NOWAIT since Linux 5.9 or so; before, the answer is EOPNOTSUPP.
func readNowait(fd int, p []byte) (int, error) {
	return unix.Preadv2(fd, [][]byte{p}, -1, unix.RWF_NOWAIT)
}

// writeNowait writes what fits, or answers EAGAIN.
func writeNowait(fd int, p []byte) (int, error) {
	return unix.Pwritev2(fd, [][]byte{p}, -1, unix.RWF_NOWAIT)
}

// timed makes a system call that may block, and says how long it was blocked:
// the time by the clock less the time that this thread worked (copying pages is
// work, not waiting).
func timed(call func() (int, error)) (n int, blocked time.Duration, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start, worked := now(), threadTime()
	n, err = call()
	return n, max(0, (now()-start)-(threadTime()-worked)), err
}

func threadTime() time.Duration {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
