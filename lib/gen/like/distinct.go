package like

import (
	"math"
	"slices"

	"ndjsontools/lib/gen"
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
	h := gen.Hash([]byte(v))
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

func (d *distinct) estimate() float64 {
	if len(d.least) < kept {
		return float64(len(d.least))
	}
	return (kept - 1) / (float64(d.least[kept-1]) / math.MaxUint64)
}
