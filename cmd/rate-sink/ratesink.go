package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// idleAfter is how long a wait for the rate must be to count as idle, when a
// destination that likes small batches gets what is held. Shorter waits are the
// normal course of a rate and would make every batch a few records.
const idleAfter = 50 * time.Millisecond

type rateSink struct {
	filter.Common
	filter.Records
	rate         units.Rate
	batchRecords units.Count
	batchBytes   units.Size
	batchAge     units.Duration
	maxElapsed   units.Duration
	drain        units.Duration
	compress     codec.Spec
	appends      bool
	rotate       rotation
	resume       resume
	echo         echo
	spill        string
	web          webOptions
	table        tableOptions
	bounds       bounds
	sizes        sizes

	dest    sink.Destination
	runID   string
	tooLong atomic.Int64 // records over the maximum
}

// validate makes the destination and checks what goes with it.
func (s *rateSink) validate(env *tool.Env) error {
	where, args := "null:", env.Args
	if len(args) > 0 {
		where, args = args[0], args[1:]
	}
	web := s.web.config()
	web.Again = web.RunID != ""
	if err := s.resume.load(&web); err != nil {
		return err
	}
	s.runID, s.Records.Continue = web.RunID, s.resume.last != nil
	config := sink.Config{
		EncodeFor: func(path string) sink.Encode { return encode(codec.SuffixSpec(path)) },
		Encode:    encode(s.compress),
		Encoding:  s.compress.Format.String(),
		HTTP:      web,
		Postgres:  s.table.make(s.web.timeout, s.web.connectTimeout),
		Append:    s.appends,
		Rotate:    sink.Rotate{Records: int64(s.rotate.records), Bytes: int64(s.rotate.bytes), Age: time.Duration(s.rotate.every)},
		Stdout:    env.Stderr, Stderr: env.Stderr,
		Grace: time.Duration(s.drain),
	}
	var err error
	if s.dest, err = sink.Parse(where, args, config); err != nil {
		return &tool.UsageError{Err: err}
	}
	if err := s.bounds.check(scheme(where)); err != nil {
		return err
	}
	if scheme(where) == "postgres:" {
		s.sizes.grow(&s.batchRecords, &s.batchBytes)
	}
	if err := s.echo.validate(!strings.HasPrefix(where, "file:") || s.appends); err != nil {
		return err
	}
	switch last := s.resume.last; {
	case s.resume.path != "" && strings.HasPrefix(where, "file:") && !s.appends && s.rotate == rotation{}:
		return tool.Usagef("--checkpoint is not for a file that is there whole or not at all: --append, or rotate")
	case last != nil && last.Destination != s.dest.Name():
		return tool.Usagef("%s is the checkpoint of %s, not of %s", s.resume.path, last.Destination, s.dest.Name())
	case s.resume.path != "" && s.table.Stream != "":
		return tool.Usagef("--checkpoint and --stream both keep a checkpoint; that of --stream delivers nothing twice")
	case s.resume.everyGiven && s.resume.path == "":
		return tool.Usagef("--checkpoint-every needs --checkpoint to say where to")
	}
	if s.spill != "" && strings.HasPrefix(where, "file:") && !s.appends {
		return tool.Usagef("--spill is not for a file that is there whole or not at all: nothing keeps its records")
	}
	if s.web.Insecure {
		env.Term.Say("warning: --insecure: anybody on the way can read and change what is sent")
	}
	return s.Records.Validate()
}

// encode puts a compressor on a file, nil for none.
func encode(spec codec.Spec) sink.Encode {
	if spec.Format == codec.Plain {
		return nil
	}
	return func(w io.Writer) (sink.Encoder, error) { return codec.NewWriter(w, spec) }
}

// errDrained is why deliveries are cut short after a signal.
var errDrained = errors.New("the time that --drain-timeout gives after a signal is over")

