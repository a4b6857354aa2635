package stdio

import (
	"io"

	"golang.org/x/sys/unix"
)

// moveBuffer is what a Mover reads at once where it can't splice.
const moveBuffer = 128 << 10

// A Mover moves bytes from an input to an output that nobody needs to look at.
// Where the kernel can do it alone (splice(2): one end is a pipe, and the output
// is not opened for appending), no byte is copied through this process; where
// it can't, the Mover reads and writes. It is for one goroutine.
//
// Terminals and sockets are read and written although some kernels splice them:
// such a splice blocks whatever its flags say, unseen by Blocked and Stuck and
// out of the Waker's reach.
type Mover struct {
	// Interrupt, if there is one, is asked after every wait; an error of it ends
	// Move, which has moved nothing then. The Waker's Nudge ends a wait.
	Interrupt func() error

	in     *In
	out    *Out
	splice bool
	buf    []byte
}

// NewMover makes a Mover. What the output still buffers goes first.
func NewMover(in *In, out *Out) *Mover {
	able := (in.kind == kindPipe || out.kind == kindPipe) &&
		(in.kind == kindPipe || in.kind == kindFile) &&
		(out.kind == kindPipe || out.kind == kindFile || out.kind == kindOther && !IsTerminal(out.file))
	return &Mover{in: in, out: out, splice: canSplice && able}
}

// Splices says whether the kernel moves the bytes, as far as is known yet.
func (m *Mover) Splices() bool { return m.splice }

// Move moves at least one byte and at most limit (0: as many as go at once),
// waiting for input and for room as needed. It answers io.EOF at the end of the
// input, and otherwise what In.Read and Out.Write answer.
func (m *Mover) Move(limit int) (int, error) {
	if err := m.out.Flush(); err != nil {
		return 0, err
	}
	for m.splice {
		if m.in.waker.Stopped() {
			return 0, ErrStopped
		}
		n, err := m.spliceOnce(moveLimit(limit))
		switch {
		case n > 0:
			m.in.bytes.Add(int64(n))
			m.out.bytes.Add(int64(n))
			return n, nil
		case err == nil:
			return 0, io.EOF
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			if err := m.wait(); err != nil {
				return 0, err
			}
			if m.Interrupt != nil {
				if err := m.Interrupt(); err != nil {
					return 0, err
				}
			}
		case err == unix.EPIPE:
			m.out.err = ErrReaderGone
			return 0, ErrReaderGone
		default:
			// Either splice is not for these two, or one of them failed, and
			// reading and writing will say which. Nothing has moved.
			m.splice = false
		}
	}
	if m.buf == nil {
		m.buf = make([]byte, moveBuffer)
	}
	n, err := m.in.Read(m.buf[:min(moveLimit(limit), len(m.buf))])
	if err != nil {
		return 0, err
	}
	return m.out.WriteThrough(m.buf[:n])
}

// spliceOnce moves what goes at once. Between pipes that can't block; a disk
// may, and is timed.
func (m *Mover) spliceOnce(limit int) (int, error) {
	splice := func() (int, error) { return spliceNowait(m.in.fd, m.out.fd, limit) }
	switch {
	case m.out.kind != kindPipe:
		return m.out.timed(splice)
	case m.in.kind != kindPipe:
		n, blocked, err := timed(splice)
		m.in.blocked.Add(int64(blocked))
		return n, err
	}
	return splice()
}

// wait waits for the side that a splice could not go on for.
func (m *Mover) wait() error {
	ready, err := m.in.look(0)
	if err != nil {
		return err
	}
	if !ready {
		return m.in.WaitReady()
	}
	return m.out.WaitReady(m.in.waker)
}

func moveLimit(limit int) int {
	if limit <= 0 {
		return 1 << 20
	}
	return limit
}
