//go:build !linux

package stdio

import (
	"time"

	"golang.org/x/sys/unix"
)

const ioctlGetTermios = unix.TIOCGETA

// pollOnce is poll(2), rounded up to its milliseconds.
func pollOnce(fds []unix.PollFd, wait int64) (int, error) {
	ms := -1
	if wait >= 0 {
		ms = int((wait + int64(time.Millisecond) - 1) / int64(time.Millisecond))
	}
	return unix.Poll(fds, ms)
}

var epoch = time.Now()

func now() time.Duration { return time.Since(epoch) }
