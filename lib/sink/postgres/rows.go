package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/sink"
)

// rows reads a batch as what COPY takes. Records that are not JSON are left out,
// and refused. It may be read from another goroutine, which pgconn may leave
// behind when a connection breaks: see end.
//
// The one column that gets the records themselves takes their bytes as they are:
// CSV whose quote and delimiter are control characters, which can't stand in
// JSON. More columns are in COPY's text form.
type rows struct {
	mu      sync.Mutex
	columns []column
	raw     bool

	most          int    // records of this pass; 0 for all that are left
	first, next   int    // the records of this pass: the first one, and the one after those read
	start, rest   []byte // from there on
	out           []byte // read from the batch and not from us
	buf           []byte
	refused       []sink.Refusal // in rising order
	refusedBefore int            // how many of them before this pass
}

// A column as the table has it.
type column struct {
	Column
	json bool // of type json or jsonb, whose input is JSON text
	kind string
}

// aheadSize is how much is read ahead of the server, but for a longer record.
const aheadSize = 32 << 10

// fewRecords is the length of a pass after a record that was refused; each one
// without another doubles it. So bad records that stand close together cost little
// each, and those far apart no more than the way between them.
const fewRecords = 64

func newRows(columns []column, b *sink.Batch) *rows {
	return &rows{columns: columns, raw: isRaw(columns), start: b.Data, rest: b.Data}
}

func isRaw(columns []column) bool { return len(columns) == 1 && len(columns[0].Path) == 0 }

func (r *rows) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.columns == nil {
		return 0, errors.New("the delivery is over")
	}
	n := 0
	for n < len(p) {
		if len(r.out) == 0 && !r.fill() {
			break
		}
		c := copy(p[n:], r.out)
		r.out = r.out[c:]
		n += c
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// fill makes out of the next records; false at the end.
func (r *rows) fill() bool {
	r.buf = r.buf[:0]
	for r.open() && len(r.buf) < aheadSize {
		line, after, _ := bytes.Cut(r.rest, []byte{'\n'})
		bad := jsonscan.Valid(line)
		switch {
		case bad != nil:
			r.refused = append(r.refused, sink.Refusal{Index: r.next, Reason: fmt.Errorf("not JSON: %w", bad)})
		case r.raw:
			r.buf = appendRaw(r.buf, line)
		default:
			r.buf = r.appendRow(r.buf, line)
		}
		r.rest = after
		r.next++
	}
	r.out = r.buf
	return len(r.out) > 0 || r.open() && r.fill()
}

// open says whether this pass has another record.
func (r *rows) open() bool {
	return len(r.rest) > 0 && (r.most == 0 || r.next-r.first < r.most)
}

// appendRaw appends a record and its newline. CSV would take a carriage return,
// which is white space in JSON, for the end of a line.
func appendRaw(dst, line []byte) []byte {
	from := len(dst)
	dst = append(dst, line...)
	if bytes.IndexByte(line, '\r') >= 0 {
		dst = append(dst[:from], bytes.ReplaceAll(bytes.TrimRight(line, "\r"), []byte{'\r'}, []byte{' '})...)
	}
	return append(dst, '\n')
}

// appendRow appends the values of a record's columns in COPY's text form. What
// is absent or null is NULL. A string is its text, but for a JSON column; any
// other value is its JSON text, whose spelling types such as numeric take.
func (r *rows) appendRow(dst, line []byte) []byte {
	for i, c := range r.columns {
		if i > 0 {
			dst = append(dst, '\t')
		}
		at, found := jsonscan.Find(line, c.Path)
		value := line[at.Start:at.End]
		switch {
		case !found, len(c.Path) > 0 && string(value) == "null":
			dst = append(dst, `\N`...)
		case value[0] == '"' && !c.json && len(c.Path) > 0:
			inner := value[1 : len(value)-1]
			if bytes.IndexByte(inner, '\\') >= 0 {
				inner = jsonscan.Unescape(nil, inner)
			}
			dst = appendText(dst, inner)
		default:
			dst = appendText(dst, value)
		}
	}
	return append(dst, '\n')
}

// appendText appends a value with what means something to COPY escaped.
func appendText(dst, value []byte) []byte {
	for {
		i := bytes.IndexAny(value, "\\\t\n\r")
		if i < 0 {
			return append(dst, value...)
		}
		dst = append(append(dst, value[:i]...), '\\')
		switch value[i] {
		case '\\':
			dst = append(dst, '\\')
		case '\t':
			dst = append(dst, 't')
		case '\n':
			dst = append(dst, 'n')
		case '\r':
			dst = append(dst, 'r')
		}
		value = value[i+1:]
	}
}

// refuse refuses the record that was the given line (from 1) of this pass, and
// begins another pass after it; false if no such line was sent.
func (r *rows) refuse(line int, why *pgconn.PgError) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	index := r.first + line - 1
	here := r.refused[r.refusedBefore:]
	for len(here) > 0 && here[0].Index <= index {
		index++
		here = here[1:]
	}
	if line < 1 || index >= r.next {
		return false
	}
	// What was read beyond that line will be read again.
	r.refused = append(r.refused[:len(r.refused)-len(here)], sink.Refusal{Index: index, Reason: explained{why}, Status: why.Code})
	r.refusedBefore = len(r.refused)
	for ; r.first <= index; r.first++ {
		_, r.start, _ = bytes.Cut(r.start, []byte{'\n'})
	}
	r.rest, r.next, r.out, r.most = r.start, r.first, nil, fewRecords
	return true
}

// goOn begins another pass; false if no record is left for it.
func (r *rows) goOn() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next > r.first { // no record of the last one was refused
		r.start, r.first, r.refusedBefore, r.most = r.rest, r.next, len(r.refused), 2*r.most
	}
	return len(r.rest) > 0
}

// end takes the batch's memory back, whoever still reads, and returns what was
// refused.
func (r *rows) end() []sink.Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.columns, r.start, r.rest, r.out = nil, nil, nil, nil
	return r.refused
}
