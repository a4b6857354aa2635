package like

import (
	"math"
	"slices"
)

// kept is how many hashes tell how many different values there are: the estimate
// is off by about one part in the root of it, six percent.
const kept = 256

// A distinct estimates how many different values were added. Hashes of different
// values are spread evenly: the place of the 256th from below says how close
// they lie (Z. Bar-Yossef and others, "Counting distinct elements in a data
// stream", 2002). Below 256 it is exact.
type distinct struct {
	least []uint64 // the lowest hashes, sorted
}

func (d *distinct) add(v string) {
	h := uint64(0xCBF29CE484222325) // 64-bit FNV-1a, finished as SplitMix64 is
	for i := range len(v) {
		h = (h ^ uint64(v[i])) * 0x100000001B3
	}
	h = scramble(h)
	if len(d.least) == kept && h >= d.least[kept-1] {
		return
	}
	at, found := slices.BinarySearch(d.least, h)
	if found {
		return
	}
	if len(d.least) == kept {
		d.least = d.least[:kept-1]
	}
	d.least = slices.Insert(d.least, at, h)
}

// scramble is SplitMix64's finalizer.
func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (d *distinct) estimate() float64 {
	if len(d.least) < kept {
		return float64(len(d.least))
	}
	return (kept - 1) / (float64(d.least[kept-1]) / math.MaxUint64)
}
