package stdio

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// outlets are the ways in which bytes leave. Each answers the output's file and
// how to get at what was written, once the output is closed.
var outlets = map[string]func(t *testing.T) (*os.File, func() []byte){
	"pipe":   func(t *testing.T) (*os.File, func() []byte) { r, w := pipe(t); return w, later(r) },
	"socket": func(t *testing.T) (*os.File, func() []byte) { a, b := socketpair(t); return b, later(a) },
	"pipe made non-blocking": func(t *testing.T) (*os.File, func() []byte) {
		r, w := pipe(t)
		g := inherited(t, w)
		w.Close()
		return g, later(r)
	},
	"socket made non-blocking": func(t *testing.T) (*os.File, func() []byte) {
		a, b := socketpair(t)
		g := inherited(t, b)
		b.Close()
		return g, later(a)
	},
	"file": func(t *testing.T) (*os.File, func() []byte) {
		f := file(t, "")
		return f, func() []byte { b, _ := os.ReadFile(f.Name()); return b }
	},
}

func later(r io.Reader) func() []byte {
	all := readWhole(r)
	return func() []byte { return <-all }
}

func TestWriteAll(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789abcde\n"), 40_000)
	for name, open := range outlets {
		for _, size := range []int{0, 1000, 128 << 10} {
			f, written := open(t)
			out := NewOut(f, name, size)
			for p := want; len(p) > 0; {
				n := min(len(p), 7777)
				if m, err := out.Write(p[:n]); m != n || err != nil {
					t.Fatalf("%s: Write = %d, %v; want %d", name, m, err, n)
				}
				p = p[n:]
			}
			if err := out.Close(); err != nil {
				t.Errorf("%s: Close: %v", name, err)
			}
			if got := written(); !bytes.Equal(got, want) || out.Bytes() != int64(len(want)) || out.Stuck() != 0 {
				t.Errorf("%s, buffer %d: %d bytes arrived, Bytes() = %d, Stuck() = %v; want %d", name, size, len(got), out.Bytes(), out.Stuck(), len(want))
			}
			if _, err := out.Write([]byte("x")); err != os.ErrClosed {
				t.Errorf("%s: after Close: %v; want %v", name, err, os.ErrClosed)
			}
		}
	}
}

// What is committed comes out, in order and in one piece: the sizes of the
// writes are sums of whole records, whatever way a record takes.
func FuzzOut(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 250, 4, 9, 255, 8, 16, 17}, uint8(16))
	f.Add([]byte{5, 5, 5, 5, 5, 5}, uint8(0))
	f.Add([]byte{64, 192, 128, 1, 65, 129, 193}, uint8(64))
	f.Fuzz(func(t *testing.T, steps []byte, size uint8) {
		// A datagram socket keeps the borders of writes.
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET, 0)
		if err != nil {
			t.Skip(err)
		}
		r, w := os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w")
		defer r.Close()
		var got [][]byte
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				p := make([]byte, 1<<10)
				n, err := unix.Read(fds[0], p)
				if n <= 0 || err != nil {
					return
				}
				got = append(got, p[:n])
			}
		}()
		out := NewOut(w, "out", int(size))
		var want []byte
		borders := map[int]bool{0: true}
		for i, step := range steps {
			record := bytes.Repeat([]byte{byte(i)}, int(step&63))
			want = append(want, record...)
			borders[len(want)] = true
			switch step >> 6 {
			case 0:
				err = out.Commit(append(out.Room(), record...))
			case 1:
				_, err = out.Write(record)
			case 2: // somebody flushes between Room and Commit
				p := append(out.Room(), record...)
				out.Flush()
				err = out.Commit(p)
			case 3:
				_, err = out.WriteThrough(record)
			}
			if err != nil {
				t.Fatalf("step %d: %v", i, err)
			}
			if out.Buffered() > int(size) {
				t.Fatalf("step %d: %d buffered; want at most %d", i, out.Buffered(), size)
			}
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		<-done
		all := bytes.Join(got, nil)
		if !bytes.Equal(all, want) || out.Bytes() != int64(len(want)) {
			t.Fatalf("got %v, counted %d; want %v", all, out.Bytes(), want)
		}
		at := 0
		for i, p := range got {
			if at += len(p); !borders[at] {
				t.Fatalf("write %d ends at %d, within a record", i, at)
			}
		}
	})
}

// Whole records that fit the buffer are written together.
func TestLargeWrites(t *testing.T) {
	r, w := pipe(t)
	out := NewOut(w, "out", 100)
	for range 9 {
		out.Commit(append(out.Room(), "ten bytes\n"...))
	}
	if out.Bytes() != 0 || out.Buffered() != 90 {
		t.Errorf("%d written, %d buffered; want 0, 90", out.Bytes(), out.Buffered())
	}
	out.Commit(append(out.Room(), "eleven....\n"...))
	if out.Bytes() != 101 || out.Buffered() != 0 {
		t.Errorf("%d written, %d buffered; want 101, 0: the last record has room", out.Bytes(), out.Buffered())
	}
	out.Close()
	if got := string(<-readWhole(r)); got != strings.Repeat("ten bytes\n", 9)+"eleven....\n" {
		t.Errorf("got %q", got)
	}
}

