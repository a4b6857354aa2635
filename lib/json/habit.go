package json

// A habit is what became of the texts that a decoder put off. To put off what is
// then decoded costs more than to decode it at once: it is scanned twice. So a
// decoder does not go on with what did not pay. All numbers are bytes, but one.
type habit struct {
	deferred int // records that were put off
	decoded  int // what of them was decoded after all
	left     int // what was left as text when the level around it was decoded
	after    int // what of that was decoded after all
	pause    int // records that are not put off before the next try
	levels   int // the number of levels that were decoded
}

const (
	habitFrom  = 64 << 10 // below it there is no habit
	habitPause = 4 << 20
	sampled    = 32 // of that many levels that are decoded as a whole, one is not
)

// defers reports whether the next record, of that size, should be put off. One of
// which a few values are decoded is; the limit is three fifths of it.
func (h *habit) defers(size int) bool {
	switch {
	case h.pause > 0:
		h.pause -= size
		return false
	case h.deferred < habitFrom:
	case h.decoded*5 > h.deferred*3:
		*h = habit{pause: habitPause, left: h.left, after: h.after}
		return false
	case h.deferred > habitFrom*16:
		h.deferred, h.decoded = h.deferred/2, h.decoded/2
	}
	return true
}

// leaves reports whether the next level should leave the containers in it text.
func (h *habit) leaves() bool {
	h.levels++
	return h.left < habitFrom || h.after*3 < h.left*2 || h.levels%sampled == 0
}

// level notes that of a text of that size one level was decoded, in which so much
// was left; and whether it had been left itself.
func (h *habit) level(size, left int, was bool) {
	h.decoded += size - left
	if was {
		h.after += size - left
		return
	}
	if h.left += left; h.left > habitFrom*16 {
		h.left, h.after = h.left/2, h.after/2
	}
}
