package codec

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"
	"time"

	"ndjsontools/lib/exit"
)

func TestRoundTrip(t *testing.T) {
	data := records(300_000)
	for _, spec := range append(specs(), Spec{}) {
		for _, piece := range []int{1 << 20, 4096, 333} {
			got, err := decompress(bytes.NewReader(compress(t, spec, data, piece)))
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%v in writes of %d: %d bytes, %v; want the %d that were written", spec, piece, len(got), err, len(data))
			}
		}
	}
}

// A stream of nothing is still a stream: other tools refuse an empty file.
func TestRoundTripNothing(t *testing.T) {
	for _, spec := range specs() {
		packed := compress(t, spec, nil, 1)
		if len(packed) == 0 {
			t.Errorf("%v: nothing compresses to no byte; want a valid stream", spec)
		}
		if got, err := decompress(bytes.NewReader(packed)); err != nil || len(got) != 0 {
			t.Errorf("%v: %q, %v; want nothing", spec, got, err)
		}
	}
	if packed := compress(t, Spec{}, nil, 1); len(packed) != 0 {
		t.Errorf("plain: nothing becomes %q; want nothing", packed)
	}
}

// The standard library's gzip reads ours, and we read what it writes, with all
// that a header can hold.
func TestGzipElsewhere(t *testing.T) {
	data := records(100_000)
	for level := range 10 {
		z, err := gzip.NewReader(bytes.NewReader(compress(t, Spec{Gzip, level}, data, 1000)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, data) {
			t.Errorf("gzip:%d: compress/gzip reads %d bytes, %v; want %d", level, len(got), err, len(data))
		}
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Name, z.Comment, z.Extra, z.ModTime = "a.ndjson", "a comment", []byte("extra"), time.Unix(1, 0)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := decompress(iotest.OneByteReader(&out)); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes of compress/gzip, %v; want %d", len(got), err, len(data))
	}
}

// What Flush has handed on decodes to everything written before.
func TestFlush(t *testing.T) {
	data := records(200_000)
	for _, spec := range append(specs(), Spec{}) {
		var out bytes.Buffer
		w, err := NewWriter(&out, spec)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Errorf("%v: Flush of nothing: %v", spec, err)
		}
		start := 0
		for _, end := range []int{10, 11, 70_000, 200_000} {
			if _, err := w.Write(data[start:end]); err != nil {
				t.Fatalf("%v: Write: %v", spec, err)
			}
			if err := w.Flush(); err != nil {
				t.Fatalf("%v: Flush: %v", spec, err)
			}
			got, err := decompress(bytes.NewReader(out.Bytes()))
			if !bytes.Equal(got, data[:end]) {
				t.Errorf("%v: %d bytes after a flush at %d (%v); want all", spec, len(got), end, err)
			}
			if spec.Format != Plain && exit.Status(err) != exit.Input {
				t.Errorf("%v: a stream that is not closed reads with %v; want it cut short", spec, err)
			}
			start = end
		}
	}
}

// fullAfter is a disk with room for n bytes.
type fullAfter struct{ n int }

var errFull = errors.New("no space left on device")

func (w *fullAfter) Write(p []byte) (int, error) {
	if len(p) > w.n {
		n := w.n
		w.n = 0
		return n, errFull
	}
	w.n -= len(p)
	return len(p), nil
}

// An error of the output arrives, wherever the room ends, and stays.
func TestWriterError(t *testing.T) {
	data := records(400_000)
	for _, spec := range append(specs(), Spec{}) {
		whole := len(compress(t, spec, data, 10_000))
		for _, room := range []int{0, 1, 10, whole / 2, whole - 1} {
			w, err := NewWriter(&fullAfter{room}, spec)
			if err != nil {
				t.Fatal(err)
			}
			for rest := data; len(rest) > 0 && err == nil; {
				n := min(10_000, len(rest))
				_, err = w.Write(rest[:n])
				rest = rest[n:]
			}
			if err == nil {
				err = w.Close()
			}
			if !errors.Is(err, errFull) {
				t.Errorf("%v with room for %d of %d: %v; want %v", spec, room, whole, err, errFull)
			}
			if _, err := w.Write(data[:1]); !errors.Is(err, errFull) {
				t.Errorf("%v: Write after the error: %v; want %v again", spec, err, errFull)
			}
			if err := w.Flush(); !errors.Is(err, errFull) {
				t.Errorf("%v: Flush after the error: %v; want %v again", spec, err, errFull)
			}
			if err := w.Close(); !errors.Is(err, errFull) {
				t.Errorf("%v: Close after the error: %v; want %v again", spec, err, errFull)
			}
		}
	}
}

func TestWriterAfterClose(t *testing.T) {
	for _, spec := range append(specs(), Spec{}) {
		var out bytes.Buffer
		w, err := NewWriter(&out, spec)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Errorf("%v: Close: %v", spec, err)
		}
		size := out.Len()
		if err := w.Close(); err != nil {
			t.Errorf("%v: second Close: %v; want none", spec, err)
		}
		if _, err := w.Write([]byte("y")); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%v: Write after Close: %v; want %v", spec, err, os.ErrClosed)
		}
		if err := w.Flush(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%v: Flush after Close: %v; want %v", spec, err, os.ErrClosed)
		}
		if out.Len() != size {
			t.Errorf("%v: %d bytes written after Close; want none", spec, out.Len()-size)
		}
	}
}

func TestWriterLevel(t *testing.T) {
	for _, spec := range []Spec{{Gzip, 10}, {Gzip, -1}, {S2, 4}, {Plain, 1}} {
		if _, err := NewWriter(io.Discard, spec); err == nil {
			t.Errorf("NewWriter with level %d of %v succeeds; want an error", spec.Level, spec.Format)
		}
	}
}

// The output is written in large pieces, whatever the encoder does.
func TestWriterPieces(t *testing.T) {
	data := records(1 << 20)
	for _, spec := range specs() {
		var count countWrites
		w, err := NewWriter(&count, spec)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if most := count.bytes/outputBuffer*2 + 2; count.writes > most {
			t.Errorf("%v: %d writes for %d bytes; want at most %d", spec, count.writes, count.bytes, most)
		}
	}
}

type countWrites struct{ writes, bytes int }

func (c *countWrites) Write(p []byte) (int, error) {
	c.writes++
	c.bytes += len(p)
	return len(p), nil
}
