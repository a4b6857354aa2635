//go:build !linux

package stdio

import (
	"time"

	"golang.org/x/sys/unix"
)

const canNowait = false

func readNowait(int, []byte) (int, error)              { return 0, unix.EOPNOTSUPP }
func readCached(int, []byte, int64, bool) (int, error) { return 0, unix.EOPNOTSUPP }
func isInMemory(int) bool                              { return false }
func writeNowait(int, []byte) (int, error)             { return 0, unix.EOPNOTSUPP }

// timed makes a system call that may block, and says how long it took; without
// a cheap clock of the thread's own work, copying counts as blocked.
func timed(call func() (int, error)) (n int, blocked time.Duration, err error) {
	start := now()
	n, err = call()
	return n, now() - start, err
}

// ThreadTime is not known here: it stands still.
func ThreadTime() time.Duration { return 0 }
