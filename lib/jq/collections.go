package jq

import (
	"slices"
	"strings"

	"ndjsontools/lib/json"
)

func length(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	switch v.Kind() {
	case json.KindNull:
		return json.FromInt(0), one
	case json.KindNumber:
		return json.Abs(v), one
	case json.KindString:
		return json.FromInt(int64(runes(v))), one
	case json.KindArray:
		return json.FromInt(int64(v.Array().Len())), one
	case json.KindObject:
		return json.FromInt(int64(v.Object().Len())), one
	}
	return m.fail(fault{form: withValue, text: "has no length", a: v})
}

func keys(m *machine, v, a, b json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindObject {
		return keysUnsorted(m, v, a, b)
	}
	o := v.Object()
	out := json.NewArray(o.Len())
	for _, i := range o.Sorted(nil) {
		out.Append(o.KeyAt(i))
	}
	return out.Value(), one
}

func keysUnsorted(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	switch v.Kind() {
	case json.KindObject:
		return json.ArrayOf(slices.Clone(v.Object().Keys())).Value(), one
	case json.KindArray:
		out := json.NewArray(v.Array().Len())
		for i := range v.Array().Len() {
			out.Append(json.FromInt(int64(i)))
		}
		return out.Value(), one
	}
	return m.fail(fault{form: withValue, text: "has no keys", a: v})
}

func has(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	switch {
	case v.Kind() == json.KindNull:
		return json.FromBool(false), one
	case v.Kind() == json.KindObject && a.Kind() == json.KindString:
		_, ok := v.Field(a.Str())
		return json.FromBool(ok), one
	case v.Kind() == json.KindArray && a.Kind() == json.KindNumber:
		f := a.Float()
		return json.FromBool(f > -1 && f < float64(v.Array().Len())), one
	}
	return m.failText("Cannot check whether " + v.Kind().String() + " has a " + a.Kind().String() + " key")
}

func contains(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if v.Kind().String() != a.Kind().String() {
		return m.fail(fault{form: withValues, text: "cannot have their containment checked", a: v, b: a})
	}
	yes, ok := holds(v, a, 0)
	if !ok {
		return m.failText("Containment check too deep")
	}
	return json.FromBool(yes), one
}

// holds tells whether a contains b. ok is false where both nest too deep.
func holds(a, b json.Value, deep int) (yes, ok bool) {
	if deep > maxNesting {
		return false, false
	}
	if a.Kind() != b.Kind() {
		return false, true
	}
	switch a.Kind() {
	case json.KindObject:
		for i, k := range b.Object().Keys() {
			x, found := a.Object().Get(k.Str())
			if !found {
				return false, true
			}
			if yes, ok := holds(x, b.Object().At(i), deep+1); !yes {
				return false, ok
			}
		}
		return true, true
	case json.KindArray:
		for _, y := range b.Array().Elems() {
			found := false
			for _, x := range a.Array().Elems() {
				if found, ok = holds(x, y, deep+1); found || !ok {
					break
				}
			}
			if !found {
				return false, ok || a.Array().Len() == 0
			}
		}
		return true, true
	case json.KindString:
		return strings.Contains(a.Str(), b.Str()), true
	}
	return json.Equal(a, b), true
}

// members are what .[] has for outputs.
func members(v json.Value) ([]json.Value, bool) {
	switch v.Kind() {
	case json.KindArray:
		return v.Array().Elems(), true
	case json.KindObject:
		return v.Object().Values(), true
	}
	return nil, false
}

// addAll is add: reduce .[] as $x (null; . + $x), without copying the sum for
// each part of it.
func addAll(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	parts, ok := members(v)
	if !ok {
		return m.fail(notIterable(v))
	}
	sum, mine := json.Value{}, false
	for i := 0; i < len(parts); i++ {
		x := parts[i]
		switch kind := x.Kind(); {
		case kind == json.KindNull:
		case sum.Kind() != kind || kind <= json.KindNumber:
			var o outcome
			if sum, o = add(m, sum, x, json.Value{}); o == failed {
				return sum, o
			}
			mine = false
		case kind == json.KindString:
			n := i
			for n < len(parts) && parts[n].Kind() == json.KindString {
				n++
			}
			sum, i = concatenated(sum, parts[i:n]), n-1
		case kind == json.KindArray:
			if !mine {
				sum, mine = sum.Array().Clone().Value(), true
			}
			sum.Array().Append(x.Array().Elems()...)
		case kind == json.KindObject:
			if !mine {
				sum, mine = sum.Object().Clone().Value(), true
			}
			for j, k := range x.Object().Keys() {
				sum.Object().SetKey(k, x.Object().At(j))
			}
		}
	}
	return sum, one
}

func concatenated(first json.Value, rest []json.Value) json.Value {
	var b strings.Builder
	b.WriteString(first.Str())
	for _, x := range rest {
		b.WriteString(x.Str())
	}
	return json.FromString(b.String())
}

