package ndjson

import (
	"bytes"
	"io"
)

// A Chunk is a run of whole lines in memory of its own, which nobody has looked
// into yet: Scan and Record find the records, in any one goroutine. It is how the
// work on one input is shared out. The zero Chunk is ready for ScanChunk.
//
// Lines and offsets are those of the input; ordinals count from the chunk's
// first record, because how many came before is known only to who looked at
// them.
type Chunk struct {
	lines Reader // whose source is at its end
	long  bool   // lines.rec is the only record, and over the maximum
}

// ScanChunk goes to the next chunk, all whole lines that the buffer holds, and
// says whether there is one. It calls the source's Read only when there is no
// whole line. Nothing is copied but the beginning of the line that follows: c
// gets the Reader's buffer and the Reader c's, so what c was before is gone.
func (r *Reader) ScanChunk(c *Chunk) bool {
	for {
		if !r.begun {
			r.begin()
		}
		if i := bytes.LastIndexByte(r.buf[r.r+r.seen:r.w], '\n'); i >= 0 {
			r.cut(c, r.r+r.seen+i+1)
			return true
		}
		long, ok := r.more()
		if !ok {
			return false
		}
		if long {
			return r.cutLong(c)
		}
	}
}

// cut gives c the lines before buf[end].
func (r *Reader) cut(c *Chunk, end int) {
	spare, rest := c.lines.buf, r.buf[end:r.w]
	if len(spare) < 2*len(rest)+16 {
		spare = make([]byte, len(r.buf))
	}
	*c = Chunk{lines: Reader{
		max: r.max, text: r.text, buf: r.buf, r: r.r, w: end, base: r.base, line: r.line, begun: true, err: io.EOF,
	}}
	r.line += int64(bytes.Count(r.buf[r.r:end], newline))
	r.base += int64(end)
	r.buf, r.r, r.w = spare, 0, copy(spare, rest)
	r.seen = r.w
}

// cutLong gives c a line that is over the maximum, as a record.
func (r *Reader) cutLong(c *Chunk) bool {
	head, err := r.skip()
	if r.err != nil && r.err != io.EOF {
		return false
	}
	rec := Record{Data: trimCR(head), Line: r.line, Offset: r.base + int64(r.r) - 1 - err.Length, Err: err}
	*c = Chunk{lines: Reader{buf: c.lines.buf, rec: rec}, long: true}
	return true
}

var newline = []byte{'\n'}

// Scan goes to the chunk's next record and says whether there is one.
func (c *Chunk) Scan() bool {
	if !c.long {
		return c.lines.Scan()
	}
	first := c.lines.ordinal == 0
	c.lines.ordinal = 1
	return first
}

// Record is the record that Scan found. It is good until the chunk is given to
// ScanChunk again.
func (c *Chunk) Record() *Record { return &c.lines.rec }
