package gen

import "math"

// Logarithm, exponential and the quantile of the normal distribution, to about
// 1e-15, with the same bits on every machine. math.Log and math.Exp have
// assembly on some architectures, and a Go compiler may fuse x*y+z where the
// processor can; the conversions around products forbid that (Go
// specification, "Floating-point operators").

const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// logOf is the natural logarithm of x, which is a normal number above zero.
// Source: FreeBSD's e_log.c.
func logOf(x float64) float64 {
	// x = f * 2^e with f from 0.5 to 1; math.Frexp looks at more cases.
	b := math.Float64bits(x)
	e := int(b>>52) - 1022
	f := math.Float64frombits(b&(1<<52-1) | 1022<<52)
	if f < math.Sqrt2/2 {
		f *= 2
		e--
	}
	f--
	k := float64(e)
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	t1 := float64(s2 * horner(s4, 6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01))
	t2 := float64(s4 * horner(s4, 3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01, 0))
	r := t1 + t2
	h := float64(float64(0.5*f) * f)
	return float64(k*ln2Hi) - ((h - (float64(s*(h+r)) + float64(k*ln2Lo))) - f)
}

// expOf is e to the x, for x between -700 and 700. Source: FreeBSD's e_exp.c.
func expOf(x float64) float64 {
	half := 0.5
	if x < 0 {
		half = -0.5
	}
	k := int(float64(x*math.Log2E) + half)
	hi := x - float64(float64(k)*ln2Hi)
	lo := float64(float64(k) * ln2Lo)
	r := hi - lo
	t := float64(r * r)
	c := r - float64(t*horner(t, 1.66666666666666657415e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05,
		float64(-1.65339022054652515390e-06)+float64(t*4.13813679705723846039e-08)))
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	// y is between 0.7 and 1.5, and 2^k is a normal number: the product is exact.
	return y * math.Float64frombits(uint64(k+1023)<<52)
}

// horner is a + b*x + c*x^2 + d*x^3.
func horner(x, a, b, c, d float64) float64 {
	return a + float64(x*(b+float64(x*(c+float64(x*d)))))
}

// unit maps a cell to the open interval from 0 to 1: 2^52 values, none of them
// an end, where a logarithm would not be finite.
func unit(cell uint64) float64 { return (float64(cell>>12) + 0.5) / (1 << 52) }

// normalOf is the quantile of the standard normal distribution: the value that
// a share p of all draws is below. Source: M. J. Wichura, "Algorithm AS 241:
// The percentage points of the normal distribution", Applied Statistics 37
// (1988), PPND16.
func normalOf(p float64) float64 {
	q := p - 0.5
	if math.Abs(q) <= 0.425 {
		r := 0.180625 - float64(q*q)
		return q * poly(r, &as241[0]) / poly(r, &as241[1])
	}
	r := p
	if q > 0 {
		r = 1 - p
	}
	r = math.Sqrt(-logOf(r))
	var z float64
	if r <= 5 {
		z = poly(r-1.6, &as241[2]) / poly(r-1.6, &as241[3])
	} else {
		z = poly(r-5, &as241[4]) / poly(r-5, &as241[5])
	}
	if q < 0 {
		return -z
	}
	return z
}

func poly(x float64, c *[8]float64) float64 {
	y := c[7]
	for i := 6; i >= 0; i-- {
		y = float64(y*x) + c[i]
	}
	return y
}

var as241 = [6][8]float64{
	{3.3871328727963666080, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3},
	{1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3},
	{1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504, 1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
	{1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9},
	{6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
	{1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15},
}