// After a failure every call answers it, nothing is written any more, and what
// is left is known.
func TestFailureStays(t *testing.T) {
	gone := func(pair func(*testing.T) (*os.File, *os.File)) func(*testing.T) *os.File {
		return func(t *testing.T) *os.File { r, w := pair(t); r.Close(); return w }
	}
	for name, c := range map[string]struct {
		open func(*testing.T) *os.File
		want error
	}{
		"full":          {devFull, unix.ENOSPC},
		"pipe":          {gone(pipe), ErrReaderGone},
		"socket":        {gone(socketpair), ErrReaderGone},
		"non-blocking":  {func(t *testing.T) *os.File { return inherited(t, gone(pipe)(t)) }, ErrReaderGone},
		"read only":     {func(t *testing.T) *os.File { r, _ := pipe(t); return r }, unix.EBADF},
		"unread socket": {unreadSocket, ErrReaderGone},
	} {
		out := NewOut(c.open(t), "the output", 10)
		if _, err := out.WriteString("1234\n"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		first := out.Flush()
		if !errors.Is(first, c.want) {
			t.Errorf("%s: Flush: %v; want %v", name, first, c.want)
			continue
		}
		_, werr := out.WriteString("56")
		_, terr := out.WriteThrough([]byte("78"))
		for what, err := range map[string]error{
			"Flush": out.Flush(), "Write": werr, "WriteThrough": terr,
			"Commit": out.Commit(append(out.Room(), '9')), "Close": out.Close(), "second Close": out.Close(),
		} {
			if err != first {
				t.Errorf("%s: %s after the failure: %v; want %v", name, what, err, first)
			}
		}
		if out.Buffered() != 5 || out.Bytes() != 0 {
			t.Errorf("%s: %d buffered, %d written; want 5, 0", name, out.Buffered(), out.Bytes())
		}
	}
}

// unreadSocket's reader goes without having read all, which resets it.
func unreadSocket(t *testing.T) *os.File {
	a, b := socketpair(t)
	io.WriteString(b, "to a")
	io.WriteString(a, "to b")
	a.Close()
	return b
}

// The rest of what a failed write took part of stays.
func TestFailureMidway(t *testing.T) {
	r, w := pipe(t)
	size := PipeSize(w)
	if size == 0 {
		t.Skip("only Linux tells the size of a pipe")
	}
	out := NewOut(w, "out", 4*size)
	out.Write(make([]byte, 2*size))
	go func() {
		for out.Stuck() == 0 {
			runtime.Gosched()
		}
		r.Close()
	}()
	if err := out.Flush(); err != ErrReaderGone {
		t.Errorf("Flush: %v; want %v", err, ErrReaderGone)
	}
	if out.Bytes() != int64(size) || out.Buffered() != size {
		t.Errorf("%d written, %d left; want %d each", out.Bytes(), out.Buffered(), size)
	}
}

// Only what had to wait is counted as blocked; while it waits, Stuck tells.
func TestBlocked(t *testing.T) {
	for name, open := range map[string]func(*testing.T) (*os.File, *os.File){
		"pipe": pipe, "socket": socketpair,
		"non-blocking": func(t *testing.T) (*os.File, *os.File) { r, w := pipe(t); return r, inherited(t, w) },
	} {
		r, w := open(t)
		r.Fd()
		out := NewOut(w, "out", 0)
		out.Write(make([]byte, 4096))
		if b := out.Blocked(); b > 20*time.Millisecond {
			t.Errorf("%s: blocked %v with room for all; want none", name, b)
		}
		const wait = 30 * time.Millisecond
		go func() {
			for out.Stuck() < wait {
				runtime.Gosched()
			}
			if out.Blocked() < wait {
				t.Errorf("%s: blocked %v while it is stuck; want %v", name, out.Blocked(), wait)
			}
			if n := out.Unwritten(); n < 1 || n > 4<<20 {
				t.Errorf("%s: %d bytes unwritten; want some of %d", name, n, 4<<20)
			}
			io.Copy(io.Discard, r)
		}()
		out.Write(make([]byte, 4<<20))
		if b := out.Blocked(); b < wait-5*time.Millisecond || b > 10*time.Second {
			t.Errorf("%s: blocked %v; want at least %v", name, b, wait)
		}
		if out.Stuck() != 0 || out.Unwritten() != 0 {
			t.Errorf("%s: still stuck after the write", name)
		}
		w.Close()
	}
}

// The File is closed by its own Close: collecting it later must not close a
// descriptor that got the same number since.
func TestCloseIsFinal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := NewOut(w, "out", 0)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file's own Close: %v; want %v", err, os.ErrClosed)
	}
	if err := NewOut(w, "out", 0).Close(); !errors.Is(err, os.ErrClosed) || strings.Count(err.Error(), "close") != 2 {
		t.Errorf("closing what is closed: %v", err) // "close out: file already closed"
	}
}
