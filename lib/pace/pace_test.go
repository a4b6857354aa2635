package pace

import (
	"math"
	"math/big"
	"testing"
	"time"

	"ndjsontools/lib/units"
)

const (
	ms = time.Millisecond
	us = time.Microsecond
)

func mustRate(t testing.TB, s string) units.Rate {
	t.Helper()
	r, err := units.ParseRate(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFirstGoesAtOnceAndTheRestOnTime(t *testing.T) {
	for _, c := range []struct {
		rate string
		at   []time.Duration // when record 0, 1, 2... is due
	}{
		{"1000/s", []time.Duration{0, 1 * ms, 2 * ms, 3 * ms}},
		{"1/10s", []time.Duration{0, 10 * time.Second, 20 * time.Second}},
		{"3/s", []time.Duration{0, 333333334, 666666667, time.Second}},
		{"1/h", []time.Duration{0, time.Hour, 2 * time.Hour}},
	} {
		t.Run(c.rate, func(t *testing.T) {
			const t0 = 7 * time.Second
			p := New(mustRate(t, c.rate), 0)
			for k, at := range c.at {
				now := t0 + at
				if k > 0 {
					if got := p.Next(now-1, 1); got != now {
						t.Fatalf("record %d: Next got %v; want %v", k, got-t0, at)
					}
					if got := p.Allow(now-1, 5); got != 0 {
						t.Fatalf("record %d: %d due 1 ns early; want 0", k, got)
					}
				}
				if got := p.Allow(now, 5); got != 1 {
					t.Fatalf("record %d: %d due on time; want 1", k, got)
				}
			}
		})
	}
}

func TestBurst(t *testing.T) {
	p := New(mustRate(t, "10/s"), 50)
	if got := p.Due(0); got != 51 {
		t.Fatalf("at the start: got %d; want burst+1 = 51", got)
	}
	p.Take(0, 51)
	if got := p.Due(99 * ms); got != 0 {
		t.Fatalf("after the burst: got %d; want 0", got)
	}
	p.Idle(0, 2*time.Second)
	if got := p.Due(2 * time.Second); got != 20 {
		t.Fatalf("after 2 s idle: got %d; want the 20 that 2 s refill", got)
	}
	p.Idle(2*time.Second, time.Hour)
	if got := p.Due(time.Hour); got != 51 {
		t.Fatalf("after an hour idle: got %d; want 51 and no more", got)
	}
}

func TestBurstIsWholeAtAnyRate(t *testing.T) {
	for _, rate := range []string{"3/s", "7/17s", "999999937/s", "1/s"} {
		for _, burst := range []int64{0, 1, 2, 50, 1 << 30} {
			p := New(mustRate(t, rate), burst)
			if got := p.Due(5); got != burst+1 {
				t.Errorf("%s: got %d; want burst+1 = %d", rate, got, burst+1)
			}
		}
	}
}

func TestIdleIsNotRepaid(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to time.Duration
		due      int64         // at to
		next     time.Duration // after taking what is due
	}{
		{"over before the next is due", 0, 50 * ms, 0, 100 * ms},
		{"long", 0, 10 * time.Second, 1, 10*time.Second + 100*ms},
		{"only a part of it was after the due time", 90 * ms, 150 * ms, 1, 250 * ms},
		{"lateness from before it is kept", 103 * ms, 153 * ms, 1, 250 * ms},
		{"backwards", 150 * ms, 103 * ms, 1, 200 * ms},
		{"none", 100 * ms, 100 * ms, 1, 200 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := New(mustRate(t, "10/s"), 0)
			p.Allow(0, 1)
			p.Idle(c.from, c.to)
			if got := p.Allow(c.to, 10); got != c.due {
				t.Errorf("due: got %d; want %d", got, c.due)
			}
			if got := p.Next(c.to, 1); got != c.next {
				t.Errorf("next: got %v; want %v", got, c.next)
			}
		})
	}
}

