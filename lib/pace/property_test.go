package pace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"ndjsontools/lib/units"
)

// release is what went at one moment.
type release struct {
	at time.Duration
	n  int64
}

// worstWindow returns the most that any window of the width w holds.
func worstWindow(rs []release, w time.Duration) (most int64) {
	sum, tail := int64(0), 0
	for _, r := range rs {
		sum += r.n
		for rs[tail].at <= r.at-w {
			sum -= rs[tail].n
			tail++
		}
		most = max(most, sum)
	}
	return most
}

// TestAccuracy is the contract: (N-1)/(tN-t1) is within 0.1 % of the rate over
// 5 s, with every wake-up 0.05 to 2 ms late.
func TestAccuracy(t *testing.T) {
	for _, rate := range []string{"10/s", "1000/s", "100000/s", "100kB/s", "10MB/s", "1GB/s"} {
		for _, quantum := range []int64{1, 4096, 65536} {
			t.Run(fmt.Sprintf("%s in %d", rate, quantum), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, uint64(quantum)))
				r := mustRate(t, rate)
				p := New(r, 0)
				var rs []release
				now, total := time.Duration(0), int64(0)
				for now < 5*time.Second {
					if n := p.Allow(now, math.MaxInt64); n > 0 {
						rs = append(rs, release{now, n})
						total += n
					}
					now = max(now, p.Next(now, quantum)) + 50*us + time.Duration(rng.Int64N(int64(1950*us)))
				}
				last := rs[len(rs)-1].at
				got := float64(total-1) / last.Seconds()
				if off := math.Abs(got/r.PerSecond() - 1); off > 0.001 {
					t.Errorf("got %.1f a second over %v, %.3f %% off; want 0.1 %% at most", got, last, off*100)
				}
				bound := int64(r.PerSecond()*0.11) + 1
				if got := worstWindow(rs, 100*ms); got > bound {
					t.Errorf("a window of 100 ms holds %d; want %d at most", got, bound)
				}
			})
		}
	}
}

// TestProperties runs random streams: any rate, any burst, wake-ups late by
// microseconds or by hundreds of milliseconds, spells of starvation and of
// blocking, records that cost more than is due.
func TestProperties(t *testing.T) {
	for seed := range uint64(400) {
		if msg := runRandomStream(seed); msg != "" {
			t.Errorf("seed %d: %s", seed, msg)
		}
	}
}

func runRandomStream(seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 2))
	perSecond := int64(math.Pow(10, 9*rng.Float64()))
	burst := int64(0)
	if rng.IntN(2) == 0 {
		burst = rng.Int64N(perSecond*2 + 10)
	}
	largest := int64(1) // cost of one record
	if rng.IntN(3) == 0 {
		largest = 1 + rng.Int64N(perSecond/20+10)
	}
	clock := &Fake{}
	clock.Set(time.Duration(rng.Int64N(int64(time.Hour))))
	p := New(unitsRate(perSecond), burst)

	var rs []release
	var total int64
	start, dropped := clock.Now(), time.Duration(0)
	for range 1500 {
		now := clock.Now()
		n := min(p.Due(now), 1+rng.Int64N(perSecond+1))
		if n > 0 {
			// The last record of a release may stick out of what is due.
			n += rng.Int64N(largest)
			p.Take(now, n)
			rs = append(rs, release{now, n})
			total += n
		}
		switch rng.IntN(20) {
		case 0: // a spell
			due := p.Next(now, 1)
			end := now + time.Duration(rng.ExpFloat64()*float64(200*ms))
			p.Idle(now, end)
			if end > due {
				dropped += end - max(due, now)
			}
			clock.Set(end)
		case 1: // the scheduler forgot us
			clock.Advance(time.Duration(rng.ExpFloat64() * float64(50*ms)))
		default:
			want := 1 + rng.Int64N(perSecond/1000+1)
			late := 50*us + time.Duration(rng.Int64N(int64(1950*us)))
			clock.Set(max(now, p.Next(now, want)) + late)
		}
	}

	perNano := float64(perSecond) / 1e9
	window := float64(burst) + 0.11*float64(perSecond) + float64(largest) + 3*perNano
	if got := worstWindow(rs, 100*ms); float64(got) > window {
		return fmt.Sprintf("%d/s, burst %d, records of up to %d: a window holds %d; want %.1f at most", perSecond, burst, largest, got, window)
	}
	if burst > 0 {
		return ""
	}
	// Without a burst, time that was dropped can't come back.
	active := clock.Now() - start - dropped
	most := float64(active)*perNano + float64(largest) + 3*perNano
	if float64(total) > most {
		return fmt.Sprintf("%d/s: %d went in %v of active time; want %.1f at most", perSecond, total, active, most)
	}
	return ""
}

func TestFakeClock(t *testing.T) {
	var f Fake
	f.Set(5)
	if got := f.Advance(3); got != 8 || f.Now() != 8 {
		t.Errorf("got %v and %v; want 8", got, f.Now())
	}
}

func TestRealClockGoesOn(t *testing.T) {
	c := Real()
	a := c.Now()
	if b := c.Now(); a < 0 || b < a {
		t.Errorf("got %v then %v", a, b)
	}
}

