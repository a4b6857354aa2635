package libm

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The reference: series and Newton's method in numbers of 400 bits.
const bits = 400

func wide(x float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(x) }

func add(a, b *big.Float) *big.Float { return wide(0).Add(a, b) }
func sub(a, b *big.Float) *big.Float { return wide(0).Sub(a, b) }
func mul(a, b *big.Float) *big.Float { return wide(0).Mul(a, b) }
func quo(a, b *big.Float) *big.Float { return wide(0).Quo(a, b) }

func wideExp(x *big.Float) *big.Float {
	const halvings = 20
	r := wide(0).SetMantExp(x, -halvings)
	out, term := wide(1), wide(1)
	for n := 1; n < 40; n++ {
		term = quo(mul(term, r), wide(float64(n)))
		out = add(out, term)
	}
	for range halvings {
		out = mul(out, out)
	}
	return out
}

func wideLog(x *big.Float) *big.Float {
	f, _ := x.Float64()
	y := wide(math.Log(f))
	for range 4 {
		y = add(y, sub(mul(x, wideExp(wide(0).Neg(y))), wide(1)))
	}
	return y
}

func wideSincos(x *big.Float) (s, c *big.Float) {
	const halvings = 40
	r := wide(0).SetMantExp(x, -halvings)
	square := wide(0).Neg(mul(r, r))
	s, c = wide(0), wide(0)
	sine, cosine := r, wide(1)
	for n := 1; n < 60; n += 2 {
		s, c = add(s, sine), add(c, cosine)
		cosine = quo(mul(cosine, square), wide(float64(n*(n+1))))
		sine = quo(mul(sine, square), wide(float64((n+1)*(n+2))))
	}
	for range halvings {
		s, c = mul(wide(2), mul(s, c)), sub(mul(c, c), mul(s, s))
	}
	return s, c
}

func wideAngle(y, x *big.Float) *big.Float {
	fy, _ := y.Float64()
	fx, _ := x.Float64()
	out := wide(math.Atan2(fy, fx))
	for range 4 {
		s, c := wideSincos(out)
		out = add(out, quo(sub(mul(y, c), mul(x, s)), add(mul(x, c), mul(y, s))))
	}
	return out
}

func wideRoot(x *big.Float) *big.Float { return wide(0).Sqrt(x) }

func TestRounding(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	anywhere := func(low, high float64) func() float64 {
		return func() float64 { return low + (high-low)*random.Float64() }
	}
	around := func() float64 { return 1 + (random.Float64()-0.5)*math.Pow(2, -20*random.Float64()) }
	any10 := func() float64 { return math.Pow(10, 20*random.Float64()-10) }
	one := wide(1)
	for _, c := range []struct {
		name string
		f    func(float64) float64
		want func(x *big.Float) *big.Float
		from []func() float64
	}{
		{"exp", Exp, wideExp, []func() float64{anywhere(-3, 3), anywhere(-700, 700)}},
		{"exp2", Exp2, func(x *big.Float) *big.Float { return wideExp(mul(x, wideLog(wide(2)))) }, []func() float64{anywhere(-3, 3), anywhere(-1000, 1000)}},
		{"exp10", Exp10, func(x *big.Float) *big.Float { return wideExp(mul(x, wideLog(wide(10)))) }, []func() float64{anywhere(-3, 3), anywhere(-300, 300)}},
		{"log", Log, wideLog, []func() float64{any10, around}},
		{"log2", Log2, func(x *big.Float) *big.Float { return quo(wideLog(x), wideLog(wide(2))) }, []func() float64{any10, around}},
		{"log10", Log10, func(x *big.Float) *big.Float { return quo(wideLog(x), wideLog(wide(10))) }, []func() float64{any10, around}},
		{"sin", Sin, func(x *big.Float) *big.Float { s, _ := wideSincos(x); return s }, []func() float64{anywhere(-4, 4), anywhere(-1e6, 1e6)}},
		{"cos", Cos, func(x *big.Float) *big.Float { _, c := wideSincos(x); return c }, []func() float64{anywhere(-4, 4), anywhere(-1e6, 1e6)}},
		{"tan", Tan, func(x *big.Float) *big.Float { s, c := wideSincos(x); return quo(s, c) }, []func() float64{anywhere(-4, 4), anywhere(-1e6, 1e6)}},
		{"asin", Asin, func(x *big.Float) *big.Float { return wideAngle(x, wideRoot(sub(one, mul(x, x)))) }, []func() float64{anywhere(-1, 1)}},
		{"acos", Acos, func(x *big.Float) *big.Float { return wideAngle(wideRoot(sub(one, mul(x, x))), x) }, []func() float64{anywhere(-1, 1)}},
		{"atan", Atan, func(x *big.Float) *big.Float { return wideAngle(x, one) }, []func() float64{anywhere(-3, 3), any10}},
		{"pow(x; 0.37)", func(x float64) float64 { return Pow(x, 0.37) }, func(x *big.Float) *big.Float { return wideExp(mul(wide(0.37), wideLog(x))) }, []func() float64{any10, around}},
		{"pow(x; 7)", func(x float64) float64 { return Pow(x, 7) }, func(x *big.Float) *big.Float { return wideExp(mul(wide(7), wideLog(x))) }, []func() float64{any10}},
		{"pow(1.37; x)", func(x float64) float64 { return Pow(1.37, x) }, func(x *big.Float) *big.Float { return wideExp(mul(x, wideLog(wide(1.37)))) }, []func() float64{anywhere(-2000, 2000)}},
		{"hypot(x; 2.3)", func(x float64) float64 { return Hypot(x, 2.3) }, func(x *big.Float) *big.Float { return wideRoot(add(mul(x, x), mul(wide(2.3), wide(2.3)))) }, []func() float64{any10}},
		{"atan2(x; -2.3)", func(x float64) float64 { return Atan2(x, -2.3) }, func(x *big.Float) *big.Float { return wideAngle(x, wide(-2.3)) }, []func() float64{any10, anywhere(-9, 9)}},
	} {
		for _, from := range c.from {
			for range 60 {
				x := from()
				want, _ := c.want(wide(x)).Float64()
				if got := c.f(x); got != want {
					t.Errorf("%s of %v: got %v; want %v", c.name, x, got, want)
				}
			}
		}
	}
}

