package flow

import (
	"math/rand/v2"
	"testing"
	"time"
)

// However long the run is, the history has at most so many intervals, they follow
// one another without a gap, and nothing is lost or counted twice.
func TestHistory(t *testing.T) {
	for _, length := range []time.Duration{0, 30 * time.Millisecond, time.Second, 30 * time.Second, 5 * time.Minute, 3 * time.Hour} {
		random := rand.New(rand.NewPCG(1, uint64(length)))
		h := newHistory(2)
		v := View{Stages: make([]Stage, 2), Pipes: make([]Pipe, 1)}
		looks := 0
		for v.At < length {
			step := time.Duration(random.IntN(60)) * time.Millisecond
			if length > time.Minute {
				step *= 10
			}
			v.At += step
			v.Stages[0].Out += random.Int64N(1000)
			v.Stages[1].In = v.Stages[0].Out / 2
			v.Stages[1].Times.Starved += step / 2
			v.Stages[1].Times.Running += step - step/2
			if random.IntN(3) > 0 {
				v.Pipes[0].Seen += step
				v.Pipes[0].Full += step / 4
			}
			h.add(&v)
			looks++
		}
		if n := len(h.Bins); n > Intervals || looks > 0 && n == 0 || length > time.Minute && n < Intervals/2 {
			t.Errorf("%v: %d intervals of %v", length, n, h.Step)
		}
		var at time.Duration
		var out, in int64
		var times Times
		var pipe PipeBin
		for i, b := range h.Bins {
			if b.From != at || b.To < b.From {
				t.Fatalf("%v: interval %d is from %v to %v; the one before ends at %v", length, i, b.From, b.To, at)
			}
			at = b.To
			out, in, times = out+b.Stages[0].Out, in+b.Stages[1].In, times.plus(b.Stages[1].Times)
			pipe.Full, pipe.Seen = pipe.Full+b.Pipes[0].Full, pipe.Seen+b.Pipes[0].Seen
		}
		if at != v.At || out != v.Stages[0].Out || in != v.Stages[1].In || times != v.Stages[1].Times {
			t.Errorf("%v: it ends at %v with %d, %d and %v; want %v, %d, %d, %v", length, at, out, in, times,
				v.At, v.Stages[0].Out, v.Stages[1].In, v.Stages[1].Times)
		}
		if want := (PipeBin{v.Pipes[0].Full, v.Pipes[0].Seen}); pipe != want {
			t.Errorf("%v: the pipe was full %v; want %v", length, pipe, want)
		}
		if share, known := pipe.Fill(); known != (v.Pipes[0].Seen > 0) || share > .2501 {
			t.Errorf("%v: fill %v, %v", length, share, known)
		}
	}
}

// A copy does not change with the original.
func TestHistoryClone(t *testing.T) {
	h := newHistory(1)
	v := View{Stages: make([]Stage, 1), At: time.Millisecond}
	h.add(&v)
	c := h.clone()
	v.At, v.Stages[0].Out = 2*time.Millisecond, 5
	h.add(&v)
	if c.Bins[0].To != time.Millisecond || c.Bins[0].Stages[0].Out != 0 || h.Bins[0].Stages[0].Out != 5 {
		t.Errorf("%+v and %+v", c.Bins, h.Bins)
	}
}
