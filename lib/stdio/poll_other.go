//go:build !linux

package stdio

import (
	"math"
	"time"

	"golang.org/x/sys/unix"
)

const ioctlGetTermios = unix.TIOCGETA

// pollOnce is poll(2), rounded up to its milliseconds.
func pollOnce(fds []unix.PollFd, wait int64) (int, error) {
	ms := -1
	if wait == 0 {
		ms = 0
	} else if wait > 0 {
		ms = int(min((wait-1)/int64(time.Millisecond)+1, math.MaxInt32))
	}
	return unix.Poll(fds, ms)
}
