package json

// A habit is what became of the texts that a decoder put off. To put off what is
// then decoded costs more than to decode it at once: it is scanned twice. So a
// decoder does not go on with what did not pay. All numbers are bytes.
type habit struct {
	deferred int // records that were put off
	opened   int // of these, that were decoded after all, one level or more
	inner    int // containers in others that stayed text when these were decoded
	read     int // of these, that were decoded later
	pause    int // records that are not put off before the next try
	levels   int // how many were decoded: a number, no bytes
}

const (
	habitFrom  = 64 << 10 // below it there is no habit
	habitPause = 4 << 20
	sampled    = 32 // of that many levels that are decoded as a whole, one is not
)

// defers reports whether the next record, of that size, should be put off. One
// that is decoded a few values at a time is; the limit is four fifths.
func (h *habit) defers(size int) bool {
	switch {
	case h.pause > 0:
		h.pause -= size
		return false
	case h.deferred < habitFrom:
	case (h.opened-h.inner+h.read)*5 > h.deferred*4:
		*h = habit{pause: habitPause}
		return false
	case h.deferred > habitFrom*16:
		h.deferred, h.opened, h.inner, h.read = h.deferred/2, h.opened/2, h.inner/2, h.read/2
	}
	return true
}

// reads notes that a text is decoded now, and reports whether the containers in
// it should stay text.
func (h *habit) reads(size int, inner bool) bool {
	if inner {
		h.read += size
	} else {
		h.opened += size
	}
	h.levels++
	return h.read*2 < h.inner || h.inner < habitFrom || h.levels%sampled == 0
}
