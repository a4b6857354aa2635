package flow

import "time"

// Intervals is how many intervals a History keeps.
const Intervals = 600

// firstInterval is how long they are at first.
const firstInterval = usually

// History is a run cut into intervals of one length. When there are Intervals of
// them, each two become one: the memory is bounded, and what is kept is as fine
// as it can be over the whole run.
type History struct {
	Step  time.Duration // how long an interval is
	Bins  []Bin
	begun View // what there was when the last bin began
}

// Bin is one interval.
type Bin struct {
	From, To time.Duration // To is less than a step later in the last one only
	Stages   []StageBin
	Pipes    []PipeBin
}

// StageBin is what a stage did in an interval.
type StageBin struct {
	In, Out int64 // bytes
	Times   Times
}

// PipeBin is how full a pipe was in an interval; see Pipe.
type PipeBin struct{ Full, Seen time.Duration }

// Fill is how full the pipe was in the mean, from 0 to 1, and whether that is
// known.
func (p PipeBin) Fill() (share float64, known bool) {
	if p.Seen <= 0 {
		return 0, false
	}
	return float64(p.Full) / float64(p.Seen), true
}

func newHistory(stages int) *History {
	h := &History{Step: firstInterval, Bins: make([]Bin, 0, Intervals)}
	h.begun.Stages, h.begun.Pipes = make([]Stage, stages), make([]Pipe, stages-1)
	return h
}

// add takes in what was seen.
func (h *History) add(v *View) {
	if n := len(h.Bins); n == 0 || v.At > h.Bins[n-1].From+h.Step {
		h.begin(v)
	}
	b := &h.Bins[len(h.Bins)-1]
	b.To = v.At
	for i := range b.Stages {
		now, then := &v.Stages[i], &h.begun.Stages[i]
		b.Stages[i] = StageBin{now.In - then.In, now.Out - then.Out, now.Times.Minus(then.Times)}
	}
	for i := range b.Pipes {
		now, then := &v.Pipes[i], &h.begun.Pipes[i]
		b.Pipes[i] = PipeBin{now.Full - then.Full, now.Seen - then.Seen}
	}
}

// begin begins a bin where the one before ended, which is where all that was
// seen since the look before belongs to.
func (h *History) begin(v *View) {
	from := time.Duration(0)
	if n := len(h.Bins); n > 0 {
		last := &h.Bins[n-1]
		from = last.To
		for i := range last.Stages {
			s, then := &last.Stages[i], &h.begun.Stages[i]
			then.In, then.Out, then.Times = then.In+s.In, then.Out+s.Out, then.Times.plus(s.Times)
		}
		for i := range last.Pipes {
			p, then := last.Pipes[i], &h.begun.Pipes[i]
			then.Full, then.Seen = then.Full+p.Full, then.Seen+p.Seen
		}
	}
	if len(h.Bins) == Intervals {
		h.Halve()
	}
	h.Bins = append(h.Bins, Bin{
		From: from, To: from,
		Stages: make([]StageBin, len(v.Stages)), Pipes: make([]PipeBin, len(v.Pipes)),
	})
}

// Halve makes one interval of each two, in place; an odd last one stays as it is.
func (h *History) Halve() {
	half := h.Bins[:0]
	for i := 0; i+1 < len(h.Bins); i += 2 {
		a, b := h.Bins[i], h.Bins[i+1]
		a.To = b.To
		for j := range a.Stages {
			s, t := &a.Stages[j], &b.Stages[j]
			s.In, s.Out, s.Times = s.In+t.In, s.Out+t.Out, s.Times.plus(t.Times)
		}
		for j := range a.Pipes {
			p, q := &a.Pipes[j], b.Pipes[j]
			p.Full, p.Seen = p.Full+q.Full, p.Seen+q.Seen
		}
		half = append(half, a)
	}
	if n := len(h.Bins); n%2 == 1 {
		half = append(half, h.Bins[n-1])
	}
	h.Bins, h.Step = half, 2*h.Step
}

// clone is a copy that shares nothing.
func (h *History) clone() *History {
	c := &History{Step: h.Step, Bins: append([]Bin(nil), h.Bins...)}
	for i := range c.Bins {
		b := &c.Bins[i]
		b.Stages, b.Pipes = append([]StageBin(nil), b.Stages...), append([]PipeBin(nil), b.Pipes...)
	}
	return c
}
