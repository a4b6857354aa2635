package sink

import (
	"context"
	"errors"
	"math"
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
		{"latency=10ms,jitter=5ms,errors=1%,rejects=0.1%,seed=7", Sim{Latency: 10 * time.Millisecond, Jitter: 5 * time.Millisecond, Errors: 0.01, Rejects: 0.001, Seed: 7}, ""},
		{"errors=100%", Sim{Errors: 1}, ""},
		{"limits=5%,retry-after=2s,partial=1%,hang=2%", Sim{Limits: 0.05, RetryAfter: 2 * time.Second, Partial: 0.01, Hang: 0.02}, ""},
		{"dist=lognormal,latency=1s,jitter=3s", Sim{Dist: "lognormal", Latency: time.Second, Jitter: 3 * time.Second}, ""},
		{"dist=exp,latency=1s,jitter=1s", Sim{}, "has no jitter"},
		{"dist=lognormal", Sim{}, "needs a latency"},
		{"dist=normal", Sim{}, "want even, exp, lognormal"},
		{"retry-after=2s", Sim{}, "retry-after needs limits"},
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
			if err := check(&b, rejected.Records); err != nil || !rejected.Stored {
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

func TestSimDistributions(t *testing.T) {
	for _, test := range []struct {
		s               Sim
		mean, deviation float64 // in ms
	}{
		{Sim{Dist: "exp", Latency: 10 * time.Millisecond, Seed: 5}, 10, 10},
		{Sim{Dist: "lognormal", Latency: 10 * time.Millisecond, Jitter: 5 * time.Millisecond, Seed: 5}, 10, 5},
		{Sim{Dist: "even", Latency: 10 * time.Millisecond, Jitter: 5 * time.Millisecond, Seed: 5}, 10, 5 / math.Sqrt(3)},
	} {
		waits, _, _ := run(t, test.s, 20000)
		var sum, squares float64
		for _, w := range waits {
			ms := w.Seconds() * 1000
			sum += ms
			squares += ms * ms
			if ms < 0 {
				t.Fatalf("%s: waited %v", test.s.Dist, w)
			}
		}
		n := float64(len(waits))
		mean := sum / n
		if deviation := math.Sqrt(squares/n - mean*mean); math.Abs(mean-test.mean) > 0.4 || math.Abs(deviation-test.deviation) > 0.4 {
			t.Errorf("%s: mean %.2f ms, deviation %.2f ms; want %.2f and %.2f", test.s.Dist, mean, deviation, test.mean, test.deviation)
		}
	}
}

// A limit is waited for and stores nothing; a partial failure may have stored
// the batch; a hang ends with its context.
func TestSimTroubles(t *testing.T) {
	feed := func(s Sim) (Counts, []time.Duration) {
		clock := &fakeClock{}
		retry := Retry{Base: time.Second, Cap: time.Second, MaxElapsed: time.Hour, Jitter: longest}
		e := opened(t, s.Destination(clock), Options{Limits: Limits{10, 1 << 20, time.Hour}, Retry: retry, Clock: clock})
		if err := errors.Join(e.Add(t.Context(), numbered(0, 1000)), e.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		return e.Counts(), slices.DeleteFunc(clock.slept, func(d time.Duration) bool { return d == 0 })
	}
	c, slept := feed(Sim{Limits: 0.3, RetryAfter: 7 * time.Second, Seed: 2})
	if c.Acked != 1000 || c.Retried < 20 || c.Duplicates != 0 || int64(len(slept)) != c.Retried || slices.Min(slept) != 7*time.Second || slices.Max(slept) != 7*time.Second {
		t.Errorf("limits: %+v, slept %v", c, slept)
	}
	c, _ = feed(Sim{Partial: 0.3, Seed: 2})
	if c.Acked != 1000 || c.Retried < 20 || c.Duplicates != 10*c.Retried {
		t.Errorf("partial: %+v", c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := borrow(numbered(0, 1))
	if err := (Sim{Hang: 1}).Destination(&fakeClock{}).Deliver(ctx, &b); !errors.Is(err, context.Canceled) {
		t.Errorf("hang: %v; want the context's end", err)
	}
}
