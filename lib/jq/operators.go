package jq

import (
	"math"
	"strings"

	"ndjsontools/lib/json"
)

// operators are the binary ones, with the left side as the input. It is never
// changed.
var operators = map[string]nativeFunc{
	"+": add, "-": subtract, "*": multiply, "/": divide, "%": modulo,
	"==": func(_ *machine, v, a, _ json.Value) (json.Value, outcome) {
		return json.FromBool(json.Equal(v, a)), one
	},
	"!=": func(_ *machine, v, a, _ json.Value) (json.Value, outcome) {
		return json.FromBool(!json.Equal(v, a)), one
	},
	"<": func(_ *machine, v, a, _ json.Value) (json.Value, outcome) {
		return json.FromBool(json.Compare(v, a) < 0), one
	},
	"<=": func(_ *machine, v, a, _ json.Value) (json.Value, outcome) {
		return json.FromBool(json.Compare(v, a) <= 0), one
	},
	">": func(_ *machine, v, a, _ json.Value) (json.Value, outcome) {
		return json.FromBool(json.Compare(v, a) > 0), one
	},
	">=": func(_ *machine, v, a, _ json.Value) (json.Value, outcome) {
		return json.FromBool(json.Compare(v, a) >= 0), one
	},
}

func add(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	switch kind := v.Kind(); {
	case kind == json.KindNull:
		return a, one
	case a.Kind() == json.KindNull:
		return v, one
	case kind != a.Kind():
	case kind == json.KindNumber:
		return json.Add(v, a), one
	case kind == json.KindString:
		return m.sums.Join(v, a), one
	case kind == json.KindArray:
		return m.lists.Concat(v.Array(), a.Array()).Value(), one
	case kind == json.KindObject:
		return json.Merge(v.Object(), a.Object()).Value(), one
	}
	return m.fail(fault{form: withValues, text: "cannot be added", a: v, b: a})
}

func subtract(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	switch {
	case v.Kind() == json.KindNumber && a.Kind() == json.KindNumber:
		return json.Sub(v, a), one
	case v.Kind() == json.KindArray && a.Kind() == json.KindArray:
		out := json.NewArray(v.Array().Len())
		for _, x := range v.Array().Elems() {
			if !containsElement(a.Array(), x) {
				out.Append(x)
			}
		}
		return out.Value(), one
	}
	return m.fail(fault{form: withValues, text: "cannot be subtracted", a: v, b: a})
}

func containsElement(a *json.Array, x json.Value) bool {
	for _, y := range a.Elems() {
		if json.Equal(x, y) {
			return true
		}
	}
	return false
}

func multiply(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	switch {
	case v.Kind() == json.KindNumber && a.Kind() == json.KindNumber:
		return json.Mul(v, a), one
	case v.Kind() == json.KindString && a.Kind() == json.KindNumber:
		return repeated(m, v, a.Float())
	case v.Kind() == json.KindNumber && a.Kind() == json.KindString:
		return repeated(m, a, v.Float())
	case v.Kind() == json.KindObject && a.Kind() == json.KindObject:
		out, err := json.MergeDeep(v.Object(), a.Object())
		if err != nil {
			return m.failText(mergeTooDeep)
		}
		return out.Value(), one
	}
	return m.fail(fault{form: withValues, text: "cannot be multiplied", a: v, b: a})
}

const mergeTooDeep = "Object merge too deep"

// longestRepeat is the length in bytes up to which a string may be repeated.
const longestRepeat = math.MaxInt32

// repeated is a string times n: null below 0, and as many copies as n has whole
// ones above, as in jq 1.8.2.
func repeated(m *machine, v json.Value, n float64) (json.Value, outcome) {
	s := v.Str()
	switch {
	case math.IsNaN(n), n < 0:
		return json.Value{}, one
	case float64(len(s))*n > longestRepeat:
		return m.failText("Repeat string result too long")
	}
	return json.FromString(strings.Repeat(s, int(n))), one
}

func divide(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	switch {
	case v.Kind() == json.KindNumber && a.Kind() == json.KindNumber:
		q, err := json.Div(v, a)
		if err != nil {
			return m.fail(fault{form: withValues, text: "cannot be divided because the divisor is zero", a: v, b: a})
		}
		return q, one
	case v.Kind() == json.KindString && a.Kind() == json.KindString:
		return splitString(v.Str(), a.Str()), one
	}
	return m.fail(fault{form: withValues, text: "cannot be divided", a: v, b: a})
}

func modulo(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if v.Kind() == json.KindNumber && a.Kind() == json.KindNumber {
		r, err := json.Mod(v, a)
		if err != nil {
			return m.fail(fault{form: withValues, text: "cannot be divided (remainder) because the divisor is zero", a: v, b: a})
		}
		return r, one
	}
	return m.fail(fault{form: withValues, text: "cannot be divided (remainder)", a: v, b: a})
}

func negate(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindNumber {
		return m.fail(fault{form: withValue, text: "cannot be negated", a: v})
	}
	return json.Neg(v), one
}

func truth(_ *machine, v, _, _ json.Value) (json.Value, outcome) {
	return json.FromBool(v.Truthy()), one
}
