package pace

import (
	"testing"
	"time"

	"ndjsontools/lib/units"
)

// follow runs a ramp against a pacer up to end, late by up to 2 ms at each step,
// and counts what goes.
func follow(r *Ramp, end time.Duration) (sent int64) {
	var p *Pacer
	look := time.Duration(0)
	for now := time.Duration(0); now <= end; now += 700 * time.Microsecond {
		if now >= look {
			var rate units.Rate
			rate, look = r.Rate(now)
			if p == nil {
				p = New(rate, 0)
			} else if rate != p.Rate() {
				p.SetRate(now, rate)
			}
		}
		sent += p.Allow(now, 1<<40)
	}
	return sent
}

// TestRamp: what goes is the area under the ramp.
func TestRamp(t *testing.T) {
	for _, c := range []struct {
		ramp string
		end  time.Duration
		want float64
	}{
		{"0..1000/s:30s", 30 * time.Second, 15_000},
		{"0..1000/s:10s", 20 * time.Second, 15_000},
		{"1000..0.001/s:10s", 10 * time.Second, 5000},
		{"100..1000/s:10s", 10 * time.Second, 5500},
		{"1MB..10MB/s:5s", 5 * time.Second, 27.5e6},
		{"0..1GB/s:2s", 2 * time.Second, 1e9},
		{"60/m..600/m:10s", 10 * time.Second, 55},
		{"0..50k/60s", 60 * time.Second, 1.5e6},
		{"1MB..3MB/2s", 2 * time.Second, 4e6},
	} {
		r, err := ParseRamp(c.ramp)
		if err != nil {
			t.Errorf("%s: %v", c.ramp, err)
			continue
		}
		got := float64(follow(r, c.end))
		// A step's share and the first unit are what it may be off by.
		if slack := c.want*0.002 + 2; got < c.want-slack || got > c.want+slack {
			t.Errorf("%s for %v: got %.0f; want %.0f within %.0f", c.ramp, c.end, got, c.want, slack)
		}
	}
}

func TestParseRampErrors(t *testing.T) {
	for _, s := range []string{"", "1000/s", "0..1000/s", "0..1000/", "0..1000/s:", "0..1000/s:0", "0..1000:1s", "1MB/s..10/s:1s", "x..10/s:1s", "1/s..0:1s"} {
		if r, err := ParseRamp(s); err == nil {
			t.Errorf("%q: got %+v; want an error", s, r)
		}
	}
}
