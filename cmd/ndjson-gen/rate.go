package main

import (
	"errors"
	"math"
	"strings"
	"time"

	"ndjsontools/lib/pace"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// A load is what --rate says: a rate, a ramp, or random times around a rate.
type load struct {
	text    string
	rate    units.Rate
	ramp    *pace.Ramp
	poisson bool
}

func (l *load) String() string { return l.text }

// Set takes 1000/s, 10MB/s, 0..50k/60s or poisson:1k/s.
func (l *load) Set(s string) (err error) {
	rate, poisson := strings.CutPrefix(s, "poisson:")
	l.text, l.poisson = s, poisson
	if !poisson && strings.Contains(s, "..") {
		l.ramp, err = pace.ParseRamp(s)
		return err
	}
	if l.rate, err = units.ParseRate(rate); err == nil && poisson && l.rate.Unit == units.Bytes {
		err = errors.New("random times are those of records, and the rate counts bytes")
	}
	return err
}

func (l *load) given() bool { return l.text != "" }

// validatePace checks what concerns when records leave.
func (g *generator) validatePace() error {
	switch {
	case g.catchUp && !g.load.given():
		return tool.Usagef("--catch-up is for a --rate to catch up with")
	case g.loop > 0 && (g.faults.Any() || g.verify != "" || g.jobs > 1 || g.stamp != ""):
		return tool.Usagef("--loop-block repeats the same bytes: faults, --verify, --jobs and --stamp mean nothing to it")
	case g.loop > loopMost:
		return tool.Usagef("--loop-block keeps its block in memory: 256MiB at most")
	}
	return nil
}

// A pacer says when records may go.
type pacer struct {
	pacer *pace.Pacer
	ramp  *pace.Ramp    // nil: the rate stands
	look  time.Duration // when the ramp is asked next
	times *pace.Poisson // nil: records cost one
	costs []int64       // drawn for records that are not made yet
}

// costsMost is how many records' times are drawn ahead at most.
const costsMost = 4096

// pacer starts the schedule at now.
func (g *generator) pacer(now time.Duration) *pacer {
	s := &pacer{ramp: g.load.ramp, look: pace.Never}
	rate := g.load.rate
	if s.ramp != nil {
		rate, s.look = s.ramp.Rate(now)
	}
	if g.load.poisson {
		rate, s.times = pace.Fine(rate), pace.NewPoisson(uint64(g.seed))
	}
	s.pacer = pace.New(rate, 0)
	if g.catchUp {
		s.pacer.CatchUp()
	}
	return s
}

// due is what may go at now, in records and in bytes.
func (s *pacer) due(now time.Duration) (records, bytes int64) {
	for s.look <= now { // each step of a ramp counts, also those that were slept through
		rate, look := s.ramp.Rate(s.look)
		s.pacer.SetRate(s.look, rate)
		s.look = look
	}
	due := s.pacer.Due(now)
	if s.pacer.Rate().Unit == units.Bytes {
		return math.MaxInt64, due
	}
	if s.times == nil {
		return due, math.MaxInt64
	}
	n, paid := 0, int64(0)
	for ; paid < due && n < costsMost; n++ {
		paid += s.cost(n)
	}
	return int64(n), math.MaxInt64
}

// cost is what the n-th record from here on costs; those before it are drawn.
func (s *pacer) cost(n int) int64 {
	if n == len(s.costs) {
		s.costs = append(s.costs, pace.Cost(s.times.Weight()))
	}
	return s.costs[n]
}

// next is when the next record may go, or a little later, for fewer and larger
// writes.
func (s *pacer) next(now time.Duration) time.Duration {
	return min(max(s.pacer.Next(now, 1), now+pace.Quantum), s.look)
}

// took notes what went at now.
func (s *pacer) took(now time.Duration, records, bytes int64) {
	switch {
	case s.pacer.Rate().Unit == units.Bytes:
		s.pacer.Take(now, bytes)
	case s.times == nil:
		s.pacer.Take(now, records)
	default:
		paid := int64(0)
		for n := range int(records) {
			paid += s.cost(n)
		}
		s.costs = s.costs[:copy(s.costs, s.costs[records:])]
		s.pacer.Take(now, paid)
	}
}

// together bounds what may go at now to what falls due within a Quantum, and says
// how long ago the first of it was due: so much older than now is what is made.
func (s *pacer) together(now time.Duration, records, bytes int64) (int64, int64, time.Duration) {
	rate := s.pacer.Rate()
	most := max(1, int64(rate.PerSecond()*pace.Quantum.Seconds()))
	late := max(0, now-s.pacer.Next(now, 1))
	switch {
	case rate.Unit == units.Bytes:
		return records, min(bytes, most), late
	case s.times != nil:
		most = max(1, most/pace.Millionths)
	}
	return min(records, most), bytes, late
}
