package stdio

import (
	"errors"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Out is a buffered output. It is for one goroutine; Blocked, Bytes, Stuck and
// Unwritten may be read from any.
type Out struct {
	file    *os.File
	fd      int
	name    string
	kind    kind
	buf     []byte
	limit   int
	err     error // the first failure; every later call answers it
	closed  bool
	nowait  bool
	bytes   atomic.Int64
	blocked atomic.Int64
	since   atomic.Int64 // when the write began that may block now, 0 for none
	pending atomic.Int64 // how many bytes it was begun with
}

// NewOut makes an output of f, which messages call name, with a buffer of size
// bytes that is written when it is full; with 0 every Write goes out at once. A
// quarter more is there for the record that fills it: without that every block's
// last record outgrew Room, and a copy of it was garbage.
func NewOut(f *os.File, name string, size int) *Out {
	k := kindOf(f)
	return &Out{
		file: f, fd: int(f.Fd()), name: name, kind: k,
		buf: make([]byte, 0, size+size/4), limit: size, nowait: canNowait && k == kindPipe,
	}
}

// Name is how messages call the output.
func (o *Out) Name() string { return o.name }

// File is the file underneath.
func (o *Out) File() *os.File { return o.file }

// Bytes is how many bytes the system has accepted.
func (o *Out) Bytes() int64 { return o.bytes.Load() }

// Blocked is the time spent blocked in writing, that of a write which still is
// included. (When it comes back, what it worked is taken off again.)
func (o *Out) Blocked() time.Duration { return time.Duration(o.blocked.Load()) + o.Stuck() }

// Stuck is for how long the output has not taken the bytes that are being
// written now, 0 when nothing is being written.
func (o *Out) Stuck() time.Duration {
	if since := o.since.Load(); since != 0 {
		return now() - time.Duration(since)
	}
	return 0
}

// Unwritten is how many bytes the write that is Stuck was begun with: that many
// of it are lost at most, for the system does not tell of parts. There may be
// more behind it.
func (o *Out) Unwritten() int64 { return o.pending.Load() }

// Buffered is how many bytes wait in the buffer.
func (o *Out) Buffered() int { return len(o.buf) }

// Room is the free part of the buffer, of length 0: append to it and hand the
// result to Commit. That saves a copy on the way of a record that is made here.
func (o *Out) Room() []byte { return o.buf[len(o.buf):] }

// Commit takes what was appended to Room, which may have outgrown the buffer,
// and writes the buffer out when it is full. Since whole records are committed,
// every write ends on a record's end.
func (o *Out) Commit(p []byte) error {
	if o.err != nil {
		return o.err
	}
	if len(o.buf)+len(p) <= cap(o.buf) && (len(p) == 0 || &p[0] == &o.buf[:len(o.buf)+1][len(o.buf)]) {
		o.buf = o.buf[:len(o.buf)+len(p)]
		if len(o.buf) >= o.limit {
			return o.Flush()
		}
		return nil
	}
	_, err := o.Write(p) // it outgrew the buffer
	return err
}

// Write buffers p, first writing what is buffered if p does not fit. What is
// as large as the buffer goes out without being copied.
func (o *Out) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	if len(o.buf)+len(p) > o.limit {
		if err := o.Flush(); err != nil {
			return 0, err
		}
	}
	if len(p) >= o.limit {
		return o.writeAll(p)
	}
	o.buf = append(o.buf, p...)
	return len(p), nil
}

// WriteString is Write for a string.
func (o *Out) WriteString(s string) (int, error) { return o.Write([]byte(s)) }

// Flush writes what is buffered. After a failure the rest stays buffered (and
// counts as not written), and every later call answers the same error.
func (o *Out) Flush() error {
	if o.err != nil || len(o.buf) == 0 {
		return o.err
	}
	n, err := o.writeAll(o.buf)
	o.buf = o.buf[:copy(o.buf, o.buf[n:])]
	return err
}

// WriteThrough writes p without buffering, after what is buffered.
func (o *Out) WriteThrough(p []byte) (int, error) {
	if err := o.Flush(); err != nil {
		return 0, err
	}
	return o.writeAll(p)
}

