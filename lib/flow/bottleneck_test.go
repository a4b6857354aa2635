package flow

import (
	"testing"
	"time"

	"ndjsontools/lib/procstat"
)

// times is what a stage did in a hundred seconds.
func times(running, starved, blocked, limited, waiting int) Times {
	s := func(n int) time.Duration { return time.Duration(n) * time.Second }
	return Times{s(running), s(starved), s(blocked), s(limited), s(waiting)}
}

// viewOf is a view of stages with these times, and of pipes that were so full, in
// percent.
func viewOf(stages []Times, fills ...int) View {
	v := View{At: 100 * time.Second}
	for _, t := range stages {
		v.Stages = append(v.Stages, Stage{Times: t, Begun: true, Often: procstat.Network})
	}
	for i := range len(stages) - 1 {
		p := Pipe{}
		if i < len(fills) {
			p.Seen, p.Full = 100*time.Second, time.Duration(fills[i])*time.Second
		}
		v.Pipes = append(v.Pipes, p)
	}
	return v
}

func TestBottleneck(t *testing.T) {
	for _, c := range []struct {
		name   string
		stages []Times
		fills  []int
		stage  int
		share  float64
		what   Doing
	}{
		{"slow first", []Times{times(5, 0, 0, 0, 95), times(3, 97, 0, 0, 0), times(1, 99, 0, 0, 0)}, nil, 0, 1, Waits},
		{"slow middle", []Times{times(5, 0, 95, 0, 0), times(90, 5, 5, 0, 0), times(10, 90, 0, 0, 0)}, nil, 1, .9, Runs},
		{"slow last", []Times{times(2, 0, 98, 0, 0), times(2, 1, 97, 0, 0), times(4, 0, 0, 96, 0)}, nil, 2, 1, Limits},
		{"slow input", []Times{times(2, 98, 0, 0, 0), times(2, 98, 0, 0, 0)}, nil, AtInput, .98, Runs},
		{"slow output", []Times{times(2, 0, 98, 0, 0), times(3, 0, 97, 0, 0)}, nil, AtOutput, .97, Runs},
		{"all busy", []Times{times(90, 0, 10, 0, 0), times(80, 10, 10, 0, 0)}, []int{50}, Nowhere, 0, Runs},
		{"all busy, a full pipe", []Times{times(90, 0, 10, 0, 0), times(80, 10, 10, 0, 0), times(50, 50, 0, 0, 0)}, []int{95, 10}, 1, .8, Runs},
		{"all busy, an empty pipe", []Times{times(80, 0, 20, 0, 0), times(90, 10, 0, 0, 0)}, []int{2}, 0, .8, Runs},
		{"by turns", []Times{times(40, 0, 60, 0, 0), times(10, 60, 30, 0, 0), times(5, 95, 0, 0, 0)}, nil, Nowhere, 0, Runs},
		{"one that soon ended", []Times{times(5, 0, 0, 0, 0), times(70, 30, 0, 0, 0)}, nil, 1, .7, Runs},
		{"nothing is known", []Times{{}, {}}, nil, Nowhere, 0, Runs},
		{"one stage", []Times{times(99, 1, 0, 0, 0)}, nil, 0, .99, Runs},
	} {
		v := viewOf(c.stages, c.fills...)
		got := BottleneckOf(&View{}, &v)
		if got.Stage != c.stage || got.Share < c.share-.001 || got.Share > c.share+.001 || got.Stage >= 0 && got.Why.What != c.what {
			t.Errorf("%s: %+v; want stage %d, %.2f, %v", c.name, got, c.stage, c.share, c.what)
		}
		if got.Why.What == Waits && got.Why.Cause != procstat.Network {
			t.Errorf("%s: it waits for %v", c.name, got.Why.Cause)
		}
	}
}

// What was before the moment that is looked at does not count.
func TestBottleneckNow(t *testing.T) {
	from := viewOf([]Times{times(90, 0, 10, 0, 0), times(10, 90, 0, 0, 0)})
	to := viewOf([]Times{times(91, 0, 109, 0, 0), times(109, 91, 0, 0, 0)})
	to.At = 2 * from.At
	if got := BottleneckOf(&from, &to); got.Stage != 1 || got.Share != .99 {
		t.Errorf("%+v; want the second stage, 0.99", got)
	}
	to.At = from.At + time.Millisecond
	if got := BottleneckOf(&from, &to); got.Stage != Nowhere {
		t.Errorf("after a millisecond: %+v; want none", got)
	}
}
