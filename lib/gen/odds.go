package gen

import (
	"fmt"
	"strconv"
	"strings"
)

// Odds say to which slots a fault happens: to each by itself, or to an exact number
// out of each run of slots. Both are functions of the seed and the slot, so that
// any part of the stream has the faults that it has in the whole. The zero value is
// never.
type Odds struct {
	share  uint64 // of each slot, out of 2^64
	number uint64 // or so many, out of each
	of     uint64 // so many slots from 0 on; 0 for a share
}

// maxRun bounds a run of slots.
const maxRun = 1_000_000_000

// ParseOdds reads "2%" or "0.02", a chance, or "20/1000", exactly 20 of each 1000.
func ParseOdds(text string) (o Odds, err error) {
	number, of, exact := strings.Cut(text, "/")
	if !exact {
		o.share, err = parseShare(text)
		if err != nil {
			return o, fmt.Errorf("%w; 20/1000 is exactly 20 of each 1000", err)
		}
		return o, nil
	}
	o.number, err = strconv.ParseUint(number, 10, 64)
	o.of, _ = strconv.ParseUint(of, 10, 64)
	if err != nil || o.of < 1 || o.of > maxRun || o.number > o.of {
		return Odds{}, fmt.Errorf("%s is no part of a whole: 20/1000, out of 1000000000 at most", quoteText(text))
	}
	return o, nil
}

// Never says whether it happens to no slot.
func (o Odds) Never() bool { return o.share == 0 && o.number == 0 }

// hit says whether it happens to a slot. An exact number is that of the slots that
// a permutation of the run puts first.
func (f *Faults) hit(o Odds, role string, slot int64) bool {
	switch {
	case o.Never():
		return false
	case o.of == 0:
		return f.cell(role, slot) < o.share
	}
	run := uint64(slot) / o.of
	perm := newFeistel(f.cell(role+" run", int64(run)), o.of)
	return perm.at(uint64(slot)%o.of) < o.number
}
