package jq

import (
	"slices"

	"ndjsontools/lib/json"
)

// The functions that order. Equal elements keep their order. The ones by a key
// get the keys as an array, one for each element, made by map([f]).

func sorted(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindArray {
		return m.fail(fault{form: withValue, text: "cannot be sorted, as it is not an array", a: v})
	}
	out := slices.Clone(v.Array().Elems())
	slices.SortStableFunc(out, json.Compare)
	return json.ArrayOf(out).Value(), one
}

// ordered returns the places of v's elements in the order of their keys.
func ordered(m *machine, v, keys json.Value) ([]int, outcome) {
	if v.Kind() != json.KindArray {
		_, o := m.fail(fault{form: withValues, text: "cannot be sorted, as they are not both arrays", a: v, b: keys})
		return nil, o
	}
	places := make([]int, v.Array().Len())
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(i, j int) int {
		return json.Compare(keys.Array().At(i), keys.Array().At(j))
	})
	return places, one
}

func sortBy(m *machine, v, keys, _ json.Value) (json.Value, outcome) {
	places, o := ordered(m, v, keys)
	if o != one {
		return v, o
	}
	out := json.NewArray(len(places))
	for _, i := range places {
		out.Append(v.Array().At(i))
	}
	return out.Value(), one
}

// groups calls visit with each element in order, and whether its key is new.
func groups(v, keys json.Value, places []int, visit func(x json.Value, fresh bool)) {
	for n, i := range places {
		fresh := n == 0 || json.Compare(keys.Array().At(places[n-1]), keys.Array().At(i)) != 0
		visit(v.Array().At(i), fresh)
	}
}

func groupBy(m *machine, v, keys, _ json.Value) (json.Value, outcome) {
	places, o := ordered(m, v, keys)
	if o != one {
		return v, o
	}
	out := json.NewArray(0)
	var group *json.Array
	groups(v, keys, places, func(x json.Value, fresh bool) {
		if fresh {
			group = json.NewArray(1)
			out.Append(group.Value())
		}
		group.Append(x)
	})
	return out.Value(), one
}

func uniqueBy(m *machine, v, keys, _ json.Value) (json.Value, outcome) {
	places, o := ordered(m, v, keys)
	if o != one {
		return v, o
	}
	out := json.NewArray(0)
	groups(v, keys, places, func(x json.Value, fresh bool) {
		if fresh {
			out.Append(x)
		}
	})
	return out.Value(), one
}

func unique(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindArray {
		return m.fail(fault{form: withValue, text: "cannot be sorted, as it is not an array", a: v})
	}
	return uniqueBy(m, v, v, json.Value{})
}

func minimum(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return minBy(m, v, v, json.Value{})
}
func maximum(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return maxBy(m, v, v, json.Value{})
}

// minBy is the first of the smallest, maxBy the last of the largest.
func minBy(m *machine, v, keys, _ json.Value) (json.Value, outcome) {
	return extreme(m, v, keys, func(c int) bool { return c < 0 })
}

func maxBy(m *machine, v, keys, _ json.Value) (json.Value, outcome) {
	return extreme(m, v, keys, func(c int) bool { return c >= 0 })
}

func extreme(m *machine, v, keys json.Value, better func(int) bool) (json.Value, outcome) {
	if v.Kind() != json.KindArray || keys.Kind() != json.KindArray {
		return m.fail(fault{form: withValues, text: "cannot be iterated over", a: v, b: keys})
	}
	if v.Array().Len() == 0 {
		return json.Value{}, one
	}
	best := 0
	for i := 1; i < v.Array().Len(); i++ {
		if better(json.Compare(keys.Array().At(i), keys.Array().At(best))) {
			best = i
		}
	}
	return v.Array().At(best), one
}
