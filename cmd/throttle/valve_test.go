package main

import (
	"fmt"
	"testing"
	"time"

	"ndjsontools/lib/pace"
	"ndjsontools/lib/units"
)

// reader is a pipe of unlimited size with a reader of one speed.
type reader struct {
	speed, went, left float64
	at                time.Duration
}

func (r *reader) to(now time.Duration) {
	r.left = max(0, r.left-r.speed*(now-r.at).Seconds())
	r.at = now
}

// runValve feeds a pipe through a valve for the time, from a source without
// end, and answers what went and the longest queue of the second half.
func runValve(v *valve, r *reader, span time.Duration) (went, longest float64) {
	v.queued = func() (int, bool) { return int(r.left), true }
	v.went = func() int64 { return int64(r.went) }
	for now := time.Duration(0); now < span; now += valveWait {
		r.to(now)
		if _, n := v.admit(now, 1<<40, 1<<20); n > 0 {
			v.took(now, 0, n)
			r.went += float64(n)
			r.left += float64(n)
		}
		if now > span/2 {
			longest = max(longest, r.left)
		}
	}
	return r.went, longest
}

func TestValve(t *testing.T) {
	const span = 10 * time.Second
	for _, speed := range []float64{1e3, 1e5, 1e7, 1e9} {
		for _, latency := range []time.Duration{50 * time.Millisecond, time.Second} {
			t.Run(fmt.Sprintf("%.0f B/s in %v", speed, latency), func(t *testing.T) {
				v := &valve{latency: latency, floor: pace.New(units.Rate{}, 0)}
				went, longest := runValve(v, &reader{speed: speed}, span)
				// A rounding to whole bytes, and a step's share of the mean.
				if most := speed*latency.Seconds()*1.3 + 100; longest > most {
					t.Errorf("the queue is %.0f long; want %.0f", longest, most)
				}
				// The source has 1 MiB for every look; nothing of the speed is lost
				// after the start.
				if least := 0.9 * min(speed, 1<<20/valveWait.Seconds()) * (span - time.Second).Seconds(); went < least {
					t.Errorf("%.0f went; want %.0f", went, least)
				}
			})
		}
	}
}

// TestValveFloor: a reader that takes nothing still gets the least rate.
func TestValveFloor(t *testing.T) {
	v := &valve{most: 1000, floor: pace.New(units.Rate{N: 500, Per: time.Second, Unit: units.Bytes}, 0)}
	if went, _ := runValve(v, &reader{}, 4*time.Second); went < 1900 || went > 3001 {
		t.Errorf("%.0f bytes went in 4 s; want 1000 at once and 500 a second at most", went)
	}
	v = &valve{most: 1000, floor: pace.New(units.Rate{}, 0)}
	if went, _ := runValve(v, &reader{}, 4*time.Second); went != 1000 {
		t.Errorf("%.0f bytes went; want the 1000 of the queue", went)
	}
}