// Close flushes and closes, and checks both: a full disk may show only then.
// What is called after it answers os.ErrClosed, or the failure before it.
func (o *Out) Close() error {
	err := o.Flush()
	if o.closed {
		return err
	}
	o.closed = true
	// The File closes itself: with the descriptor closed behind its back, it
	// would close whatever has that number when it is collected.
	if cerr := o.file.Close(); cerr != nil && err == nil {
		var path *os.PathError
		if errors.As(cerr, &path) {
			cerr = path.Err
		}
		err = &Error{"close", o.name, cerr}
	}
	if o.err == nil {
		o.err = os.ErrClosed
	}
	return err
}

func (o *Out) writeAll(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := o.writeOnce(p[done:])
		if n > 0 {
			done += n
			o.bytes.Add(int64(n))
		}
		switch err {
		case nil, unix.EINTR:
		case unix.EAGAIN: // somebody made the descriptor non-blocking
			o.since.Store(int64(now()))
			o.pending.Store(int64(len(p) - done))
			err := o.WaitReady(nil)
			o.since.Store(0)
			o.pending.Store(0)
			if err != nil {
				o.err = err
				return done, err
			}
		default:
			o.err = o.failure(err)
			return done, o.err
		}
	}
	return done, nil
}

// failure is what a failed write means. A socket's reader that left bytes
// unread shows as a reset connection first.
func (o *Out) failure(err error) error {
	if err == unix.EPIPE || err == unix.ECONNRESET && o.kind == kindSocket {
		return ErrReaderGone
	}
	return &Error{"write", o.name, err}
}

// writeOnce writes some of p. On a pipe it first writes what fits, which costs
// no clock; only the rest may block and is timed.
func (o *Out) writeOnce(p []byte) (int, error) {
	if o.nowait {
		n, err := writeNowait(o.fd, p)
		switch {
		case n > 0:
			return n, nil
		case err == unix.EOPNOTSUPP || err == unix.ENOSYS || err == unix.EINVAL:
			o.nowait = false
		case err != unix.EAGAIN:
			return 0, err
		}
	}
	o.pending.Store(int64(len(p)))
	defer o.pending.Store(0)
	return o.timed(func() (int, error) { return unix.Write(o.fd, p) })
}

// timed makes a call that may block on the output, and counts for how long.
func (o *Out) timed(call func() (int, error)) (int, error) {
	o.since.Store(int64(now()))
	n, blocked, err := timed(call)
	o.since.Store(0)
	o.blocked.Add(int64(blocked))
	return n, err
}

// WaitReady waits until the output takes at least one byte, or its reader is
// gone, or the waker (which may be nil) says stop. A nudge of the waker lets it
// come back early; ask again.
func (o *Out) WaitReady(waker *Waker) error {
	start := now()
	fds := [2]unix.PollFd{{Fd: int32(o.fd), Events: unix.POLLOUT}, {Fd: waker.fd(), Events: unix.POLLIN}}
	_, err := poll(fds[:], -1)
	o.blocked.Add(int64(now() - start))
	waker.settle(fds[1])
	switch {
	case err != nil:
		return &Error{"poll", o.name, err}
	case waker.Stopped():
		return ErrStopped
	case fds[0].Revents&unix.POLLERR != 0 && o.kind == kindPipe:
		return ErrReaderGone // what it means elsewhere, the next write says
	}
	return nil
}

// Sleep waits until deadline passes by the clock of the caller, who says how
// long that is, while it watches the output's far end (a nil Out has none) and the
// waker. It may come back early; ask again.
func (o *Out) Sleep(d time.Duration, waker *Waker) error {
	fds := [2]unix.PollFd{{Fd: -1}, {Fd: waker.fd(), Events: unix.POLLIN}}
	if o != nil && (o.kind == kindPipe || o.kind == kindSocket) {
		fds[0].Fd = int32(o.fd)
	}
	if _, err := poll(fds[:], max(0, int64(d))); err != nil {
		return &Error{"poll", o.name, err}
	}
	waker.settle(fds[1])
	switch {
	case waker.Stopped():
		return ErrStopped
	case fds[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0:
		return ErrReaderGone
	}
	return nil
}
