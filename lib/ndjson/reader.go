package ndjson

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"io"
	"math"
	"runtime/debug"
)

// Options say how a Reader frames. The zero value is the default.
type Options struct {
	Max    int64 // longest record in bytes; 0 means DefaultMax
	Buffer int   // size of the buffer at the start; 0 means DefaultBuffer
	// Text takes each line as it is, for lines that are no JSON: blank lines
	// are records, and a CR or a byte order mark is a part of its line.
	Text bool
}

// A Reader reads records one at a time (Scan), in blocks (ScanBlock) or in
// chunks for others to look into (ScanChunk); they may be mixed, but for the
// ordinals, which do not count the records in chunks. It is for one goroutine.
type Reader struct {
	src     io.Reader
	max     int64
	buf     []byte // the last byte stays free, for the LF that a last line may lack
	r, w    int    // buf[r:w] is read and not yet handed out
	seen    int    // buf[r:r+seen] holds no LF
	base    int64  // offset in the input of buf[0]
	line    int64  // lines handed out
	ordinal int64  // records handed out
	text    bool   // see Options
	open    bool   // the last line had no LF
	begun   bool   // a byte order mark was looked for
	shared  bool   // a chunk was handed out
	partial bool   // the source begins within a line, or before one: what is left of it goes
	end     int64  // offset that no line begins at or behind; 0 for none
	err     error  // from the source; io.EOF for its end
	rec     Record
	block   Block
}

// NewReader reads records from src.
func NewReader(src io.Reader, opt Options) *Reader {
	if opt.Max <= 0 {
		opt.Max = DefaultMax
	}
	opt.Max = min(opt.Max, math.MaxInt64/2) // so that sums with it are right
	if opt.Buffer <= 0 {
		opt.Buffer = DefaultBuffer
	}
	return &Reader{src: src, max: opt.Max, text: opt.Text, begun: opt.Text, buf: make([]byte, max(opt.Buffer, 16))}
}

// Reset reads from another source, as if it followed the one before: ordinals
// go on, lines and offsets begin anew. The buffer is kept.
func (r *Reader) Reset(src io.Reader) {
	*r = Reader{src: src, max: r.max, text: r.text, begun: r.text, buf: r.buf, ordinal: r.ordinal}
}

// Err is what ended the stream, nil for its end. A line that an error of the
// source cut off is not handed out; Pending tells how long it is so far.
func (r *Reader) Err() error {
	if r.err == io.EOF {
		return nil
	}
	return r.err
}

// Ordinal is how many records were handed out, skipped ones included.
func (r *Reader) Ordinal() int64 { return r.ordinal }

// Open says whether the line of the last record had no LF behind it. That can
// only be the last one of a source.
func (r *Reader) Open() bool { return r.open }

// Pending is how many bytes were read and not handed out.
func (r *Reader) Pending() int { return r.w - r.r }

