package flow

import (
	"testing"
	"time"

	"ndjsontools/lib/tally"
)

// An even flow that is shown every 20 ms and looked at in other steps is even, to
// a few per cent, and the last figures are exact.
func TestTraceEven(t *testing.T) {
	const begun, perMS = 7 * time.Millisecond, 1000
	var tr trace
	var last int64
	var lastAt time.Duration
	for now := begun + 3*time.Millisecond; now < 2*time.Second; now += 23 * time.Millisecond {
		shown := (now - begun) / lag * lag
		ms := shown.Milliseconds()
		tr.show(&tally.Figures{PID: 1, Elapsed: shown, BytesOut: perMS * ms, BlockedOut: shown / 2}, now)
		f := tr.at(now)
		if f.BytesOut < last || f.BlockedOut > f.Elapsed {
			t.Fatalf("at %v: %+v after %d", now, f, last)
		}
		if rate := float64(f.BytesOut-last) / float64((now - lastAt).Milliseconds()); now > 200*time.Millisecond && (rate < .85*perMS || rate > 1.15*perMS) {
			t.Errorf("at %v: %.0f bytes a millisecond; want %d", now, rate, perMS)
		}
		last, lastAt = f.BytesOut, now
	}
	end := tally.Figures{PID: 1, Final: true, Elapsed: 3 * time.Second, BytesOut: 12345678}
	tr.show(&end, 3*time.Second)
	if got := tr.at(3 * time.Second); got != end {
		t.Errorf("at the end %+v; want %+v", got, end)
	}
	next := tally.Figures{PID: 2, Elapsed: time.Second, BytesOut: 10}
	tr.show(&next, 5*time.Second)
	if got := tr.at(5 * time.Second); got.BytesOut > 10 || got.PID != 2 {
		t.Errorf("another process in its place: %+v", got)
	}
}
