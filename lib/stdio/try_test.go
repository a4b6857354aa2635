package stdio

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
)

// TestTryWrite: what has no reader yet is taken whole or not at all until the
// output is full, and again when some of it was read.
func TestTryWrite(t *testing.T) {
	piece := bytes.Repeat([]byte("x"), AtomicWrite)
	for name, open := range map[string]func() (r, w *os.File){
		"pipe":   func() (r, w *os.File) { return pipe(t) },
		"socket": func() (r, w *os.File) { return socketpair(t) },
	} {
		for _, nowait := range []bool{true, false} {
			r, w := open()
			out := NewOut(w, name, 100)
			out.nowait = out.nowait && nowait
			if _, err := out.WriteString("first"); err != nil {
				t.Fatal(err)
			}
			total, calls := len("first"), 0
			for {
				n, err := out.TryWrite(piece)
				if err != nil || n != 0 && n != len(piece) {
					t.Fatalf("%s: TryWrite = %d, %v; want all or nothing", name, n, err)
				}
				if n == 0 {
					break
				}
				if total, calls = total+n, calls+1; calls > 10_000 {
					t.Fatalf("%s never fills up", name)
				}
			}
			if calls == 0 || out.Bytes() != int64(total) {
				t.Errorf("%s: took %d bytes of %d", name, out.Bytes(), total)
			}
			if _, err := io.CopyN(io.Discard, r, int64(total)); err != nil {
				t.Fatal(err)
			}
			if n, err := out.TryWrite(piece); n != len(piece) || err != nil {
				t.Errorf("%s, emptied: TryWrite = %d, %v", name, n, err)
			}
			r.Close()
			if n, err := out.TryWrite(piece); n != 0 || !errors.Is(err, ErrReaderGone) {
				t.Errorf("%s without a reader: TryWrite = %d, %v", name, n, err)
			}
		}
	}
}

// TestTryWriteLong: of what is longer than the room, the beginning goes.
func TestTryWriteLong(t *testing.T) {
	_, w := pipe(t)
	out := NewOut(w, "pipe", 0)
	long := make([]byte, 4<<20)
	if n, err := out.TryWrite(long); n <= 0 || n >= len(long) || err != nil {
		t.Errorf("TryWrite = %d, %v; want a part", n, err)
	}
	if n, err := out.TryWrite(long); n != 0 || err != nil {
		t.Errorf("full: TryWrite = %d, %v; want nothing", n, err)
	}
	f := file(t, "")
	if n, err := NewOut(f, "file", 0).TryWrite(long); n != len(long) || err != nil {
		t.Errorf("file: TryWrite = %d, %v; want all", n, err)
	}
}
