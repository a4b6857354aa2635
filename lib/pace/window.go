package pace

import (
	"math"
	"time"
)

// The span that a window bounds, and the slots that it counts in. One slot more
// than the span has is kept, so that the span is always covered; by as much the
// bound is stricter than it says.
const (
	windowSpan  = 100 * time.Millisecond
	windowSlots = 40
	slotSpan    = windowSpan / windowSlots
)

// A window counts what went in the last windowSpan.
type window struct {
	slot  int64 // the number of the present one, since time 0
	units [windowSlots + 1]int64
	sum   int64
}

// slotMost keeps the sum of all slots within its 63 bits.
const slotMost = math.MaxInt64 / (windowSlots + 2)

func (w *window) at(slot int64) *int64 { return &w.units[slot%(windowSlots+1)] }

// advance drops what went before the span that ends at now.
func (w *window) advance(now time.Duration) {
	to := int64(now / slotSpan)
	if to-w.slot > windowSlots {
		*w = window{slot: to}
		return
	}
	for w.slot < to {
		w.slot++
		w.sum -= *w.at(w.slot)
		*w.at(w.slot) = 0
	}
}

// take notes that n units went at the time of the last advance.
func (w *window) take(n int64) {
	u := w.at(w.slot)
	n = min(n, slotMost-*u)
	*u += n
	w.sum += n
}

// next is when there will be no more than so many units in the span; 0 if that is
// so by now.
func (w *window) next(units int64) time.Duration {
	left := w.sum
	for slot := w.slot; ; slot++ {
		if left <= units || slot > w.slot+windowSlots {
			if slot == w.slot {
				return 0
			}
			return time.Duration(slot) * slotSpan
		}
		left -= *w.at(slot + 1) // what went a span before it
	}
}