func reverse(m *machine, v, a, b json.Value) (json.Value, outcome) {
	switch v.Kind() {
	case json.KindArray:
		out := slices.Clone(v.Array().Elems())
		slices.Reverse(out)
		return json.ArrayOf(out).Value(), one
	}
	// jq asks for the element before the end, whatever it is.
	n, o := length(m, v, a, b)
	switch {
	case o == failed:
		return n, o
	case n.Float() <= 0:
		return json.NewArray(0).Value(), one
	}
	return index(m, v, json.Sub(n, json.FromInt(1)))
}

func flatten(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return flattened(m, v, maxNesting+1)
}

func flattenTo(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if a.Kind() != json.KindNumber {
		if json.Compare(a, json.FromInt(0)) < 0 {
			return m.failText("flatten depth must not be negative")
		}
		return flattenNowhere(m, v, a)
	}
	depth := a.Float()
	if !(depth >= 0) {
		return m.failText("flatten depth must not be negative")
	}
	return flattened(m, v, min(depth, maxNesting+1))
}

// flattenNowhere is flatten to a depth that is above zero and no number: what is
// flat already never asks for it.
func flattenNowhere(m *machine, v, depth json.Value) (json.Value, outcome) {
	parts, ok := members(v)
	if !ok {
		return m.fail(notIterable(v))
	}
	for _, x := range parts {
		if x.Kind() == json.KindArray {
			return m.fail(fault{form: withValues, text: "cannot be subtracted", a: depth, b: json.FromInt(1)})
		}
	}
	return json.ArrayOf(slices.Clone(parts)).Value(), one
}

func flattened(m *machine, v json.Value, depth float64) (json.Value, outcome) {
	parts, ok := members(v)
	if !ok {
		return m.fail(notIterable(v))
	}
	out := json.NewArray(len(parts))
	if !flattenInto(out, parts, depth, 0) {
		return m.failText("values nest too deep")
	}
	return out.Value(), one
}

func flattenInto(out *json.Array, parts []json.Value, depth float64, deep int) bool {
	if deep > maxNesting {
		return false
	}
	for _, x := range parts {
		if x.Kind() != json.KindArray || depth == 0 {
			out.Append(x)
		} else if !flattenInto(out, x.Array().Elems(), max(depth-1, -1), deep+1) {
			return false
		}
	}
	return true
}

func toEntries(m *machine, v, a, b json.Value) (json.Value, outcome) {
	names, o := keysUnsorted(m, v, a, b)
	if o != one {
		return names, o
	}
	values, _ := members(v)
	out := json.NewArray(len(values))
	room := make([]json.Value, 0, 2*len(values))
	for i, x := range values {
		room = append(room, names.Array().At(i), x)
		out.Append(json.ObjectOf(entryShape, room[2*i:2*i+2:2*i+2]).Value())
	}
	return out.Value(), one
}

// entryShape is that of an entry. It is never changed.
var entryShape = shapeOf([]json.Value{json.FromString("key"), json.FromString("value")})

// fromEntries takes the first of the names for a key that is neither null nor
// false, and the first of the names for a value that is there.
func fromEntries(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	parts, ok := members(v)
	if !ok {
		return m.fail(notIterable(v))
	}
	out := json.NewObject(len(parts))
	for _, x := range parts {
		o := &json.Object{}
		switch x.Kind() {
		case json.KindObject:
			o = x.Object()
		case json.KindNull:
		default:
			return m.fail(fault{form: withIndex, a: x, b: json.FromString("key")})
		}
		key := json.Value{}
		for _, name := range [...]string{"key", "Key", "name", "Name"} {
			if key, ok = o.Get(name); ok && key.Truthy() {
				break
			}
			key = json.Value{}
		}
		if key.Kind() != json.KindString {
			return m.fail(badKey(key))
		}
		value := json.Value{}
		for _, name := range [...]string{"value", "Value"} {
			if value, ok = o.Get(name); ok {
				break
			}
		}
		out.SetKey(key, value)
	}
	return out.Value(), one
}

func bsearch(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindArray {
		return m.fail(fault{form: withValue, text: "cannot be searched from", a: v})
	}
	// Of equal elements, and where nothing is in order, it is the one that jq finds.
	elems, from, to := v.Array().Elems(), 0, v.Array().Len()
	for from < to {
		middle := (from + to) / 2
		switch order := json.Compare(a, elems[middle]); {
		case order == 0:
			return json.FromInt(int64(middle)), one
		case order < 0:
			to = middle
		default:
			from = middle + 1
		}
	}
	return json.FromInt(int64(-1 - from)), one
}

func setpath(m *machine, v, a, b json.Value) (json.Value, outcome) {
	return setpathIn(m, v, a, b, nil)
}

func setpathIn(m *machine, v, path, to json.Value, own owned) (json.Value, outcome) {
	if path.Kind() != json.KindArray {
		return m.failText("Path must be specified as an array")
	}
	return setPath(m, v, path.Array().Elems(), to, own)
}

func getpath(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if a.Kind() != json.KindArray {
		return m.failText("Path must be specified as an array")
	}
	return getPath(m, v, a.Array().Elems())
}

func delpaths(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if a.Kind() != json.KindArray {
		return m.failText("Paths must be specified as an array")
	}
	return deletePaths(m, v, a.Array().Elems())
}
