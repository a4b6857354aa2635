package jq

import (
	"bytes"
	"math"

	"ndjsontools/lib/json"
)

// natives are the functions of values, by name and arity. It is never changed.
var natives = map[string]nativeFunc{
	"not/0": func(_ *machine, v, _, _ json.Value) (json.Value, outcome) {
		return json.FromBool(!v.Truthy()), one
	},
	"error/0": func(m *machine, v, _, _ json.Value) (json.Value, outcome) {
		return m.fail(fault{form: asValue, a: v})
	},
	"type/0": func(_ *machine, v, _, _ json.Value) (json.Value, outcome) {
		return json.FromString(v.Kind().String()), one
	},
	"have_decnum/0":          always(json.FromBool(true)),
	"have_literal_numbers/0": always(json.FromBool(true)),
	"infinite/0":             always(json.FromFloat(math.Inf(1))),
	"nan/0":                  always(json.FromFloat(math.NaN())),

	"length/0": length, "utf8bytelength/0": byteLength,
	"keys/0": keys, "keys_unsorted/0": keysUnsorted, "has/1": has, "contains/1": contains,
	"add/0": addAll, "reverse/0": reverse, "flatten/0": flatten, "flatten/1": flattenTo,
	"sort/0": sorted, "unique/0": unique, "min/0": minimum, "max/0": maximum,
	"indices/1": indices, "join/1": join,
	"to_entries/0": toEntries, "from_entries/0": fromEntries, "bsearch/1": bsearch,
	"setpath/2": setpath, "delpaths/1": delpaths,

	"tostring/0": tostring, "tojson/0": tojson, "fromjson/0": fromjson,
	"tonumber/0": tonumber, "toboolean/0": toboolean,
	"ascii_downcase/0": asciiDowncase, "ascii_upcase/0": asciiUpcase,
	"startswith/1": startswith, "endswith/1": endswith,
	"ltrimstr/1": ltrimstr, "rtrimstr/1": rtrimstr, "trimstr/1": trimstr,
	"trim/0": trim, "ltrim/0": ltrim, "rtrim/0": rtrim,
	"split/1": split, "explode/0": explode, "implode/0": implode,

	"todate/0": todate, "fromdate/0": fromdate, "mktime/0": mktime, "gmtime/0": gmtime,

	"abs/0":        absolute,
	"isinfinite/0": numberTest(func(f float64) bool { return math.IsInf(f, 0) }),
	"isnan/0":      numberTest(math.IsNaN),
	"isnormal/0":   numberTest(isNormal),
	"isfinite/0":   numberTest(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }),

	"floor/0": rounding(math.Floor), "ceil/0": rounding(math.Ceil), "round/0": rounding(math.Round),
	"trunc/0": rounding(math.Trunc), "rint/0": rounding(math.RoundToEven), "nearbyint/0": rounding(math.RoundToEven),
	"fabs/0": function1(math.Abs), "sqrt/0": function1(math.Sqrt), "cbrt/0": function1(math.Cbrt),
	"exp/0": function1(math.Exp), "exp2/0": function1(math.Exp2), "expm1/0": function1(math.Expm1),
	"exp10/0": function1(func(f float64) float64 { return math.Pow(10, f) }),
	"log/0":   function1(math.Log), "log2/0": function1(math.Log2), "log10/0": function1(math.Log10), "log1p/0": function1(math.Log1p),
	"sin/0": function1(math.Sin), "cos/0": function1(math.Cos), "tan/0": function1(math.Tan),
	"asin/0": function1(math.Asin), "acos/0": function1(math.Acos), "atan/0": function1(math.Atan),
	"sinh/0": function1(math.Sinh), "cosh/0": function1(math.Cosh), "tanh/0": function1(math.Tanh),
	"asinh/0": function1(math.Asinh), "acosh/0": function1(math.Acosh), "atanh/0": function1(math.Atanh),
	"pow/2": function2(math.Pow), "atan2/2": function2(math.Atan2), "fmod/2": function2(math.Mod),
	"hypot/2": function2(math.Hypot), "copysign/2": function2(math.Copysign), "fdim/2": function2(math.Dim),
}

func always(v json.Value) nativeFunc {
	return func(*machine, json.Value, json.Value, json.Value) (json.Value, outcome) { return v, one }
}

func notANumber(m *machine, v json.Value) (json.Value, outcome) {
	return m.fail(fault{form: withValue, text: "number required", a: v})
}

// computed is a result that is an integer where it is one exactly.
func computed(f float64) json.Value {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 && (f != 0 || !math.Signbit(f)) {
		return json.FromInt(int64(f))
	}
	return json.FromFloat(f)
}

func function1(f func(float64) float64) nativeFunc {
	return func(m *machine, v, _, _ json.Value) (json.Value, outcome) {
		if v.Kind() != json.KindNumber {
			return notANumber(m, v)
		}
		return computed(f(v.Float())), one
	}
}

// rounding is function1, but integers stay what they are, exactly.
func rounding(f func(float64) float64) nativeFunc {
	return func(m *machine, v, _, _ json.Value) (json.Value, outcome) {
		if v.Kind() != json.KindNumber {
			return notANumber(m, v)
		}
		if isExact(m, v) {
			return v, one
		}
		return computed(f(v.Float())), one
	}
}

// isExact tells whether v is an integer that was not rounded: its spelling has
// neither a point nor an exponent. -0 is not one.
func isExact(m *machine, v json.Value) bool {
	m.scratch = json.Append(m.scratch[:0], v)
	return bytes.IndexAny(m.scratch, ".eEn") < 0 && string(m.scratch) != "-0"
}

func function2(f func(a, b float64) float64) nativeFunc {
	return func(m *machine, _, a, b json.Value) (json.Value, outcome) {
		if a.Kind() != json.KindNumber {
			return notANumber(m, a)
		}
		if b.Kind() != json.KindNumber {
			return notANumber(m, b)
		}
		return computed(f(a.Float(), b.Float())), one
	}
}

func numberTest(f func(float64) bool) nativeFunc {
	return func(m *machine, v, _, _ json.Value) (json.Value, outcome) {
		if v.Kind() != json.KindNumber {
			return notANumber(m, v)
		}
		return json.FromBool(f(v.Float())), one
	}
}

// isNormal is C's: neither zero, nor subnormal, nor infinite, nor NaN.
func isNormal(f float64) bool {
	const smallest = 0x1p-1022
	return math.Abs(f) >= smallest && !math.IsInf(f, 0)
}

// absolute keeps zero as it is, also -0, which is not less than 0.
func absolute(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindNumber {
		return m.fail(fault{form: withValue, text: "has no absolute value", a: v})
	}
	return json.Abs(v), one
}
