package jq

import (
	"bytes"
	"math"

	"ndjsontools/lib/jq/libm"
	"ndjsontools/lib/json"
)

// mathFunctions are those of C's math library, over doubles. It is never changed.
var mathFunctions = map[string]nativeFunc{
	"abs/0":        absolute,
	"isinfinite/0": numberTest(func(f float64) bool { return math.IsInf(f, 0) }),
	"isnan/0":      numberTest(math.IsNaN),
	"isnormal/0":   numberTest(isNormal),
	"isfinite/0":   numberTest(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }),

	"floor/0": rounding(math.Floor), "ceil/0": rounding(math.Ceil), "round/0": rounding(math.Round),
	"trunc/0": rounding(math.Trunc), "rint/0": rounding(math.RoundToEven), "nearbyint/0": rounding(math.RoundToEven),
	"fabs/0": function1(math.Abs), "sqrt/0": function1(math.Sqrt), "cbrt/0": function1(math.Cbrt),
	"exp/0": function1(libm.Exp), "exp2/0": function1(libm.Exp2), "expm1/0": function1(math.Expm1),
	"exp10/0": function1(libm.Exp10),
	"log/0":   function1(libm.Log), "log2/0": function1(libm.Log2), "log10/0": function1(libm.Log10), "log1p/0": function1(math.Log1p),
	"sin/0": function1(libm.Sin), "cos/0": function1(libm.Cos), "tan/0": function1(libm.Tan),
	"asin/0": function1(libm.Asin), "acos/0": function1(libm.Acos), "atan/0": function1(libm.Atan),
	"sinh/0": function1(math.Sinh), "cosh/0": function1(math.Cosh), "tanh/0": function1(math.Tanh),
	"asinh/0": function1(math.Asinh), "acosh/0": function1(math.Acosh), "atanh/0": function1(math.Atanh),
	"pow/2": function2(libm.Pow), "atan2/2": function2(libm.Atan2), "fmod/2": function2(math.Mod),
	"hypot/2": function2(libm.Hypot), "copysign/2": function2(math.Copysign), "fdim/2": function2(math.Dim),
	"erf/0": function1(math.Erf), "erfc/0": function1(math.Erfc),
	"gamma/0": function1(logGamma), "lgamma/0": function1(logGamma), "tgamma/0": function1(math.Gamma),
	"j0/0": function1(math.J0), "j1/0": function1(math.J1), "y0/0": function1(math.Y0), "y1/0": function1(math.Y1),
	"logb/0": function1(math.Logb), "significand/0": function1(significand),
	"fmax/2": function2(larger), "fmin/2": function2(smaller),
	"drem/2": function2(math.Remainder), "remainder/2": function2(math.Remainder),
	"nextafter/2": function2(math.Nextafter), "nexttoward/2": function2(math.Nextafter),
	"ldexp/2": function2(scaled), "scalb/2": function2(scaledWhole), "scalbln/2": function2(scaled),
	"jn/2":    function2(func(n, x float64) float64 { return math.Jn(int(n), x) }),
	"yn/2":    function2(func(n, x float64) float64 { return math.Yn(int(n), x) }),
	"frexp/0": pair(frexp), "modf/0": pair(modf), "lgamma_r/0": pair(logGammaSign),
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
	return !bytes.ContainsAny(m.scratch, ".eEn") && string(m.scratch) != "-0"
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
	return func(_ *machine, v, _, _ json.Value) (json.Value, outcome) {
		return json.FromBool(v.Kind() == json.KindNumber && f(v.Float())), one
	}
}

// isNormal is C's: neither zero, nor subnormal, nor infinite, nor NaN.
func isNormal(f float64) bool {
	const smallest = 0x1p-1022
	return math.Abs(f) >= smallest && !math.IsInf(f, 0)
}

// absolute keeps zero as it is, also -0, which is not less than 0.
func absolute(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	switch kind := v.Kind(); {
	case kind == json.KindNumber:
		return json.Abs(v), one
	case kind > json.KindNumber: // which is above zero, and jq looks no further
		return v, one
	}
	return m.fail(fault{form: withValue, text: "cannot be negated", a: v})
}

// pair is a function with two results, which make an array.
func pair(f func(float64) (a, b float64)) nativeFunc {
	return func(m *machine, v, _, _ json.Value) (json.Value, outcome) {
		if v.Kind() != json.KindNumber {
			return notANumber(m, v)
		}
		x, y := f(v.Float())
		return json.ArrayOf([]json.Value{computed(x), computed(y)}).Value(), one
	}
}

func frexp(f float64) (float64, float64) {
	mantissa, exponent := math.Frexp(f)
	return mantissa, float64(exponent)
}

func modf(f float64) (float64, float64) {
	if math.IsInf(f, 0) {
		return math.Copysign(0, f), f
	}
	whole, fraction := math.Modf(f)
	return math.Copysign(fraction, f), whole
}

func logGamma(f float64) float64 {
	l, _ := math.Lgamma(f)
	return l
}

func logGammaSign(f float64) (float64, float64) {
	l, sign := math.Lgamma(f)
	return l, float64(sign)
}

// significand is f scaled by a power of two to 1 and above, below 2.
func significand(f float64) float64 {
	if f == 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return f
	}
	mantissa, _ := math.Frexp(f)
	return mantissa * 2
}

// larger and smaller are C's fmax and fmin: NaN counts as missing.
func larger(a, b float64) float64 {
	switch {
	case math.IsNaN(a):
		return b
	case math.IsNaN(b):
		return a
	}
	return math.Max(a, b)
}

func smaller(a, b float64) float64 {
	switch {
	case math.IsNaN(a):
		return b
	case math.IsNaN(b):
		return a
	}
	return math.Min(a, b)
}

// scaledWhole is scaled for a b that is an integer, and NaN for others.
func scaledWhole(a, b float64) float64 {
	if b != math.Trunc(b) {
		return math.NaN()
	}
	return scaled(a, b)
}

// scaled is a times two to the power of b.
func scaled(a, b float64) float64 {
	return math.Ldexp(a, int(math.Max(-1e6, math.Min(b, 1e6))))
}
