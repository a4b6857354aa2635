package reap

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Peek waits until a child can be reaped, and leaves it to be: its number stays
// its own until then, so a signal to it can't hit a stranger. Without wait, 0
// says that there are children, but none has ended. The error is ECHILD when
// there are none.
func Peek(wait bool) (pid int, err error) {
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

// visits is how often a process without children looks for some: those who enter
// a container from outside leave orphans too.
const visits = time.Second

// Run reaps for ever. One goroutine does it, and costs a thread.
func (o *Orphans) Run() {
	for {
		pid, err := Peek(true)
		if err != nil { // no children
			o.await()
			continue
		}
		o.settle(pid)
	}
}

// await waits until there may be children.
func (o *Orphans) await() {
	o.mu.Lock()
	if o.fresh == nil {
		o.fresh = make(chan struct{})
	}
	fresh := o.fresh
	o.mu.Unlock()
	visit := time.NewTimer(visits)
	defer visit.Stop()
	select {
	case <-fresh:
	case <-visit.C:
	}
}

// settle reaps a child that has ended, or waits until that was done.
func (o *Orphans) settle(pid int) {
	o.mu.Lock()
	waited, ours := o.ours[pid]
	if !ours {
		var status unix.WaitStatus
		unix.Wait4(pid, &status, unix.WNOHANG, nil)
	}
	o.mu.Unlock()
	if ours {
		<-waited
	}
}
