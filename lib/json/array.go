package json

import "unsafe"

// Array is the container of an array: the elements in order. The zero Array is
// empty and ready to use. The package comment says who may change one.
type Array struct {
	elems []Value
	of    *Decoder // not nil while the array is text: see text.go
}

// NewArray returns an empty array with room for capacity elements.
func NewArray(capacity int) *Array {
	if capacity == 0 {
		return &Array{}
	}
	return &Array{elems: make([]Value, 0, capacity)}
}

// ArrayOf returns an array of elems and takes ownership of that slice.
func ArrayOf(elems []Value) *Array { return &Array{elems: elems} }

// Value returns a as a Value. Both are the same container.
func (a *Array) Value() Value {
	return Value{unsafe.Pointer(a), uint64(KindArray)}
}

// Len returns the number of elements.
func (a *Array) Len() int { return len(a.elems) }

// At returns element i. It panics where i is not in 0..Len()-1.
func (a *Array) At(i int) Value { return a.elems[i] }

// Elems returns the elements as a view, to range over and not to be changed.
func (a *Array) Elems() []Value { return a.elems }

// Set replaces element i of an array that the caller owns.
func (a *Array) Set(i int, v Value) { a.elems[i] = v }

// Append adds elements to an array that the caller owns.
func (a *Array) Append(vs ...Value) { a.elems = append(a.elems, vs...) }

// Grow makes an array that the caller owns at least n long; new elements are null.
func (a *Array) Grow(n int) {
	if n > len(a.elems) {
		a.elems = append(a.elems, make([]Value, n-len(a.elems))...)
	}
}

// Truncate cuts an array that the caller owns to its first n elements.
func (a *Array) Truncate(n int) {
	clear(a.elems[n:])
	a.elems = a.elems[:n]
}

// Slice returns a new array, owned by the caller, of the elements from up to
// but not including to. The elements are shared, the slots are copied.
func (a *Array) Slice(from, to int) *Array {
	return &Array{elems: append([]Value(nil), a.elems[from:to]...)}
}

// View returns an array of the elements from up to but not including to, which
// shares the memory of a. Both are frozen.
func (a *Array) View(from, to int) *Array {
	if to < len(a.elems) {
		return &Array{elems: a.elems[from:to:to]}
	}
	return &Array{elems: a.elems[from:]} // an Appender may know its end
}

// Clone returns a shallow copy that the caller owns.
func (a *Array) Clone() *Array { return a.Slice(0, len(a.elems)) }

// Concat returns a new array of a's elements and then b's.
func Concat(a, b *Array) *Array {
	elems := make([]Value, 0, len(a.elems)+len(b.elems))
	return &Array{elems: append(append(elems, a.elems...), b.elems...)}
}
