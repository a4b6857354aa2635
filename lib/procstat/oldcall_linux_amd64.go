package procstat

import "golang.org/x/sys/unix"

// oldCall knows the calls that newer architectures have no number for.
func oldCall(number int) wait {
	switch number {
	case unix.SYS_POLL, unix.SYS_SELECT, unix.SYS_EPOLL_WAIT:
		return polls
	case unix.SYS_ACCEPT:
		return network
	case unix.SYS_PAUSE:
		return sleeps
	}
	return other
}
