package pipeline

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Status says how a process ended: by a signal, or else with a code.
type Status struct {
	Code   int
	Signal syscall.Signal // 0 for none
}

// Exit is the status as a shell numbers it: 128 and the signal's number, or the
// code.
func (s Status) Exit() int {
	if s.Signal != 0 {
		return 128 + int(s.Signal)
	}
	return s.Code
}

func (s Status) String() string {
	if s.Signal != 0 {
		return "signal " + strings.TrimPrefix(unix.SignalName(s.Signal), "SIG")
	}
	return fmt.Sprint("status ", s.Code)
}

// by says whether the process ended by sig, itself or, as a shell passes it on,
// through a status.
func (s Status) by(sig syscall.Signal) bool { return s.Exit() == 128+int(sig) }

// Usage is what a process and those of its children that it waited for have
// used, as the system knows once it has ended.
type Usage struct {
	User, System time.Duration
	// PeakRSS is the memory in bytes that the largest one of them had resident. It
	// is 0 when that is not known: the system begins to count at what its parent
	// had, so that less than that does not show.
	PeakRSS int64
}
