package json

// slab hands out pieces of larger blocks, so that a record costs no allocation
// of its own. A block doubles in size from the first to the largest.
type slab[T any] struct {
	block []T
	used  int
	small bool // no block is larger than the first one
	next  int  // the least size of the next block
	new   bool // the block was begun while another one was in use
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
		size := max(slabMin, min(max(2*len(s.block), s.next), slabMax))
		if s.small {
			size = slabMin
		}
		for size < n {
			size *= 2
		}
		s.new = s.block != nil
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
	s.used, s.new = 0, false
}

// isWorn reports whether the next record might not have room in the block, or this
// one had not.
func (s *slab[T]) isWorn() bool { return s.new || s.used*4 > len(s.block)*3 }

// drop leaves the block to what was taken of it.
func (s *slab[T]) drop() { *s = slab[T]{small: s.small, next: 2 * s.used} }
