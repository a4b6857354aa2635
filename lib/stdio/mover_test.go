package stdio

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Every input with every output: bytes out are bytes in, spliced or not.
func TestMove(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789abcde\n"), 20_000)
	for inName, feed := range feeds {
		for outName, outlet := range outlets {
			for _, limit := range []int{0, 1000} {
				f, written := outlet(t)
				in, out := NewIn(feed(t, string(want)), inName, nil), NewOut(f, outName, 100)
				out.WriteString("head\n")
				err := moveAll(t, NewMover(in, out), limit)
				if err != io.EOF {
					t.Errorf("%s to %s: %v; want EOF", inName, outName, err)
				}
				out.Close()
				got := written()
				if !bytes.Equal(got, append([]byte("head\n"), want...)) {
					t.Errorf("%s to %s, limit %d: %d bytes; want 5 + %d", inName, outName, limit, len(got), len(want))
				}
				if in.Bytes() != int64(len(want)) || out.Bytes() != int64(5+len(want)) {
					t.Errorf("%s to %s: counted %d in, %d out; want %d, %d", inName, outName, in.Bytes(), out.Bytes(), len(want), 5+len(want))
				}
			}
		}
	}
}

func moveAll(t *testing.T, m *Mover, limit int) error {
	t.Helper()
	for {
		n, err := m.Move(limit)
		if err != nil {
			return err
		}
		if n < 1 || limit > 0 && n > limit {
			t.Fatalf("moved %d; want 1 to %d", n, limit)
		}
	}
}

func TestSplices(t *testing.T) {
	if !canSplice {
		t.Skip("no splice here")
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	r, w := pipe(t)
	a, b := socketpair(t)
	f := file(t, "")
	for _, c := range []struct {
		name    string
		in, out *os.File
		want    bool
	}{
		{"pipe to pipe", r, w, true}, {"pipe to file", r, f, true}, {"file to pipe", f, w, true}, {"pipe to null", r, null, true},
		{"file to file", f, f, false}, {"pipe to socket", r, a, false}, {"socket to pipe", b, w, false}, {"null to pipe", null, w, false},
	} {
		if got := NewMover(NewIn(c.in, "in", nil), NewOut(c.out, "out", 0)).Splices(); got != c.want {
			t.Errorf("%s: splices %v; want %v", c.name, got, c.want)
		}
	}
}

// Splice refuses a file that is opened for appending: the Mover copies.
func TestMoveAppend(t *testing.T) {
	name := file(t, "old\n").Name()
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	m := NewMover(NewIn(feeds["pipe"](t, "new\n"), "in", nil), NewOut(f, "out", 0))
	if err := moveAll(t, m, 0); err != io.EOF || m.Splices() {
		t.Errorf("%v, splices %v; want EOF, false", err, m.Splices())
	}
	f.Close()
	if got, _ := os.ReadFile(name); string(got) != "old\nnew\n" {
		t.Errorf("file is %q; want old and new", got)
	}
}

// A failure names the side that failed, not the call.
func TestMoveFull(t *testing.T) {
	for _, feed := range []string{"pipe", "file"} {
		_, err := NewMover(NewIn(feeds[feed](t, "text"), "in", nil), NewOut(devFull(t), "out", 0)).Move(0)
		var e *Error
		if !errors.As(err, &e) || e.Op != "write" || e.Name != "out" || e.Err != unix.ENOSPC {
			t.Errorf("from a %s: %v; want write out: no space left", feed, err)
		}
	}
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	_, w := pipe(t)
	if _, err := NewMover(NewIn(dir, "in", nil), NewOut(w, "out", 0)).Move(0); !errors.Is(err, unix.EISDIR) {
		t.Errorf("from a folder: %v; want EISDIR", err)
	}
}

func TestMoveReaderGone(t *testing.T) {
	r, w := pipe(t)
	inR, inW := pipe(t)
	in, out := NewIn(inR, "in", nil), NewOut(w, "out", 0)
	in.Watch(out)
	in.Tie(func() (time.Duration, error) { go r.Close(); return 0, nil })
	m := NewMover(in, out)
	if _, err := m.Move(0); err != ErrReaderGone {
		t.Errorf("waiting for input: %v; want %v", err, ErrReaderGone)
	}
	inW.WriteString("text")
	for range 2 {
		if _, err := m.Move(0); err != ErrReaderGone {
			t.Errorf("with input: %v; want %v", err, ErrReaderGone)
		}
	}
}

// A stop ends a Move that waits for either side.
func TestMoveStop(t *testing.T) {
	inR, _ := pipe(t)
	_, w := pipe(t)
	k := waker(t)
	in := NewIn(inR, "in", k)
	in.Tie(func() (time.Duration, error) { go k.Stop(); return 0, nil })
	if _, err := NewMover(in, NewOut(w, "out", 0)).Move(0); err != ErrStopped {
		t.Errorf("waiting for input: %v; want %v", err, ErrStopped)
	}
	if !canSplice {
		return
	}
	inR, inW := pipe(t)
	r, w := pipe(t)
	inW.WriteString("text")
	fill(t, w)
	k = waker(t)
	m := NewMover(NewIn(inR, "in", k), NewOut(w, "out", 0))
	go k.Stop()
	if _, err := m.Move(0); err != ErrStopped {
		t.Errorf("waiting for room: %v; want %v", err, ErrStopped)
	}
	r.Close()
}

// fill fills a pipe.
func fill(t *testing.T, w *os.File) {
	t.Helper()
	if _, err := w.Write(make([]byte, PipeSize(w))); err != nil {
		t.Fatal(err)
	}
}
