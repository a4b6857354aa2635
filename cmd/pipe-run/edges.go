package main

import (
	"fmt"
	"os"

	"ndjsontools/lib/draft"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
)

// Edges are the files at both ends of the pipeline, and that of the report.
type edges struct {
	in, out *os.File
	ours    *os.File     // in, when it is ours to close
	draft   *draft.Draft // out, when it is a file; nil otherwise
	report  *stdio.Out   // nil when none is wanted
}

// open opens what the options name, before anything runs.
func (p *pipeRun) open(env *tool.Env) (e *edges, err error) {
	e = &edges{in: env.Stdin, out: env.Stdout}
	defer func() {
		if err != nil {
			e.close()
			err = exit.With(exit.IO, err)
		}
	}()
	if p.input != "" {
		if e.ours, err = os.Open(p.input); err != nil {
			return e, err
		}
		e.in = e.ours
	}
	if p.report != "" {
		f, err := os.Create(p.report)
		if err != nil {
			return e, err
		}
		e.report = stdio.NewOut(f, p.report, 64<<10)
	}
	if p.output != "" {
		if e.draft, err = draft.Create(p.output); err != nil {
			return e, fmt.Errorf("%s: %w", p.output, err)
		}
		e.out = e.draft.File
	}
	return e, nil
}

// commit gives the output its name.
func (e *edges) commit() error {
	if e.draft == nil {
		return nil
	}
	return e.draft.Commit()
}

// write writes the report.
func (e *edges) write(result *pipeline.Result) error {
	if e.report == nil {
		return nil
	}
	_, err := e.report.Write(report(result))
	if closed := e.report.Close(); err == nil {
		err = closed
	}
	e.report = nil
	return err
}

// close closes what is open, and removes an output that was not committed.
func (e *edges) close() {
	if e.ours != nil {
		e.ours.Close()
	}
	if e.report != nil {
		e.report.Close()
	}
	if e.draft != nil {
		e.draft.Discard()
	}
}
