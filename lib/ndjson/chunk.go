package ndjson

import (
	"bytes"
	"io"
)

// A Chunk is a run of whole lines in memory of its own, which nobody has looked
// into yet: Scan and Record find the records, in any one goroutine. It is how the
// work on one input is shared out. The zero Chunk is ready for ScanChunk and
// SectionChunk.
//
// Offsets are those of the input. Lines and ordinals count from the chunk's
// first, because how many came before is known only to who looked at them.
type Chunk struct {
	lines Reader    // whose source is at its end, or a section
	src   io.Closer // the section, until its end
	first bool      // of its source
	long  bool      // lines.rec is the only record, and over the maximum
}

// SectionChunk makes c the lines that begin in a section of a source: size bytes
// from offset on, or all that follow if size is negative. They are read while c
// is scanned, from src, which goes on behind the section, for the end of the last
// line; and begins a byte before it unless offset is 0, for whether a line begins
// there. src is closed when there are no more records. A section is longer than a
// byte order mark. The Reader's own source is let alone.
func (r *Reader) SectionChunk(c *Chunk, src io.ReadCloser, offset, size int64) {
	buf := c.lines.buf
	if len(buf) == 0 {
		buf = make([]byte, len(r.buf))
	}
	*c = Chunk{src: src, first: !r.shared, lines: Reader{
		src: src, max: r.max, text: r.text, buf: buf, base: offset, begun: r.text,
	}}
	if size >= 0 {
		c.lines.end = offset + size
	}
	if offset > 0 {
		c.lines.base--
		c.lines.begun, c.lines.partial = true, true
	}
	r.shared = true
}

// ScanChunk goes to the next chunk, all whole lines that the buffer holds, and
// says whether there is one. It calls the source's Read only when there is no
// whole line.
//
// It reads into the chunk's own buffer, and keeps in the Reader's what it got of
// the line that follows. So the memory that a goroutine has read is the memory
// that it works on, and stays in the cache of its core.
func (r *Reader) ScanChunk(c *Chunk) bool {
	if !r.nextChunk(c) {
		return false
	}
	c.first, r.shared = !r.shared, true
	return true
}

func (r *Reader) nextChunk(c *Chunk) bool {
	own := r.borrow(c)
	for {
		if !r.begun {
			r.begin()
		}
		if i := bytes.LastIndexByte(r.buf[r.r+r.seen:r.w], '\n'); i >= 0 {
			r.cut(c, r.r+r.seen+i+1, own)
			return true
		}
		long, ok := r.more()
		if ok && !long {
			continue
		}
		*c = Chunk{lines: Reader{buf: own}} // the other one is still in use
		return ok && r.cutLong(c)
	}
}

// borrow goes on in the buffer of c, and answers the Reader's own.
func (r *Reader) borrow(c *Chunk) (own []byte) {
	own = r.buf
	rest := own[r.r:r.w]
	r.buf = c.lines.buf
	if len(r.buf) < len(rest)+16 {
		r.buf = make([]byte, len(own))
	}
	r.base += int64(r.r)
	r.r, r.w = 0, copy(r.buf, rest)
	return own
}

// cut gives c the lines before buf[end], and goes on in the Reader's own buffer.
func (r *Reader) cut(c *Chunk, end int, own []byte) {
	rest := r.buf[end:r.w]
	if len(own) < len(rest)+16 {
		own = make([]byte, len(r.buf))
	}
	*c = Chunk{lines: Reader{
		max: r.max, text: r.text, buf: r.buf, r: r.r, w: end, base: r.base, begun: true, err: io.EOF,
	}}
	r.base += int64(end)
	r.buf, r.r, r.w = own, 0, copy(own, rest)
	r.seen = r.w
}

// cutLong gives c a line that is over the maximum, as a record.
func (r *Reader) cutLong(c *Chunk) bool {
	head, err := r.skip()
	if r.err != nil && r.err != io.EOF {
		return false
	}

	c.lines.rec = Record{Data: trimCR(head), Line: 1, Offset: r.base + int64(r.r) - 1 - err.Length, Err: err}
	c.long = true
	return true
}

// Scan goes to the chunk's next record and says whether there is one.
func (c *Chunk) Scan() bool {
	if c.long {
		c.lines.line++
		return c.lines.line == 1
	}
	ok := c.lines.Scan()
	if !ok && c.src != nil {
		c.src.Close()
		c.src = nil
	}
	return ok
}

// Record is the record that Scan found. It is good until the next call of Scan.
func (c *Chunk) Record() *Record { return &c.lines.rec }

// Err is what ended the reading of a section before its last line, and Pending
// is Reader's.
func (c *Chunk) Err() error   { return c.lines.Err() }
func (c *Chunk) Pending() int { return c.lines.Pending() }

// First says whether the chunk is the first one of its source.
func (c *Chunk) First() bool { return c.first }

// Lines is how many lines there are up to the record that Scan found, and when it
// has found no more, how many there are in the chunk.
func (c *Chunk) Lines() int64 {
	if c.long {
		return 1
	}
	return c.lines.line
}

// CountLines is how many lines there are in what ScanChunk has found, before the
// first Scan.
func (c *Chunk) CountLines() int64 {
	if c.long {
		return 1
	}
	return int64(bytes.Count(c.lines.buf[c.lines.r:c.lines.w], newline))
}

var newline = []byte{'\n'}
