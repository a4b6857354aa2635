// Package jsonstream reads JSON that is not one value a line: values that span
// lines or share one (Values), and the events of values that may be larger than
// memory (Events, the form of jq's --stream). Both find where to go on behind
// text that is no JSON, and hand that text out as a bad record.
//
// It is not for NDJSON, whose lines lib/ndjson frames much faster, and it does
// not say what is wrong with a record of Values: whoever decodes it finds the
// same fault.
//
// # Memory
//
// A Values holds one value, up to its maximum. An Events holds one scalar or
// name, up to its maximum, the names on the way to it, and a few bytes for each
// level of the nesting, of which there are at most jsonscan.MaxDepth.
//
// # Where reading goes on
//
// Behind a fault, reading goes on at the next line that begins, without an
// indent, like a value. That is the next record of NDJSON, and the next value of
// what a pretty printer made: inner lines are indented there, and the last one
// begins with a closing bracket. The price is that where every line is indented
// all is lost up to the end. In a sequence of RFC 7464 it is the next separator,
// and where a value ends with its line, the next line.
package jsonstream

import (
	"bytes"
	"io"

	"ndjsontools/lib/jsonscan"
)

// A Framing says where values may stand.
type Framing uint8

const (
	Spanning Framing = iota // anywhere: they may span lines and share one
	Lines                   // a value ends with its line at the latest, which has no other
	Sequence                // as Spanning, with a 0x1E in front of each (RFC 7464)
)

const separator = 0x1E

// state is what a reader wants next.
type state uint8

const (
	wantValue    state = iota
	wantFirst          // a value or ']'
	wantFirstKey       // a key or '}'
	wantKey
	wantColon
	wantMore // ',' or the closing bracket
)

// A token is a piece of JSON.
type token uint8

const (
	noToken token = iota // the input ends, or what is there does not belong there
	aScalar
	aKey
	anOpening
	aClosing
	aMark // a comma or a colon
)

// A reader reads tokens, and sees to it that they make JSON.
type reader struct {
	source
	framing Framing
	longest int // of a token, in bytes
	state   state
	objects []bool // the open containers: is it an object?
	ended   int64  // the line that the last value ended on
	over    bool   // the fault at the place is that a token is too long
	why     string // what is wrong there although it is JSON
	led     bool   // a separator was seen
}

// inside says whether a value has begun.
func (r *reader) inside() bool { return len(r.objects) > 0 }

// space goes to the next byte that is no white space. A line end or a separator
// is none where a value must not go on behind it.
func (r *reader) space() (c byte, ok bool) {
	r.skipMark()
	for {
		if c, ok = r.peek(0); !ok {
			return 0, false
		}
		switch {
		case c == '\n' && (r.framing != Lines || !r.inside()):
			r.at++
			r.newline()
		case c == ' ', c == '\t', c == '\r':
			r.at++
		case c == separator && r.framing == Sequence && !r.inside():
			r.led = true
			r.at++
		default:
			return c, true
		}
		if r.drops || !r.inside() {
			r.from = r.at
		}
	}
}

// next reads a token, which is then buf[start:at]. Where there is none the place
// is before what does not belong.
func (r *reader) next() (kind token, start int) {
	r.over, r.dry = false, false
	c, ok := r.space()
	if !ok {
		return noToken, r.at
	}
	kind, n := r.token(c)
	r.at += n // what reads further may have moved the buffer, but not at
	return kind, r.at - n
}

// token finds the kind and the length of the token that begins with c.
func (r *reader) token(c byte) (token, int) {
	switch {
	case r.inside():
	case r.framing == Lines && r.ended == r.line:
		return noToken, 0
	case r.framing == Sequence && !r.led:
		r.why = "no separator (0x1E) stands before the text"
		return noToken, 0
	}
	switch r.state {
	case wantColon:
		if c != ':' {
			return noToken, 0
		}
		r.state = wantValue
		return aMark, 1
	case wantMore:
		return r.between(c)
	case wantFirstKey, wantKey:
		if c == '}' && r.state == wantFirstKey {
			return r.close()
		}
		n := 0
		if c == '"' {
			n = r.text()
		}
		if n == 0 {
			return noToken, 0
		}
		r.state = wantColon
		return aKey, n
	case wantFirst:
		if c == ']' {
			return r.close()
		}
	}
	if c == '{' || c == '[' {
		return r.open(c)
	}
	n := r.scalar(c)
	if n == 0 {
		return noToken, 0
	}
	r.complete()
	return aScalar, n
}

