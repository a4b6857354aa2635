package stdio

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// feeds are the ways in which bytes come in.
var feeds = map[string]func(t *testing.T, text string) *os.File{
	"pipe": func(t *testing.T, text string) *os.File {
		r, w := pipe(t)
		go func() { io.WriteString(w, text); w.Close() }()
		return r
	},
	"pipe made non-blocking": func(t *testing.T, text string) *os.File {
		r, w := pipe(t)
		g := inherited(t, r)
		go func() { io.WriteString(w, text); w.Close() }()
		return g
	},
	"socket": func(t *testing.T, text string) *os.File {
		a, b := socketpair(t)
		go func() { io.WriteString(b, text); b.Close() }()
		return a
	},
	"socket made non-blocking": func(t *testing.T, text string) *os.File {
		a, b := socketpair(t)
		g := inherited(t, a)
		go func() { io.WriteString(b, text); b.Close() }()
		return g
	},
	"file": file,
}

func TestReadAll(t *testing.T) {
	want := strings.Repeat("0123456789abcde\n", 40_000)
	for name, open := range feeds {
		for _, size := range []int{1 << 10, 1 << 20} {
			in := NewIn(open(t, want), name, nil)
			var got []byte
			buf := make([]byte, size)
			var err error
			for n := 0; err == nil; got = append(got, buf[:n]...) {
				n, err = in.Read(buf)
			}
			if err != io.EOF || string(got) != want {
				t.Errorf("%s, by %d: %d bytes, %v; want %d", name, size, len(got), err, len(want))
			}
			if n, err := in.Read(buf); n != 0 || err != io.EOF {
				t.Errorf("%s: after the end: %d, %v; want 0, EOF", name, n, err)
			}
			if in.Bytes() != int64(len(want)) {
				t.Errorf("%s: Bytes() = %d; want %d", name, in.Bytes(), len(want))
			}
		}
	}
}

// A descriptor is shared with the neighbours: we change none of its flags.
func TestFlagsStay(t *testing.T) {
	for _, nonblock := range []bool{false, true} {
		r, w := pipe(t)
		r.Fd() // package os made it non-blocking for itself, and now takes that back
		w.Fd()
		if nonblock {
			r, w = inherited(t, r), inherited(t, w)
		}
		in, out := NewIn(r, "in", nil), NewOut(w, "out", 16)
		out.WriteString("a record that is longer than the buffer")
		in.Read(make([]byte, 100))
		if isNonblock(t, r) != nonblock || isNonblock(t, w) != nonblock {
			t.Errorf("non-blocking: in %v, out %v; want %v", isNonblock(t, r), isNonblock(t, w), nonblock)
		}
	}
}

func TestReadNothing(t *testing.T) {
	r, _ := pipe(t)
	if n, err := NewIn(r, "in", nil).Read(nil); n != 0 || err != nil {
		t.Errorf("Read(nil) = %d, %v; want 0, nil at once", n, err)
	}
}

func TestReadError(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	in := NewIn(dir, "the folder", nil)
	_, err = in.Read(make([]byte, 10))
	var e *Error
	if !errors.As(err, &e) || e.Op != "read" || e.Name != "the folder" || e.Err != unix.EISDIR {
		t.Errorf("reading a folder: %v; want EISDIR", err)
	}
	f := file(t, "x")
	in = NewIn(f, "f", nil)
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Read(make([]byte, 10)); !errors.Is(err, unix.EBADF) {
		t.Errorf("reading what is closed: %v; want EBADF", err)
	}
}

