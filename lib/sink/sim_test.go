package sink

import (
	"errors"
	"slices"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

func TestParseSim(t *testing.T) {
	for _, test := range []struct {
		spec string
		want Sim
		err  string
	}{
		{"", Sim{}, ""},
		{"latency=10ms,jitter=5ms,errors=1%,rejects=0.1%,seed=7", Sim{10 * time.Millisecond, 5 * time.Millisecond, 0.01, 0.001, 7}, ""},
		{"errors=100%", Sim{Errors: 1}, ""},
		{"latncy=10ms", Sim{}, `no key "latncy" (did you mean latency?)`},
		{"colour=red", Sim{}, "keys are latency, jitter, errors, rejects, seed"},
		{"latency", Sim{}, `"latency" is not key=value`},
		{"latency=1s,", Sim{}, `"" is not key=value`},
		{"latency=10", Sim{}, "latency=10"},
		{"latency=-1s", Sim{}, "latency=-1s"},
		{"jitter=5ms", Sim{}, "jitter=5ms is more than latency=0s"},
		{"errors=1", Sim{}, "want a percentage"},
		{"errors=101%", Sim{}, "want a percentage"},
		{"errors=-1%", Sim{}, "want a percentage"},
		{"rejects=NaN%", Sim{}, "want a percentage"},
		{"seed=-1", Sim{}, "want a whole number"},
		{"seed=1,seed=2", Sim{}, "seed is given twice"},
	} {
		got, err := ParseSim(test.spec)
		if test.err != "" {
			wantStatus(t, err, exit.Usage)
			wantText(t, err, test.err)
		} else if err != nil || got != test.want {
			t.Errorf("%q: %+v, %v; want %+v", test.spec, got, err, test.want)
		}
	}
}

// run delivers n batches of 10 records once each, and returns what came of it.
func run(t *testing.T, s Sim, n int) (waits []time.Duration, failed []int, refused []int64) {
	t.Helper()
	clock := &fakeClock{}
	dest := s.Destination(clock)
	for i := range n {
		b := borrow(numbered(i*10, 10))
		b.Attempt = 1
		var passing *Transient
		var rejected *Rejected
		switch err := dest.Deliver(t.Context(), &b); {
		case errors.As(err, &passing):
			failed = append(failed, i)
		case errors.As(err, &rejected):
			if err := rejected.check(&b); err != nil || !rejected.Stored {
				t.Fatalf("rejected %+v: %v", rejected, err)
			}
			for _, r := range rejected.Records {
				refused = append(refused, int64(i*10+r.Index))
			}
		case err != nil:
			t.Fatal(err)
		}
	}
	return clock.slept, failed, refused
}

func TestSimIsAsSlowAsItSays(t *testing.T) {
	waits, _, _ := run(t, Sim{Latency: 10 * time.Millisecond, Jitter: 5 * time.Millisecond, Seed: 7}, 2000)
	var sum time.Duration
	for _, w := range waits {
		sum += w
	}
	if low, high := slices.Min(waits), slices.Max(waits); low < 5*time.Millisecond || low > 5100*time.Microsecond || high > 15*time.Millisecond || high < 14900*time.Microsecond {
		t.Errorf("waits from %v to %v; want 5 ms to 15 ms", low, high)
	}
	if mean := sum / 2000; mean < 9800*time.Microsecond || mean > 10200*time.Microsecond {
		t.Errorf("mean wait %v; want 10 ms", mean)
	}
	if waits, _, _ := run(t, Sim{Latency: time.Second}, 3); !slices.Equal(waits, []time.Duration{time.Second, time.Second, time.Second}) {
		t.Errorf("waits %v; want 1 s each", waits)
	}
}

func TestSimFailsAsOftenAsItSays(t *testing.T) {
	_, failed, refused := run(t, Sim{Errors: 0.1, Seed: 7}, 5000)
	if len(failed) < 400 || len(failed) > 600 || refused != nil {
		t.Errorf("%d of 5000 failed, %d refused; want about 500 and none", len(failed), len(refused))
	}
	_, failed, refused = run(t, Sim{Rejects: 0.01, Seed: 7}, 5000)
	if len(refused) < 400 || len(refused) > 600 || failed != nil {
		t.Errorf("%d of 50000 refused, %d failed; want about 500 and none", len(refused), len(failed))
	}
}

func TestSimRepeats(t *testing.T) {
	s := Sim{Latency: 9 * time.Millisecond, Jitter: 9 * time.Millisecond, Errors: 0.2, Rejects: 0.02, Seed: 1}
	waits, failed, refused := run(t, s, 500)
	waits2, failed2, refused2 := run(t, s, 500)
	if !slices.Equal(waits, waits2) || !slices.Equal(failed, failed2) || !slices.Equal(refused, refused2) {
		t.Error("the same seed does something else")
	}
	s.Seed = 2
	waits3, failed3, refused3 := run(t, s, 500)
	if slices.Equal(waits, waits3) || slices.Equal(failed, failed3) || slices.Equal(refused, refused3) {
		t.Error("another seed does the same")
	}
	s.Seed, s.Jitter, s.Rejects = 1, 0, 0
	if _, failed4, _ := run(t, s, 500); !slices.Equal(failed, failed4) {
		t.Error("jitter and rejects change which attempts fail")
	}
}

// A batch that failed may succeed at the next attempt.
func TestSimThroughTheEngine(t *testing.T) {
	clock := &fakeClock{}
	rejects := &fakeRejects{}
	s := Sim{Latency: 10 * time.Millisecond, Errors: 0.5, Rejects: 0.1, Seed: 3}
	e := opened(t, s.Destination(clock), Options{Limits: Limits{50, 1 << 20, time.Hour}, Retry: DefaultRetry(), Clock: clock, Rejects: rejects})
	if err := e.Add(t.Context(), numbered(0, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := e.Counts()
	if c.Acked+c.Rejected != 1000 || c.Rejected < 60 || c.Retried < 5 || c.Duplicates != 0 || int(c.Rejected) != len(rejects.got) {
		t.Errorf("counts %+v, %d rejects", c, len(rejects.got))
	}
}
