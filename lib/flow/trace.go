package flow

import (
	"time"

	"ndjsontools/lib/tally"
)

// lag is for how long a tool's figures may be behind: it shows them that often.
const lag = 20 * time.Millisecond

// A trace follows the figures that a tool shows now and then, so that they can be
// told for any moment between. Without it, a look that comes shortly after a
// tool has shown its figures and one that comes shortly before would make a curve
// of teeth out of an even flow.
type trace struct {
	old, new tally.Figures
	begun    time.Duration // when the tool began, on our clock; as near as is known
	known    bool
}

// show takes in what the tool shows at a moment.
func (t *trace) show(f *tally.Figures, now time.Duration) {
	if !t.known || f.PID != t.new.PID {
		*t = trace{new: tally.Figures{PID: f.PID}, begun: now - f.Elapsed, known: true}
	}
	// What is shown was true some time ago; the least difference of the clocks
	// that was met is the nearest.
	t.begun = min(t.begun, now-f.Elapsed)
	if f.Elapsed != t.new.Elapsed || f.Final {
		t.old, t.new = t.new, *f
	}
}

// at is what the figures were lag before now: between two that were shown, as if
// all had grown evenly; the last ones are exact.
func (t *trace) at(now time.Duration) tally.Figures {
	f, from := t.new, &t.old
	passed, at := f.Elapsed-from.Elapsed, now-lag-t.begun-from.Elapsed
	if f.Final || passed <= 0 || at >= passed {
		return f
	}
	part := max(0, float64(at)/float64(passed))
	between := func(a, b int64) int64 { return a + int64(part*float64(b-a)) }
	during := func(a, b time.Duration) time.Duration { return time.Duration(between(int64(a), int64(b))) }
	f.RecordsIn, f.RecordsOut = between(from.RecordsIn, f.RecordsIn), between(from.RecordsOut, f.RecordsOut)
	f.BytesIn, f.BytesOut = between(from.BytesIn, f.BytesIn), between(from.BytesOut, f.BytesOut)
	f.Elapsed = during(from.Elapsed, f.Elapsed)
	f.BlockedIn, f.BlockedOut = during(from.BlockedIn, f.BlockedIn), during(from.BlockedOut, f.BlockedOut)
	f.Limited = during(from.Limited, f.Limited)
	return f
}
