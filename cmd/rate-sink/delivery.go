package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// errDrained is why deliveries are cut short after a signal.
var errDrained = errors.New("the time that --drain-timeout gives after a signal is over")

// wordsWait is how long a message may wait for somebody to read it. What is
// taken must be settled though nobody does. After a signal lib/tool ends a process
// whose words are stuck for a second; it must not come to that.
const wordsWait = 200 * time.Millisecond

// A delivery is one run: standard input on its way to the destination.
type delivery struct {
	*rateSink
	env  *tool.Env
	life *filter.Life

	ctx    context.Context // ends when the time to settle after a signal is over
	cancel context.CancelCauseFunc

	engine  *sink.Engine
	times   times
	spilled *sink.Spill
	saved   rejects
	judge   *filter.Judge  // nil before open
	in      *filter.Inputs // nil before open
	limits  *pace.Limits
	blocked atomic.Int64 // nanoseconds that the destination and the echo took
}

// run delivers standard input until it ends, a signal comes, or the destination
// or the input makes it impossible.
func (s *rateSink) run(env *tool.Env, life *filter.Life) error {
	d := &delivery{rateSink: s, env: env, life: life, times: newTimes(), limits: s.rates.limits()}
	d.ctx, d.cancel = context.WithCancelCause(context.Background())
	defer d.cancel(nil)
	err := d.prepare()
	if err == nil {
		err = d.open()
	}
	if err == nil {
		err = d.settle(d.move())
	}
	err = errors.Join(err, d.close())
	if d.engine == nil {
		return err
	}
	return errors.Join(err, d.metrics.close(d.page))
}

// prepare makes the engine and opens what it needs on this machine.
func (d *delivery) prepare() (err error) {
	options := sink.Options{
		Limits:  sink.Limits{Records: int(d.batchRecords), Bytes: int(d.batchBytes), Age: time.Duration(d.batchAge)},
		Retry:   sink.DefaultRetry(),
		Latency: d.times.service, Settled: d.times.settle,
		Concurrency: d.concurrency.Concurrency, Go: d.env.Go, Wake: d.life.Nudge,
		Requests: d.rates.requests,
		Pausing:  d.pausing,
	}
	options.Retry.MaxElapsed = time.Duration(d.maxElapsed)
	if d.echo.wanted() {
		d.echo.out, d.echo.clock, d.echo.dest = d.life.Out, d.life.Clock, d.dest.Name()
		options.Acked = d.echo.acked
	}
	if d.Records.Rejects != "" {
		options.Rejects = &d.saved
	}
	if d.spill != "" {
		if d.spilled, err = sink.OpenSpill(d.spill); err != nil {
			return err
		}
		options.Spill = d.spilled
	}
	if options.Places, err = d.resume.begin(d.dest.Name(), d.runID); err != nil {
		return err
	}
	d.engine = sink.New(d.dest, options)
	d.report()
	if err := d.metrics.serve(d.page, d.env); err != nil {
		return err
	}
	return d.resume.seek(d.env.Stdin)
}

// pausing says that an attempt failed.
func (d *delivery) pausing(p sink.Pause) {
	if !d.Quiet {
		d.life.Term.Say("attempt %d failed: %v; next one in %s", p.Attempt, p.Err, units.HumanDuration(p.Wait))
	}
}

// open opens the destination, then the file for rejects, then the input: a
// destination that can't be opened costs nothing, not even the rejects of an
// earlier run.
func (d *delivery) open() (err error) {
	d.env.Signals.OnFirst(func() {
		time.AfterFunc(time.Duration(d.drain), func() { d.cancel(errDrained) })
	})
	opening, stop := context.WithCancelCause(d.ctx) // there is nothing to settle yet
	defer stop(nil)
	d.env.Signals.OnFirst(func() { stop(stdio.ErrStopped) })
	if err := d.engine.Open(opening); err != nil {
		return err
	}
	if err := d.resume.adopt(opening, d.dest, d.engine, d.table.Stream != "", d.env.Stdin); err != nil {
		return errors.Join(err, d.engine.Stop(d.ctx))
	}
	d.Records.Continue = d.resume.last != nil
	if d.judge, err = d.Judge(d.life); err != nil {
		return errors.Join(err, d.engine.Stop(d.ctx))
	}
	d.saved = rejects{judge: d.judge, dest: d.dest.Name()}
	d.in = d.life.Inputs(nil, int64(d.MaxRecord))
	d.life.OnIdle(d.idle)
	if err := d.resume.skip(d.in); err != nil { // nothing was taken
		return errors.Join(err, d.engine.Stop(d.ctx))
	}
	return nil
}

// settle ends the deliveries; why is what ended the reading, nil for the end of
// the input.
func (d *delivery) settle(why error) (err error) {
	if why == nil {
		closing := d.life.Clock.Now()
		err = d.engine.Close(d.ctx)
		d.blocked.Add(int64(d.life.Clock.Now() - closing))
	} else {
		d.settleRest(why)
		err = settled(why, d.engine.Stop(d.ctx))
	}
	if ranges := d.engine.Unresolved(); len(ranges) > 0 {
		status := exit.Incomplete
		if err != nil {
			status = exit.Status(err)
		}
		where, lost := d.spill, d.endSpill()
		if lost != nil {
			where = ""
		}
		err = errors.Join(err, &unresolvedError{ranges, d.engine.Counts().Unresolved, status, where}, lost)
	}
	return err
}

// endSpill writes what was spilled through to the disk: only then it is saved.
func (d *delivery) endSpill() error {
	spilled := d.spilled
	if d.spilled = nil; spilled == nil {
		return nil
	}
	return spilled.Close()
}

// close closes the files. Their errors, and that records were rejected, are what
// it answers.
func (d *delivery) close() (err error) {
	err = d.endSpill()
	if d.judge == nil {
		return err
	}
	records := int64(0)
	if d.in != nil {
		records = d.resume.from.Ordinal + d.in.Ordinal()
	}
	return errors.Join(err, d.judge.End(records))
}

// settled is what to say when the sink stopped for err and settling answered
// stopped. Unresolved records are named later; a signal says the rest itself.
func settled(err, stopped error) error {
	if errors.Is(err, stdio.ErrStopped) && exit.Status(stopped) == exit.Incomplete {
		return err
	}
	if _, ok := errors.AsType[*sink.UnresolvedError](stopped); ok {
		return err
	}
	if stopped == nil || errors.Is(err, stopped) || errors.Is(stopped, err) {
		return err
	}
	return errors.Join(err, stopped)
}
