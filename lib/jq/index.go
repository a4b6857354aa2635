package jq

import (
	"math"
	"unicode/utf8"

	"ndjsontools/lib/json"
)

// index is v[key].
func index(m *machine, v, key json.Value) (json.Value, outcome) {
	switch v.Kind() {
	case json.KindObject:
		if key.Kind() == json.KindString {
			out, _ := v.Field(key.Str())
			return out, one
		}
	case json.KindArray:
		switch key.Kind() {
		case json.KindNumber:
			return element(v.Array(), key), one
		case json.KindObject:
			return slice(m, v, key)
		case json.KindArray:
			return indicesOfArray(v.Array(), key.Array()), one
		}
	case json.KindString:
		if key.Kind() == json.KindObject {
			return slice(m, v, key)
		}
	case json.KindNull:
		switch key.Kind() {
		case json.KindString, json.KindNumber, json.KindObject:
			return json.Value{}, one
		}
	}
	return m.fail(fault{form: withIndex, a: v, b: key})
}

// element is the element of a at a number, from the end where it is negative,
// and null outside. Fractions are cut off.
func element(a *json.Array, key json.Value) json.Value {
	if key.IsNaN() {
		return json.Value{}
	}
	i, ok := position(key, a.Len())
	if !ok {
		return json.Value{}
	}
	return a.At(i)
}

// position is the place that a number means in an array of n elements.
func position(key json.Value, n int) (int, bool) {
	f := math.Trunc(key.Float())
	if f < 0 {
		f += float64(n)
	}
	if f < 0 || f >= float64(n) {
		return 0, false
	}
	return int(f), true
}

// bounds reads {"start": from, "end": to} for a length of n.
func bounds(key *json.Object, n int) (from, to int, ok bool) {
	start, hasStart := key.Get("start")
	end, hasEnd := key.Get("end")
	if !hasStart || !hasEnd {
		return 0, 0, false
	}
	f, okStart := bound(start, 0, n, math.Floor)
	t, okEnd := bound(end, n, n, math.Ceil)
	return f, max(f, t), okStart && okEnd
}

func bound(v json.Value, otherwise, n int, round func(float64) float64) (int, bool) {
	switch v.Kind() {
	case json.KindNull:
		return otherwise, true
	case json.KindNumber:
		f := v.Float()
		if math.IsNaN(f) {
			return otherwise, true
		}
		if f < 0 {
			f += float64(n)
		}
		return int(round(math.Max(0, math.Min(f, float64(n))))), true
	}
	return 0, false
}

const badSlice = "Array/string slice indices must be integers"

// worthView is the length of arrays from which a slice of more than half of one is
// no copy: a loop that takes off an element at a time would copy all each time.
const worthView = 64

func slice(m *machine, v, key json.Value) (json.Value, outcome) {
	n := 0
	switch v.Kind() {
	case json.KindArray:
		n = v.Array().Len()
	case json.KindString:
		n = runes(v)
	}
	from, to, ok := bounds(key.Object(), n)
	switch {
	case !ok:
		return m.failText(badSlice)
	case v.Kind() == json.KindNull:
		return v, one
	case v.Kind() == json.KindArray:
		if from == 0 && to == n {
			return v, one
		}
		if to-from > n/2 && n >= worthView {
			return v.Array().View(from, to).Value(), one
		}
		return v.Array().Slice(from, to).Value(), one
	}
	s := v.Str()
	if !v.IsASCII() {
		from, to = offset(s, from), offset(s, to)
	}
	return json.FromString(s[from:to]), one
}

// runes is the length of a string in code points.
func runes(v json.Value) int {
	if v.IsASCII() {
		return len(v.Str())
	}
	return utf8.RuneCountInString(v.Str())
}

// offset is the place in bytes of code point n.
func offset(s string, n int) int {
	i := 0
	for ; n > 0; n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

// sliceKey is the key that stands for [from:to].
func sliceKey(from, to json.Value) json.Value {
	o := json.NewObject(2)
	o.Set("start", from)
	o.Set("end", to)
	return o.Value()
}

// indicesOfArray are the places where sub starts in a.
func indicesOfArray(a, sub *json.Array) json.Value {
	out := json.NewArray(0)
	if sub.Len() == 0 {
		return out.Value()
	}
	for i := 0; i+sub.Len() <= a.Len(); i++ {
		same := true
		for j := 0; j < sub.Len() && same; j++ {
			same = json.Equal(a.At(i+j), sub.At(j))
		}
		if same {
			out.Append(json.FromInt(int64(i)))
		}
	}
	return out.Value()
}
