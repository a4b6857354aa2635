package jq

import (
	"math"
	"slices"

	"ndjsontools/lib/json"
)

// deletePaths is delpaths. What is deleted as a whole is not looked into, and the
// members of one container go at once, so that none moves before it is found.
func deletePaths(m *machine, v json.Value, paths []json.Value) (json.Value, outcome) {
	paths = slices.Clone(paths)
	slices.SortFunc(paths, json.Compare)
	ways := make([][]json.Value, len(paths))
	for i, p := range paths {
		if p.Kind() != json.KindArray {
			return m.failText("Path must be specified as array, not " + p.Kind().String())
		}
		ways[i] = p.Array().Elems()
		if len(ways[i]) > maxNesting {
			return m.failText("Path too deep")
		}
	}
	if len(ways) > 0 && len(ways[0]) == 0 {
		return json.Value{}, one
	}
	return deleteSorted(m, v, ways, 0)
}

// deleteSorted deletes the paths, of which the first deep keys lead to v.
func deleteSorted(m *machine, v json.Value, paths [][]json.Value, deep int) (json.Value, outcome) {
	var gone []json.Value
	var own owned // for one path a copy of each container is all there is
	if len(paths) > 1 {
		own = owned{}
	}
	for len(paths) > 0 {
		key, n := paths[0][deep], 1
		for n < len(paths) && json.Equal(paths[n][deep], key) {
			n++
		}
		under := paths[:n]
		paths = paths[n:]
		if len(under[0]) == deep+1 {
			gone = append(gone, key)
			continue
		}
		child, o := index(m, v, key)
		if o != one {
			return v, o
		}
		if child.Kind() == json.KindNull {
			continue
		}
		changed, o := deleteSorted(m, child, under, deep+1)
		if o != one {
			return v, o
		}
		if changed != child {
			if v, o = setKey(m, v, key, changed, own); o != one {
				return v, o
			}
		}
	}
	return deleteKeys(m, v, gone, own)
}

// deletePath is deletePaths for one path.
func deletePath(m *machine, v json.Value, path []json.Value) (json.Value, outcome) {
	switch {
	case len(path) == 0:
		return json.Value{}, one
	case len(path) > maxNesting:
		return m.failText("Path too deep")
	}
	return deleteSorted(m, v, [][]json.Value{path}, 0)
}

// deleteKeys deletes members of v, all at once.
func deleteKeys(m *machine, v json.Value, keys []json.Value, own owned) (json.Value, outcome) {
	switch {
	case v.Kind() == json.KindNull || len(keys) == 0:
		return v, one
	case v.Kind() == json.KindObject:
		return deleteFields(m, v, keys, own)
	case v.Kind() == json.KindArray:
		return deleteElements(m, v, keys)
	}
	return m.failText("Cannot delete fields from " + v.Kind().String())
}

func deleteFields(m *machine, v json.Value, keys []json.Value, own owned) (json.Value, outcome) {
	o := v.Object()
	gone, n := make([]bool, o.Len()), 0
	for _, key := range keys {
		if key.Kind() != json.KindString {
			return m.failText("Cannot delete " + key.Kind().String() + " field of object")
		}
		if i, ok := o.Index(key.Str()); ok && !gone[i] {
			gone[i] = true
			n++
		}
	}
	switch n {
	case 0:
		return v, one
	case 1:
		o = ownedObject(v, own)
		o.Delete(v.Object().KeyAt(slices.Index(gone, true)).Str())
		return o.Value(), one
	}
	kept := json.NewObject(o.Len() - n)
	for i, key := range o.Keys() {
		if !gone[i] {
			kept.SetKey(key, o.At(i))
		}
	}
	return kept.Value(), one
}

func deleteElements(m *machine, v json.Value, keys []json.Value) (json.Value, outcome) {
	elems := v.Array().Elems()
	n := len(elems)
	gone := make([]bool, n)
	some := false
	for _, key := range keys {
		from, to := 0, 0
		switch key.Kind() {
		case json.KindNumber:
			f := math.Trunc(key.Float())
			if key.Float() < 0 { // -0.5 too, which is behind the end then, as in jq
				f += float64(n)
			}
			if f >= 0 && f < float64(n) {
				from, to = int(f), int(f)+1
			}
		case json.KindObject:
			var ok bool
			if from, to, ok = bounds(key.Object(), n); !ok {
				return m.failText(badSlice)
			}
		default:
			return m.failText("Cannot delete " + key.Kind().String() + " element of array")
		}
		for i := from; i < to; i++ {
			gone[i] = true
		}
		some = some || from < to
	}
	if !some {
		return v, one
	}
	kept := make([]json.Value, 0, n)
	for i, x := range elems {
		if !gone[i] {
			kept = append(kept, x)
		}
	}
	return json.ArrayOf(kept).Value(), one
}
