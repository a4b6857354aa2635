package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// resume is where an earlier run ended, and how this one says where it does.
type resume struct {
	path  string
	every units.Duration

	everyGiven bool

	lock *sink.Lock
	last *sink.Checkpoint // of the earlier run; nil if there was none
	from sink.Position    // what the positions of the input begin at
}

func (r *resume) options() []tool.Option {
	return []tool.Option{
		{Name: "checkpoint", Arg: "FILE", Usage: "keep in FILE what is settled, and go on from there", Value: tool.Path(&r.path), File: true},
		{Name: "checkpoint-every", Arg: "DURATION", Usage: "write the checkpoint at most that often", Value: tool.Given(&r.every, &r.everyGiven)},
	}
}

// load reads the checkpoint, and gives a run its name.
func (r *resume) load(web *sink.HTTP) (err error) {
	if r.path == "" {
		return nil
	}
	if r.last, err = sink.LoadCheckpoint(r.path); err != nil || r.last == nil {
		if web.RunID == "" {
			web.RunID = sink.NewRunID()
		}
		return err
	}
	if web.RunID != "" && web.RunID != r.last.RunID {
		return tool.Usagef("--run-id is %s, but %s is of the run %s", web.RunID, r.path, r.last.RunID)
	}
	web.RunID, web.Again = r.last.RunID, true
	return nil
}

// begin makes what writes checkpoints of this run to dest; nil if none are
// wanted.
func (r *resume) begin(dest, runID string) (*sink.Checkpoints, error) {
	if r.path == "" {
		return nil, nil
	}
	last := sink.FirstCheckpoint(runID, dest)
	if r.last != nil {
		last = *r.last
	}
	var err error
	if r.lock, err = sink.LockCheckpoint(r.path); err != nil {
		return nil, err
	}
	now, err := sink.LoadCheckpoint(r.path)
	if err != nil {
		return nil, err
	}
	if now != nil && (r.last == nil || now.Next != r.last.Next) {
		return nil, exit.With(exit.Incomplete, fmt.Errorf("%s was written by another sink just now: run this again", r.path))
	}
	return sink.NewCheckpoints(r.lock, time.Duration(r.every), nil, last)
}

// end lets others have the checkpoint.
func (r *resume) end() error {
	if r.lock == nil {
		return nil
	}
	return r.lock.Close()
}

// adopt goes on from the checkpoint that the destination itself keeps, if one is
// wanted, and lets it keep those of this run.
func (r *resume) adopt(ctx context.Context, dest sink.Destination, engine *sink.Engine, wanted bool, f *os.File) error {
	keeper, ok := dest.(sink.Keeper)
	if !ok || !wanted {
		return nil
	}
	fresh := sink.FirstCheckpoint(sink.NewRunID(), dest.Name())
	last, err := keeper.Begin(ctx, fresh)
	if err != nil {
		return fmt.Errorf("%s: %w", dest.Name(), err)
	}
	if last.RunID != fresh.RunID {
		r.last = &last
	}
	places, err := sink.KeptCheckpoints(keeper, last)
	if err != nil {
		return err
	}
	if err := engine.Places(places); err != nil {
		return fmt.Errorf("%s: %w", dest.Name(), err)
	}
	return r.seek(f)
}

// seek moves a file to the first record that is not settled. Anything else, and
// a compressed file, is read from its beginning.
func (r *resume) seek(f *os.File) error {
	if r.last == nil || !stdio.IsFile(f) {
		return nil
	}
	plain, err := isPlain(f)
	if err != nil || !plain {
		return exit.With(exit.IO, err)
	}
	if err := r.last.Seek(f); err != nil {
		return err
	}
	r.from = r.last.Next
	r.from.Line--
	return nil
}

// isPlain says whether the file, from where it stands, is not compressed.
func isPlain(f *os.File) (bool, error) {
	start, err := f.Seek(0, 1)
	if err != nil {
		return false, err
	}
	format, err := codec.NewReader(f).Format()
	if err != nil {
		return false, err
	}
	_, err = f.Seek(start, 0)
	return format == codec.Plain, err
}

// skip reads the records that are settled, if seek could not pass over them,
// and checks that they are those.
func (r *resume) skip(in *filter.Inputs) error {
	if r.last == nil || r.from.Ordinal > 0 || r.last.Next.Ordinal == 0 {
		return nil
	}
	check := r.last.Skip()
	for left := r.last.Next.Ordinal; left > 0; left = r.last.Next.Ordinal - in.Ordinal() {
		if !in.ScanBlock(int(min(left, ndjson.DefaultMax)), 0) {
			if err := in.Err(); err != nil {
				return err
			}
			break
		}
		if in.Block().First.Err == nil {
			check.Write(in.Block().Data)
		}
	}
	return check.End(in.Ordinal())
}

// words are what the summary says of where the run began, none if that was the
// beginning.
func (r *resume) words() []string {
	if r.last == nil {
		return nil
	}
	words := fmt.Sprintf("went on at record %d, after an earlier run", r.last.Next.Ordinal)
	if twice := r.last.Twice(); twice > 0 {
		words += fmt.Sprintf("; up to %s from there may have been delivered by that one as well", term.Plural(twice, "record", "records"))
	}
	return []string{words}
}

// at is where a record stands in the whole input.
func (r *resume) at(rec *ndjson.Record) sink.Position {
	return sink.Position{Ordinal: r.from.Ordinal + rec.Ordinal, Line: r.from.Line + rec.Line, Offset: r.from.Offset + rec.Offset}
}