func TestLatenessIsRepaid(t *testing.T) {
	const r = 1000 // a second
	for _, c := range []struct {
		name  string
		late  time.Duration
		whole time.Duration // from then on, everything must have been made up for
	}{
		{"a little, at once", 4 * ms, 0},
		{"more, at once", 50 * ms, 0},
		{"much, at some 107 %", 150 * ms, 1500 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := New(mustRate(t, "1000/s"), 0)
			sent := p.Allow(0, math.MaxInt64)
			now := c.late
			for end := now + c.whole; ; now = min(end, now+ms) {
				sent += p.Allow(now, math.MaxInt64)
				if now == end {
					break
				}
			}
			if want := int64(now*r/time.Second) + 1; sent != want {
				t.Errorf("at %v: got %d; want %d", now, sent, want)
			}
		})
	}
}

func TestLatenessOverASecondIsForgiven(t *testing.T) {
	p := New(mustRate(t, "1000/s"), 0)
	p.Allow(0, 1)
	sent, now := int64(0), time.Hour // stopped with SIGSTOP, say
	for ; now < time.Hour+time.Minute; now += ms {
		sent += p.Allow(now, math.MaxInt64)
	}
	if want := int64(60_000 + 1000); sent != want {
		t.Errorf("in the minute after it: got %d; want %d", sent, want)
	}
}

func TestRecordLargerThanWhatIsDue(t *testing.T) {
	p := New(mustRate(t, "1MB/s"), 0)
	if p.Due(0) < 1 {
		t.Fatal("the first record must go at once")
	}
	p.Take(0, 100_000_000)
	if got := p.Due(99 * time.Second); got != 0 {
		t.Errorf("during the debt: got %d; want 0", got)
	}
	if got, want := p.Next(time.Second, 1), 100*time.Second; got != want {
		t.Errorf("next: got %v; want %v", got, want)
	}
	p.Idle(time.Second, 50*time.Second)
	if got, want := p.Next(50*time.Second, 1), 100*time.Second; got != want {
		t.Errorf("next, after a pause inside the debt: got %v; want %v", got, want)
	}
}

func TestNextEndsWithSomethingDue(t *testing.T) {
	for _, rate := range []string{"1/10s", "10/s", "1000/s", "10MB/s", "8GB/s"} {
		for _, burst := range []int64{0, 3, 1 << 20} {
			for _, n := range []int64{0, 1, 2, 65536, math.MaxInt64} {
				p := New(mustRate(t, rate), burst)
				p.Allow(0, math.MaxInt64)
				now := p.Next(0, n)
				got := p.Due(now)
				if want := max(1, min(n, p.most)); got < want {
					t.Errorf("%s burst %d: waited until %v for %d; got %d due, want %d", rate, burst, now, n, got, want)
				}
				if before := p.Due(now - 1); before >= max(n, 1) {
					t.Errorf("%s burst %d: %d were due before Next(%d)", rate, burst, before, n)
				}
			}
		}
	}
}

func TestNoRateLimitsNothing(t *testing.T) {
	p := New(units.Rate{}, 0)
	p.Take(5, 1<<40)
	p.Idle(5, 6)
	if got := p.Allow(6, 123); got != 123 {
		t.Errorf("Allow: got %d; want 123", got)
	}
	if got := p.Next(9, 1<<50); got != 9 {
		t.Errorf("Next: got %v; want now", got)
	}
}