// The function that In is tied to runs before a wait, and only then; the time
// that it asks for is kept; what it takes itself does not count as blocked.
func TestTie(t *testing.T) {
	for name, pair := range map[string]func(*testing.T) (*os.File, *os.File){"pipe": pipe, "socket": socketpair} {
		r, w := pair(t)
		in := NewIn(r, "in", nil)
		const again = 30 * time.Millisecond
		var calls []time.Time
		in.Tie(func() (time.Duration, error) {
			if len(calls) > 0 && time.Since(calls[0]) < again { // a signal of the runtime's ended the wait
				return again - time.Since(calls[0]), nil
			}
			calls = append(calls, time.Now())
			if len(calls) == 1 {
				return again, nil
			}
			busy := time.Now() // this takes longer than the wait itself
			for time.Since(busy) < 3*again {
			}
			w.WriteString("b")
			return 0, nil
		})
		w.WriteString("a")
		buf := make([]byte, 1)
		if n, err := in.Read(buf); n != 1 || err != nil || len(calls) != 0 || in.Blocked() != 0 {
			t.Errorf("%s: with input there: %d, %v, %d calls, blocked %v; want none", name, n, err, len(calls), in.Blocked())
		}
		if n, err := in.Read(buf); n != 1 || err != nil || buf[0] != 'b' || len(calls) != 2 {
			t.Fatalf("%s: without input: %d %q, %v, %d calls; want 2", name, n, buf, err, len(calls))
		}
		if between := calls[1].Sub(calls[0]); between < again-time.Millisecond {
			t.Errorf("%s: asked again after %v; want %v", name, between, again)
		}
		if b := in.Blocked(); b < again/2 || b >= 3*again {
			t.Errorf("%s: blocked %v; want about %v", name, b, again)
		}
	}
}

// A wait counts while it goes on, not only when it is over.
func TestBlockedMeanwhile(t *testing.T) {
	r, w := pipe(t)
	in := NewIn(r, "in", nil)
	done := make(chan error)
	go func() {
		_, err := in.Read(make([]byte, 1))
		done <- err
	}()
	for in.Blocked() < 20*time.Millisecond {
		runtime.Gosched()
	}
	w.WriteString("x")
	if err := <-done; err != nil || in.Blocked() < 15*time.Millisecond {
		t.Errorf("%v, blocked %v; want at least 20ms", err, in.Blocked())
	}
}

// An error of the function ends the read as it is.
func TestTieError(t *testing.T) {
	r, _ := pipe(t)
	in := NewIn(r, "in", nil)
	bad := errors.New("bad")
	in.Tie(func() (time.Duration, error) { return 0, bad })
	if n, err := in.Read(make([]byte, 1)); n != 0 || err != bad {
		t.Errorf("Read = %d, %v; want the error", n, err)
	}
}

// A stop ends a wait that goes on, and every read after it.
func TestStop(t *testing.T) {
	for name, open := range map[string]func(*testing.T) (*os.File, *os.File){
		"pipe": pipe, "socket": socketpair,
		"non-blocking": func(t *testing.T) (*os.File, *os.File) { r, w := pipe(t); return inherited(t, r), w },
	} {
		r, w := open(t)
		k := waker(t)
		in := NewIn(r, "in", k)
		in.Tie(func() (time.Duration, error) { go k.Stop(); return 0, nil })
		for range 2 {
			if n, err := in.Read(make([]byte, 1)); n != 0 || err != ErrStopped {
				t.Errorf("%s: Read = %d, %v; want %v", name, n, err, ErrStopped)
			}
			w.WriteString("what comes after the signal is not ours")
		}
		k.Stop() // once more does nothing
	}
	if (*Waker)(nil).Stopped() {
		t.Error("a nil Waker stops")
	}
}

// A filter that writes nothing notices that its reader goes: while it waits,
// and while input never stops.
func TestReaderGone(t *testing.T) {
	for name, pair := range map[string]func(*testing.T) (*os.File, *os.File){"pipe": pipe, "socket": socketpair} {
		r, _ := pipe(t)
		outR, outW := pair(t)
		in := NewIn(r, "in", nil)
		in.Watch(NewOut(outW, "out", 0))
		in.Tie(func() (time.Duration, error) { go outR.Close(); return 0, nil })
		if _, err := in.Read(make([]byte, 1)); err != ErrReaderGone {
			t.Errorf("%s, waiting: %v; want %v", name, err, ErrReaderGone)
		}

		zero, err := os.Open("/dev/zero")
		if err != nil {
			t.Fatal(err)
		}
		defer zero.Close()
		in = NewIn(zero, "zero", nil)
		in.Watch(NewOut(outW, "out", 0))
		reads := 0
		for err = nil; err == nil && reads < 10*lookEvery; reads++ {
			_, err = in.Read(make([]byte, 100))
		}
		if err != ErrReaderGone {
			t.Errorf("%s, endless input: %v after %d reads; want %v", name, err, reads, ErrReaderGone)
		}
	}
	// A file has no reader that could go.
	r, w := pipe(t)
	in := NewIn(r, "in", nil)
	in.Watch(NewOut(file(t, ""), "out", 0))
	w.Close()
	if _, err := in.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("with a file as output: %v; want EOF", err)
	}
}
