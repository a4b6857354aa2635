package gen

// pageRecords is how many records share a page of tallies; tests have fewer.
const pageRecords = 1 << 16

// tallies count how often each record of a stream was seen, up to what their bits
// hold. They are in pages, and a page in which every record was seen as often as
// it should be is given back: what it held is known.
type tallies struct {
	bits, size int64 // of a tally; of a page, in tallies
	// wants tells what a page should hold; it is good until the next call.
	wants func(page int64) []uint8
	mark  int64            // pages below were looked at
	kept  map[int64][]byte // nil: nothing was seen. Of those that are not here, the ones below mark were given back
	spare []byte           // a page to use again

	page  int64 // the last one that was counted in
	count []byte
}

// anyCount is the want of a record of which nothing is expected.
const anyCount = 255

func newTallies(bits, size int64, wants func(page int64) []uint8) *tallies {
	return &tallies{bits: bits, size: size, wants: wants, kept: map[int64][]byte{}, page: -1}
}

// most is what a tally can hold.
func (t *tallies) most() uint8 { return 1<<t.bits - 1 }

// add counts record i, and answers how often it was seen before, and whether that
// is too often to be counted.
func (t *tallies) add(i int64) (before uint8, full bool) {
	if page := i / t.size; page != t.page {
		t.page, t.count = page, t.open(page)
	}
	before = t.get(t.count, i%t.size)
	if before == t.most() {
		return before, true
	}
	i = i % t.size * t.bits
	t.count[i/8] += 1 << (i % 8)
	return before, false
}

// get is the tally at i of a page.
func (t *tallies) get(page []byte, i int64) uint8 {
	if page == nil {
		return 0
	}
	i *= t.bits
	return page[i/8] >> (i % 8) & t.most()
}

// open is the page to count in: new, kept, or with what it held when it was given
// back.
func (t *tallies) open(page int64) []byte {
	count, kept := t.kept[page]
	if count != nil {
		return count
	}
	if count, t.spare = t.spare, nil; count == nil {
		count = make([]byte, t.size*t.bits/8)
	}
	clear(count)
	if !kept && page < t.mark {
		for i, want := range t.wants(page) {
			if want != anyCount {
				at := int64(i) * t.bits
				count[at/8] |= want << (at % 8)
			}
		}
	}
	t.kept[page] = count
	return count
}

// settle looks at the pages below to, and gives back those that hold what they
// should.
func (t *tallies) settle(to int64) {
	for ; t.mark < to; t.mark++ {
		count := t.kept[t.mark]
		if !t.right(t.mark, count) {
			t.kept[t.mark] = count
			continue
		}
		delete(t.kept, t.mark)
		if count != nil {
			t.spare = count
		}
		if t.page == t.mark {
			t.page, t.count = -1, nil
		}
	}
}

// right says whether a page holds what it should.
func (t *tallies) right(page int64, count []byte) bool {
	for i, want := range t.wants(page) {
		if want != anyCount && t.get(count, int64(i)) != want {
			return false
		}
	}
	return true
}