// run delivers standard input until it ends, a signal comes, or the destination
// or the input makes it impossible.
func (s *rateSink) run(env *tool.Env, life *filter.Life) error {
	latency := meter.NewLatency()
	options := sink.Options{
		Limits:  sink.Limits{Records: int(s.batchRecords), Bytes: int(s.batchBytes), Age: time.Duration(s.batchAge)},
		Retry:   sink.DefaultRetry(),
		Latency: latency,
		Pausing: func(p sink.Pause) {
			if !s.Quiet {
				life.Term.Say("attempt %d failed: %v; next one in %s", p.Attempt, p.Err, units.HumanDuration(p.Wait))
			}
		},
	}
	options.Retry.MaxElapsed = time.Duration(s.maxElapsed)
	if s.echo.wanted() {
		s.echo.out, s.echo.clock, s.echo.dest = life.Out, life.Clock, s.dest.Name()
		options.Acked = s.echo.acked
	}
	saved := &rejects{}
	if s.Records.Rejects != "" {
		options.Rejects = saved
	}
	var err error
	if s.spill != "" {
		if options.Spill, err = sink.OpenSpill(s.spill); err != nil {
			return err
		}
	}
	if options.Places, err = s.resume.begin(s.dest.Name(), s.runID); err == nil {
		err = s.resume.seek(env.Stdin)
	}
	if err != nil {
		return errors.Join(err, closeSpill(options.Spill))
	}
	engine := sink.New(s.dest, options)
	report(life, engine, latency, &s.tooLong)

	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	env.Signals.OnFirst(func() {
		time.AfterFunc(time.Duration(s.drain), func() { cancel(errDrained) })
	})
	opening, stop := context.WithCancelCause(ctx) // there is nothing to settle yet
	defer stop(nil)
	env.Signals.OnFirst(func() { stop(stdio.ErrStopped) })
	if err := engine.Open(opening); err != nil {
		return errors.Join(err, closeSpill(options.Spill))
	}
	if err := s.resume.adopt(ctx, s.dest, engine, s.table.Stream != "", env.Stdin); err != nil {
		return errors.Join(err, engine.Stop(ctx), closeSpill(options.Spill))
	}
	s.Records.Continue = s.resume.last != nil
	// The rejects of an earlier run are replaced only now: a destination that
	// can't be opened costs nothing.
	judge, err := s.Judge(life)
	if err != nil {
		return errors.Join(err, engine.Stop(ctx), closeSpill(options.Spill))
	}
	saved.judge = judge
	records := life.Inputs(nil, int64(s.MaxRecord))
	life.OnIdle(func() (time.Duration, error) { return s.idle(ctx, life, engine) })
	if err := s.resume.skip(records); err != nil { // nothing was taken
		return errors.Join(err, engine.Stop(ctx), closeSpill(options.Spill), judge.End(0))
	}
	err = s.deliver(ctx, life, records, engine, judge)
	if err == nil {
		closing := life.Clock.Now()
		err = engine.Close(ctx)
		life.Meter.BlockedOut.Add(int64(life.Clock.Now() - closing))
	} else {
		s.settleRest(ctx, life, records, engine, judge, err)
		err = settle(err, engine.Stop(ctx))
	}
	if ranges := engine.Unresolved(); len(ranges) > 0 {
		status := exit.Incomplete
		if err != nil {
			status = exit.Status(err)
		}
		err = errors.Join(err, &unresolvedError{ranges, engine.Counts().Unresolved, status, s.spill})
	}
	return errors.Join(err, closeSpill(options.Spill), judge.End(s.resume.from.Ordinal+records.Ordinal()))
}

func closeSpill(spill *sink.Spill) error {
	if spill == nil {
		return nil
	}
	return spill.Close()
}

