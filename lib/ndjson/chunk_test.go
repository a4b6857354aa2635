package ndjson

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
)

// A chunk keeps its bytes while the reader goes on, and what was given back is
// used again.
func TestChunkKeeps(t *testing.T) {
	var in strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&in, "%d\n", i)
	}
	r := NewReader(strings.NewReader(in.String()), Options{Buffer: 64})
	ring := make([]Chunk, 3)
	n, used := 0, 0
	check := func(c *Chunk) {
		first, lines := n, c.CountLines()
		if c.First() != (n == 0) {
			t.Errorf("a chunk at record %d is the first: %v", n, c.First())
		}
		for c.Scan() {
			if rec := c.Record(); string(rec.Data) != fmt.Sprint(n) || rec.Line != int64(n-first+1) {
				t.Fatalf("record %d: got %q on line %d", n, rec.Data, rec.Line)
			}
			n++
		}
		if got := c.Lines(); got != lines || got != int64(n-first) {
			t.Errorf("%d lines, after %d were counted; want %d", got, lines, n-first)
		}
	}
	for ; r.ScanChunk(&ring[used%3]); used++ {
		if used >= 2 {
			check(&ring[(used-2)%3])
		}
	}
	check(&ring[(used-2)%3])
	check(&ring[(used-1)%3])
	if n != 1000 {
		t.Errorf("%d records; want 1000", n)
	}
	again := func() { // long runs need no new memory
		r.Reset(strings.NewReader(in.String()))
		for k := 0; r.ScanChunk(&ring[k%3]); k++ {
		}
	}
	if got := testing.AllocsPerRun(10, again); got > 3 {
		t.Errorf("%v allocations; want none but the source's", got)
	}
}

// Whole lines before an error of the source are handed out, the rest is not.
func TestChunkError(t *testing.T) {
	broken := errors.New("broken")
	r := NewReader(iotest.DataErrReader(&brokenReader{"1\n2\n3", broken}), Options{})
	var c Chunk
	if !r.ScanChunk(&c) || !c.Scan() || !c.Scan() || string(c.Record().Data) != "2" || c.Scan() {
		t.Error("the whole lines did not come")
	}
	if r.ScanChunk(&c) || r.Err() != broken || r.Pending() != 1 {
		t.Errorf("got %v, %d pending; want the error, 1", r.Err(), r.Pending())
	}
}

type brokenReader struct {
	text string
	err  error
}

func (b *brokenReader) Read(p []byte) (int, error) {
	n := copy(p, b.text)
	b.text = b.text[n:]
	if n == 0 {
		return 0, b.err
	}
	return n, nil
}
