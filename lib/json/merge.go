package json

import (
	"errors"

	"ndjsontools/lib/jsonscan"
)

// ErrTooDeep is the error of a MergeDeep that would follow objects
// inside objects deeper than the levels of any input.
var ErrTooDeep = errors.New("objects nest too deep to be merged")

// Merge returns a new object, owned by the caller: a's keys, with b's value
// where b has the key too, and then the keys that only b has. It is jq's + on
// objects. Values are shared.
func Merge(a, b *Object) *Object {
	c := a.clone(len(b.vals))
	for i, k := range b.Keys() {
		c.SetKey(k, b.vals[i])
	}
	return c
}

// MergeDeep is Merge, but where both have an object at a key, these are merged
// in the same way. It is jq's * on objects.
func MergeDeep(a, b *Object) (*Object, error) { return mergeDeep(a, b, jsonscan.MaxDepth) }

// mergeDeep recurses, at most left deep.
func mergeDeep(a, b *Object, left int) (*Object, error) {
	if left == 0 {
		return nil, ErrTooDeep
	}
	c := a.clone(len(b.vals))
	for i, k := range b.Keys() {
		v := b.vals[i]
		if old, ok := c.Get(k.text()); ok && old.Kind() == KindObject && v.Kind() == KindObject {
			m, err := mergeDeep(old.Object(), v.Object(), left-1)
			if err != nil {
				return nil, err
			}
			v = m.Value()
		}
		c.SetKey(k, v)
	}
	return c, nil
}

// Merger is Merge for one place in a program, where objects of the same shapes
// meet again and again. It remembers the last two shapes and where the values
// go, so that no key is looked at or copied, and its results share a shape too.
// The zero Merger is ready to use. It serves one goroutine.
type Merger struct {
	a, b, sum *Shape
	places    []int // of b's values in the sum
}

// Merge returns the same as the function Merge.
func (m *Merger) Merge(a, b *Object) *Object {
	if a.Shape() == nil || b.Shape() == nil {
		return Merge(a, b)
	}
	if a.shape != m.a || b.shape != m.b {
		m.learn(a.shape, b.shape)
	}
	vals := make([]Value, len(m.sum.keys))
	copy(vals, a.vals)
	for i, place := range m.places {
		vals[place] = b.vals[i]
	}
	return &Object{m.sum, vals}
}

// learn makes the shape of the sum. No object has it yet, so it may be given
// away as one that never changes.
func (m *Merger) learn(a, b *Shape) {
	sum := a.copyOwn(len(b.keys))
	places := make([]int, len(b.keys))
	for i, k := range b.keys {
		place, ok := sum.Index(k.text())
		if !ok {
			place = len(sum.keys)
			sum.add(k)
		}
		places[i] = place
	}
	sum.own = false
	*m = Merger{a, b, sum, places}
}
