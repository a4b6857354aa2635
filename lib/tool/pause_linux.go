package tool

import (
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Pause stops the process as SIGTSTP does that nobody catches, until somebody
// continues it; in a group of processes that nobody could continue the system does
// not stop it.
//
// The default action is set behind the back of package os/signal: its Reset leaves
// a handler in place that drops this signal. An action is all zeros, or what the
// system gave, so its form, which differs between architectures, is of no matter.
func (s *Signals) Pause() {
	runtime.LockOSThread() // so that it is this thread that stops, here
	defer runtime.UnlockOSThread()
	var byDefault, caught [16]uintptr
	if swapAction(unix.SIGTSTP, &byDefault, &caught) == nil {
		unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGTSTP)
		swapAction(unix.SIGTSTP, &caught, &byDefault)
	}
}

// signalSetSize is the size of a set of signals in bytes, which the system checks.
const signalSetSize = 8

// swapAction sets what a signal does, and stores what it did.
func swapAction(sig unix.Signal, to, from *[16]uintptr) error {
	_, _, errno := unix.Syscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(from)), signalSetSize, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
