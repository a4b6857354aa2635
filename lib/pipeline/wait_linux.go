package pipeline

import (
	"time"

	"golang.org/x/sys/unix"
)

// collect takes the status of a child that has ended.
func collect(pid int) (Status, Usage) {
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
		PeakRSS: int64(used.Maxrss) << 10, // an int32 on some systems
	}
	if status.Signaled() {
		return Status{Signal: status.Signal()}, usage
	}
	return Status{Code: status.ExitStatus()}, usage
}
