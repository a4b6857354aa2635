package sink

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ndjsontools/lib/exit"
)

// fifo makes a FIFO and a destination that finds its reader at the second look.
func fifo(t *testing.T, encode Encode) (e *Engine, reader func() *os.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	var r *os.File
	clock := &fakeClock{}
	clock.onSleep = func() {
		if r == nil {
			var err error
			if r, err = os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err != nil {
				t.Error(err)
			}
			t.Cleanup(func() { r.Close() })
		}
	}
	e = opened(t, File(path, encode, clock), Options{Clock: clock})
	if len(clock.slept) != 1 {
		t.Errorf("waited %d times for a reader; want once", len(clock.slept))
	}
	return e, func() *os.File { return r }
}

// What was delivered to a FIFO can be read, and is acknowledged, at once.
func TestFIFO(t *testing.T) {
	e, reader := fifo(t, nil)
	if err := e.Add(t.Context(), block("0", "1")); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 2, 0, 0, 0)
	got := make([]byte, 100)
	if n, err := reader().Read(got); err != nil || string(got[:n]) != "0\n1\n" {
		t.Errorf("read %q, %v", got[:n], err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := reader().Read(got); err != io.EOF {
		t.Errorf("read %q, %v; want the end", got[:n], err)
	}
}

func TestFIFOCompressed(t *testing.T) {
	e, reader := fifo(t, gzipped)
	if err := e.Add(t.Context(), block("0", "1")); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 2, 0, 0, 0)
	z, err := gzip.NewReader(reader())
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(z, got); err != nil || string(got) != "0\n1\n" {
		t.Errorf("read %q, %v before the end", got, err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(z); err != nil || len(rest) > 0 {
		t.Errorf("read %q, %v; want a proper end", rest, err)
	}
}

// A stream that is not finished must not look finished.
func TestFIFOCompressedAndStopped(t *testing.T) {
	e, reader := fifo(t, gzipped)
	if err := e.Add(t.Context(), block("0")); err != nil {
		t.Fatal(err)
	}
	if err := e.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 1, 0, 0, 0)
	z, err := gzip.NewReader(reader())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); !errors.Is(err, io.ErrUnexpectedEOF) || string(got) != "0\n" {
		t.Errorf("read %q, %v; want the record and an unexpected end", got, err)
	}
}

func TestFIFOWithoutReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	clock := &fakeClock{onSleep: cancel}
	err := New(File(path, nil, clock), Options{}).Open(ctx)
	wantStatus(t, err, exit.IO)
	wantText(t, err, "waited for a reader of the FIFO")
}

func TestFIFOWhoseReaderLeft(t *testing.T) {
	e, reader := fifo(t, nil)
	reader().Close()
	err := e.Add(t.Context(), block("0"))
	wantStatus(t, err, exit.IO)
	if !errors.Is(err, syscall.EPIPE) {
		t.Errorf("error %v; want EPIPE", err)
	}
	wantBooks(t, e, 0, 0, 0, 1)
}

// A reader that stops reading can't keep us: the end of the context ends the
// write.
func TestFIFOWhoseReaderHangs(t *testing.T) {
	e, reader := fifo(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // reads one byte, so that the write has begun
		reader().Read(make([]byte, 1))
		cancel()
	}()
	blk := Block{Data: append(bytes.Repeat([]byte("x"), 4<<20), '\n'), Records: 1}
	wantStatus(t, e.Add(ctx, blk), exit.Incomplete)
	wantBooks(t, e, 0, 0, 0, 1)
	if d := e.Counts().Duplicates; d != 1 {
		t.Errorf("duplicates %d; want 1", d)
	}
}

func TestDevices(t *testing.T) {
	for _, test := range []struct {
		path   string
		encode Encode
		status int
	}{
		{"/dev/null", nil, exit.OK},
		{"/dev/null", gzipped, exit.OK},
		{"/dev/full", nil, exit.IO},
		{"/dev/full", gzipped, exit.IO},
	} {
		if _, err := os.Stat(test.path); err != nil {
			t.Logf("%s: %v", test.path, err)
			continue
		}
		before, _ := os.Stat(test.path)
		e := opened(t, File(test.path, test.encode, &fakeClock{}), Options{Clock: &fakeClock{}})
		wantStatus(t, e.Add(t.Context(), block("0")), test.status)
		wantStatus(t, e.Close(t.Context()), test.status)
		if after, err := os.Stat(test.path); err != nil || !os.SameFile(before, after) {
			t.Fatalf("%s was replaced", test.path)
		}
		if test.status == exit.OK {
			wantBooks(t, e, 1, 0, 0, 0)
		} else {
			wantBooks(t, e, 0, 0, 0, 1)
		}
	}
}
