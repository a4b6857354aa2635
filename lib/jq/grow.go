package jq

import "ndjsontools/lib/json"

// cheapCopy is the length up to which an array is copied to be owned.
const cheapCopy = 64

// growExpr is . + right or, if deep, . * right, in place where the input is owned.
type growExpr struct {
	right expr
	own   int
	deep  bool
}

func (e *growExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	right, o := e.right.eval(m, v)
	if o != one {
		return right, o
	}
	switch {
	case e.deep && v.Kind() == json.KindObject && right.Kind() == json.KindObject:
		return mergeInto(m, v, right, m.ownedBy(e.own), 0)
	case e.deep:
		return multiply(m, v, right, json.Value{})
	case v.Kind() != right.Kind():
	case v.Kind() == json.KindArray:
		own := m.ownedBy(e.own)
		if _, mine := own[v]; !mine && v.Array().Len() > cheapCopy {
			break // a foreach that lends each state out would copy each
		}
		a := ownedArray(v, own)
		a.Append(right.Array().Elems()...)
		return a.Value(), one
	case v.Kind() == json.KindObject:
		own := m.ownedBy(e.own)
		obj := ownedObject(v, own)
		for i, k := range right.Object().Keys() {
			replace(obj, k, right.Object().At(i), own)
		}
		return obj.Value(), one
	}
	return add(m, v, right, json.Value{})
}

// mergeInto is v * right for objects.
func mergeInto(m *machine, v, right json.Value, own owned, deep int) (json.Value, outcome) {
	if deep > maxNesting {
		return m.failText(mergeTooDeep)
	}
	obj, more := ownedObject(v, own), right.Object()
	for i, k := range more.Keys() {
		x := more.At(i)
		if x.Kind() == json.KindObject {
			if old, ok := obj.Get(k.Str()); ok && old.Kind() == json.KindObject {
				var o outcome
				if x, o = mergeInto(m, old, x, own, deep+1); o != one {
					return x, o
				}
			}
		}
		replace(obj, k, x, own)
	}
	return obj.Value(), one
}

// replace sets a key of an object, and drops what it had before.
func replace(obj *json.Object, key, to json.Value, own owned) {
	if len(own) > 1 { // obj and another one
		if old, ok := obj.Get(key.Str()); ok && old != to {
			own.drop(old)
		}
	}
	obj.SetKey(key, to)
}
