package main

import (
	"errors"
	"slices"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/span"
	"ndjsontools/lib/json"
	"ndjsontools/lib/tool"
)

type mapper struct {
	filter.Common
	filter.Records
	reading
	writing
	fromFile    bool   // the first operand is a file with the program
	programFile string // which that is, or nothing
	exitStatus  bool
	strict      bool
	jobs        int64
	explain     bool
	variables   []jq.Variable
	positional  []json.Value
	marks       bool // --args or --jsonargs, which mark operands
	libraries   []string
	compress    codec.Spec

	program *jq.Program
	plan    *span.Plan // nil where the program needs values
	detour  string     // why it does, and where in the program
	eager   bool       // no decoding is put off, which tests force
	named   bool       // a file is called stdin
}

// run maps the files, or standard input.
func (m *mapper) run(life *filter.Life, files []string, env *tool.Env) error {
	judge, err := m.Judge(life)
	if err != nil {
		return err
	}
	to := newOutside(life, judge, env.Stderr, m.unbuffered)
	m.named = slices.Contains(files, "stdin")
	var total tally
	if m.jobs > 1 {
		total, err = m.runJobs(m.lineInputs(life, files), to, env.Go)
	} else {
		total, err = m.runOne(files, to)
	}
	to.Count(total)
	if halt, ok := err.(*jq.Halt); ok {
		return to.halted(halt, total)
	}
	return errors.Join(err, judge.End(max(total.read, judge.Rejected())), m.verdict(total))
}

// runOne maps in this goroutine.
func (m *mapper) runOne(files []string, to *outside) (tally, error) {
	w := m.newWorker(nil, to)
	if m.reads() {
		w.in, w.take = m.inputs(to.life, files)
		to.life.OnIdle(func() (time.Duration, error) { to.Count(w.tally); return 0, nil })
	}
	err := w.runAll()
	return w.tally, err
}

// reads tells whether this run reads anything.
func (m *mapper) reads() bool { return !m.null || m.program.ReadsInput() }

// halted ends as the program says: bad records do not count then, but what went
// wrong with a file does.
func (o *outside) halted(h *jq.Halt, total tally) error {
	o.Say(h.Words)
	err := exit.Reported(h.Status)
	if h.Status == exit.OK {
		err = nil
	}
	if end := o.Judge.End(total.read); exit.Status(end) == exit.IO {
		err = errors.Join(err, end)
	}
	return err
}

// verdict is what -e makes of the outputs.
func (m *mapper) verdict(total tally) error {
	switch {
	case !m.exitStatus:
		return nil
	case total.out == 0:
		return exit.Reported(exit.NoOutput)
	case total.falsy:
		return exit.Reported(exit.Falsy)
	}
	return nil
}
