//go:build !linux

package stdio

import (
	"time"

	"golang.org/x/sys/unix"
)

const canNowait = false

func readNowait(int, []byte) (int, error)  { return 0, unix.EOPNOTSUPP }
func writeNowait(int, []byte) (int, error) { return 0, unix.EOPNOTSUPP }

// writeTimed is write(2) and how long it took; without a cheap clock of the
// thread's own work, copying counts as blocked.
func writeTimed(fd int, p []byte) (n int, blocked time.Duration, err error) {
	start := now()
	n, err = unix.Write(fd, p)
	return n, now() - start, err
}
