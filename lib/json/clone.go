package json

import (
	"math/big"
	"strings"
	"unsafe"
)

// Clone returns a deep copy, owned by the caller, that shares no memory with v,
// its record or its decoder. Only shapes are shared.
func (v Value) Clone() Value {
	root := [1]Value{v}
	todo := [][]Value{root[:]} // slots that still hold what they were copied from
	for len(todo) > 0 {
		slots := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for i, v := range slots {
			switch v.Kind() {
			case KindArray:
				a := v.Array().Clone()
				slots[i] = a.Value()
				todo = append(todo, a.elems)
			case KindObject:
				o := v.Object().cloneKeys()
				slots[i] = o.Value()
				todo = append(todo, o.vals)
			default:
				slots[i] = v.cloneScalar()
			}
		}
	}
	return root[0]
}

// cloneKeys is Object.Clone with a copy of the keys' text where these are the
// object's own; a shared shape is never in the memory of a record.
func (o *Object) cloneKeys() *Object {
	c := o.Clone()
	if c.shape != nil && c.shape.own {
		for i, k := range c.shape.keys {
			c.shape.keys[i] = k.cloneScalar()
		}
	}
	return c
}

func (v Value) cloneScalar() Value {
	switch {
	case v.Kind() == KindString, v.isSpelling():
		return v.withText(strings.Clone(v.text()))
	case v.isWhole():
		v.p = unsafe.Pointer(new(big.Int).Set((*big.Int)(v.p)))
	}
	return v
}

// withText returns the string or spelling v with other bytes of the same text.
func (v Value) withText(s string) Value {
	v.p = unsafe.Pointer(unsafe.StringData(s))
	return v
}
