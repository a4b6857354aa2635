package main

import (
	"errors"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/span"
	"ndjsontools/lib/json"
	"ndjsontools/lib/ndjson"
)

type mapper struct {
	filter.Common
	filter.Records
	programFile string
	null        bool
	raw         bool
	compact     bool
	exitStatus  bool
	variables   []jq.Variable
	compress    codec.Spec

	program *jq.Program
	plan    *span.Plan // nil where the program needs values
}

// countEvery is how many records may pass before the meter hears of them.
const countEvery = 256

// A worker runs the program over one record after the other.
type worker struct {
	m       *mapper
	life    *filter.Life
	judge   *filter.Judge
	spans   *span.Runner // nil without a plan
	runner  *jq.Runner
	decoder json.Decoder
	emit    func(json.Value) error

	in, out int64      // records
	emitted int64      // outputs of the present record
	last    json.Value // the truth of the last output, for -e
}

// run maps the files, or standard input.
func (m *mapper) run(life *filter.Life, files []string) error {
	judge, err := m.Judge(life)
	if err != nil {
		return err
	}
	w := &worker{m: m, life: life, judge: judge, runner: jq.NewRunner(m.program)}
	w.emit = w.write
	if m.plan != nil {
		w.spans = span.NewRunner(m.plan)
	}
	if m.null {
		err = w.run(&ndjson.Record{Line: 1, Data: []byte("null")}, "null input")
	} else {
		in := life.Inputs(files, int64(m.MaxRecord))
		life.OnIdle(func() (time.Duration, error) { w.count(); return 0, nil })
		for err == nil && in.Scan() {
			err = w.run(in.Record(), in.Name())
		}
		if err == nil {
			err = in.Err()
		}
	}
	w.count()
	return errors.Join(err, judge.End(w.in), w.verdict())
}

// run maps one record.
func (w *worker) run(rec *ndjson.Record, input string) error {
	if w.in++; w.in%countEvery == 0 {
		w.count()
	}
	if rec.Err != nil {
		return w.judge.Reject(rec, filter.Fault{Input: input, Reason: rec.Err.Error(), At: -1})
	}
	if w.spans != nil {
		if done, err := w.copy(rec.Data); done {
			return err
		}
	}
	w.decoder.Reset()
	v, bad := w.decoder.Decode(rec.Data)
	if bad != nil {
		return w.judge.Reject(rec, filter.Fault{Input: input, Reason: bad.Reason, At: bad.Offset})
	}
	w.emitted = 0
	err := w.runner.Run(v, w.emit)
	if failure, ok := err.(*jq.RuntimeError); ok {
		return w.judge.Reject(rec, filter.Fault{Input: input, Reason: failure.Message, At: -1, Emitted: w.emitted})
	}
	return err
}

// copy maps a record without making values of it, where that can be done. If not
// it has done nothing.
func (w *worker) copy(record []byte) (done bool, err error) {
	room, outputs, ok := w.spans.Run(record, w.life.Out.Room())
	if !ok {
		return false, nil
	}
	if outputs == 0 {
		return true, nil
	}
	if w.m.exitStatus {
		w.last = json.FromBool(w.spans.Truthy())
	}
	w.out += int64(outputs)
	return true, w.life.Out.Commit(room)
}

// write writes one output.
func (w *worker) write(v json.Value) error {
	room := w.life.Out.Room()
	if w.m.raw && v.Kind() == json.KindString {
		room = append(room, v.Str()...)
	} else {
		room = json.Append(room, v)
	}
	if w.m.exitStatus {
		w.last = json.FromBool(v.Truthy())
	}
	w.emitted++
	w.out++
	return w.life.Out.Commit(append(room, '\n'))
}

// count tells the meter how far we are.
func (w *worker) count() {
	w.life.Meter.RecordsIn.Store(w.in)
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
