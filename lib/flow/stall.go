package flow

import (
	"time"

	"ndjsontools/lib/procstat"
)

// A Stall finds out when a pipeline stands still although it has work: for some
// time no byte moved anywhere, and yet there is data in a pipe, or in a stage
// that waits for no neighbour. It is for one goroutine.
//
// What moves is what goes through the ends of the stages. A stage that sits on
// its input and meanwhile reads something else (a shell that tries a command
// again and again) has not moved anything.
type Stall struct {
	after   time.Duration
	since   time.Duration // the last movement
	moved   []int64
	now     []int64
	starved []bool // the stage waited for its input, once since
	told    bool
}

// NewStall finds stalls of that length.
func NewStall(after time.Duration) *Stall { return &Stall{after: after} }

// A Sitter is who sits on data, as far as can be seen.
type Sitter struct {
	Stage  int // from 0 on
	For    time.Duration
	Queued int            // bytes in the pipe in front of it
	State  procstat.State // Blocked: the reader of the whole pipeline's output takes nothing
	Cause  procstat.Cause // of Waiting
}

// Look takes in what is seen now, and says once for each stall who sits on
// data.
func (s *Stall) Look(v *View) (Sitter, bool) {
	if s.moving(v) {
		s.since, s.told = v.At, false
		s.starved = append(s.starved[:0], make([]bool, len(v.Stages))...)
	}
	for i := range v.Stages {
		s.starved[i] = s.starved[i] || v.Stages[i].State == procstat.Starved
	}
	if s.told || v.At-s.since < s.after {
		return Sitter{}, false
	}
	sitter, found := s.sitter(v)
	s.told = found
	sitter.For = v.At - s.since
	return sitter, found
}

// moving says whether anything moved since the last call.
func (s *Stall) moving(v *View) bool {
	n := len(v.Stages)
	s.now = append(s.now[:0], v.Stages[0].In, v.Stages[n-1].Out)
	for i := range v.Pipes {
		s.now = append(s.now, v.Pipes[i].Moved, int64(v.Pipes[i].Level.Queued))
	}
	for i := range v.Stages { // one that begins or ends is a movement too
		began := int64(0)
		if v.Stages[i].Begun {
			began++
		}
		if v.Stages[i].Ended {
			began++
		}
		s.now = append(s.now, began)
	}
	same := len(s.moved) == len(s.now)
	for i := 0; same && i < len(s.now); i++ {
		same = s.moved[i] == s.now[i]
	}
	s.moved, s.now = s.now, s.moved
	return !same
}

// sitter looks for who sits on data, from the end of the pipeline on: the stages
// before it can but wait.
func (s *Stall) sitter(v *View) (Sitter, bool) {
	for i := len(v.Stages) - 1; i >= 0; i-- {
		st := &v.Stages[i]
		at := Sitter{Stage: i, State: st.State, Cause: st.Cause}
		if i > 0 {
			at.Queued = v.Pipes[i-1].Level.Queued
		}
		switch {
		case !st.Begun || st.Ended:
		case st.State == procstat.Blocked:
			if i == len(v.Stages)-1 {
				return at, true
			}
		case at.Queued > 0:
			return at, true
		case i > 0 && st.In > 0 && !s.starved[i] && (st.State == procstat.Running || st.State == procstat.Waiting):
			return at, true
		}
	}
	return Sitter{}, false
}
