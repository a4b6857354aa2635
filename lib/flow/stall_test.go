package flow

import (
	"testing"
	"time"

	"ndjsontools/lib/procstat"
)

// still is a pipeline of three stages in which nothing happens.
func still() View {
	v := View{Stages: make([]Stage, 3), Pipes: make([]Pipe, 2)}
	for i := range v.Stages {
		v.Stages[i] = Stage{Begun: true, State: procstat.Starved, In: 5, Out: 5}
	}
	return v
}

func TestStall(t *testing.T) {
	const after = 10 * time.Second
	for _, c := range []struct {
		name  string
		set   func(*View)
		stage int // -1: it is no stall
	}{
		{"idle", func(*View) {}, -1},
		{"the source thinks", func(v *View) { v.Stages[0].State = procstat.Waiting }, -1},
		{"a full input", func(v *View) {
			v.Stages[0].State, v.Stages[1].State, v.Pipes[0].Level.Queued = procstat.Blocked, procstat.Waiting, 4096
		}, 1},
		{"two, and the later one decides", func(v *View) {
			v.Pipes[0].Level.Queued, v.Pipes[1].Level.Queued = 4096, 1
			v.Stages[1].State, v.Stages[2].State = procstat.Blocked, procstat.Waiting
		}, 2},
		{"in a stage", func(v *View) { v.Stages[1].State = procstat.Waiting }, 1},
		{"in a stage that computes", func(v *View) { v.Stages[2].State = procstat.Running }, 2},
		{"in a stage that has got nothing", func(v *View) { v.Stages[1].State, v.Stages[1].In = procstat.Waiting, 0 }, -1},
		{"the reader of the output", func(v *View) { v.Stages[2].State = procstat.Blocked }, 2},
		{"the last has ended", func(v *View) { v.Stages[2] = Stage{Begun: true, Ended: true, State: procstat.Gone} }, -1},
	} {
		s := NewStall(after)
		v := still()
		c.set(&v)
		for ; v.At < after; v.At += time.Second {
			if got, ok := s.Look(&v); ok {
				t.Errorf("%s: %+v after %v", c.name, got, v.At)
			}
		}
		got, ok := s.Look(&v)
		if ok != (c.stage >= 0) || ok && (got.Stage != c.stage || got.For != after || got.State != v.Stages[c.stage].State) {
			t.Errorf("%s: %+v, %v; want stage %d", c.name, got, ok, c.stage)
		}
		if again, ok := s.Look(&v); ok {
			t.Errorf("%s: told twice: %+v", c.name, again)
		}
	}
}

// Whatever moves ends a stall, and the next one is told again.
func TestStallMoves(t *testing.T) {
	const after = 10 * time.Second
	for name, move := range map[string]func(*View){
		"the source reads":        func(v *View) { v.Stages[0].In++ },
		"the last writes":         func(v *View) { v.Stages[2].Out++ },
		"through a pipe":          func(v *View) { v.Pipes[0].Moved++ },
		"out of a pipe":           func(v *View) { v.Pipes[1].Level.Queued-- },
		"a stage ends":            func(v *View) { v.Stages[0].Ended = true },
		"a stage is starved once": func(v *View) { v.Stages[1].State = procstat.Starved },
	} {
		s, v := NewStall(after), still()
		v.Stages[1].State, v.Pipes[1].Level.Queued = procstat.Waiting, 7
		s.Look(&v)
		v.At += after - 1
		move(&v)
		s.Look(&v)
		v.At++
		got, ok := s.Look(&v)
		if once := name == "a stage is starved once"; ok != once || ok && got.Stage != 2 {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
		v.At += after
		if _, again := s.Look(&v); again == ok {
			t.Errorf("%s: told %v, and then %v", name, ok, again)
		}
	}
}
