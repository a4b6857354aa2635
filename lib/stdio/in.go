package stdio

import (
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// In is an input. It is for one goroutine, but for its Sections; Blocked and Bytes
// may be read from any.
type In struct {
	file  *os.File
	fd    int
	name  string
	kind  kind
	waker *Waker
	watch *Out
	idle  func() (time.Duration, error)

	nowait  bool // reading without blocking works here
	calls   uint // reads since the edges were last looked at
	bytes   atomic.Int64
	blocked atomic.Int64
	since   atomic.Int64 // when the wait began that goes on, 0 for none
	users   atomic.Int32 // In itself, until it is closed, and its sections

	inMemory bool // all of the file is, and its file system knows no waiting
}

// lookEvery is how many reads in a row may succeed before In looks for a
// stopped waker or a lost reader although it need not wait: a filter that
// writes little must notice under a fast producer too. At the usual 64 KiB a
// read that is every 2 MiB.
const lookEvery = 32

// NewIn makes an input of f, which messages call name. The waker may be nil.
// The caller keeps f from being collected or closed.
func NewIn(f *os.File, name string, waker *Waker) *In {
	k := kindOf(f)
	in := &In{file: f, fd: int(f.Fd()), name: name, kind: k, waker: waker, nowait: canNowait && k == kindPipe}
	in.users.Store(1)
	return in
}

// Name is how messages call the input.
func (in *In) Name() string { return in.name }

// File is the file underneath, for splice and for the size of a regular file.
func (in *In) File() *os.File { return in.file }

// Bytes is how many bytes were read.
func (in *In) Bytes() int64 { return in.bytes.Load() }

// Blocked is the time spent waiting for input: for a neighbour, up to now, or
// for a disk.
func (in *In) Blocked() time.Duration {
	blocked := time.Duration(in.blocked.Load())
	if since := in.since.Load(); since != 0 {
		blocked += now() - time.Duration(since)
	}
	return blocked
}

// Watch makes every wait of In end with ErrReaderGone when the reader of out
// goes away. It does nothing for an output that is no pipe or socket.
func (in *In) Watch(out *Out) {
	if out.kind == kindPipe || out.kind == kindSocket {
		in.watch = out
	}
}

// Tie has idle called when a read finds no input and is about to wait, and again
// when the Waker's Nudge ended the wait. A positive duration means: call again after that time if there still is no
// input; otherwise In waits for as long as it takes. An error ends the read.
func (in *In) Tie(idle func() (again time.Duration, err error)) { in.idle = idle }

// Read reads what there is, waiting if there is nothing. Its errors are io.EOF,
// ErrStopped, ErrReaderGone, an *Error, and those of the function it is tied to.
func (in *In) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := in.lookAtTimes(); err != nil {
		return 0, err
	}
	for {
		if in.waker.Stopped() {
			return 0, ErrStopped
		}
		n, err := in.readOnce(p)
		switch {
		case n > 0:
			in.bytes.Add(int64(n))
			return n, nil
		case err == nil:
			return 0, io.EOF
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			if err := in.WaitReady(); err != nil {
				return 0, err
			}
		default:
			if errno, ok := err.(unix.Errno); ok {
				err = &Error{"read", in.name, errno}
			}
			return 0, err
		}
	}
}

// lookAtTimes looks at the edges although there is no wait.
func (in *In) lookAtTimes() (err error) {
	if in.calls++; in.calls%lookEvery == 0 {
		_, err = in.look(0)
	}
	return err
}

// readOnce reads without blocking, or answers EAGAIN. Its errors are those of
// read(2), and of look.
func (in *In) readOnce(p []byte) (int, error) {
	if in.nowait {
		n, err := readNowait(in.fd, p)
		if err != unix.EOPNOTSUPP && err != unix.ENOSYS && err != unix.EINVAL {
			return n, err
		}
		in.nowait = false
	}
	if in.kind == kindFile { // always ready, says poll; its disk may not be
		n, blocked, err := timed(func() (int, error) { return unix.Read(in.fd, p) })
		in.blocked.Add(int64(blocked))
		return n, err
	}
	if ready, err := in.look(0); err != nil {
		return 0, err
	} else if !ready {
		return 0, unix.EAGAIN
	}
	return unix.Read(in.fd, p)
}

// WaitReady waits until a read would not block, after it called the function
// that In is tied to.
func (in *In) WaitReady() error {
	start := now()
	ready, err := in.look(0)
	for !ready && err == nil {
		wait := int64(-1)
		if in.idle != nil {
			var again time.Duration
			if again, err = in.idle(); err != nil {
				break
			}
			if again > 0 {
				wait = int64(again)
			}
			start = now() // what idle did was no waiting for input
		}
		in.since.Store(int64(start))
		ready, err = in.look(wait)
		end := now()
		in.since.Store(0)
		in.blocked.Add(int64(end - start))
		start = end
	}
	return err
}

// look polls the input, the output's far end and the waker for at most wait
// nanoseconds, and says whether there is something to read.
func (in *In) look(wait int64) (bool, error) {
	fds := [3]unix.PollFd{
		{Fd: int32(in.fd), Events: unix.POLLIN},
		{Fd: in.waker.fd(), Events: unix.POLLIN},
		{Fd: -1},
	}
	if in.watch != nil {
		fds[2].Fd = int32(in.watch.fd)
	}
	if _, err := poll(fds[:], wait); err != nil {
		return false, &Error{"poll", in.name, err}
	}
	if wait != 0 { // else this is no wait, and the nudge is for the next one
		in.waker.settle(fds[1])
	}
	if in.waker.Stopped() {
		return false, ErrStopped
	}
	if fds[2].Revents&(unix.POLLERR|unix.POLLHUP) != 0 {
		return false, ErrReaderGone
	}
	return fds[0].Revents != 0, nil
}

// Close closes the input, once its sections are closed too.
func (in *In) Close() error { return in.release() }

func (in *In) release() error {
	if in.users.Add(-1) > 0 {
		return nil
	}
	return in.file.Close()
}

// Over says whether nobody reads the input or a section of it any more: its
// figures stay as they are.
func (in *In) Over() bool { return in.users.Load() <= 0 }
