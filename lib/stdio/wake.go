package stdio

import (
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Waker ends waits from another goroutine. It is a pipe that poll(2) watches
// together with the input, for a signal alone does not end a system call in a
// Go program. The zero Waker is not usable; a nil one never wakes.
type Waker struct {
	r, w    *os.File
	poll    int32 // r's descriptor; File.Fd would cost two system calls each time
	stopped atomic.Bool
	nudged  atomic.Bool
}

// NewWaker opens the pipe. It costs two descriptors until the process ends.
func NewWaker() (*Waker, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &Waker{r: r, w: w, poll: int32(r.Fd())}, nil
}

// Stop makes every present and future wait answer ErrStopped.
func (k *Waker) Stop() {
	if !k.stopped.Swap(true) {
		k.w.Write([]byte{0})
	}
}

// Nudge makes the present wait come back early, or the next one when there is
// none: whoever waits is to look at what has changed. Nudges before that count
// once.
func (k *Waker) Nudge() {
	if !k.nudged.Swap(true) {
		k.w.Write([]byte{1})
	}
}

// settle takes a nudge back that poll has seen.
func (k *Waker) settle(polled unix.PollFd) {
	if polled.Revents == 0 || k == nil || k.stopped.Load() || !k.nudged.Swap(false) {
		return
	}
	var b [1]byte
	unix.Read(int(k.poll), b[:])
}

// Stopped says whether Stop was called.
func (k *Waker) Stopped() bool { return k != nil && k.stopped.Load() }

// fd is the descriptor to poll for reading, -1 (which poll skips) for none.
func (k *Waker) fd() int32 {
	if k == nil {
		return -1
	}
	return k.poll
}

// poll is poll(2), tried again when a signal interrupts it before anything was
// ready; wait is in nanoseconds, negative for ever.
func poll(fds []unix.PollFd, wait int64) (int, error) {
	n, err := pollOnce(fds, wait)
	for err == unix.EINTR && wait <= 0 {
		n, err = pollOnce(fds, wait)
	}
	if err == unix.EINTR {
		n, err = 0, nil // a timed wait is asked for again by whoever owns the deadline
	}
	return n, err
}
