package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/jsonstream"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/tool"
)

// reading is how the input becomes values.
type reading struct {
	null, slurp          bool
	lines                bool // --raw-input
	sequence             bool // --seq, of the output too
	stream, streamErrors bool
	concat               bool
	utf8                 string
}

func newReading() reading { return reading{utf8: "reject"} }

var utf8Ways = []string{"reject", "replace"}

func (r *reading) Options() []tool.Option {
	return []tool.Option{
		{Name: "null-input", Short: "n", Usage: "run the program once, on null; only input and inputs read", Value: tool.Bool(&r.null)},
		{Name: "raw-input", Short: "R", Usage: "take each line as a string; with --slurp, all of the input as one", Value: tool.Bool(&r.lines)},
		{Name: "slurp", Short: "s", Usage: "run the program once, on an array of all records", Value: tool.Bool(&r.slurp)},
		{Name: "concat", Usage: "take JSON values that span lines or share one", Value: tool.Bool(&r.concat)},
		{Name: "stream", Usage: "take each record as the events [path, leaf] and [path], in a memory that its length does not matter to", Value: tool.Bool(&r.stream)},
		{Name: "stream-errors", Usage: "like --stream, and what is no JSON becomes the event [reason, path]", Value: tool.Bool(&r.streamErrors)},
		{Name: "seq", Usage: "read and write JSON text sequences (RFC 7464)", Value: tool.Bool(&r.sequence)},
		{Name: "utf8", Arg: "WAY", Usage: "what to do about text that is not UTF-8: reject the record, or replace it by U+FFFD", Value: tool.Choice(&r.utf8, utf8Ways...), Choices: utf8Ways},
	}
}

// Validate checks what the options can't check alone.
func (r *reading) Validate() error {
	switch {
	case r.lines && r.events():
		return tool.Usagef("--raw-input takes lines of text, of which --stream can't make events")
	case r.lines && r.concat:
		return tool.Usagef("--raw-input takes lines of text, which are no values that --concat could take")
	case r.sequence && r.concat:
		return tool.Usagef("--seq already says where a value begins; leave --concat out")
	}
	return nil
}

// events says whether the program gets events instead of records.
func (r *reading) events() bool { return r.stream || r.streamErrors }

// byLine says whether each line is a record of JSON.
func (r *reading) byLine() bool {
	return !r.lines && !r.sequence && !r.concat && !r.events()
}

func (r *reading) framing() jsonstream.Framing {
	switch {
	case r.sequence:
		return jsonstream.Sequence
	case r.concat:
		return jsonstream.Spanning
	}
	return jsonstream.Lines
}

// A taking makes a value of a worker's record, or says why it can't.
type taking func(*worker) (json.Value, *filter.Fault)

// taking is that of records that are lines.
func (r *reading) taking() taking {
	if r.lines {
		return (*worker).text
	}
	return (*worker).json
}

// lineInputs opens what is to be read line by line.
func (m *mapper) lineInputs(life *filter.Life, files []string) *filter.Inputs {
	return life.LineInputs(files, ndjson.Options{Max: int64(m.MaxRecord), Text: m.lines})
}

// inputs opens what is to be read, and answers with how a record becomes a value.
func (m *mapper) inputs(life *filter.Life, files []string) (*filter.Inputs, taking) {
	framed := func(f filter.Framer) *filter.Inputs {
		if m.utf8 == "replace" {
			f = mended{f}
		}
		return life.FramedInputs(files, f)
	}
	switch {
	case m.events():
		events := jsonstream.NewEvents(int64(m.MaxRecord), m.framing())
		return framed(events), func(w *worker) (json.Value, *filter.Fault) { return w.event(events) }
	case m.lines || m.byLine():
		return m.lineInputs(life, files), m.taking()
	}
	values := jsonstream.NewValues(int64(m.MaxRecord), m.framing())
	return framed(values), func(w *worker) (json.Value, *filter.Fault) {
		if why := values.Why(); why != "" && w.record.Err == nil {
			return json.Value{}, &filter.Fault{Reason: why, At: 0}
		}
		return w.json()
	}
}

// json is the record as a value.
func (w *worker) json() (json.Value, *filter.Fault) {
	if long := w.record.Err; long != nil {
		return json.Value{}, &filter.Fault{Reason: long.Error(), At: -1}
	}
	if w.keep {
		w.record.Data = bytes.Clone(w.record.Data)
	}
	v, bad := w.decode(w.record.Data)
	if bad == nil {
		return v, nil
	}
	if w.m.utf8 == "replace" && w.m.byLine() {
		mended, _ := jsonscan.Mend(nil, w.record.Data, true, true)
		if v, bad := w.decode(mended); bad == nil {
			return v, nil
		}
	}
	return v, &filter.Fault{Reason: bad.Reason, At: bad.Offset}
}

func (w *worker) decode(record []byte) (json.Value, *jsonscan.SyntaxError) {
	if !w.keep {
		w.decoder.Reset()
	}
	return w.decoder.Decode(record)
}

// text is the line as a string.
func (w *worker) text() (json.Value, *filter.Fault) {
	if long := w.record.Err; long != nil {
		return json.Value{}, &filter.Fault{Reason: long.Error(), At: -1}
	}
	line := string(w.record.Data)
	if w.keep {
		w.record.Data = []byte(line)
	}
	if !utf8.ValidString(line) {
		if w.m.utf8 != "replace" {
			return json.Value{}, &filter.Fault{Reason: "invalid UTF-8", At: len(validPrefix(line))}
		}
		mended, _ := jsonscan.Mend(nil, w.record.Data, false, true)
		line = string(mended)
	}
	return json.FromString(line), nil
}

func validPrefix(s string) string {
	for i, c := range s {
		if c == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return s[:i]
		}
	}
	return s
}

// event is what an Events has found.
func (w *worker) event(events *jsonstream.Events) (json.Value, *filter.Fault) {
	v, bad := events.Event()
	switch {
	case bad == nil:
		return v, nil
	case !w.m.streamErrors:
		return v, &filter.Fault{Reason: bad.Reason, At: bad.At}
	}
	text := fmt.Sprintf("%s at line %d, column %d", bad.Reason, bad.Line, bad.Column+int64(bad.At))
	return json.ArrayOf([]json.Value{json.FromString(text), json.ArrayOf(bad.Path).Value()}).Value(), nil
}

// slurpAll is all of the input as one value: an array of the records, or a text.
func (w *worker) slurpAll() (json.Value, error) {
	all, text := json.NewArray(0), []byte(nil)
	for {
		v, ok, err := w.scan()
		switch {
		case err != nil:
			return v, err
		case !ok && w.m.lines:
			return json.FromString(string(text)), nil
		case !ok:
			return all.Value(), nil
		case !w.m.lines:
			all.Append(v)
			continue
		}
		text = append(text, v.Str()...)
		if !w.in.(*filter.Inputs).Open() {
			text = append(text, '\n')
		}
	}
}