// Halt ends the reading of the source: what is buffered of whole lines is still
// handed out, and then err is what ended the stream.
func (r *Reader) Halt(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Scan goes to the next record and says whether there is one. It calls the
// source's Read only when the buffer holds no whole line.
func (r *Reader) Scan() bool {
	for {
		line, long, ok := r.next()
		if !ok {
			return false
		}
		data := line
		if !r.text {
			data = trimCR(line)
			if long == nil && blank(data) {
				continue
			}
		}
		r.rec = Record{
			Data: data, Line: r.line, Offset: r.base + int64(r.r-len(line)-1),
			Ordinal: r.ordinal, Err: long,
		}
		if long != nil {
			r.rec.Offset = r.base + int64(r.r) - 1 - long.Length
		}
		r.ordinal++
		return true
	}
}

// Record is the record that Scan found. It is good until the next call of Scan
// or ScanBlock.
func (r *Reader) Record() *Record { return &r.rec }

// next finds the next line, moves past it and its LF, and answers it without
// the LF. A line over the maximum comes with an error and only its head.
func (r *Reader) next() (line []byte, long *TooLongError, ok bool) {
	if r.partial && !r.drop() {
		return nil, nil, false
	}
	for {
		if r.end > 0 && r.base+int64(r.r) >= r.end {
			return nil, nil, false
		}
		if !r.begun {
			r.begin()
		}
		if i := bytes.IndexByte(r.buf[r.r+r.seen:r.w], '\n'); i >= 0 {
			line, long = r.take(r.r + r.seen + i)
			return line, long, true
		}
		long, ok := r.more()
		if !ok {
			return nil, nil, false
		}
		if long {
			line, err := r.skip()
			return line, err, r.err == nil || r.err == io.EOF
		}
	}
}

// more goes on where the buffer holds no LF: it reads, or adds the LF that the
// last line lacks. It says whether the line is over the maximum already, and is
// not ok at the end.
func (r *Reader) more() (long, ok bool) {
	r.seen = r.w - r.r
	switch {
	case r.begun && int64(r.seen) > r.max+1: // a CR may follow the longest record
		return true, true
	case r.err == io.EOF && r.seen > 0:
		r.open = true
		r.buf[r.w] = '\n' // as if it were there
		r.w++
	case r.err != nil:
		return false, false
	default:
		r.fill()
	}
	return false, true
}

// drop goes behind the end of a line that began elsewhere.
func (r *Reader) drop() bool {
	for {
		if i := bytes.IndexByte(r.buf[r.r:r.w], '\n'); i >= 0 {
			r.r += i + 1
			r.partial = false
			return true
		}
		if r.r = r.w; r.err != nil || r.end > 0 && r.base+int64(r.r) >= r.end {
			return false
		}
		r.fill()
	}
}

// begin skips a byte order mark, once there is enough to know one by.
func (r *Reader) begin() {
	head := r.buf[:min(r.w, len(bom))]
	if len(head) == len(bom) && bytes.Equal(head, bom) {
		r.r, r.seen = len(bom), 0
	}
	r.begun = len(head) == len(bom) || !bytes.HasPrefix(bom, head)
}

// take hands out the line that ends before buf[end], which is its LF.
func (r *Reader) take(end int) (line []byte, long *TooLongError) {
	line = r.buf[r.r:end]
	r.r, r.seen = end+1, 0
	r.line++
	if int64(len(line)) > r.max {
		if data := trimCR(line); int64(len(data)) > r.max {
			long = &TooLongError{Max: r.max, Length: int64(len(line)), SHA256: sha256.Sum256(line)}
			line = line[:min(HeadSize, len(line))]
		}
	}
	return line, long
}

// skip reads past an over-long line of which buf[r:w] is the beginning. Only
// its head is kept, and its hash computed on the way.
func (r *Reader) skip() (head []byte, long *TooLongError) {
	long = &TooLongError{Max: r.max}
	h := sha256.New()
	for {
		part := r.buf[r.r:r.w]
		i := bytes.IndexByte(part, '\n')
		if i >= 0 {
			part = part[:i]
		}
		h.Write(part)
		head = append(head, part[:min(len(part), HeadSize-len(head))]...)
		long.Length += int64(len(part))
		r.r += len(part)
		if i >= 0 || r.err != nil {
			break
		}
		r.fill()
	}
	if r.r == r.w { // the input ended without LF
		r.open = true
		r.buf[r.w] = '\n'
		r.w++
	}
	r.r, r.seen = r.r+1, 0
	r.line++
	sum(h, &long.SHA256)
	return head, long
}

func sum(h hash.Hash, into *[sha256.Size]byte) { h.Sum(into[:0]) }

// fill makes room and reads once. What the source answers with its last bytes
// is kept for the call after.
func (r *Reader) fill() {
	if r.r > 0 {
		r.base += int64(r.r)
		r.w = copy(r.buf, r.buf[r.r:r.w])
		r.r = 0
	}
	if free := len(r.buf) - 1 - r.w; free == 0 || r.w > len(r.buf)/2 && int64(len(r.buf)) < r.max+3 {
		grown := make([]byte, min(int64(2*len(r.buf)), max(r.max+3, int64(len(r.buf))+16)))
		copy(grown, r.buf[:r.w])
		r.buf = grown
		if len(grown) >= bigBuffer {
			debug.FreeOSMemory()
		}
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.w : len(r.buf)-1])
		r.w += n
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}

// bigBuffer is the size from which on a buffer that was outgrown is given back
// to the system at once. The collector alone would keep all of them until it
// runs, three times the longest record in all; this happens a few times in a
// life, at a cost of well under a millisecond.
const bigBuffer = 4 << 20

var bom = []byte("\xef\xbb\xbf")

func trimCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// blank says whether a line is nothing but JSON's white space.
func blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
