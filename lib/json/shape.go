package json

import (
	"hash/maphash"
	"slices"
)

// indexAbove is the number of keys from which a shape has a hash index. Below
// it, comparing the lengths and then the bytes one after the other is faster.
const indexAbove = 16

// seed makes the places in an index unpredictable, so that no input can be
// made whose keys all collide. It is set once and never changes.
var seed = maphash.MakeSeed()

// Shape is a list of distinct keys in order. Objects decoded from records of
// one form share a Shape, so an evaluator may remember where a key stands: while
// o.Shape() is the shape that it saw, the answer of Index is the same. A Shape
// that is visible outside of this package never changes.
type Shape struct {
	keys  []Value  // strings
	index []int32  // open addressing, position+1 of the key; nil up to indexAbove keys
	own   bool     // belongs to one object, which may add keys; never visible outside
	of    *Decoder // not nil in the mark of an object that is text: see text.go
}

// NewShape returns the shape of keys; of a key that is given twice, the first
// place counts and the second adds nothing.
func NewShape(keys ...string) *Shape {
	s := &Shape{keys: make([]Value, 0, len(keys))}
	for _, k := range keys {
		if _, ok := s.Index(k); !ok {
			s.add(FromString(k))
		}
	}
	return s
}

// Len returns the number of keys.
func (s *Shape) Len() int { return len(s.keys) }

// Key returns key i as a string value.
func (s *Shape) Key(i int) Value { return s.keys[i] }

// Index returns the place of key, and whether it is there.
func (s *Shape) Index(key string) (int, bool) {
	if s.index != nil {
		return s.lookup(key)
	}
	for i, k := range s.keys {
		if int(k.w>>lenShift) == len(key) && k.text() == key {
			return i, true
		}
	}
	return 0, false
}

func (s *Shape) lookup(key string) (int, bool) {
	mask := uint64(len(s.index) - 1)
	for h := maphash.String(seed, key) & mask; ; h = (h + 1) & mask {
		at := s.index[h]
		if at == 0 {
			return 0, false
		}
		if s.keys[at-1].text() == key {
			return int(at - 1), true
		}
	}
}

// add appends a key that is not there yet.
func (s *Shape) add(key Value) {
	s.keys = append(s.keys, key)
	switch n := len(s.keys); {
	case n <= indexAbove:
	case n*2 > len(s.index):
		s.rehash(n * 4)
	default:
		s.place(n - 1)
	}
}

// rehash builds the index anew with at least size slots, a power of two.
func (s *Shape) rehash(size int) {
	slots := 64
	for slots < size {
		slots *= 2
	}
	s.index = make([]int32, slots)
	for i := range s.keys {
		s.place(i)
	}
}

// reserve makes room for n keys in all.
func (s *Shape) reserve(n int) {
	s.keys = slices.Grow(s.keys, n-len(s.keys))
	s.rehash(n * 2)
}

func (s *Shape) place(i int) {
	mask := uint64(len(s.index) - 1)
	h := maphash.String(seed, s.keys[i].text()) & mask
	for s.index[h] != 0 {
		h = (h + 1) & mask
	}
	s.index[h] = int32(i + 1)
}

// copyOwn returns a copy that one object may change, with room for extra keys.
func (s *Shape) copyOwn(extra int) *Shape {
	c := &Shape{keys: make([]Value, len(s.keys), len(s.keys)+extra), own: true}
	copy(c.keys, s.keys)
	c.index = append([]int32(nil), s.index...)
	return c
}

// without returns a copy without key i, that one object may change.
func (s *Shape) without(i int) *Shape {
	c := &Shape{keys: make([]Value, 0, len(s.keys)), own: true}
	c.keys = append(append(c.keys, s.keys[:i]...), s.keys[i+1:]...)
	if len(c.keys) > indexAbove {
		c.rehash(len(c.keys) * 2)
	}
	return c
}
