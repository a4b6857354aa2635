package json

// slab hands out pieces of larger blocks, so that a record costs no allocation
// of its own. A block doubles in size from the first to the largest.
type slab[T any] struct {
	block []T
	used  int
	small bool // no block is larger than the first one
}

// The sizes of a slab's blocks, in elements. A piece that is larger than
// slabMax gets its own memory, which is not kept.
const (
	slabMin = 32
	slabMax = 1024
)

// take returns n elements with any content. The capacity is n too: appending to
// the piece copies it.
func (s *slab[T]) take(n int) []T {
	if s.used+n > len(s.block) {
		if n > slabMax {
			return make([]T, n)
		}
		size := max(slabMin, min(2*len(s.block), slabMax))
		if s.small {
			size = slabMin
		}
		for size < n {
			size *= 2
		}
		s.block, s.used = make([]T, size), 0
	}
	piece := s.block[s.used : s.used+n : s.used+n]
	s.used += n
	return piece
}

// giveBack returns the last n elements of the piece that was taken last.
func (s *slab[T]) giveBack(piece []T, n int) {
	if len(piece) <= slabMax {
		s.used -= n
	}
}

// reset takes back all pieces of the block in use, and clears them: what they
// pointed to must not be kept from the garbage collector.
func (s *slab[T]) reset() {
	clear(s.block[:s.used])
	s.used = 0
}
