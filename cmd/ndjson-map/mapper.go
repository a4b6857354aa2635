package main

import (
	"errors"
	"os"
	"slices"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/span"
	"ndjsontools/lib/json"
	"ndjsontools/lib/stdio"
)

type mapper struct {
	filter.Common
	filter.Records
	reading
	writing
	fromFile    bool   // the first operand is a file with the program
	programFile string // which that is, or nothing
	exitStatus  bool
	variables   []jq.Variable
	positional  []json.Value
	marks       bool // --args or --jsonargs, which mark operands
	compress    codec.Spec

	program *jq.Program
	plan    *span.Plan // nil where the program needs values
}

// run maps the files, or standard input.
func (m *mapper) run(life *filter.Life, files []string, stderr *os.File) error {
	judge, err := m.Judge(life)
	if err != nil {
		return err
	}
	w := &worker{
		m: m, life: life, judge: judge, runner: jq.NewRunner(m.program),
		words: stdio.NewOut(stderr, "standard error", 0),
		keep:  m.slurp || m.program.ReadsInput(),
	}
	w.emit = w.write
	if m.plan != nil {
		w.spans = span.NewRunner(m.plan)
	}
	if m.reads() {
		w.inputs(files)
		life.OnIdle(func() (time.Duration, error) { w.count(); return 0, nil })
	}
	w.named = slices.Contains(files, "stdin")
	w.runner.Connect(jq.World{Input: w.next, Line: w.line, Name: w.name, Words: w.say})
	err = w.runAll()
	w.count()
	if halt, ok := err.(*jq.Halt); ok {
		return w.halted(halt)
	}
	return errors.Join(err, judge.End(max(w.read, judge.Rejected())), w.verdict())
}

// reads tells whether this run reads anything.
func (m *mapper) reads() bool { return !m.null || m.program.ReadsInput() }
