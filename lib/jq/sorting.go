package jq

import (
	"math"
	"slices"

	"ndjsontools/lib/json"
)

// The functions that order. Equal elements keep their order. The ones by a key
// get the keys as an array, one for each element, made by map([f]).

// ranked is an element to be sorted: its key, and how far that is told by a double.
type ranked struct {
	key  json.Value
	near float64 // the one nearest to a number; NaN for what is none
	at   int     // its place before
}

// rank reads the numbers among the keys once. A key that is an array of one, as
// those of map([f]) are, stands for its element where all are such.
func rank(keys []json.Value) []ranked {
	single := !slices.ContainsFunc(keys, func(k json.Value) bool {
		return k.Kind() != json.KindArray || k.Array().Len() != 1
	})
	list := make([]ranked, len(keys))
	for i, k := range keys {
		if single {
			k = k.Array().At(0)
		}
		list[i] = ranked{key: k, near: math.NaN(), at: i}
		if k.Kind() == json.KindNumber {
			list[i].near = k.Float()
		}
	}
	return list
}

// inOrder tells whether a, which stands before b, may stay there. The nearest
// double of the smaller number is never the larger one.
func inOrder(a, b *ranked) bool {
	switch {
	case a.near < b.near:
		return true
	case a.near > b.near:
		return false
	}
	return json.Compare(a.key, b.key) <= 0
}

// mergeSort sorts list, and keeps the order of what is equal. It asks only whether
// what stands behind is less than what stands before: NaN is less than itself, and
// must not change places with itself for that. The library's sorts ask both ways.
func mergeSort(list []ranked) []ranked {
	const run = 12
	for start := 0; start < len(list); start += run {
		insertionSort(list[start:min(start+run, len(list))])
	}
	from, to := list, make([]ranked, len(list))
	for width := run; width < len(list); width *= 2 {
		for start := 0; start < len(list); start += 2 * width {
			middle := min(start+width, len(list))
			end := min(middle+width, len(list))
			merge(to[start:end], from[start:middle], from[middle:end])
		}
		from, to = to, from
	}
	return from
}

func insertionSort(list []ranked) {
	for i := 1; i < len(list); i++ {
		x := list[i]
		j := i
		for ; j > 0 && !inOrder(&list[j-1], &x); j-- {
			list[j] = list[j-1]
		}
		list[j] = x
	}
}

// merge fills dst with a and b in order.
func merge(dst, a, b []ranked) {
	if len(b) == 0 || inOrder(&a[len(a)-1], &b[0]) {
		copy(dst[copy(dst, a):], b) // in order already
		return
	}
	for len(a) > 0 && len(b) > 0 {
		if inOrder(&a[0], &b[0]) {
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
	return inOrderOf(v, mergeSort(rank(v.Array().Elems()))), one
}

// ordered returns v's elements in the order of their keys.
func ordered(m *machine, v, keys json.Value) ([]ranked, outcome) {
	if v.Kind() != json.KindArray {
		_, o := m.fail(fault{form: withValues, text: "cannot be sorted, as they are not both arrays", a: v, b: keys})
		return nil, o
	}
	return mergeSort(rank(keys.Array().Elems())), one
}

// inOrderOf is the elements of v as list has them.
func inOrderOf(v json.Value, list []ranked) json.Value {
	out := json.NewArray(len(list))
	for i := range list {
		out.Append(v.Array().At(list[i].at))
	}
	return out.Value()
}

func sortBy(m *machine, v, keys, _ json.Value) (json.Value, outcome) {
	list, o := ordered(m, v, keys)
	if o != one {
		return v, o
	}
	return inOrderOf(v, list), one
}

// groups calls visit with each element in order, and whether its key is new.
func groups(v json.Value, list []ranked, visit func(x json.Value, fresh bool)) {
	for i := range list {
		fresh := i == 0 || json.Compare(list[i-1].key, list[i].key) != 0
		visit(v.Array().At(list[i].at), fresh)
	}
}

func groupBy(m *machine, v, keys, _ json.Value) (json.Value, outcome) {
	list, o := ordered(m, v, keys)
	if o != one {
		return v, o
	}
	out := json.NewArray(0)
	var group *json.Array
	groups(v, list, func(x json.Value, fresh bool) {
		if fresh {
			group = json.NewArray(1)
			out.Append(group.Value())
		}
		group.Append(x)
	})
	return out.Value(), one
}

func uniqueBy(m *machine, v, keys, _ json.Value) (json.Value, outcome) {
	list, o := ordered(m, v, keys)
	if o != one {
		return v, o
	}
	out := json.NewArray(0)
	groups(v, list, func(x json.Value, fresh bool) {
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
