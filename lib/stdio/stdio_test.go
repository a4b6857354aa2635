package stdio

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pipe is a pipe of the system.
func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// socketpair is two ends of a stream, as some programs give their children in
// place of pipes.
func socketpair(t *testing.T) (a, b *os.File) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	a, b = os.NewFile(uintptr(fds[0]), "a"), os.NewFile(uintptr(fds[1]), "b")
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func waker(t *testing.T) *Waker {
	t.Helper()
	k, err := NewWaker()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.r.Close(); k.w.Close() })
	return k
}

// inherited is f as a child would find it that inherits a descriptor which
// somebody else made non-blocking.
func inherited(t *testing.T, f *os.File) *os.File {
	t.Helper()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	g := os.NewFile(uintptr(fd), f.Name())
	t.Cleanup(func() { g.Close() })
	return g
}

func isNonblock(t *testing.T, f *os.File) bool {
	t.Helper()
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err != nil {
		t.Fatal(err)
	}
	return flags&unix.O_NONBLOCK != 0
}

// readWhole reads r to its end in the background.
func readWhole(r io.Reader) <-chan []byte {
	all := make(chan []byte, 1)
	go func() {
		b, _ := io.ReadAll(r)
		all <- b
	}()
	return all
}

func file(t *testing.T, text string) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func devFull(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestKinds(t *testing.T) {
	r, w := pipe(t)
	a, _ := socketpair(t)
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	closed := file(t, "")
	closed.Close()
	for _, c := range []struct {
		name string
		f    *os.File
		want kind
	}{
		{"pipe r", r, kindPipe}, {"pipe w", w, kindPipe}, {"socket", a, kindSocket},
		{"file", file(t, ""), kindFile}, {"null", null, kindOther}, {"closed", closed, kindOther},
	} {
		if got := kindOf(c.f); got != c.want {
			t.Errorf("%s: kind %d; want %d", c.name, got, c.want)
		}
		if got := IsPipe(c.f); got != (c.want == kindPipe) {
			t.Errorf("%s: IsPipe %v", c.name, got)
		}
		if got := IsFile(c.f); got != (c.want == kindFile) {
			t.Errorf("%s: IsFile %v", c.name, got)
		}
		if IsTerminal(c.f) {
			t.Errorf("%s is a terminal", c.name)
		}
	}
}

func TestGrowPipe(t *testing.T) {
	if !canSplice { // not Linux
		t.Skip("only Linux resizes pipes")
	}
	r, w := pipe(t)
	before := PipeSize(r)
	if before <= 0 {
		t.Fatalf("a pipe of %d bytes", before)
	}
	if got := GrowPipe(w, before/2); got != before {
		t.Errorf("asked for less: %d; want %d", got, before)
	}
	if got := GrowPipe(w, 4*before); got != PipeSize(r) || got < before {
		t.Errorf("grown to %d, is %d; was %d", got, PipeSize(r), before)
	}
	// More than any system gives: as much as it does give, not nothing.
	if got := GrowPipe(w, 1<<40); got < 4*before || got != PipeSize(r) {
		t.Errorf("asked for 1 TiB: %d, is %d; want at least %d", got, PipeSize(r), 4*before)
	}
	if got := GrowPipe(file(t, ""), 1<<20); got != 0 {
		t.Errorf("a file grew to %d; want 0", got)
	}
}

func TestSleep(t *testing.T) {
	r, w := pipe(t)
	out := NewOut(w, "out", 0)
	k := waker(t)
	start := time.Now()
	if err := out.Sleep(time.Millisecond, k); err != nil || time.Since(start) > 10*time.Second {
		t.Errorf("slept for %v: %v", time.Since(start), err)
	}
	if err := out.Sleep(-1, k); err != nil {
		t.Errorf("a time that is over: %v", err)
	}
	r.Close()
	if err := out.Sleep(time.Hour, k); err != ErrReaderGone {
		t.Errorf("reader gone: %v; want %v", err, ErrReaderGone)
	}
	go k.Stop()
	if err := (*Out)(nil).Sleep(time.Hour, k); err != ErrStopped {
		t.Errorf("stopped: %v; want %v", err, ErrStopped)
	}
}

// A failed call names the call and the file, and keeps the reason.
func TestError(t *testing.T) {
	err := error(&Error{"read", "x.gz", unix.EISDIR})
	if got, want := err.Error(), "read x.gz: is a directory"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	if !errors.Is(err, unix.EISDIR) {
		t.Error("it is not EISDIR")
	}
}

// TestNudge: a nudge ends one wait, for time, for input or for room, and leaves
// the next one alone; nudges in a row are one.
func TestNudge(t *testing.T) {
	waker, err := NewWaker()
	if err != nil {
		t.Fatal(err)
	}
	var none *Out
	waker.Nudge()
	waker.Nudge()
	start := now()
	if err := none.Sleep(time.Minute, waker); err != nil {
		t.Fatalf("sleep: %v", err)
	}
	if err := none.Sleep(10*time.Millisecond, waker); err != nil {
		t.Fatalf("second sleep: %v", err)
	}
	if took := now() - start; took < 10*time.Millisecond || took > 30*time.Second {
		t.Errorf("one nudge and a sleep of 10 ms took %v", took)
	}

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	in, asked := NewIn(r, "pipe", waker), errors.New("asked again")
	calls := 0
	in.Tie(func() (time.Duration, error) {
		if calls++; calls == 2 {
			return 0, asked
		}
		waker.Nudge()
		return 0, nil
	})
	if _, err := in.Read(make([]byte, 1)); err != asked {
		t.Errorf("a read that was nudged: got %v; want what the tie answers then", err)
	}

	waker.Nudge()
	waker.Stop()
	if err := none.Sleep(time.Minute, waker); err != ErrStopped {
		t.Errorf("stopped beside a nudge: got %v; want ErrStopped", err)
	}
}

// TestMoverInterrupt: a Mover that waits for room asks after a nudge, and has
// moved nothing when it is interrupted.
func TestMoverInterrupt(t *testing.T) {
	waker, err := NewWaker()
	if err != nil {
		t.Fatal(err)
	}
	inR, inW, _ := os.Pipe()
	outR, outW, _ := os.Pipe()
	for _, f := range []*os.File{inR, inW, outR, outW} {
		defer f.Close()
	}
	if _, err := inW.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	size := PipeSize(outW)
	if size == 0 {
		t.Skip("no pipe sizes here")
	}
	outW.Write(make([]byte, size))
	m, stop := NewMover(NewIn(inR, "in", waker), NewOut(outW, "out", 0)), errors.New("stop")
	if !m.Splices() {
		t.Skip("no splice here")
	}
	m.Interrupt = func() error { return stop }
	waker.Nudge()
	if n, err := m.Move(0); n != 0 || err != stop {
		t.Errorf("got %d, %v; want 0 and the interrupt", n, err)
	}
}

func TestQueued(t *testing.T) {
	r, w := pipe(t)
	if _, ok := Queued(w); !ok && PipeSize(w) == 0 {
		t.Skip("not known here")
	}
	w.Write(make([]byte, 1000))
	r.Read(make([]byte, 300))
	if n, ok := Queued(w); n != 700 || !ok {
		t.Errorf("got %d, %v; want 700", n, ok)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if n, ok := Queued(null); ok {
		t.Errorf("%s: got %d; want no pipe", os.DevNull, n)
	}
}
