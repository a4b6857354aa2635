package gen

import (
	"math"
)

// A walk moves a little from record to record, as a thermometer does, and is
// still a function of the record's index.
//
// Every length records it has a level of its own, drawn from the range. Between
// two levels it is a Brownian bridge: the middle is the mean of the ends and a
// normal value whose spread is that of half the way, then the middle of a half
// in the same manner, down to the record (P. Lévy's construction). So a record
// costs as many cells as the length has bits, and no record before it. The
// alternatives: a sum over the block, which costs thousands; a sum of waves,
// which repeats itself to the eye.
//
// The length is such that a walk of these steps would cross half the range:
// shorter, and the levels would pull it faster than its steps; longer, and it
// would press against the ends, where it is folded back.
type walk struct {
	bits   int       // the length is 1<<bits records
	spread []float64 // of the middle of a way of 1<<(i+1) records
	size   float64   // of the range
	own    bool      // by= picks a walk: the position is which, the index is when
}

const maxWalkBits = 32

func newWalk(size, step float64) walk {
	w := walk{size: size, bits: 1}
	for w.bits < maxWalkBits && float64(step*step)*float64(uint64(1)<<w.bits) < float64(size*size)/4 {
		w.bits++
	}
	for i := range w.bits {
		w.spread = append(w.spread, float64(step/2)*math.Sqrt(float64(uint64(1)<<(i+1))))
	}
	return w
}

// at is the value of a record, from 0 to size.
func (w *walk) at(key uint64, index int64) float64 {
	block := uint64(index) >> w.bits
	low, high := draw(key, block), draw(key, block+1)
	a, b := float64(unit(low)*w.size), float64(unit(high)*w.size)
	inner := mix(key ^ low)
	node := uint64(1) // the halves as a tree: 1 is the whole, 2n and 2n+1 are the halves of n
	for i := w.bits - 1; i >= 0; i-- {
		if index&(1<<(i+1)-1) == 0 {
			break // the left end
		}
		mid := float64((a+b)/2) + float64(w.spread[i]*bell(draw(inner, node)))
		node <<= 1
		if index>>i&1 == 0 {
			b = mid
		} else {
			a = mid
			node++
		}
	}
	return w.fold(a)
}

// fold reflects what has left the range at its ends.
func (w *walk) fold(v float64) float64 {
	turns := math.Floor(v / w.size)
	v -= float64(turns * w.size)
	if int64(turns)&1 != 0 {
		v = w.size - v
	}
	return min(max(v, 0), w.size)
}

// bell is a value near the standard normal distribution, the sum of four of 16
// bits: good enough for steps, and a tenth of the price of a quantile.
func bell(c uint64) float64 {
	sum := c&0xFFFF + c>>16&0xFFFF + c>>32&0xFFFF + c>>48
	return float64((float64(sum) - 131070) * (1 / 37837.2)) // the deviation of such a sum
}

func walkType(k *call) error {
	a := k.args[0]
	lo, hi, dp, err := k.decimalRange(a)
	if err != nil {
		return err
	}
	size := hi - lo
	step := max(float64(float64(size)/100), 1)
	if s, ok := k.named["step"]; ok {
		v, scale, err := parseDecimal(s.value)
		if err != nil || v <= 0 {
			return k.failAt(s, "step= is how far it usually goes from one record to the next, a number above 0")
		}
		step = float64(float64(v)*float64(pow10[dp])) / float64(pow10[scale])
		if step > float64(size) {
			return k.failAt(s, "the step is wider than the range")
		}
	}
	if size == 0 {
		return k.failAt(a, "a walk needs a range to walk in")
	}
	w := newWalk(float64(size), step)
	if by, ok := k.named["by"]; ok {
		w.own = true
		if k.inList {
			return k.failAt(by, "a walk can't stand in a list")
		}
	} else if k.places != recordPlaces {
		return k.e.src.fail(k.e.off, "a walk goes from record to record: it can't stand in a list or behind card=", "by= gives each value of another field a walk of its own")
	}
	k.leaf(op{kind: opWalk, start: lo, times: dp, max: numberSize(lo, hi, dp), more: &more{walk: w}})
	return nil
}
