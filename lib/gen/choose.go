package gen

import (
	"math"
	"math/bits"
)

// An alias is a weighted choice in constant time with one draw (A. J. Walker,
// 1977; M. D. Vose, 1991), in integers: the shares are exact.
type alias struct {
	total uint64
	cut   []uint64 // of each column, out of total
	other []int32
}

// newAlias takes weights whose sum, times their number, is below 2^63; the sum
// is above zero.
func newAlias(weights []uint64) *alias {
	n := len(weights)
	a := &alias{cut: make([]uint64, n), other: make([]int32, n)}
	var small, large []int
	for i, w := range weights {
		a.total += w
		a.cut[i] = w * uint64(n)
	}
	for i, c := range a.cut {
		if c < a.total {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		a.other[s] = int32(l)
		a.cut[l] -= a.total - a.cut[s]
		if a.cut[l] < a.total {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	return a
}

// pick maps a cell to a column: the product's high half is a column, its low
// half the coin.
func (a *alias) pick(cell uint64) int {
	column, coin := bits.Mul64(cell, uint64(len(a.cut)))
	if below(coin, a.total) < a.cut[column] {
		return int(column)
	}
	return int(a.other[column])
}

// A feistel is a bijection of 0..n-1 without a table: four rounds over the next
// even number of bits, again until the result is below n (cycle walking; J.
// Black, P. Rogaway, "Ciphers with arbitrary finite domains", 2002). The
// domain is less than four times n, so four tries are expected at most.
type feistel struct {
	n    uint64
	half uint // bits of one side
	keys [4]uint64
}

func newFeistel(key, n uint64) feistel {
	f := feistel{n: n, half: uint(bits.Len64(n-1)+1) / 2}
	f.half = max(f.half, 1)
	for i := range f.keys {
		f.keys[i] = draw(key, uint64(i))
	}
	return f
}

func (f *feistel) at(x uint64) uint64 {
	mask := uint64(1)<<f.half - 1
	for {
		l, r := x>>f.half, x&mask
		for _, k := range f.keys {
			l, r = r, l^mix(k+r)&mask
		}
		if x = l<<f.half | r; x < f.n {
			return x
		}
	}
}

// inverse is the x of which at(x) is y.
func (f *feistel) inverse(y uint64) uint64 {
	mask := uint64(1)<<f.half - 1
	for {
		l, r := y>>f.half, y&mask
		for i := len(f.keys) - 1; i >= 0; i-- {
			l, r = r^mix(f.keys[i]+l)&mask, l
		}
		if y = l<<f.half | r; y < f.n {
			return y
		}
	}
}

// A zipf draws ranks 0..n-1, rank k with a weight of (k+1)^-s, for any s from 0
// on. Few ranks are a table; many are drawn by rejection-inversion (W. Hörmann,
// G. Derflinger, "Rejection-inversion to generate variates from monotone
// discrete distributions", 1996), which takes about 1.1 draws. The standard
// library's rand.Zipf has no exponent of 1 or below.
type zipf struct {
	table    *alias
	n        float64
	s        float64
	x1, xn   float64 // the integral at both ends
	squeezed float64
}

const zipfTable = 4096

func newZipf(n uint64, s float64) *zipf {
	if n <= zipfTable {
		weights := make([]uint64, n)
		for k := range weights {
			weights[k] = uint64(float64((1<<40)*expOf(max(float64(-s*logOf(float64(k+1))), -700))) + 0.5)
		}
		return &zipf{table: newAlias(weights)}
	}
	z := &zipf{n: float64(n), s: s}
	z.x1 = z.integral(1.5) - 1
	z.xn = z.integral(z.n + 0.5)
	z.squeezed = 2 - z.inverse(z.integral(2.5)-z.weight(2))
	return z
}

func (z *zipf) draw(c uint64) uint64 {
	if z.table != nil {
		return uint64(z.table.pick(c))
	}
	for try := uint64(0); ; try++ {
		u := z.xn + float64(unit(mix(c+try*gamma))*(z.x1-z.xn))
		x := z.inverse(u)
		k := math.Floor(x + 0.5)
		k = min(max(k, 1), z.n)
		if k-x <= z.squeezed || u >= z.integral(k+0.5)-z.weight(k) {
			return uint64(k) - 1
		}
	}
}

func (z *zipf) weight(x float64) float64 { return expOf(max(float64(-z.s*logOf(x)), -700)) }

// integral is that of x^-s, from 1 to x.
func (z *zipf) integral(x float64) float64 {
	l := logOf(x)
	return float64(expm1x(float64((1-z.s)*l)) * l)
}

func (z *zipf) inverse(u float64) float64 {
	t := max(float64(u*(1-z.s)), -1)
	return expOf(min(float64(log1px(t)*u), 700))
}

// expm1x is (e^x-1)/x, and log1px is log(1+x)/x, also where x is next to 0.
func expm1x(x float64) float64 {
	if math.Abs(x) > 1e-4 {
		return (expOf(max(min(x, 700), -700)) - 1) / x
	}
	return horner(x, 1, 1./2, 1./6, 1./24)
}

func log1px(x float64) float64 {
	if math.Abs(x) > 1e-4 {
		return logOf(max(1+x, 1e-300)) / x
	}
	return horner(x, 1, -1./2, 1./3, -1./4)
}
