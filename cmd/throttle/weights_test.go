package main

import (
	"math"
	"testing"
	"time"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/units"
)

func TestWeights(t *testing.T) {
	for _, c := range []struct {
		record string
		least  float64
		cost   int64
		found  bool
	}{
		{`{"a":{"t":3}}` + "\n", 1, 3e6, true},
		{`{"a":{"t":2.5e1}}`, 1, 25e6, true},
		{`{"a":{"t":0.5}}`, 1, 1e6, true},
		{`{"a":{"t":0.5}}`, 0.001, 5e5, true},
		{`{"a":{"t":0}}`, 0.000001, 1, true},
		{`{"a":{"t":1e400}}`, 1, pace.Heaviest * pace.Millionths, true},
		{`{"a":{"t":1}, "a":{"t":4}}`, 1, 4e6, true}, // the last one counts
		{`{"a":{"t":-3}}`, 2, 2e6, false},
		{`{"a":{"t":"3"}}`, 2, 2e6, false},
		{`{"a":{"t":null}}`, 2, 2e6, false},
		{`{"a":3}`, 2, 2e6, false},
		{`{"a":{"t":01}}`, 2, 2e6, false},
		{`{"a":{"t":`, 2, 2e6, false},
		{"\n", 2, 2e6, false},
		{"\x00\xff{", 2, 2e6, false},
	} {
		w := weights{path: jsonscan.Path{"a", "t"}, least: c.least}
		if cost, found := w.of([]byte(c.record)); cost != c.cost || found != c.found {
			t.Errorf("%q, at least %v: got %d, %v; want %d, %v", c.record, c.least, cost, found, c.cost, c.found)
		}
	}
}

// TestPoisson: the times between records have the mean and the spread of the
// exponential distribution, where both are one over the rate.
func TestPoisson(t *testing.T) {
	w := weights{random: pace.NewPoisson(1)}
	g := governor{weighted: true}
	p := pace.New(g.weigh(units.Rate{N: 1000, Per: time.Second}), 0)
	var last time.Duration
	var n, sum, squares float64
	for now := time.Duration(0); now < 100*time.Second; now = max(now+1, p.Next(now, 1)) {
		if p.Due(now) <= 0 {
			continue
		}
		cost, _ := w.of(nil)
		p.Take(now, cost)
		gap := (now - last).Seconds()
		n, sum, squares, last = n+1, sum+gap, squares+gap*gap, now
	}
	mean := sum / n
	spread := math.Sqrt(squares/n - mean*mean)
	if math.Abs(mean-0.001) > 0.00002 || math.Abs(spread/mean-1) > 0.05 {
		t.Errorf("got a mean of %v s, spread %v s; want 0.001 of both", mean, spread)
	}
}

func TestWeighKeepsRange(t *testing.T) {
	g := governor{weighted: true}
	rate := units.Rate{N: math.MaxInt64 / 3, Per: time.Hour}
	got := g.weigh(rate)
	if want := rate.PerSecond() * pace.Millionths; got.N <= 0 || math.Abs(got.PerSecond()/want-1) > 1e-6 {
		t.Errorf("got %v a second; want %v", got.PerSecond(), want)
	}
}

func TestDrawBar(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		perSecond   float64
		want        string
	}{
		{0, 100, 0, "[                    ] 0 %"},
		{50, 100, 10, "[==========          ] 50 %  ETA 5.0 s"},
		{100, 100, 10, "[====================] 100 %"},
		{150, 100, 10, "[====================] 100 %"},
		{1, 1 << 60, 1, "[                    ] 0 %"},
	} {
		if got := drawBar(c.done, c.total, c.perSecond); got != c.want {
			t.Errorf("%d of %d: got %q; want %q", c.done, c.total, got, c.want)
		}
	}
}

func TestStopwatch(t *testing.T) {
	var w stopwatch
	w.begin(0)
	if got := w.read(5); got != 5 {
		t.Errorf("while it runs: got %v; want 5", got)
	}
	w.stop(7)
	w.begin(10)
	w.stop(13)
	if got := w.read(100); got != 10 {
		t.Errorf("got %v; want 10", got)
	}
}