// What has an exact answer has it, and what has none is as the standard library
// says.
func TestEdges(t *testing.T) {
	for _, c := range []struct{ got, want float64 }{
		{Pow(3, 2), 9}, {Pow(-2, 3), -8}, {Pow(-2, 2), 4}, {Pow(10, -2), 0.01}, {Pow(2, 0.5), math.Sqrt2}, {Pow(2, 1023), 0x1p1023},
		{Pow(2, -1074), 0x1p-1074}, {Pow(10, 400), math.Inf(1)}, {Pow(1, 1e300), 1}, {Pow(0, 0), 1}, {Pow(0, -1), math.Inf(1)}, {Pow(5, 0), 1},
		{Exp10(2), 100}, {Exp10(-3), 0.001}, {Exp10(22), 1e22}, {Exp10(400), math.Inf(1)}, {Exp2(10), 1024}, {Exp2(-1074), 0x1p-1074}, {Exp2(1.5), 2.8284271247461903},
		{Exp(0), 1}, {Exp(1), math.E}, {Exp(1000), math.Inf(1)}, {Exp(-1000), 0}, {Log(1), 0}, {Log(0), math.Inf(-1)}, {Log(math.E), 1},
		{Log2(8), 3}, {Log2(0x1p-1074), -1074}, {Log10(1000), 3}, {Log10(1e-5), -5}, {Log10(0), math.Inf(-1)},
		{Sin(0), 0}, {Cos(0), 1}, {Tan(0), 0}, {Sin(math.Pi), 1.2246467991473532e-16}, {Cos(math.Pi / 2), 6.123233995736766e-17}, {Sin(1e300), math.Sin(1e300)},
		{Atan(1), math.Pi / 4}, {Atan(math.Inf(-1)), -math.Pi / 2}, {Atan2(0, -1), math.Pi}, {Atan2(1, 0), math.Pi / 2}, {Asin(1), math.Pi / 2}, {Acos(-1), math.Pi}, {Acos(0), math.Pi / 2},
		{Hypot(3, 4), 5}, {Hypot(1e300, 1e300), math.Hypot(1e300, 1e300)}, {Hypot(0, 0), 0},
	} {
		if c.got != c.want {
			t.Errorf("got %v; want %v", c.got, c.want)
		}
	}
	for _, got := range []float64{Pow(-2, 0.5), Log(-1), Asin(2), Acos(-2), Sin(math.Inf(1)), Cos(math.NaN()), Exp(math.NaN()), Log10(-1), Log2(-1)} {
		if !math.IsNaN(got) {
			t.Errorf("got %v; want NaN", got)
		}
	}
	if zero := Sin(math.Copysign(0, -1)); !math.Signbit(zero) {
		t.Errorf("sin(-0) is %v", zero)
	}
}

func BenchmarkPow(b *testing.B) {
	for _, c := range []struct {
		name string
		f    func(x float64) float64
	}{
		{"whole", func(x float64) float64 { return Pow(x, 2) }},
		{"broken", func(x float64) float64 { return Pow(x, 2.5) }},
		{"library", func(x float64) float64 { return math.Pow(x, 2.5) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.f(1.37)
			}
		})
	}
}
