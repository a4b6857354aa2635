package stdio

import "golang.org/x/sys/unix"

const ioctlGetTermios = unix.TCGETS

// pollOnce is ppoll(2), for its nanoseconds: poll's milliseconds are too coarse
// to pace records by.
func pollOnce(fds []unix.PollFd, wait int64) (int, error) {
	if wait < 0 {
		return unix.Ppoll(fds, nil, nil)
	}
	ts := unix.NsecToTimespec(wait)
	return unix.Ppoll(fds, &ts, nil)
}
