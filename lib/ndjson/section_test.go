package ndjson

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

// FuzzSections checks that the chunks of a source's sections hold the records of
// the source, whatever they are cut into.
func FuzzSections(f *testing.F) {
	for _, c := range framings {
		f.Add([]byte(c.in), c.max, 16, 5)
	}
	f.Fuzz(func(t *testing.T, in []byte, limit int64, buffer, size int) {
		if limit < 0 || limit > 1<<16 || buffer < 0 || buffer > 1<<16 || size <= len(bom) {
			t.Skip()
		}
		opts := Options{Max: limit, Buffer: buffer}
		all, r := NewReader(bytes.NewReader(in), opts), NewReader(eof{}, opts)
		var c Chunk
		lines := int64(0)
		for at := 0; at < len(in) || at == 0; at += size {
			src := &section{Reader: iotest.HalfReader(bytes.NewReader(in[max(0, at-1):]))}
			n := int64(size)
			if at+size >= len(in) {
				n = -1
			}
			r.SectionChunk(&c, src, int64(at), n)
			if c.First() != (at == 0) {
				t.Fatalf("the section at %d is the first: %v", at, c.First())
			}
			for c.Scan() {
				rec := *c.Record()
				if !all.Scan() {
					t.Fatalf("the section at %d has another record: %+v", at, rec)
				}
				want := *all.Record()
				if !bytes.Equal(rec.Data, want.Data) || rec.Line+lines != want.Line || rec.Offset != want.Offset ||
					(rec.Err == nil) != (want.Err == nil) || rec.Err != nil && *rec.Err != *want.Err {
					t.Fatalf("the section at %d has %+v behind %d lines; want %+v", at, rec, lines, want)
				}
			}
			if lines += c.Lines(); c.Err() != nil || c.Scan() || src.closed != 1 {
				t.Fatalf("the section at %d ends with %v, closed %d times", at, c.Err(), src.closed)
			}
		}
		if all.Scan() {
			t.Fatalf("no section has %+v", all.Record())
		}
	})
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

type section struct {
	io.Reader
	closed int
}

func (s *section) Close() error { s.closed++; return nil }

// A section that can't be read on says so, and what it dropped.
func TestSectionError(t *testing.T) {
	r := NewReader(eof{}, Options{})
	var c Chunk
	src := &section{Reader: io.MultiReader(bytes.NewReader([]byte("1\n2\n3")), iotest.ErrReader(io.ErrClosedPipe))}
	r.SectionChunk(&c, src, 0, 100)
	n := 0
	for c.Scan() {
		n++
	}
	if n != 2 || c.Err() != io.ErrClosedPipe || c.Pending() != 1 || src.closed != 1 {
		t.Errorf("got %d records, %v, %d pending, closed %d times; want 2, the error, 1, once", n, c.Err(), c.Pending(), src.closed)
	}
}
