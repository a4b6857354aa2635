package jsonstream

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/ndjson"
)

// Events reads values as jq's streaming form: [path, leaf] for each scalar and
// each empty container, and [path of the last member] where another container
// closes. It is for one goroutine.
type Events struct {
	reader
	levels []level
	decode json.Decoder
	event  json.Value
	fault  *Fault
}

// A level is an open container: where in it the place is.
type level struct {
	key    json.Value
	count  int64
	object bool
}

// A Fault is text that is no JSON in the middle of a value. The events before it
// have been handed out.
type Fault struct {
	Reason string
	At     int          // byte in the record where it went wrong
	Line   int64        // of that, from 1
	Column int64        // of the record's beginning in its line, in bytes, from 1
	Path   []json.Value // where in the value it stands
}

// NewEvents makes a reader of events, whose scalars and names have at most max
// bytes each as they stand in the input. Reset gives it a source.
func NewEvents(max int64, framing Framing) *Events {
	e := &Events{reader: reader{framing: framing, longest: int(max)}}
	e.most, e.drops = ndjson.HeadSize, true
	e.Reset(nothing{})
	return e
}

// Reset reads from another source; see Values.
func (e *Events) Reset(src io.Reader) {
	e.reset(src)
	e.led = false
	e.restart()
}

func (e *Events) restart() {
	e.ended = 0
	e.state, e.objects, e.levels = wantValue, e.objects[:0], e.levels[:0]
}

// Event is the event that Scan found, nil and a fault where the record is bad.
// It stays valid.
func (e *Events) Event() (json.Value, *Fault) { return e.event, e.fault }

// Scan goes to the next event or fault. The record says where it stands; its
// data are those of a fault only, up to the place where reading goes on.
func (e *Events) Scan() bool {
	e.fault = nil
	for {
		if _, ok := e.space(); !ok && !e.inside() {
			return false
		}
		e.from = e.at
		kind, start := e.reader.next()
		switch kind {
		case noToken:
			if e.cut() {
				return false
			}
			e.bad()
			return true
		case aKey:
			in := &e.levels[len(e.levels)-1]
			in.key = e.value(start)
			in.count++
		case aScalar:
			e.member()
			e.put(start, json.ArrayOf([]json.Value{e.path(), e.value(start)}))
			return true
		case anOpening:
			e.member()
			e.levels = append(e.levels, level{object: e.objects[len(e.objects)-1]})
		case aClosing:
			e.closed(start)
			return true
		}
	}
}

// member counts a value that begins in an array.
func (e *Events) member() {
	if len(e.levels) == 0 {
		return
	}
	if in := &e.levels[len(e.levels)-1]; !in.object {
		in.key = json.FromInt(in.count)
		in.count++
	}
}

func (e *Events) closed(start int) {
	in := e.levels[len(e.levels)-1]
	if in.count > 0 {
		event := json.ArrayOf([]json.Value{e.path()})
		e.levels = e.levels[:len(e.levels)-1]
		e.put(start, event)
		return
	}
	e.levels = e.levels[:len(e.levels)-1]
	empty := json.NewArray(0).Value()
	if in.object {
		empty = json.NewObject(0).Value()
	}
	e.put(start, json.ArrayOf([]json.Value{e.path(), empty}))
}

func (e *Events) put(start int, event *json.Array) {
	e.event = event.Value()
	offset := e.base + int64(start)
	e.record = ndjson.Record{Line: e.line, Offset: offset, Before: offset - e.begun, Ordinal: e.ordinal}
	e.ordinal++
}

// path is the way to the place, in memory of its own.
func (e *Events) path() json.Value { return json.ArrayOf(e.keys()).Value() }

func (e *Events) keys() []json.Value {
	keys := make([]json.Value, len(e.levels))
	for i, in := range e.levels {
		keys[i] = in.key
	}
	return keys
}

// value is the scalar or name from start to the place.
func (e *Events) value(start int) json.Value {
	v, bad := e.decode.Decode(bytes.Clone(e.buf[start:e.at]))
	if bad != nil {
		panic("jsonstream: a token that is no value: " + bad.Error())
	}
	return v
}

// bad makes a record of a fault and of what is skipped behind it.
func (e *Events) bad() {
	reason, at := e.explain()
	e.event, e.fault = json.Value{}, &Fault{Reason: reason, At: at, Path: e.keys()}
	e.why = ""
	e.begin()
	e.fault.Line, e.fault.Column = e.line, e.record.Before+1
	e.skip()
	e.take()
	e.restart()
}

// explain says what is wrong at the place, in the words that it would have in a
// record: the validator reads the rest behind the shortest text that leads to
// this state.
func (e *Events) explain() (reason string, at int) {
	for n := 0; n < utf8.UTFMax; n++ { // a character that is shown must be whole
		if last, size := utf8.DecodeLastRune(e.buf[e.at:e.end]); last != utf8.RuneError || size != 1 || !e.fill() {
			break
		}
	}
	rest := e.buf[e.at:e.end]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	c := jsonscan.Peek(rest, 0)
	switch {
	case len(e.objects) == jsonscan.MaxDepth && (c == '{' || c == '['):
		return fmt.Sprintf("nested deeper than %d levels", jsonscan.MaxDepth), 0
	case e.over:
		return fmt.Sprintf("a string or number is longer than the maximum of %d bytes", e.longest), 0
	case e.why != "":
		return e.why, 0
	}
	before := e.before()
	bad := jsonscan.Valid(append([]byte(before), rest...))
	return bad.Reason, max(0, bad.Offset-len(before))
}

// before is a text that leads to the present state.
func (e *Events) before() string {
	object := e.inside() && e.objects[len(e.objects)-1]
	switch e.state {
	case wantFirst:
		return "["
	case wantFirstKey:
		return "{"
	case wantKey:
		return `{"":0,`
	case wantColon:
		return `{""`
	case wantMore:
		if object {
			return `{"":[]`
		}
		return "[[]"
	}
	switch {
	case object:
		return `{"":`
	case e.inside():
		return "[0,"
	case e.ended == e.line:
		return "[]"
	}
	return ""
}
