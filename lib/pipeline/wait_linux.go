package pipeline

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// peek waits until a child can be reaped, and leaves it to be: its number stays
// its own until reap, so a signal to it can't hit a stranger. Without wait, 0
// says that there are children, but none has ended. The error is ECHILD when
// there are none.
func peek(wait bool) (pid int, err error) {
	options := unix.WEXITED | unix.WNOWAIT
	if !wait {
		options |= unix.WNOHANG
	}
	for {
		// The fields that differ by the kind of signal follow three ints, aligned
		// like a pointer; of a child's end the first one is its number.
		var info unix.Siginfo
		err := unix.Waitid(unix.P_ALL, 0, &info, options, nil)
		switch err {
		case nil:
			const word = unsafe.Sizeof(uintptr(0))
			at := (3*unsafe.Sizeof(info.Signo) + word - 1) &^ (word - 1)
			return int(*(*int32)(unsafe.Add(unsafe.Pointer(&info), at))), nil
		case unix.EINTR:
		default:
			return 0, err
		}
	}
}

// reap takes the status of a child that has ended.
func reap(pid int) (Status, Usage) {
	var status unix.WaitStatus
	var used unix.Rusage
	for {
		if _, err := unix.Wait4(pid, &status, 0, &used); err != unix.EINTR {
			break
		}
	}
	usage := Usage{
		User:    time.Duration(used.Utime.Nano()),
		System:  time.Duration(used.Stime.Nano()),
		PeakRSS: used.Maxrss << 10,
	}
	if status.Signaled() {
		return Status{Signal: status.Signal()}, usage
	}
	return Status{Code: status.ExitStatus()}, usage
}
