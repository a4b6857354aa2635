package main

import (
	"math"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/units"
)

type generator struct {
	filter.Common
	count    units.Count
	bytes    units.Size
	time     units.Duration
	counted  bool // there is a limit, which may be 0
	sized    bool
	timed    bool
	seed     int64
	rate     units.Rate
	compress codec.Spec
}

// run makes records until a limit is reached, in blocks that end on a record's
// end and are written as one.
func (g *generator) run(life *filter.Life) error {
	plan, err := gen.Compile(gen.Default(), uint64(g.seed))
	if err != nil {
		return err
	}
	end, bytesLeft, stop := g.limits(plan, life.Clock.Now())
	limits := pace.NewLimits(pace.New(g.rate, 0))
	for next := int64(0); next < end; {
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
		first := int64(plan.Size(next))
		if first > bytesLeft {
			return nil
		}
		// A record that costs more than is due goes whole, and one that is
		// larger than the buffer makes it grow.
		room := max(min(filter.OutputBuffer, size, bytesLeft), first)
		block, after := plan.AppendBlock(life.Out.Room(), next, min(end, addCapped(next, records)), int(room))
		blocked := life.Out.Blocked()
		if err := g.write(life, block, after-next); err != nil {
			return err
		}
		limits.Take(now, after-next, int64(len(block)))
		if life.Out.Blocked() > blocked {
			limits.Idle(now, life.Clock.Now())
		}
		bytesLeft -= int64(len(block))
		next = after
	}
	return nil
}

// write passes a block on at once: it is as large as it gets, or it is paced.
func (g *generator) write(life *filter.Life, block []byte, records int64) error {
	if err := life.Out.Commit(block); err != nil {
		return err
	}
	if g.rate.N > 0 {
		if _, err := life.Out.Idle(); err != nil {
			return err
		}
	} else if err := life.Out.Flush(); err != nil {
		return err
	}
	life.Meter.RecordsOut.Add(records)
	return nil
}

// limits are the record, the number of bytes and the time to stop at.
func (g *generator) limits(plan *gen.Plan, now time.Duration) (end, bytes int64, stop time.Duration) {
	end, bytes, stop = plan.Last(), math.MaxInt64, math.MaxInt64
	if g.counted {
		end = min(end, int64(g.count))
	}
	if g.sized {
		bytes = int64(g.bytes)
	}
	if g.timed {
		stop = now + time.Duration(g.time)
	}
	return end, bytes, stop
}

func addCapped(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
