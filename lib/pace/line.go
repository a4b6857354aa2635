package pace

import (
	"math"
	"math/bits"
	"time"
)

// line is a schedule: unit number k is due at base + k*per/n, rounded up to a
// nanosecond. taken is the number of the next unit. This is the virtual
// scheduling form of the generic cell rate algorithm (ITU-T I.371, annex A),
// with the increment kept as a fraction.
type line struct {
	n, per uint64 // n units in per nanoseconds; both above zero
	base   time.Duration
	taken  uint64 // below n after every take
}

// far is a time that never comes.
const far = time.Duration(math.MaxInt64)

// next is when the unit that lies ahead units after the next one is due.
func (l *line) next(ahead int64) time.Duration {
	return later(l.base, scale(l.taken+uint64(ahead), l.per, l.n, l.n-1))
}

// full is when the next unit is due: the moment from which on unused time
// counts.
func (l *line) full() time.Duration { return l.next(0) }

// due is the number of units that are due at now and not taken yet.
func (l *line) due(now time.Duration) int64 {
	if now < l.base {
		return 0
	}
	gone := scale(uint64(now-l.base), l.n, l.per, 0)
	if gone < l.taken {
		return 0
	}
	return int64(min(gone-l.taken, math.MaxInt64-1) + 1)
}

// take moves the schedule on by n units. Every l.n units last exactly l.per, so
// the base moves by whole multiples of it and nothing drifts or overflows, on
// whatever day.
func (l *line) take(n int64) {
	l.taken += uint64(n)
	if l.taken >= l.n {
		l.base = later(l.base, scale(l.taken/l.n, l.per, 1, 0))
		l.taken %= l.n
	}
}

// forget drops what was due before the moment t: the next unit is due then, or
// when it was.
func (l *line) forget(t time.Duration) {
	if l.full() < t {
		l.base, l.taken = t, 0
	}
}

// scale is (v*mul + round) / div in 128 bits, or MaxUint64 when that does not
// fit.
func scale(v, mul, div, round uint64) uint64 {
	hi, lo := bits.Mul64(v, mul)
	lo, carry := bits.Add64(lo, round, 0)
	hi += carry // can't overflow: hi is at most MaxUint64-1 after a product
	if hi >= div {
		return math.MaxUint64
	}
	q, _ := bits.Div64(hi, lo, div)
	return q
}

// later is t+d, or far when that does not fit.
func later(t time.Duration, d uint64) time.Duration {
	if d > uint64(far) || t > far-time.Duration(d) {
		return far
	}
	return t + time.Duration(d)
}

// before is t-d, but far stays far.
func before(t, d time.Duration) time.Duration {
	if t == far {
		return far
	}
	return t - d
}

// stretch is d*factor, bounded.
func stretch(d time.Duration, factor float64) time.Duration {
	const bound = float64(far / 4)
	return time.Duration(math.Round(max(-bound, min(float64(d)*factor, bound))))
}
