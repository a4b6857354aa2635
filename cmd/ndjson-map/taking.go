package main

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/jsonstream"
	"ndjsontools/lib/ndjson"
)

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
	switch {
	case w.m.slurp:
		w.record.Data = w.hoard.keep(w.record.Data)
	case w.keep:
		w.record.Data = bytes.Clone(w.record.Data)
	}
	v, bad := w.decode(w.record.Data)
	if bad == nil {
		return v, nil
	}
	if w.m.utf8 == "replace" && w.m.byLine() {
		mended, _ := jsonscan.Mend(nil, w.record.Data, true, true)
		if v, bad = w.decode(mended); bad == nil {
			return v, nil
		}
		// The place is where as much comes out as the fault lies behind.
		bad.Offset = sort.Search(len(w.record.Data), func(i int) bool {
			before, _ := jsonscan.Mend(nil, w.record.Data[:i], true, true)
			return len(before) >= bad.Offset
		})
	}
	return v, &filter.Fault{Reason: bad.Reason, At: bad.Offset}
}

func (w *worker) decode(record []byte) (json.Value, *jsonscan.SyntaxError) {
	if !w.keep {
		w.decoder.Reset()
	}
	if w.prover != nil && w.decoder.Defers(len(record)) && w.prover.Canonical(record) {
		w.deferred++
		return w.decoder.Defer(record), nil
	}
	return w.decoder.Decode(record)
}

// defers says whether decoding is put off, of records in canonical form, until the
// program looks. Where there is a plan, only odd records become values.
func (m *mapper) defers() bool {
	return m.plan == nil && m.reads() && !m.lines && !m.events() && !m.eager
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
		line = jsonscan.MendString(line)
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
