// Package flow watches a running pipeline: how fast its bytes flow, how full its
// pipes are, what each stage spends its time on, and so which stage holds up
// the others. It looks from outside (package procstat) and at the counters that
// our own tools show (package tally), and touches no data.
//
// It starts and ends no process (package pipeline does) and draws nothing:
// cmd/pipe-run makes pictures and reports of what is found here.
//
// Decisions and their price:
//
//   - A stage that is one of our tools tells exactly how long it was starved and
//     blocked. For any other it is looked at, some 20 times a second, and what it
//     does then is taken for what it did since the look before: of a run of n
//     looks a share is right to about 1/√n.
//   - Bytes are counted where they can be. A stage of ours knows its own; for the
//     stage beside it that is exact as well, since all that left one has arrived
//     in the other but for what is in the pipe. Between two foreign stages it is
//     the lower of what the one wrote and the other read, to wherever, for either
//     may have other files. What splice(2) moves is in neither count, so a stage
//     that moved next to nothing, and was never seen in a call that counts, is not
//     asked. The price is a guess where both splice.
//   - Looking costs less than a hundredth of a core, whatever the pipeline: when
//     a look turns out to be dear, the next one comes later.
//   - A run has any length and its history 600 intervals. When they are used up
//     two become one, and the next ones are twice as long.
package flow

import (
	"time"

	"ndjsontools/lib/procstat"
)

// Times is how a stage spent a time.
type Times struct {
	Running time.Duration // worked, or could have
	Starved time.Duration // waited for input
	Blocked time.Duration // waited for room in its output
	Limited time.Duration // waited for a rate of its own
	Waiting time.Duration // waited for something else
}

// Sum is all of it.
func (t Times) Sum() time.Duration {
	return t.Running + t.Starved + t.Blocked + t.Limited + t.Waiting
}

// Share is the part of t that d is, from 0 to 1; 0 of nothing.
func (t Times) Share(d time.Duration) float64 {
	if sum := t.Sum(); sum > 0 {
		return min(1, float64(d)/float64(sum))
	}
	return 0
}

// Minus is what passed between two moments of totals that never go down.
func (t Times) Minus(u Times) Times {
	return Times{
		max(0, t.Running-u.Running), max(0, t.Starved-u.Starved), max(0, t.Blocked-u.Blocked),
		max(0, t.Limited-u.Limited), max(0, t.Waiting-u.Waiting),
	}
}

func (t Times) plus(u Times) Times {
	return Times{t.Running + u.Running, t.Starved + u.Starved, t.Blocked + u.Blocked, t.Limited + u.Limited, t.Waiting + u.Waiting}
}

// Stage is what is known of a stage at one moment. Totals are those since it
// began.
type Stage struct {
	State   procstat.State
	Cause   procstat.Cause // of Waiting, now
	Often   procstat.Cause // of Waiting, most of the time
	Begun   bool
	Ended   bool
	Times   Times
	In, Out int64 // bytes
	// Exact says that the stage counts by itself: its bytes, its records, its
	// time.
	Exact                 bool
	RecordsIn, RecordsOut int64
	// NoOutput says that the stage is known to write nothing to its output.
	NoOutput bool
	Counted  bool // the bytes are known
	CPU      time.Duration
	RSS      int64 // bytes resident now
	PeakRSS  int64 // the most that was seen
}

// Pipe is what is known of the pipe between a stage and the next.
type Pipe struct {
	Level procstat.Level
	Moved int64         // bytes that were written into it
	Full  time.Duration // how long it would have been full to be as full as it was
	Seen  time.Duration // for how long that is known
}

// View is the whole pipeline at one moment.
type View struct {
	At     time.Duration // since the run began
	Stages []Stage
	Pipes  []Pipe // one less
}

// Clone is a copy that shares nothing.
func (v *View) Clone() *View {
	c := new(View)
	c.copyFrom(v)
	return c
}

// copyFrom makes v a copy that shares nothing, in the memory that it has.
func (v *View) copyFrom(u *View) {
	v.At = u.At
	v.Stages = append(v.Stages[:0], u.Stages...)
	v.Pipes = append(v.Pipes[:0], u.Pipes...)
}
