package main

import (
	"context"

	"ndjsontools/lib/sink"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
)

// check tests the destination in place of a run.
func (s *rateSink) check(env *tool.Env) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	env.Signals.OnFirst(func() { cancel(stdio.ErrStopped) })
	if err := sink.Check(ctx, s.dest); err != nil {
		return err
	}
	if s.Verbose {
		env.Term.Say("%s would take deliveries, as far as can be known without one", s.dest.Name())
	}
	return nil
}
