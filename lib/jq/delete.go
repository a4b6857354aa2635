package jq

import (
	"slices"

	"ndjsontools/lib/json"
)

// deletePaths is delpaths. As in jq, what is deleted from one array or object goes
// at once, so that all places are those of the original, and a deletion of n
// elements is one pass.
func deletePaths(m *machine, v json.Value, paths []json.Value) (json.Value, outcome) {
	paths = slices.Clone(paths)
	slices.SortFunc(paths, json.Compare)
	for _, p := range paths {
		if p.Kind() != json.KindArray {
			return m.failText("Path must be specified as array, not " + p.Kind().String())
		}
	}
	if len(paths) == 0 {
		return v, one
	}
	if paths[0].Array().Len() == 0 {
		return json.Value{}, one
	}
	return deleteSorted(m, v, paths, 0, owned{})
}

// deleteSorted deletes what sorted paths lead to, from their key at depth on.
func deleteSorted(m *machine, v json.Value, paths []json.Value, depth int, own owned) (json.Value, outcome) {
	if depth > maxNesting {
		return m.failText("Path too deep")
	}
	var keys []json.Value
	for len(paths) > 0 {
		key, n := paths[0].Array().At(depth), 1
		for n < len(paths) && json.Equal(paths[n].Array().At(depth), key) {
			n++
		}
		group := paths[:n]
		paths = paths[n:]
		if group[0].Array().Len() == depth+1 { // the shortest one: what is below goes with it
			keys = append(keys, key)
			continue
		}
		if v.Kind() == json.KindNull {
			continue
		}
		child, o := index(m, v, key)
		if o != one {
			return child, o
		}
		if child.Kind() == json.KindNull {
			continue
		}
		changed, o := deleteSorted(m, child, group, depth+1, own)
		if o == one && changed != child {
			v, o = setKey(m, v, key, changed, own)
		}
		if o != one {
			return v, o
		}
	}
	return deleteKeys(m, v, keys, own)
}

// deletePath deletes what one path leads to.
func deletePath(m *machine, v json.Value, path []json.Value, own owned) (json.Value, outcome) {
	switch {
	case len(path) == 0:
		return json.Value{}, one
	case len(path) > maxNesting:
		return m.failText("Path too deep")
	case v.Kind() == json.KindNull:
		return v, one
	case len(path) == 1:
		return deleteKeys(m, v, path, own)
	}
	child, o := index(m, v, path[0])
	if o != one || child.Kind() == json.KindNull {
		return v, o
	}
	changed, o := deletePath(m, child, path[1:], own)
	if o != one || changed == child {
		return v, o
	}
	return setKey(m, v, path[0], changed, own)
}

// deleteKeys deletes sorted keys.
func deleteKeys(m *machine, v json.Value, keys []json.Value, own owned) (json.Value, outcome) {
	switch {
	case len(keys) == 0 || v.Kind() == json.KindNull:
		return v, one
	case v.Kind() == json.KindObject:
		return deleteMembers(m, v, keys, own)
	case v.Kind() == json.KindArray:
		return deleteElements(m, v, keys, own)
	}
	return m.failText("Cannot delete fields from " + v.Kind().String())
}

// fewKeys are deleted one after the other: each deletion moves what is behind.
const fewKeys = 4

func deleteMembers(m *machine, v json.Value, keys []json.Value, own owned) (json.Value, outcome) {
	old, there := v.Object(), 0
	for _, key := range keys {
		if key.Kind() != json.KindString {
			return m.failText("Cannot delete " + key.Kind().String() + " field of object")
		}
		if _, ok := old.Get(key.Str()); ok {
			there++
		}
	}
	switch {
	case there == 0:
		return v, one
	case len(keys) <= fewKeys:
		o := ownedObject(v, own)
		for _, key := range keys {
			o.Delete(key.Str())
		}
		return o.Value(), one
	}
	gone := make(map[string]bool, len(keys))
	for _, key := range keys {
		gone[key.Str()] = true
	}
	o := json.NewObject(old.Len())
	for i, k := range old.Keys() {
		if !gone[k.Str()] {
			o.SetKey(k, old.At(i))
		}
	}
	if own != nil {
		own[o.Value()] = struct{}{}
	}
	return o.Value(), one
}

// extent is a run of elements.
type extent struct{ from, to int }

// deleteElements deletes what the keys stand for: places from the start, from the
// end, and slices.
func deleteElements(m *machine, v json.Value, keys []json.Value, own owned) (json.Value, outcome) {
	n := v.Array().Len()
	gone := make([]extent, 0, 1)
	for _, key := range keys {
		switch key.Kind() {
		case json.KindNumber:
			if key.Float() < 0 && key.Float() > -1 {
				continue // for jq it counts from the end, and is behind it
			}
			if i, ok := position(key, n); ok && !key.IsNaN() {
				gone = append(gone, extent{i, i + 1})
			}
		case json.KindObject:
			from, to, ok := bounds(key.Object(), n)
			if !ok {
				return m.failText(badSlice)
			}
			if from < to {
				gone = append(gone, extent{from, to})
			}
		default:
			return m.failText("Cannot delete " + key.Kind().String() + " element of array")
		}
	}
	if len(gone) == 0 {
		return v, one
	}
	slices.SortFunc(gone, func(a, b extent) int { return a.from - b.from })
	a := ownedArray(v, own)
	elems, kept, next := a.Elems(), gone[0].from, gone[0].from
	for _, g := range gone {
		if g.from > next {
			kept += copy(elems[kept:], elems[next:g.from])
		}
		next = max(next, g.to)
	}
	kept += copy(elems[kept:], elems[next:])
	a.Truncate(kept)
	return a.Value(), one
}
