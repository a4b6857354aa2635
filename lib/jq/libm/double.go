package libm

import "math"

// A double is the sum of two float64, of which lo is at most half a unit in the
// last place of hi. The algorithms are Dekker's and Knuth's (T. J. Dekker, "A
// floating-point technique for extending the available precision", 1971), with a
// fused multiply-add in the place of his splitting. Products are never left to
// the compiler to fuse.
type double struct{ hi, lo float64 }

// Constants to twice the precision. They never change.
var (
	ln2     = double{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56}
	ln10    = double{0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53}
	halfPi  = double{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54}
	halfPi3 = -0x1.f1976b7ed8fbcp-110 // what halfPi lacks
)

// inverse has 1/n at n: to multiply costs a fraction of a division. It never
// changes.
var inverse = func() (table [32]double) {
	for n := 1; n < len(table); n++ {
		table[n] = double{hi: 1}.over(double{hi: float64(n)})
	}
	return table
}()

func (a double) round() float64 { return a.hi + a.lo }

// sum is a + b for any two.
func sum(a, b float64) double {
	s := a + b
	t := s - a
	return double{s, (a - (s - t)) + (b - t)}
}

// product is a * b.
func product(a, b float64) double {
	p := a * b
	return double{p, math.FMA(a, b, -p)}
}

// tidy makes the two halves such again.
func tidy(hi, lo float64) double {
	s := hi + lo
	return double{s, lo - (s - hi)}
}

func (a double) plus(b double) double {
	s, t := sum(a.hi, b.hi), sum(a.lo, b.lo)
	s = tidy(s.hi, s.lo+t.hi)
	return tidy(s.hi, s.lo+t.lo)
}

func (a double) minus(b double) double { return a.plus(double{-b.hi, -b.lo}) }

func (a double) mul(b double) double {
	p := product(a.hi, b.hi)
	return tidy(p.hi, p.lo+(float64(a.hi*b.lo)+float64(a.lo*b.hi)))
}

func (a double) times(b float64) double {
	p := product(a.hi, b)
	return tidy(p.hi, p.lo+float64(a.lo*b))
}

// scaled is a times two to a power, which is exact.
func (a double) scaled(power int) double {
	return double{math.Ldexp(a.hi, power), math.Ldexp(a.lo, power)}
}

func (a double) over(b double) double {
	q := a.hi / b.hi
	rest := a.minus(b.times(q))
	r := rest.hi / b.hi
	rest = rest.minus(b.times(r))
	return tidy(q, r).plus(double{hi: rest.hi / b.hi})
}

func (a double) sqrt() double {
	if a.hi == 0 {
		return a
	}
	q := math.Sqrt(a.hi)
	rest := a.minus(product(q, q))
	return tidy(q, rest.hi/(2*q))
}

// power is a to the power of n.
func (a double) power(n int) double {
	out := double{hi: 1}
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			out = out.mul(a)
		}
		a = a.mul(a)
	}
	return out
}

// exp is e to the power of x: the power of two goes first, the rest is made small
// enough for a short series, whose result is squared as often.
func exp(x double) double {
	const halvings, terms = 9, 8
	k := math.Round(x.hi / ln2.hi)
	r := x.minus(ln2.times(k)).scaled(-halvings)
	p := double{}
	for n := terms; n > 0; n-- { // p = r/n * (1 + p)
		p = r.mul(double{hi: 1}.plus(p)).mul(inverse[n])
	}
	for range halvings { // (1+p)^2 - 1
		p = p.mul(p.plus(double{hi: 2}))
	}
	return double{hi: 1}.plus(p).scaled(int(k))
}

// log is the natural logarithm of x > 0.
func log(x float64) double {
	if math.Abs(x-1) < 0.05 { // where the result is small a series keeps its digits
		s := double{hi: x - 1}.over(sum(x, 1))
		square, power, out := s.mul(s), s, double{}
		for n := 1; n < 25; n += 2 {
			out = out.plus(power.mul(inverse[n]))
			power = power.mul(square)
		}
		return out.scaled(1)
	}
	mantissa, e := math.Frexp(x)
	y := math.Log(mantissa)
	z := exp(double{hi: -y}).times(mantissa).minus(double{hi: 1})
	out := double{hi: y}.plus(z).minus(z.mul(z).scaled(-1))
	return out.plus(ln2.times(float64(e)))
}

// sincos is the sine and the cosine of x, at most widest.
func sincos(x double) (s, c double) {
	k := math.Round(x.hi / halfPi.hi)
	r := x.minus(product(halfPi.hi, k)).minus(product(halfPi.lo, k)).minus(product(halfPi3, k))
	square := r.mul(r)
	s, c = series(r, square, 1), series(double{hi: 1}, square, 0)
	switch int64(k) & 3 {
	case 1:
		return c, double{-s.hi, -s.lo}
	case 2:
		return double{-s.hi, -s.lo}, double{-c.hi, -c.lo}
	case 3:
		return double{-c.hi, -c.lo}, s
	}
	return s, c
}

// series is the sum of first * (-square)^n / ((n*2+odd)! / odd!).
func series(first, square double, odd int) double {
	out, term := first, first
	for n := odd; n < 28; n += 2 {
		term = term.mul(square).mul(inverse[n+1]).mul(inverse[n+2])
		term = double{-term.hi, -term.lo}
		out = out.plus(term)
	}
	return out
}

// angle is that of the point (x, y): what the standard library finds, and what it
// lacks.
func angle(y, x double) double {
	near := math.Atan2(y.hi, x.hi)
	s, c := sincos(double{hi: near})
	lacks := y.mul(c).minus(x.mul(s)).over(x.mul(c).plus(y.mul(s)))
	return double{hi: near}.plus(lacks)
}

// leg is the root of 1 - x*x.
func leg(x float64) double { return sum(1, -x).mul(sum(1, x)).sqrt() }