// between is a comma, or what closes the container.
func (r *reader) between(c byte) (token, int) {
	object := r.objects[len(r.objects)-1]
	switch {
	case c == ',' && object:
		r.state = wantKey
		return aMark, 1
	case c == ',':
		r.state = wantValue
		return aMark, 1
	case c == '}' && object, c == ']' && !object:
		return r.close()
	}
	return noToken, 0
}

func (r *reader) open(c byte) (token, int) {
	if len(r.objects) == jsonscan.MaxDepth {
		return noToken, 0
	}
	r.objects = append(r.objects, c == '{')
	r.state = wantFirst
	if c == '{' {
		r.state = wantFirstKey
	}
	return anOpening, 1
}

func (r *reader) close() (token, int) {
	r.objects = r.objects[:len(r.objects)-1]
	r.complete()
	return aClosing, 1
}

// complete is the state behind a value.
func (r *reader) complete() {
	r.state, r.ended = wantMore, 0
	if !r.inside() {
		r.state, r.ended = wantValue, r.line
	}
}

// scalar is the length of the scalar that begins with c, 0 where it is none.
func (r *reader) scalar(c byte) int {
	if c == '"' {
		return r.text()
	}
	n := 0
	for n <= r.longest {
		c, ok := r.peek(n)
		if !ok || !inWord(c) {
			break
		}
		n++
	}
	word := r.buf[r.at : r.at+n]
	end, _ := jsonscan.Number(word, 0)
	if end != n {
		end = jsonscan.Word(word, 0)
	}
	r.over = n > r.longest
	if end != n || n == 0 || r.over {
		return 0
	}
	if r.framing == Sequence && !r.inside() {
		// A text that is cut short might pass for a whole one.
		if c, ok := r.peek(n); !ok || c == separator {
			r.why = "the text may be cut short: no white space follows it"
			return 0
		}
	}
	return n
}

// inWord says whether c may stand in a number or a word.
func inWord(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '+' || c == '-' || c == '.'
}

// text is the length of the string that begins at the place, 0 where it is none.
func (r *reader) text() int {
	r.over = false
	if end, _ := jsonscan.String(r.buf[:r.end], r.at); end >= 0 && end-r.at <= r.longest {
		return end - r.at // nearly always all of it is there, and right
	}
	for n := 1; n < r.longest; n++ {
		c, ok := r.peek(n)
		switch {
		case !ok || c < ' ':
			return 0
		case c == '\\':
			n++
		case c == '"':
			whole := r.buf[r.at : r.at+n+1]
			if end, _ := jsonscan.String(whole, 0); end != len(whole) {
				return 0
			}
			return len(whole)
		}
	}
	r.over = true
	return 0
}

// skip goes to where reading can go on behind a fault.
func (r *reader) skip() {
	for first := !r.inside(); ; first = false {
		c, ok := r.peek(0)
		if !ok {
			return
		}
		atLine := r.base+int64(r.at) == r.begun
		switch {
		case first:
		case r.framing == Sequence:
			if c == separator {
				return
			}
		case atLine && (r.framing == Lines || bytes.IndexByte([]byte(`{["-0123456789tfn`), c) >= 0):
			return
		}
		r.pass()
	}
}

// pass goes behind the end of the line, or in a sequence to a separator before that.
func (r *reader) pass() {
	for {
		c, ok := r.peek(0)
		if !ok {
			return
		}
		if c == separator && r.framing == Sequence {
			return
		}
		r.at++
		if c == '\n' {
			r.newline()
			return
		}
	}
}

// cut says whether it is an error of the source that left no token here.
func (r *reader) cut() bool { return r.dry && r.err != io.EOF }
