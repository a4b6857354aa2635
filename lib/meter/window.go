package meter

import "time"

// Window is a rate over the last few seconds, for a progress line: the mean of
// the whole run hides a stall, the last tick alone jumps about. It belongs to
// one goroutine, the one that draws.
type Window struct {
	span    time.Duration
	samples [windowSamples]sample // a ring; the oldest is at first
	first   int
	n       int
}

type sample struct {
	at    time.Duration
	total int64
}

// windowSamples bounds the memory. Samples closer together than
// span/(windowSamples-1) replace one another, so that any frequency of ticks
// covers the whole span.
const windowSamples = 32

// NewWindow returns a window over the last span, which must be positive.
func NewWindow(span time.Duration) *Window { return &Window{span: span} }

// Observe notes that the total was reached at the time at. Times must not go
// back.
func (w *Window) Observe(at time.Duration, total int64) {
	step := w.span / (windowSamples - 1)
	// The newest sample may move only while its predecessor is near; else the
	// ring would hold one sample that moves for ever.
	if w.n >= 2 && at-w.sample(w.n-2).at < step {
		*w.sample(w.n - 1) = sample{at, total}
		return
	}
	if w.n == windowSamples {
		w.drop()
	}
	w.n++
	*w.sample(w.n - 1) = sample{at, total}
	// Keep one sample at or before the window's start: it is the base line.
	for w.n > 2 && w.sample(1).at <= at-w.span {
		w.drop()
	}
}

// PerSecond is the rate over the window, 0 until two samples apart in time were
// observed.
func (w *Window) PerSecond() float64 {
	if w.n < 2 {
		return 0
	}
	oldest, newest := w.sample(0), w.sample(w.n-1)
	if newest.at <= oldest.at {
		return 0
	}
	return float64(newest.total-oldest.total) / (newest.at - oldest.at).Seconds()
}

func (w *Window) sample(i int) *sample { return &w.samples[(w.first+i)%windowSamples] }

func (w *Window) drop() { w.first, w.n = (w.first+1)%windowSamples, w.n-1 }