func TestSetRate(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to string
		at       time.Duration // when the rate changes; a record went at 0
		next     time.Duration
	}{
		{"does not wait for the hour", "1/h", "10/s", 0, 100 * ms},
		{"half of the price was paid", "1/s", "10/s", 500 * ms, 550 * ms},
		{"slower", "10/s", "1/s", 50 * ms, 550 * ms},
		{"the same", "10/s", "10/s", 50 * ms, 100 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := New(mustRate(t, c.from), 0)
			p.Allow(0, 1)
			p.SetRate(c.at, mustRate(t, c.to))
			if got := p.Next(c.at, 1); got != c.next {
				t.Errorf("next: got %v; want %v", got, c.next)
			}
		})
	}
	t.Run("off and on", func(t *testing.T) {
		p := New(mustRate(t, "1/h"), 0)
		p.Allow(0, 1)
		p.SetRate(1, units.Rate{})
		if got := p.Allow(2, 1000); got != 1000 {
			t.Errorf("off: got %d; want 1000", got)
		}
		p.SetRate(3, mustRate(t, "1/s"))
		if got := p.Allow(time.Minute, 1000); got != 1 {
			t.Errorf("on again: got %d; want 1", got)
		}
	})
	t.Run("a ramp in small steps loses nothing", func(t *testing.T) {
		// From 0 to 1000/s over 10 s in steps of 5 ms: 5000 records.
		p := New(mustRate(t, "1/10s"), 0)
		sent := int64(0)
		for now := time.Duration(0); now <= 10*time.Second; now += 5 * ms {
			p.SetRate(now, units.Rate{N: int64(now/ms) + 1, Per: 10 * time.Second})
			sent += p.Allow(now, math.MaxInt64)
		}
		if sent < 4990 || sent > 5010 {
			t.Errorf("got %d; want 5000 +- 10", sent)
		}
	})
}

// TestNoDriftOverDays compares the schedule with exact arithmetic after a month
// of odd fractions.
func TestNoDriftOverDays(t *testing.T) {
	for _, rate := range []string{"7/3s", "999983/s", "1234567891B/s", "1/7s", "0.001/h"} {
		r := mustRate(t, rate)
		p := New(r, 0)
		p.Due(0)
		step := int64(r.PerSecond()*3600) + 1
		total := int64(0)
		for range 24 * 30 {
			p.Take(0, step)
			total += step
		}
		// ceil(total * per / n)
		want := new(big.Int).Mul(big.NewInt(total), big.NewInt(int64(r.Per)))
		want.Add(want, big.NewInt(r.N-1)).Div(want, big.NewInt(r.N))
		if got := p.schedule.full(); !want.IsInt64() || int64(got) != want.Int64() {
			t.Errorf("%s: unit %d is due at %d ns; want %s", rate, total, got, want)
		}
	}
}

// TestExtremes holds the arithmetic to its bounds: nothing may panic, go back
// in time or come early.
func TestExtremes(t *testing.T) {
	for _, r := range []units.Rate{
		{N: 1, Per: 1}, {N: math.MaxInt64, Per: 1}, {N: 1, Per: math.MaxInt64}, {N: math.MaxInt64, Per: math.MaxInt64},
	} {
		for _, burst := range []int64{0, 1, math.MaxInt64} {
			p := New(r, burst)
			if got := p.Due(0); got < 1 {
				t.Errorf("%v burst %d: the first is not due", r, burst)
			}
			p.Take(0, math.MaxInt64)
			p.Take(0, math.MaxInt64)
			for _, now := range []time.Duration{0, 1, far / 2, far} {
				if got := p.Due(now); got < 0 {
					t.Errorf("%v burst %d at %d: due %d", r, burst, now, got)
				}
				p.Next(now, math.MaxInt64)
				p.Idle(0, now)
			}
		}
	}
}

func TestDoesNotAllocate(t *testing.T) {
	r, b := New(mustRate(t, "1000/s"), 0), New(mustRate(t, "1MB/s"), 10)
	l := NewLimits(r, b)
	now := time.Duration(0)
	if got := testing.AllocsPerRun(100, func() {
		now = l.Next(now) + us
		n, _ := l.Due(now)
		l.Take(now, n, 200*n)
		l.Idle(now, now+us)
	}); got != 0 {
		t.Errorf("got %v allocations; want 0", got)
	}
}

func BenchmarkAllow(b *testing.B) {
	p := New(mustRate(b, "100000/s"), 0)
	now := time.Duration(0)
	for b.Loop() {
		now += 10 * us
		p.Allow(now, 64)
		p.Next(now, 1)
	}
}
