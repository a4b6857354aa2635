// Package libm is the elementary functions of C's math library, rounded
// correctly but for the rarest of cases: exp, log, pow, sin and their like.
//
// The standard library's are off by one in the last place for up to half of the
// arguments, and jq's users compare digits: C libraries round these functions
// right nearly always. Here they are computed in twice the precision of a double
// (about 100 bits) and rounded once. The price is some hundred nanoseconds a
// call, and that what is too large for the argument reduction, or has no finite
// answer, is left to the standard library.
//
// It is not for functions where the C libraries differ among themselves: cube
// roots, hyperbolic functions, gamma, Bessel and error functions.
package libm

import "math"

// Exp is e to the power of x.
func Exp(x float64) float64 {
	if !ordinary(x) || x > 709 || x < -708 {
		return math.Exp(x)
	}
	return exp(double{hi: x}).round()
}

// Exp2 is 2 to the power of x.
func Exp2(x float64) float64 {
	if !ordinary(x) || math.Abs(x) > 1021 || x == math.Trunc(x) {
		return math.Exp2(x)
	}
	return exp(ln2.times(x)).round()
}

// Exp10 is 10 to the power of x.
func Exp10(x float64) float64 {
	if !ordinary(x) || math.Abs(x) > 307 {
		return math.Pow(10, x)
	}
	return exp(ln10.times(x)).round()
}

// Log is the natural logarithm of x.
func Log(x float64) float64 {
	if !loggable(x) {
		return math.Log(x)
	}
	return log(x).round()
}

// Log2 is the logarithm of x to the base of 2.
func Log2(x float64) float64 {
	if mantissa, _ := math.Frexp(x); !loggable(x) || mantissa == 0.5 {
		return math.Log2(x)
	}
	return log(x).over(ln2).round()
}

// Log10 is the logarithm of x to the base of 10.
func Log10(x float64) float64 {
	if !loggable(x) {
		return math.Log10(x)
	}
	return log(x).over(ln10).round()
}

// Pow is x to the power of y.
func Pow(x, y float64) float64 {
	easy := math.Pow(x, y)
	base := math.Abs(x)
	if math.IsNaN(easy) || !ordinary(x) || !ordinary(y) || !loggable(base) {
		return easy
	}
	if n := int(y); float64(n) == y && n > 0 && n <= 64 && math.Abs(easy) > 1e-250 && math.Abs(easy) < 1e250 {
		return math.Copysign(double{hi: base}.power(n).round(), easy)
	}
	power := log(base).times(y)
	if math.Abs(power.hi) > 708 {
		return easy
	}
	return math.Copysign(exp(power).round(), easy)
}

// Sin is the sine of x, in radians.
func Sin(x float64) float64 {
	if !ordinary(x) || math.Abs(x) > widest {
		return math.Sin(x)
	}
	s, _ := sincos(double{hi: x})
	return s.round()
}

// Cos is the cosine of x.
func Cos(x float64) float64 {
	if math.IsNaN(x) || math.Abs(x) > widest {
		return math.Cos(x)
	}
	_, c := sincos(double{hi: x})
	return c.round()
}

// Tan is the tangent of x.
func Tan(x float64) float64 {
	if !ordinary(x) || math.Abs(x) > widest {
		return math.Tan(x)
	}
	s, c := sincos(double{hi: x})
	return s.over(c).round()
}

// Atan is the angle with the tangent x.
func Atan(x float64) float64 {
	if !ordinary(x) {
		return math.Atan(x)
	}
	return angle(double{hi: x}, double{hi: 1}).round()
}

// Atan2 is the angle of the point (x, y).
func Atan2(y, x float64) float64 {
	easy := math.Atan2(y, x)
	if !ordinary(x) || !ordinary(y) || math.Abs(easy) < 1e-300 {
		return easy
	}
	_, ex := math.Frexp(x)
	_, ey := math.Frexp(y)
	scale := -max(ex, ey)
	return angle(double{hi: math.Ldexp(y, scale)}, double{hi: math.Ldexp(x, scale)}).round()
}

// Asin is the angle with the sine x.
func Asin(x float64) float64 {
	if !ordinary(x) || math.Abs(x) >= 1 {
		return math.Asin(x)
	}
	return angle(double{hi: x}, leg(x)).round()
}

// Acos is the angle with the cosine x.
func Acos(x float64) float64 {
	if !ordinary(x) || math.Abs(x) >= 1 {
		return math.Acos(x)
	}
	return angle(leg(x), double{hi: x}).round()
}

// Hypot is the length of the vector (x, y).
func Hypot(x, y float64) float64 {
	easy := math.Hypot(x, y)
	if !ordinary(easy) || easy < 1e-290 || easy > 1e290 {
		return easy
	}
	_, e := math.Frexp(easy)
	x, y = math.Ldexp(x, -e), math.Ldexp(y, -e)
	return math.Ldexp(product(x, x).plus(product(y, y)).sqrt().round(), e)
}

// widest is up to where an angle is reduced here: beyond, pi is not precise enough.
const widest = 1 << 20

// ordinary is finite, not NaN, not zero, and not near the smallest numbers, where
// there is no second half.
func ordinary(x float64) bool {
	return math.Abs(x) > 1e-280 && math.Abs(x) <= math.MaxFloat64
}

func loggable(x float64) bool { return x > 1e-280 && x <= math.MaxFloat64 && x != 1 }
