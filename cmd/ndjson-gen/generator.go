package main

import (
	"math"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

type generator struct {
	filter.Common
	template   string
	like       string
	jsonSchema string
	print      bool
	types      bool
	explain    bool
	count      units.Count
	bytes      units.Size
	time       units.Duration
	counted    bool // there is a limit, which may be 0
	sized      bool
	timed      bool
	start      int64
	window     window
	seed       int64
	drawn      bool // the seed was
	now        bool
	rate       units.Rate
	jobs       int64
	recordSize units.Size
	stamp      string
	faults     gen.Faults
	badLog     string
	verify     string
	id         string
	tee        bool
	compress   codec.Spec
}

// run makes records until a limit is reached, in blocks that end on a record's
// end and are written as one.
func (g *generator) run(env *tool.Env, life *filter.Life, plan *gen.Plan) (err error) {
	var faults *faulty
	if g.faults.Any() {
		if faults, err = g.beginFaults(life); err != nil {
			return err
		}
		defer func() { err = faults.close(err) }()
	}
	next, end, bytesLeft, stop := g.limits(plan, life.Clock.Now())
	if g.jobs > 1 {
		return g.runJobs(env, life, plan, next, end, stop)
	}
	step := g.window.shards
	limits := pace.NewLimits(pace.New(g.rate, 0))
	var single []byte // a record that AppendBlock leaves to us
	for next < end {
		now := life.Clock.Now()
		if now >= stop {
			return nil
		}
		if life.Stopped() {
			return stdio.ErrStopped
		}
		records, size := limits.Due(now)
		if records <= 0 || size <= 0 {
			if err := life.Sleep(min(stop, max(limits.Next(now), now+pace.Quantum))); err != nil {
				return err
			}
			continue
		}
		room := min(filter.OutputBuffer, size, bytesLeft)
		to := end
		if due := (end - next - 1) / step; records <= due {
			to = next + records*step
		}
		var block []byte
		after, made := next, int64(0)
		if faults != nil {
			if block, after, made, err = faults.appendBlock(life.Out.Room(), plan, next, to, step, room, bytesLeft, g.wall()); err != nil {
				return err
			}
			if after == next {
				return nil
			}
		} else {
			block, after = plan.AppendBlock(life.Out.Room(), next, to, step, int(room), g.wall())
			made = (after - next + step - 1) / step
		}
		if after == next {
			// It may be too long for the room: then it still goes whole, unless
			// it is --bytes that ends here.
			single = plan.Append(single[:0], next, g.wall())
			if int64(len(single)) > bytesLeft {
				return nil
			}
			block, after, made = append(block, single...), next+step, 1
		}
		blocked := life.Out.Blocked()
		if err := g.write(life, block, made); err != nil {
			return err
		}
		limits.Take(now, made, int64(len(block)))
		if life.Out.Blocked() > blocked {
			limits.Idle(now, life.Clock.Now())
		}
		bytesLeft -= int64(len(block))
		next = after
	}
	return nil
}

// wall is the time that a stamp shows, in microseconds.
func (g *generator) wall() int64 {
	if g.stamp == "" {
		return 0
	}
	return time.Now().UnixMicro()
}

// write passes a block on at once: it is as large as it gets, or it is paced.
func (g *generator) write(life *filter.Life, block []byte, records int64) error {
	if err := life.Out.Commit(block); err != nil {
		return err
	}
	if err := g.flush(life); err != nil {
		return err
	}
	life.Meter.RecordsOut.Add(records)
	return nil
}

func (g *generator) flush(life *filter.Life) error {
	if g.rate.N > 0 {
		_, err := life.Out.Idle()
		return err
	}
	return life.Out.Flush()
}

// limits are the first record, and the record, the number of bytes and the time
// to stop at.
func (g *generator) limits(plan *gen.Plan, now time.Duration) (first, end, bytes int64, stop time.Duration) {
	w := g.window
	end, bytes, stop = plan.Last()+1, math.MaxInt64, math.MaxInt64
	if w.end > 0 || g.counted {
		end = min(end, w.end)
	}
	if g.sized {
		bytes = int64(g.bytes)
	}
	if g.timed {
		stop = now + time.Duration(g.time)
	}
	// The shard's first record is the first from start on that is its own.
	first = w.start + (w.shard-w.start%w.shards+w.shards)%w.shards
	return first, end, bytes, stop
}

func addCapped(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
