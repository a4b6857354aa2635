package main

import (
	"errors"
	"math"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
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
	start      units.Count
	window     window
	seed       uint64
	drawn      bool // the seed was
	now        bool
	load       load
	catchUp    bool
	loop       units.Size
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
	switch {
	case g.loop > 0:
		return g.runLoop(life, plan, next, end, bytesLeft, stop)
	case g.jobs > 1:
		return g.runJobs(env, life, plan, next, end, stop)
	}
	step := g.window.shards
	pacer := g.pacer(life.Clock.Now())
	var single []byte // a record that AppendBlock leaves to us
	for next < end {
		now, err := g.ready(life, pacer, stop)
		if err != nil {
			return over(err)
		}
		records, size := pacer.due(now)
		wall := g.wall()
		if g.stamp != "" && g.catchUp {
			var late time.Duration
			records, size, late = pacer.together(now, records, size)
			wall -= late.Microseconds()
		}
		room := min(filter.OutputBuffer, size, bytesLeft)
		to := end
		if due := (end - next - 1) / step; records <= due {
			to = next + records*step
		}
		var block []byte
		after, made := next, int64(0)
		if faults != nil {
			if block, after, made, err = faults.appendBlock(life.Out.Room(), plan, next, to, step, room, bytesLeft, wall); err != nil {
				return err
			}
			if after == next {
				return nil
			}
		} else {
			block, after = plan.AppendBlock(life.Out.Room(), next, to, step, int(room), wall)
			made = (after - next + step - 1) / step
		}
		if after == next {
			// It may be too long for the room: then it still goes whole, unless
			// it is --bytes that ends here.
			single = plan.Append(single[:0], next, wall)
			if int64(len(single)) > bytesLeft {
				return nil
			}
			block, after, made = append(block, single...), next+step, 1
		}
		blocked := life.Out.Blocked()
		if err := g.write(life, block, made); err != nil {
			return err
		}
		g.took(life, pacer, now, blocked, made, int64(len(block)))
		bytesLeft -= int64(len(block))
		next = after
	}
	return nil
}

// errOver says that the time of --for is up.
var errOver = errors.New("the time is up")

// over is the error to end with: that the time is up is none.
func over(err error) error {
	if err == errOver {
		return nil
	}
	return err
}

// ready waits until something is due, and answers the time.
func (g *generator) ready(life *filter.Life, pacer *pacer, stop time.Duration) (time.Duration, error) {
	for {
		now := life.Clock.Now()
		if now >= stop {
			return now, errOver
		}
		if life.Stopped() {
			return now, stdio.ErrStopped
		}
		if records, size := pacer.due(now); records > 0 && size > 0 {
			return now, nil
		}
		if err := life.Sleep(min(stop, pacer.next(now))); err != nil {
			return now, err
		}
	}
}

// took notes that records went at now; blocked is how long the output had
// blocked before.
func (g *generator) took(life *filter.Life, pacer *pacer, now, blocked time.Duration, records, bytes int64) {
	pacer.took(now, records, bytes)
	if life.Out.Blocked() > blocked {
		pacer.pacer.Held(now, life.Clock.Now())
	}
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
	if g.load.given() {
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
