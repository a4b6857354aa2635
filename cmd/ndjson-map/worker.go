package main

import (
	"cmp"
	"fmt"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/span"
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/ndjson"
)

// countEvery is how many records may pass before the meter hears of them.
const countEvery = 256

// A source is where a worker's records come from: the inputs themselves, or a
// chunk of them.
type source interface {
	Scan() bool
	Record() *ndjson.Record
	Name() string
	Err() error
}

// A worker runs the program over one record after the other.
type worker struct {
	m      *mapper
	in     source       // nil when nothing is read
	to     edge         // where what comes of it goes
	spans  *span.Runner // nil without a plan
	runner *jq.Runner
	emit   func(json.Value) error

	// take is how the record becomes a value, or why it does not.
	take    taking
	decoder json.Decoder
	prover  *span.Prover // of the records whose decoding is put off; nil where none is
	// keep says that values stay in use while the next records are read: each
	// has memory of its own then, which the collector takes back, or is in the
	// hoard if it keeps all of them.
	keep  bool
	hoard hoard
	// record is the last one that was read, and its bytes the program's.
	record  ndjson.Record
	slurped bool // all of it was handed out

	tally
	emitted int64 // outputs of the present run
	held    hold  // the same, for --atomic
}

// A hold keeps the outputs of a run until it is known how the run ends.
type hold struct {
	text []byte
	tally
}

// A tally is what a run amounts to so far.
type tally struct {
	read, out int64 // records
	copied    int64 // of those that were read, the ones that bytes did for
	deferred  int64 // and the ones that were text at first
	falsy     bool  // the last output was false or null; noted for -e alone
}

// newWorker makes a worker, with a state of its own. Of a mapper's workers, any
// number may work at the same time.
func (m *mapper) newWorker(in source, to edge) *worker {
	w := &worker{m: m, in: in, to: to, runner: jq.NewRunner(m.program), keep: m.slurp || m.program.ReadsInput()}
	w.take = m.taking()
	if m.defers() {
		w.prover = &span.Prover{}
	}
	if w.keep && !m.slurp {
		w.decoder.KeepApart()
	}
	w.emit = w.write
	if m.plan != nil {
		w.spans = span.NewRunner(m.plan)
	}
	w.runner.Connect(jq.World{Input: w.next, Line: w.line, Name: w.name, Words: to.Say})
	return w
}

// runAll runs the program as often as the options say.
func (w *worker) runAll() error {
	if w.m.null {
		if w.in == nil {
			w.read++ // so that it can be rejected
		}
		return w.run(json.Value{}, &ndjson.Record{Line: 1, Data: []byte("null")}, "null input")
	}
	for {
		v, ok, err := w.next()
		if err != nil || !ok {
			return err
		}
		record, name := w.record, w.in.Name()
		if w.m.slurp {
			record, name = ndjson.Record{Line: 1}, "slurped input"
		}
		if err := w.run(v, &record, name); err != nil {
			return err
		}
	}
}

// next is the next value of the input, for the program too.
func (w *worker) next() (v json.Value, ok bool, err error) {
	if !w.m.slurp {
		return w.scan()
	}
	if w.slurped {
		return v, false, nil
	}
	w.slurped = true
	v, err = w.slurpAll()
	return v, err == nil, err
}

// scan is the value of the next record that is good.
func (w *worker) scan() (v json.Value, ok bool, err error) {
	for w.in.Scan() {
		if w.read++; w.read%countEvery == 0 {
			w.to.Count(w.tally)
		}
		w.record = *w.in.Record()
		if done, err := w.copy(); err != nil {
			return v, false, err
		} else if done {
			continue
		}
		v, bad := w.take(w)
		if bad == nil {
			return v, true, nil
		}
		bad.Input = w.in.Name()
		if err := w.to.Reject(&w.record, *bad); err != nil {
			return v, false, err
		}
	}
	return v, false, w.in.Err()
}

// copy maps a record without making values of it, where there is a plan and that
// can be done. If not it has done nothing.
func (w *worker) copy() (done bool, err error) {
	if w.spans == nil || w.record.Err != nil {
		return false, nil
	}
	room, outputs, ok := w.spans.Run(w.record.Data, w.to.Room())
	if ok {
		w.copied++
	}
	if !ok || outputs == 0 {
		return ok, nil
	}
	if w.m.exitStatus {
		w.falsy = !w.spans.Truthy()
	}
	w.out += int64(outputs)
	return true, w.to.Commit(room)
}

// run runs the program over one value.
func (w *worker) run(v json.Value, record *ndjson.Record, input string) error {
	w.emitted, w.held = 0, hold{text: w.held.text[:0]}
	err := w.runner.Run(v, w.emit)
	failure, ok := err.(*jq.RuntimeError)
	if !ok {
		if w.held.out > 0 {
			w.tally.add(w.held.tally)
			err = cmp.Or(w.to.Commit(w.held.text), err)
		}
		return err
	}
	if record.Data == nil { // of an event, or of all records
		record.Data = json.Append(nil, v)
	}
	return w.to.Reject(record, filter.Fault{Input: input, Reason: failure.Message, At: -1, Emitted: w.emitted})
}

// line answers input_line_number.
func (w *worker) line() int64 { return w.record.Line }

// name answers input_filename: standard input is called as jq calls it.
func (w *worker) name() (string, bool) {
	switch {
	case w.in == nil || w.in.Name() == "":
		return "", false
	case w.in.Name() == "stdin" && !w.m.named:
		return "<stdin>", true
	}
	return jsonscan.MendString(w.in.Name()), true
}

// write writes one output, or holds it.
func (w *worker) write(v json.Value) error {
	if w.m.atomic {
		return w.hold(v)
	}
	room, err := w.m.appendOutput(w.to.Room(), v)
	if err != nil {
		return err
	}
	if w.m.exitStatus {
		w.falsy = !v.Truthy()
	}
	w.emitted++
	w.out++
	return w.to.Commit(room)
}

// hold keeps one output, up to the bound.
func (w *worker) hold(v json.Value) error {
	h := &w.held
	text, err := w.m.appendOutput(h.text, v)
	if err != nil {
		return err
	}
	h.text, h.falsy = text, !v.Truthy()
	h.out++
	if len(text) > int(w.m.MaxRecord) {
		words := fmt.Sprintf("the outputs are longer than the %v that --atomic holds", w.m.MaxRecord)
		return &jq.RuntimeError{Message: words, Value: json.FromString(words)}
	}
	return nil
}
