package jq

import (
	"slices"

	"ndjsontools/lib/json"
)

// The functions that order. Equal elements keep their order. The ones by a key
// get the keys as an array, one for each element, made by map([f]).

// mergeSort sorts list, and keeps the order of what is equal. It asks only whether
// what stands behind is less than what stands before: NaN is less than itself, and
// must not change places with itself for that. The library's sorts ask both ways.
func mergeSort[T any](list []T, compare func(a, b T) int) []T {
	from, to := list, make([]T, len(list))
	for width := 1; width < len(list); width *= 2 {
		for start := 0; start < len(list); start += 2 * width {
			middle := min(start+width, len(list))
			end := min(middle+width, len(list))
			merge(to[start:end], from[start:middle], from[middle:end], compare)
		}
		from, to = to, from
	}
	return from
}

// merge fills dst with a and b in order.
func merge[T any](dst, a, b []T, compare func(a, b T) int) {
	if len(a) > 0 && len(b) > 0 && compare(a[len(a)-1], b[0]) <= 0 {
		copy(dst[copy(dst, a):], b) // in order already
		return
	}
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) <= 0 {
			dst[0], a = a[0], a[1:]
		} else {
			dst[0], b = b[0], b[1:]
		}
		dst = dst[1:]
	}
	copy(dst[copy(dst, a):], b)
}

func sorted(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindArray {
		return m.fail(fault{form: withValue, text: "cannot be sorted, as it is not an array", a: v})
	}
	return json.ArrayOf(mergeSort(slices.Clone(v.Array().Elems()), json.Compare)).Value(), one
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
	return mergeSort(places, func(i, j int) int {
		return json.Compare(keys.Array().At(i), keys.Array().At(j))
	}), one
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