// settleRest settles the records that were read and not yet handed to the engine
// when the work ended for why. After a signal, or when nobody reads the echo any
// more, they are delivered, unpaced; otherwise they are unresolved.
func (s *rateSink) settleRest(ctx context.Context, life *filter.Life, in *filter.Inputs, engine *sink.Engine, judge *filter.Judge, why error) {
	in.Halt(why)
	for in.Reader.ScanBlock(0, 0) {
		block := in.Block()
		life.Meter.RecordsIn.Add(int64(block.Records))
		if block.First.Err != nil {
			s.reject(judge, in, &block.First) // that it may say stop changes nothing now
			continue
		}
		blk := sink.Block{Data: block.Data, Records: block.Records, At: s.resume.at(&block.First)}
		if errors.Is(why, stdio.ErrStopped) || errors.Is(why, stdio.ErrReaderGone) {
			engine.Add(ctx, blk) // its error comes again from Stop
		} else {
			engine.Forgo(blk)
		}
	}
}

// reject gives a record over the maximum to the judge.
func (s *rateSink) reject(judge *filter.Judge, in *filter.Inputs, rec *ndjson.Record) error {
	s.tooLong.Add(1)
	at := s.resume.at(rec)
	rec.Ordinal, rec.Line, rec.Offset = at.Ordinal, at.Line, at.Offset
	return judge.Reject(rec, filter.Fault{Input: in.Name(), Reason: rec.Err.Error(), At: -1})
}

// deliver moves blocks of records from the input to the engine.
func (s *rateSink) deliver(ctx context.Context, life *filter.Life, in *filter.Inputs, engine *sink.Engine, judge *filter.Judge) error {
	limits := pace.NewLimits(pace.New(s.rate, 0))
	for {
		now := life.Clock.Now()
		records, size := limits.Due(now)
		if records <= 0 || size <= 0 {
			if err := s.wait(ctx, life, engine, now, limits.Next(now)); err != nil {
				return err
			}
			continue
		}
		if !in.ScanBlock(int(min(records, ndjson.DefaultMax)), int(min(size, ndjson.DefaultMax))) {
			return in.Err()
		}
		scanned := life.Clock.Now()
		block := in.Block()
		life.Meter.RecordsIn.Add(int64(block.Records))
		var err error
		if block.First.Err != nil {
			err = s.reject(judge, in, &block.First)
		} else {
			err = engine.Add(ctx, sink.Block{Data: block.Data, Records: block.Records, At: s.resume.at(&block.First)})
		}
		added := life.Clock.Now()
		life.Meter.BlockedOut.Add(int64(added - scanned))
		if err == nil {
			err = s.echo.err
		}
		if err != nil {
			return err
		}
		limits.Take(scanned, int64(block.Records), int64(len(block.Data)))
		excuse(limits, now, scanned)
		excuse(limits, scanned, added)
	}
}

// excuse tells the limits of a spell in which the input or the destination held
// us up, which is not ours to make up for. Below the pacer's grace it is the
// ordinary cost of a call.
func excuse(limits *pace.Limits, from, to time.Duration) {
	if to-from > pace.Grace {
		limits.Idle(from, to)
	}
}

// idle tells the engine, and then the echo, that the input has nothing. The time
// that a delivery takes is time blocked on output, here as in deliver.
func (s *rateSink) idle(ctx context.Context, life *filter.Life, engine *sink.Engine) (time.Duration, error) {
	begun := life.Clock.Now()
	again, err := engine.Idle(ctx)
	life.Meter.BlockedOut.Add(int64(life.Clock.Now() - begun))
	return s.echo.idle(again, err)
}

// wait sleeps until next, or until the held batch is old enough to go.
func (s *rateSink) wait(ctx context.Context, life *filter.Life, engine *sink.Engine, now, next time.Duration) error {
	wake := max(next, now+pace.Quantum)
	if wake-now >= idleAfter {
		again, err := s.idle(ctx, life, engine)
		if err != nil {
			return err
		}
		if again > 0 {
			wake = min(wake, now+max(again, pace.Quantum))
		}
	}
	return life.Sleep(wake)
}

// settle is what to say when the sink stopped for err and settling answered
// stopped. Unresolved records are named later; a signal says the rest itself.
func settle(err, stopped error) error {
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
