package main

import (
	"errors"
	"fmt"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/span"
	"ndjsontools/lib/json"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/stdio"
)

// countEvery is how many records may pass before the meter hears of them.
const countEvery = 256

// A worker runs the program over one record after the other.
type worker struct {
	m      *mapper
	life   *filter.Life
	judge  *filter.Judge
	in     *filter.Inputs // nil when nothing is read
	named  bool           // a file is called stdin
	words  *stdio.Out     // what debug and stderr say
	spans  *span.Runner   // nil without a plan
	runner *jq.Runner
	emit   func(json.Value) error

	// take is how the record becomes a value, or why it does not.
	take    func() (json.Value, *filter.Fault)
	decoder json.Decoder
	// keep says that values stay in use while the next records are read: each
	// has memory of its own then, which the collector takes back.
	keep bool
	// record is the last one that was read, and its bytes the program's.
	record  ndjson.Record
	slurped bool // all of it was handed out

	held []byte // outputs of the present run, for --atomic

	read, out int64      // records
	emitted   int64      // outputs of the present run
	last      json.Value // the truth of the last output, for -e
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
			record, name = ndjson.Record{Line: 1, Data: json.Append(nil, v)}, "slurped input"
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
			w.count()
		}
		w.record = *w.in.Record()
		if done, err := w.copy(); err != nil {
			return v, false, err
		} else if done {
			continue
		}
		v, bad := w.take()
		if bad == nil {
			return v, true, nil
		}
		bad.Input = w.in.Name()
		if err := w.judge.Reject(&w.record, *bad); err != nil {
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
	room, outputs, ok := w.spans.Run(w.record.Data, w.life.Out.Room())
	if !ok || outputs == 0 {
		return ok, nil
	}
	if w.m.exitStatus {
		w.last = json.FromBool(w.spans.Truthy())
	}
	w.out += int64(outputs)
	return true, w.commit(room)
}

// run runs the program over one value.
func (w *worker) run(v json.Value, record *ndjson.Record, input string) error {
	w.emitted, w.held = 0, w.held[:0]
	before := w.last
	err := w.runner.Run(v, w.emit)
	failure, ok := err.(*jq.RuntimeError)
	if !ok {
		if left := w.release(); left != nil {
			return errors.Join(left, err)
		}
		return err
	}
	if w.m.atomic {
		w.out -= w.emitted
		w.emitted, w.last = 0, before
	}
	if record.Data == nil { // of an event
		record.Data = json.Append(nil, v)
	}
	return w.judge.Reject(record, filter.Fault{Input: input, Reason: failure.Message, At: -1, Emitted: w.emitted})
}

// line answers input_line_number.
func (w *worker) line() int64 { return w.record.Line }

// name answers input_filename: standard input has none.
func (w *worker) name() (string, bool) {
	if w.in == nil || w.in.Name() == "" || w.in.Name() == "stdin" && !w.named {
		return "", false
	}
	return w.in.Name(), true
}

// say writes words of the program. That nobody listens is no reason to stop.
func (w *worker) say(text []byte) error {
	w.life.Term.EndProgress()
	w.words.Write(text)
	return nil
}

// halted ends as the program says: bad records do not count then, but what went
// wrong with a file does.
func (w *worker) halted(h *jq.Halt) error {
	w.say(h.Words)
	err := exit.Reported(h.Status)
	if h.Status == exit.OK {
		err = nil
	}
	if end := w.judge.End(w.read); exit.Status(end) == exit.IO {
		err = errors.Join(err, end)
	}
	return err
}

// write writes one output, or holds it.
func (w *worker) write(v json.Value) error {
	room := w.held
	if !w.m.atomic {
		room = w.life.Out.Room()
	}
	room, err := w.m.appendOutput(room, v)
	if err != nil {
		return err
	}
	if w.m.exitStatus {
		w.last = json.FromBool(v.Truthy())
	}
	w.emitted++
	w.out++
	if !w.m.atomic {
		return w.commit(room)
	}
	if w.held = room; len(room) > int(w.m.MaxRecord) {
		words := fmt.Sprintf("the outputs are longer than the %v that --atomic holds", w.m.MaxRecord)
		return &jq.RuntimeError{Message: words, Value: json.FromString(words)}
	}
	return nil
}

// release lets the outputs go that --atomic held.
func (w *worker) release() error {
	if len(w.held) == 0 {
		return nil
	}
	_, err := w.life.Out.Write(w.held)
	w.held = w.held[:0]
	if err != nil || !w.m.unbuffered {
		return err
	}
	_, err = w.life.Out.Idle()
	return err
}

// commit takes outputs that were appended to the output's room.
func (w *worker) commit(room []byte) error {
	err := w.life.Out.Commit(room)
	if err == nil && w.m.unbuffered {
		_, err = w.life.Out.Idle()
	}
	return err
}

// count tells the meter how far we are.
func (w *worker) count() {
	w.life.Meter.RecordsIn.Store(w.read)
	w.life.Meter.RecordsOut.Store(w.out)
}

// verdict is what -e makes of the outputs.
func (w *worker) verdict() error {
	switch {
	case !w.m.exitStatus:
		return nil
	case w.out == 0:
		return exit.Reported(exit.NoOutput)
	case !w.last.Truthy():
		return exit.Reported(exit.Falsy)
	}
	return nil
}
