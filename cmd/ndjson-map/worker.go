package main

import (
	"bytes"
	"errors"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/span"
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
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

	decoder json.Decoder
	// keep says that values stay in use while the next records are read: each
	// has memory of its own then, which the collector takes back.
	keep bool
	// record is the last one that was read, and its bytes the program's.
	record  ndjson.Record
	slurped bool // all of it was handed out

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
	all := json.NewArray(0)
	for {
		v, ok, err := w.scan()
		if err != nil || !ok {
			return all.Value(), err == nil, err
		}
		all.Append(v)
	}
}

// scan is the value of the next record that is good.
func (w *worker) scan() (v json.Value, ok bool, err error) {
	for w.in.Scan() {
		if w.read++; w.read%countEvery == 0 {
			w.count()
		}
		w.record = *w.in.Record()
		fault := filter.Fault{Input: w.in.Name(), At: -1}
		if long := w.record.Err; long != nil {
			fault.Reason = long.Error()
		} else if done, err := w.copy(w.record.Data); err != nil {
			return v, false, err
		} else if done {
			continue
		} else if v, bad := w.decode(); bad != nil {
			fault.Reason, fault.At = bad.Reason, bad.Offset
		} else {
			return v, true, nil
		}
		if err := w.judge.Reject(&w.record, fault); err != nil {
			return v, false, err
		}
	}
	return v, false, w.in.Err()
}

// copy maps a record without making values of it, where there is a plan and that
// can be done. If not it has done nothing.
func (w *worker) copy(record []byte) (done bool, err error) {
	if w.spans == nil {
		return false, nil
	}
	room, outputs, ok := w.spans.Run(record, w.life.Out.Room())
	if !ok || outputs == 0 {
		return ok, nil
	}
	if w.m.exitStatus {
		w.last = json.FromBool(w.spans.Truthy())
	}
	w.out += int64(outputs)
	return true, w.life.Out.Commit(room)
}

func (w *worker) decode() (json.Value, *jsonscan.SyntaxError) {
	if w.keep {
		w.record.Data = bytes.Clone(w.record.Data)
	} else {
		w.decoder.Reset()
	}
	return w.decoder.Decode(w.record.Data)
}

// run runs the program over one value.
func (w *worker) run(v json.Value, record *ndjson.Record, input string) error {
	w.emitted = 0
	err := w.runner.Run(v, w.emit)
	if failure, ok := err.(*jq.RuntimeError); ok {
		return w.judge.Reject(record, filter.Fault{Input: input, Reason: failure.Message, At: -1, Emitted: w.emitted})
	}
	return err
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

// write writes one output.
func (w *worker) write(v json.Value) error {
	room := w.life.Out.Room()
	if (w.m.raw || w.m.join) && v.Kind() == json.KindString {
		room = append(room, v.Str()...)
	} else {
		room = json.Append(room, v)
	}
	if w.m.exitStatus {
		w.last = json.FromBool(v.Truthy())
	}
	w.emitted++
	w.out++
	if !w.m.join {
		room = append(room, '\n')
	}
	return w.life.Out.Commit(room)
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