// TestSlacken: who drops what comes too early gets the rate out of a stream that
// comes in clumps, and no more than the slack at once.
func TestSlacken(t *testing.T) {
	const slack, clumps = 100 * time.Millisecond, 33 * time.Millisecond
	for _, rate := range []string{"1000/s", "1MB/s"} {
		r := mustRate(t, rate)
		p := New(units.Rate{N: 1, Per: time.Hour, Unit: r.Unit}, 0)
		p.Slacken(slack)
		p.SetRate(0, r) // the slack is one of time, whatever the rate
		var rs []release
		total := int64(0)
		for now := time.Duration(0); now <= 10*time.Second; now += clumps {
			p.Idle(0, now)
			n := p.Allow(now, math.MaxInt64)
			rs = append(rs, release{now, n})
			total += n
		}
		got := float64(total) / 10
		if off := math.Abs(got/r.PerSecond() - 1); off > 0.02 { // the slack itself is 1 %
			t.Errorf("%s: %.0f a second", rate, got)
		}
		if most := int64(r.PerSecond() * (slack.Seconds() + 0.11)); worstWindow(rs, 100*time.Millisecond) > most+1 {
			t.Errorf("%s: %d in 100 ms; want %d", rate, worstWindow(rs, 100*time.Millisecond), most)
		}
	}
}

// TestHeld: short waits for a neighbour are made up for, within the bound of every
// window and no more than Grace of them; longer ones are not.
func TestHeld(t *testing.T) {
	for _, rate := range []string{"1000/s", "10MB/s", "1GB/s"} {
		for _, spell := range []time.Duration{50 * us, 2 * time.Millisecond, 20 * time.Millisecond} {
			r := mustRate(t, rate)
			p := New(r, 0)
			var rs []release
			total, held, now := int64(0), time.Duration(0), time.Duration(0)
			for now < 5*time.Second {
				if n := p.Allow(now, math.MaxInt64); n > 0 {
					rs = append(rs, release{now, n})
					total += n
				}
				p.Held(now, now+spell) // the next piece is not there yet
				now, held = now+spell, held+spell
				now = max(now, p.Next(now, int64(r.PerSecond()/1000)))
			}
			want, lumps := r.PerSecond()*now.Seconds(), 0.0
			if spell > Grace/2 { // and what is due at the end of each
				want, lumps = r.PerSecond()*(now-held).Seconds(), float64(len(rs))
			}
			if got := float64(total); math.Abs(got-want) > want/1000+r.PerSecond()*Grace.Seconds()+1+lumps {
				t.Errorf("%s with waits of %v: %.0f went; want %.0f", rate, spell, got, want)
			}
			if most := int64(r.PerSecond()*0.11) + 1; worstWindow(rs, 100*time.Millisecond) > most {
				t.Errorf("%s with waits of %v: %d in 100 ms; want %d", rate, spell, worstWindow(rs, 100*time.Millisecond), most)
			}
		}
	}
	// What is owed after many short waits in which nothing could go.
	r := mustRate(t, "1000/s")
	p := New(r, 0)
	p.Take(0, p.Due(0))
	for now := time.Duration(0); now < time.Second; now += time.Millisecond {
		p.Held(now, now+time.Millisecond)
	}
	if due := p.Due(time.Second); due > 6 {
		t.Errorf("after a second without input %d records go at once; want what is due in %v and one", due, Grace)
	}
}

// TestCatchUp: after any hold-up all that was due then goes at once, at a rate that
// changes too.
func TestCatchUp(t *testing.T) {
	r, err := ParseRamp("0..1000/s:10s")
	if err != nil {
		t.Fatal(err)
	}
	rate, look := r.Rate(0)
	p := New(rate, 0)
	p.CatchUp()
	total := p.Allow(0, math.MaxInt64)
	for _, now := range []time.Duration{time.Second, 9 * time.Second, 10 * time.Second, time.Hour} {
		for look <= now {
			at := look
			rate, look = r.Rate(at)
			p.SetRate(at, rate)
		}
		p.Idle(0, now)
		total += p.Allow(now, math.MaxInt64)
		want := 1000 * now.Seconds() * now.Seconds() / 20
		if now > 10*time.Second {
			want = 5000 + 1000*(now-10*time.Second).Seconds()
		}
		if math.Abs(float64(total)-want) > want/500+3 {
			t.Errorf("%d went by %v; want %.0f", total, now, want)
		}
	}
	if next := p.Next(time.Hour, 1); next <= time.Hour || next > time.Hour+time.Millisecond {
		t.Errorf("the next is due at %v", next)
	}
}

// TestBusyMachine: wake-ups that are late by tens of milliseconds all the time cost
// nothing of the mean, and pass no more than they may in any window.
func TestBusyMachine(t *testing.T) {
	for _, rate := range []string{"100/s", "1000/s", "100000/s", "10MB/s", "1GB/s"} {
		for seed := range uint64(5) {
			r := mustRate(t, rate)
			p := New(r, 0)
			rng := rand.New(rand.NewPCG(seed, 3))
			var rs []release
			total, now := int64(0), time.Duration(0)
			for now < 10*time.Second {
				if n := p.Allow(now, math.MaxInt64); n > 0 {
					rs = append(rs, release{now, n})
					total += n
				}
				now = max(now+Quantum, p.Next(now, 1)) + time.Duration(rng.Int64N(int64(ms)))
				if rng.IntN(20) == 0 { // a time slice of others, and another
					now += time.Duration(rng.Int64N(int64(40 * ms)))
				}
			}
			last := rs[len(rs)-1].at
			// What the last of them held up is still owed.
			if off := float64(total-1)/last.Seconds()/r.PerSecond() - 1; math.Abs(off) > 0.004 {
				t.Errorf("%s: %.3f %% off", rate, off*100)
			}
			if most := int64(r.PerSecond()*0.11) + 1; worstWindow(rs, 100*time.Millisecond) > most {
				t.Errorf("%s: %d in 100 ms; want %d", rate, worstWindow(rs, 100*time.Millisecond), most)
			}
		}
	}
}
