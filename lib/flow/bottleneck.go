package flow

import (
	"math"
	"time"

	"ndjsontools/lib/procstat"
)

// Where a bottleneck is that is no stage.
const (
	Nowhere  = -1 - iota // no stage stands out
	AtInput              // what the first stage reads comes slowly
	AtOutput             // what the last stage writes is taken slowly
)

// A Bottleneck is what the pipeline waits for.
type Bottleneck struct {
	Stage int     // from 0 on, or one of the above
	Share float64 // of the time, from 0 to 1, that the others had to wait for it
	Why   Reason  // what it did most of that time
}

// Reason is what a stage does that keeps the others waiting.
type Reason struct {
	What  Doing
	Cause procstat.Cause // of Waits
	Share float64        // of the time, from 0 to 1, that it does so
}

// Doing is what a stage does most.
type Doing uint8

// What a bottleneck does.
const (
	Runs   Doing = iota
	Limits       // it waits for a rate of its own
	Waits
)

// A bottleneck is named when it was busy for more than half of the time and more
// than each other stage by this much, or when the pipes say so too.
const (
	clearly = 0.2
	mostly  = 0.5
	// enough is how much time must have been seen: starting takes some.
	enough = 100 * time.Millisecond
)

// BottleneckOf is what held up the pipeline between two moments; from may be the
// zero View. A stage that is starved waits for those before it, one that is
// blocked for those behind; the one that waits for neither is what both wait
// for. Where two are about as busy, it is the one with the full pipe in front of
// it and the empty one behind, or none.
func BottleneckOf(from, to *View) Bottleneck {
	window := to.At - from.At
	if window < enough {
		return Bottleneck{Stage: Nowhere}
	}
	times := between(from, to)
	best, second := busiest(times, to, window)
	if starved := share(times[0].Starved, window); starved > max(mostly, best.Share) {
		return Bottleneck{Stage: AtInput, Share: starved}
	}
	if blocked := share(times[len(times)-1].Blocked, window); blocked > max(mostly, best.Share) {
		return Bottleneck{Stage: AtOutput, Share: blocked}
	}
	if second.Stage >= 0 && best.Share-second.Share < clearly {
		bestPull, secondPull := pull(from, to, best.Stage), pull(from, to, second.Stage)
		if secondPull > bestPull {
			best = second
		}
		if math.Abs(bestPull-secondPull) < mostly {
			return Bottleneck{Stage: Nowhere}
		}
	}
	if best.Share <= mostly {
		return Bottleneck{Stage: Nowhere}
	}
	return best
}

// between is what each stage did between two moments.
func between(from, to *View) []Times {
	times := make([]Times, len(to.Stages))
	for i := range times {
		times[i] = to.Stages[i].Times
		if i < len(from.Stages) {
			times[i] = times[i].Minus(from.Stages[i].Times)
		}
	}
	return times
}

// share is a part of the time that is looked at, from 0 to 1.
func share(part, window time.Duration) float64 { return min(1, float64(part)/float64(window)) }

// busiest is the stage that was busy for the greatest share of the time, and the
// one after it, if there are that many. What a stage did while it lived counts as
// a part of the whole time: one that had soon ended has held nobody up since.
func busiest(times []Times, to *View, window time.Duration) (best, second Bottleneck) {
	best.Stage, second.Stage = Nowhere, Nowhere
	for i, t := range times {
		busy := t.Running + t.Limited + t.Waiting
		b := Bottleneck{Stage: i, Share: share(busy, window), Why: reason(t, to.Stages[i].Often, window)}
		switch {
		case best.Stage < 0 || b.Share > best.Share:
			best, second = b, best
		case second.Stage < 0 || b.Share > second.Share:
			second = b
		}
	}
	return best, second
}

// pull is how much the pipes beside a stage say that it is the slow one: how full
// the one in front of it was, less the one behind.
func pull(from, to *View, stage int) (p float64) {
	if stage > 0 {
		p += fill(from, to, stage-1) - half
	}
	if stage < len(to.Pipes) {
		p -= fill(from, to, stage) - half
	}
	return p
}

// half is how full a pipe is that says nothing.
const half = 0.5

// fill is how full a pipe was between two moments, in the mean.
func fill(from, to *View, pipe int) float64 {
	full, seen := to.Pipes[pipe].Full, to.Pipes[pipe].Seen
	if pipe < len(from.Pipes) {
		full, seen = full-from.Pipes[pipe].Full, seen-from.Pipes[pipe].Seen
	}
	if seen <= 0 {
		return half
	}
	return float64(full) / float64(seen)
}

// reason is what a stage did for most of the time that it waited for no
// neighbour.
func reason(t Times, often procstat.Cause, window time.Duration) Reason {
	most := max(t.Running, t.Limited, t.Waiting)
	r := Reason{Share: share(most, window)}
	switch most {
	case t.Running:
		r.What = Runs
	case t.Limited:
		r.What = Limits
	default:
		r.What, r.Cause = Waits, often
	}
	return r
}

// Rate is how many bytes a second a total grew by between two moments.
func Rate(before, after int64, passed time.Duration) float64 {
	if passed <= 0 {
		return 0
	}
	return float64(max(0, after-before)) / passed.Seconds()
}
