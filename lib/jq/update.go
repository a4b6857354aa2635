package jq

import (
	"math"

	"ndjsontools/lib/json"
)

// largestIndex is the last index that an assignment may fill an array up to, as
// in jq: more is a mistake, and would take gigabytes.
const largestIndex = 1<<29 - 1

// owned are the containers that one update has copied already, and so may
// change: without it, an update of n elements would copy n times n of them. It
// is keyed by identity.
type owned map[json.Value]struct{}

// lend makes nothing owned, if v is, or is made of it: it is what stands at path,
// and goes to a part of the program that may keep it, or something in it, in another
// place. A slice is an array that nobody owns, but of elements that may be.
func (own owned) lend(v json.Value, path []json.Value) {
	last := len(path) - 1
	sliced := last >= 0 && path[last].Kind() == json.KindObject
	if _, mine := own[v]; mine || sliced {
		clear(own)
	}
}

// drop lets go of v, which was taken out of what is owned, and of all that is owned
// in it: it would be kept for as long as the fold runs. What is not owned holds
// nothing that is. To drop what is still in use costs a copy, and no more.
func (own owned) drop(v json.Value) {
	for todo := []json.Value{v}; len(todo) > 0; {
		v, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if _, mine := own[v]; !mine {
			continue
		}
		delete(own, v)
		if v.Kind() == json.KindArray {
			todo = append(todo, v.Array().Elems()...)
			continue
		}
		for i := range v.Object().Len() {
			todo = append(todo, v.Object().At(i))
		}
	}
}

// setPath returns v with the value at path replaced. Everything that is not
// on the path is shared with v; containers in own are changed in place.
func setPath(m *machine, v json.Value, path []json.Value, to json.Value, own owned) (json.Value, outcome) {
	if len(path) == 0 {
		return to, one
	}
	if len(path) > maxNesting {
		return m.failText("Path too deep")
	}
	child, o := index(m, v, path[0])
	if o != one {
		return child, o
	}
	if len(path) > 1 {
		if child, o = setPath(m, child, path[1:], to, own); o != one {
			return child, o
		}
	} else {
		if child != to {
			own.drop(child)
		}
		child = to
	}
	return setKey(m, v, path[0], child, own)
}

// setKey returns v with v[key] = to.
func setKey(m *machine, v, key, to json.Value, own owned) (json.Value, outcome) {
	switch kind := key.Kind(); {
	case kind == json.KindString && (v.Kind() == json.KindObject || v.Kind() == json.KindNull):
		o := ownedObject(v, own)
		o.SetKey(key, to)
		return o.Value(), one
	case kind == json.KindNumber && (v.Kind() == json.KindArray || v.Kind() == json.KindNull):
		return setElement(m, v, key, to, own)
	case kind == json.KindObject && (v.Kind() == json.KindArray || v.Kind() == json.KindNull):
		return setSlice(m, v, key, to, own)
	case kind == json.KindObject && v.Kind() == json.KindString:
		return m.failText("Cannot update string slices")
	case kind == json.KindArray && v.Kind() == json.KindArray:
		return m.failText("Cannot update field at array index of array")
	}
	return m.fail(fault{form: withIndex, a: v, b: key})
}

func ownedObject(v json.Value, own owned) *json.Object {
	if _, mine := own[v]; mine {
		return v.Object()
	}
	o := &json.Object{}
	if v.Kind() == json.KindObject {
		o = v.Object().Clone()
	}
	if own != nil {
		own[o.Value()] = struct{}{}
	}
	return o
}

func ownedArray(v json.Value, own owned) *json.Array {
	if _, mine := own[v]; mine {
		return v.Array()
	}
	a := &json.Array{}
	if v.Kind() == json.KindArray {
		a = v.Array().Clone()
	}
	if own != nil {
		own[a.Value()] = struct{}{}
	}
	return a
}

func setElement(m *machine, v, key, to json.Value, own owned) (json.Value, outcome) {
	f := math.Trunc(key.Float())
	if key.IsNaN() {
		return m.failText("Cannot set array element at NaN index")
	}
	n := 0
	if v.Kind() == json.KindArray {
		n = v.Array().Len()
	}
	if f <= -1 {
		f += float64(n)
	}
	switch {
	case f <= -1:
		return m.failText("Out of bounds negative array index")
	case f > largestIndex:
		return m.failText("Array index too large")
	}
	a := ownedArray(v, own)
	a.Grow(int(f) + 1)
	a.Set(int(f), to)
	return a.Value(), one
}

func setSlice(m *machine, v, key, to json.Value, own owned) (json.Value, outcome) {
	a := &json.Array{}
	if v.Kind() == json.KindArray {
		a = v.Array()
	}
	from, end, ok := bounds(key.Object(), a.Len())
	switch {
	case !ok:
		return m.failText(badSlice)
	case to.Kind() != json.KindArray:
		return m.failText("A slice of an array can only be assigned another array")
	}
	elems := make([]json.Value, 0, a.Len()-(end-from)+to.Array().Len())
	elems = append(elems, a.Elems()[:from]...)
	elems = append(elems, to.Array().Elems()...)
	out := json.ArrayOf(append(elems, a.Elems()[end:]...)).Value()
	if own != nil {
		for _, gone := range a.Elems()[from:end] {
			own.drop(gone)
		}
		delete(own, v) // the rest of which is in out
		delete(own, to)
		own[out] = struct{}{}
	}
	return out, one
}

// getPath is getpath: null has null everywhere.
func getPath(m *machine, v json.Value, path []json.Value) (json.Value, outcome) {
	for _, key := range path {
		if v.Kind() == json.KindNull {
			return v, one
		}
		var o outcome
		if v, o = index(m, v, key); o != one {
			return v, o
		}
	}
	return v, one
}
