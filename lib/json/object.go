package json

import (
	"slices"
	"strings"
	"unsafe"
)

// Object is the container of an object: keys in the order of their first
// appearance, each with one value. The zero Object is empty and ready to use.
// The package comment says who may change one.
type Object struct {
	shape *Shape // nil: no keys yet
	vals  []Value
}

// NewObject returns an empty object with room for capacity keys.
func NewObject(capacity int) *Object {
	if capacity == 0 {
		return &Object{}
	}
	return &Object{
		shape: &Shape{keys: make([]Value, 0, capacity), own: true},
		vals:  make([]Value, 0, capacity),
	}
}

// ObjectOf returns an object of the keys of s and of vals, one for each key in
// order. It takes ownership of vals, and shares s until a key is added. It
// panics where the lengths differ.
func ObjectOf(s *Shape, vals []Value) *Object {
	if len(vals) != len(s.keys) {
		panic("json: as many values as keys are wanted")
	}
	return &Object{s, vals}
}

// Value returns o as a Value. Both are the same container.
func (o *Object) Value() Value {
	return Value{unsafe.Pointer(o), uint64(KindObject)}
}

// Len returns the number of keys.
func (o *Object) Len() int { return len(o.vals) }

// Shape returns the shared shape of o, or nil where o's keys are its own and no
// conclusion can be kept from one object to the next.
func (o *Object) Shape() *Shape {
	if o.shape == nil || o.shape.own {
		return nil
	}
	return o.shape
}

// Index returns the place of key, and whether it is there.
func (o *Object) Index(key string) (int, bool) {
	if o.shape == nil {
		return 0, false
	}
	return o.shape.Index(key)
}

// Get returns the value of key, and whether it is there.
func (o *Object) Get(key string) (Value, bool) {
	if i, ok := o.Index(key); ok {
		return o.vals[i], true
	}
	return Value{}, false
}

// KeyAt returns key i, a string value.
func (o *Object) KeyAt(i int) Value { return o.shape.keys[i] }

// At returns value i.
func (o *Object) At(i int) Value { return o.vals[i] }

// Keys returns the keys, string values in order of insertion, as a view that is
// not to be changed.
func (o *Object) Keys() []Value {
	if o.shape == nil {
		return nil
	}
	return o.shape.keys
}

// Values returns the values in order of insertion, as a view that is not to be
// changed.
func (o *Object) Values() []Value { return o.vals }

// Sorted appends to dst the places 0..Len()-1 in the order of their keys, by
// bytes, which is the order of code points.
func (o *Object) Sorted(dst []int) []int {
	from := len(dst)
	for i := range o.vals {
		dst = append(dst, i)
	}
	slices.SortFunc(dst[from:], func(a, b int) int {
		return strings.Compare(o.shape.keys[a].text(), o.shape.keys[b].text())
	})
	return dst
}

// SetAt replaces value i of an object that the caller owns.
func (o *Object) SetAt(i int, v Value) { o.vals[i] = v }

// Set gives key the value v, in its place or as the last one, in an object that
// the caller owns. key must be valid UTF-8; it is shared, not copied.
func (o *Object) Set(key string, v Value) { o.SetKey(FromString(key), v) }

// SetKey is Set for a key that is a string value, and keeps what is known of it
// (that it prints without an escape). It panics where key is no string.
func (o *Object) SetKey(key, v Value) {
	if i, ok := o.Index(key.Str()); ok {
		o.vals[i] = v
		return
	}
	o.ownShape(4)
	o.shape.add(key)
	o.vals = append(o.vals, v)
}

// Delete removes key from an object that the caller owns, and reports whether it
// was there. The keys behind it move up: a deletion costs as much as a copy.
func (o *Object) Delete(key string) bool {
	i, ok := o.Index(key)
	if !ok {
		return false
	}
	o.shape = o.shape.without(i)
	o.vals = slices.Delete(o.vals, i, i+1)
	return true
}

// Clone returns a shallow copy that the caller owns.
func (o *Object) Clone() *Object { return o.clone(0) }

// clone is Clone with room for extra keys.
func (o *Object) clone(extra int) *Object {
	c := &Object{shape: o.shape, vals: make([]Value, len(o.vals), len(o.vals)+extra)}
	copy(c.vals, o.vals)
	if c.shape != nil && c.shape.own {
		c.shape = c.shape.copyOwn(extra)
	}
	return c
}

// ownShape makes the keys the object's own, so that one can be added.
func (o *Object) ownShape(extra int) {
	switch {
	case o.shape == nil:
		o.shape = &Shape{own: true}
	case !o.shape.own:
		o.shape = o.shape.copyOwn(extra)
	}
}
