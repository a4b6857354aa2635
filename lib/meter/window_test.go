package meter

import (
	"math"
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	for _, c := range []struct {
		name string
		tick time.Duration
		want float64 // after 20 s at 1000/s, then 2.5 s at 0
	}{
		{"slow ticks", 500 * time.Millisecond, 500},
		{"fast ticks", time.Millisecond, 500},
		{"ticks as wide as the window", 5 * time.Second, 1000},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := NewWindow(5 * time.Second)
			var at time.Duration
			for ; at <= 20*time.Second; at += c.tick {
				w.Observe(at, int64(at/time.Millisecond))
			}
			if got := w.PerSecond(); math.Abs(got-1000) > 1 {
				t.Errorf("steady: got %.1f; want 1000", got)
			}
			for ; at <= 22500*time.Millisecond; at += c.tick {
				w.Observe(at, 20_000)
			}
			if got := w.PerSecond(); math.Abs(got-c.want) > 20 {
				t.Errorf("half of the window stalled: got %.1f; want %.1f", got, c.want)
			}
		})
	}
}

func TestWindowForgets(t *testing.T) {
	w := NewWindow(time.Second)
	for at := time.Duration(0); at <= 3*time.Second; at += 100 * time.Millisecond {
		w.Observe(at, min(int64(at/time.Millisecond), 1000))
	}
	if got := w.PerSecond(); got != 0 {
		t.Errorf("two seconds after the last record: got %v; want 0", got)
	}
}

func TestWindowWithLittleToSay(t *testing.T) {
	w := NewWindow(time.Second)
	if got := w.PerSecond(); got != 0 {
		t.Errorf("empty: got %v; want 0", got)
	}
	w.Observe(0, 5)
	if got := w.PerSecond(); got != 0 {
		t.Errorf("one sample: got %v; want 0", got)
	}
	w.Observe(0, 9)
	if got := w.PerSecond(); got != 0 {
		t.Errorf("no time between: got %v; want 0", got)
	}
	w.Observe(500*time.Millisecond, 105)
	if got := w.PerSecond(); got != 200 {
		t.Errorf("after half a second: got %v; want 200", got)
	}
}
