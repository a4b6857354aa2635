package ndjson

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

// FuzzReader checks a Reader against the rules said in another way: split at
// LF, cut a CR, drop what is blank. However the bytes arrive, records and their
// places must be those, and blocks and chunks must hold the same records.
func FuzzReader(f *testing.F) {
	for _, c := range framings {
		f.Add([]byte(c.in), c.max, 16)
	}
	f.Add([]byte("0\r\r\n0\r\n0\r"), int64(1), 16)
	f.Fuzz(func(t *testing.T, in []byte, limit int64, buffer int) {
		if limit < 0 || limit > 1<<16 || buffer < 0 || buffer > 1<<16 {
			t.Skip()
		}
		if limit == 0 {
			limit = DefaultMax
		}
		type record struct {
			data         string // of a long one the head
			line, offset int64
			long         bool
		}
		var want []record
		rest, line, offset := in, int64(0), int64(0)
		for len(rest) > 0 {
			data, after, _ := bytes.Cut(rest, []byte("\n"))
			start := offset
			offset += int64(len(rest) - len(after))
			rest = after
			line++
			if line == 1 && bytes.HasPrefix(data, bom) {
				data, start = data[3:], 3
			}
			whole := data
			data = bytes.TrimSuffix(data, []byte("\r"))
			long := int64(len(data)) > limit
			if long {
				data = trimCR(whole[:min(len(whole), HeadSize)])
			}
			if long || len(bytes.Trim(data, " \t\r")) > 0 {
				want = append(want, record{string(data), line, start, long})
			}
		}
		for i, src := range []io.Reader{bytes.NewReader(in), iotest.HalfReader(bytes.NewReader(in)), iotest.OneByteReader(bytes.NewReader(in))} {
			r := NewReader(src, Options{Max: limit, Buffer: buffer})
			n := 0
			for ; r.Scan(); n++ {
				rec := r.Record()
				if n >= len(want) {
					t.Fatalf("source %d: extra record %+v", i, rec)
				}
				w := want[n]
				if rec.Line != w.line || rec.Offset != w.offset || rec.Ordinal != int64(n) || (rec.Err != nil) != w.long ||
					string(rec.Data) != w.data {
					t.Fatalf("source %d, record %d: got %+v %q; want %+v", i, n, rec, rec.Data, w)
				}
			}
			if n != len(want) || r.Err() != nil {
				t.Fatalf("source %d: %d records, %v; want %d", i, n, r.Err(), len(want))
			}
		}
		for i, src := range []io.Reader{bytes.NewReader(in), iotest.HalfReader(bytes.NewReader(in)), iotest.OneByteReader(bytes.NewReader(in))} {
			r := NewReader(src, Options{Max: limit, Buffer: buffer})
			var ring [2]Chunk
			n, lines := 0, int64(0)
			for k := 0; r.ScanChunk(&ring[k%2]); k++ {
				c := &ring[k%2]
				counted := c.CountLines()
				for first := n; c.Scan(); n++ {
					rec := c.Record()
					if w := want[n]; lines+rec.Line != w.line || rec.Offset != w.offset || rec.Ordinal != int64(n-first) || (rec.Err != nil) != w.long ||
						string(rec.Data) != w.data {
						t.Fatalf("source %d, record %d in chunk %d: got %+v %q; want %+v", i, n, k, rec, rec.Data, w)
					}
				}
				if lines += c.Lines(); c.Lines() != counted || c.First() != (k == 0) {
					t.Fatalf("source %d, chunk %d: %d lines, %d counted, first: %v", i, k, c.Lines(), counted, c.First())
				}
			}
			if n != len(want) || r.Err() != nil {
				t.Fatalf("source %d: %d records in chunks, %v; want %d", i, n, r.Err(), len(want))
			}
		}
		r := NewReader(bytes.NewReader(in), Options{Max: limit, Buffer: buffer})
		n := 0
		for r.ScanBlock(3, 100) {
			b := r.Block()
			if w := want[n]; b.First.Line != w.line || b.First.Offset != w.offset || (b.First.Err != nil) != w.long {
				t.Fatalf("block at record %d: %+v; want %+v", n, b.First, w)
			}
			for i, data := range bytes.SplitAfter(b.Data, []byte("\n"))[:bytes.Count(b.Data, []byte("\n"))] {
				if got := string(trimCR(bytes.TrimSuffix(data, []byte("\n")))); got != want[n+i].data {
					t.Fatalf("block record %d: %q; want %q", n+i, got, want[n+i].data)
				}
			}
			n += b.Records
		}
		if n != len(want) {
			t.Fatalf("blocks hold %d records; want %d", n, len(want))
		}
	})
}
