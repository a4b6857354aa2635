package main

import (
	"errors"
	"fmt"
	"io"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/gen/like"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
)

// runLike makes records like those of a file. Its input is read to the end
// before the first record is made.
func (g *generator) runLike(env *tool.Env) error {
	if len(env.Args) > 0 {
		return tool.Usagef("fields stand in arguments or in the records of --like, not in both: %s", term.Quote(env.Args[0]))
	}
	life, err := g.Begin(env, filter.Uses{Input: true, Output: true, Gathers: true, Compress: g.compress, Prepare: g.report})
	if err != nil {
		return err
	}
	records := filter.NewRecords()
	judge, err := records.Judge(life)
	if err != nil {
		return life.End(err)
	}
	var sample like.Sample
	err = g.look(life, judge, &sample)
	if err == nil {
		err = g.make(env, life, func() (*gen.Schema, error) {
			return gen.ParseTemplate("the template of "+g.like, sample.Template())
		})
	}
	return life.End(errors.Join(err, judge.End(sample.Records()+judge.Rejected())))
}

// look adds the records of the input to the sample.
func (g *generator) look(life *filter.Life, judge *filter.Judge, sample *like.Sample) error {
	in := life.Inputs([]string{g.like}, ndjson.DefaultMax)
	for in.Scan() {
		rec := in.Record()
		life.Meter.RecordsIn.Add(1)
		fault := filter.Fault{Input: in.Name(), At: -1}
		if rec.Err != nil {
			fault.Reason = rec.Err.Error()
		} else if bad := jsonscan.Valid(rec.Data); bad != nil {
			fault.Reason, fault.At = bad.Reason, bad.Offset
		} else if !sample.Add(rec.Data) {
			fault.Reason = "it is no object"
		}
		if fault.Reason != "" {
			if err := judge.Reject(rec, fault); err != nil {
				return err
			}
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	if in.Name() == "" {
		return exit.Reported(exit.IO) // it could not be opened, which was told
	}
	if sample.Records() == 0 {
		return exit.With(exit.Input, fmt.Errorf("there is no record in %s to make others like it", in.Name()))
	}
	for _, note := range sample.Notes() {
		if !g.Quiet {
			life.Term.Say("%s", note)
		}
	}
	return nil
}

// make makes what was asked for: records, or words about them.
func (g *generator) make(env *tool.Env, life *filter.Life, schema func() (*gen.Schema, error)) error {
	s, err := schema()
	if err != nil {
		return located(err)
	}
	words, plan, err := g.prepare(s)
	if err != nil {
		return err
	}
	if plan == nil {
		_, err := io.WriteString(life.Out, words)
		return err
	}
	return g.run(env, life, plan)
}
