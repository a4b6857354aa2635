package gen

import "math"

// A law is a continuous distribution. Its values are multiples of 10^-dp.
type law struct {
	kind  lawKind
	a, b  float64 // normal: mean and standard deviation, the latter two of the logarithm for lognormal; exp: the mean
	scale float64
	table []float64 // quantiles
	often uint64    // of a time: how often it is late
}

type lawKind uint8

const (
	normalLaw lawKind = iota
	lognormalLaw
	expLaw
)

// A law is drawn by its quantiles: the value below which a share of all draws is.
// A table has them at even shares, and between two of them a straight line is
// near enough: it is off by less than a thousandth of the deviation. Next to the ends,
// where quantiles bend, each is computed; that is one draw in 64.
const (
	knots = 1024
	edge  = 8 // knots from an end
)

// draw is the value that a cell stands for, times 10^dp.
func (l *law) draw(cell uint64) int64 {
	k := cell >> (64 - 10)
	if k < edge || k >= knots-edge {
		return whole(l.quantile(unit(cell)))
	}
	part := float64(cell<<10>>12) * (1.0 / (1 << 52))
	return whole(l.table[k] + float64(part*(l.table[k+1]-l.table[k])))
}

// fill makes the table.
func (l *law) fill() {
	l.table = make([]float64, knots)
	for k := edge; k < knots; k++ {
		l.table[k] = l.quantile(float64(k) / knots)
	}
}

// quantile is the value that a share u of all draws is below, times 10^dp.
func (l *law) quantile(u float64) float64 {
	var v float64
	switch l.kind {
	case normalLaw:
		v = l.a + float64(l.b*normalOf(u))
	case lognormalLaw:
		v = expOf(min(max(l.a+float64(l.b*normalOf(u)), -700), 36))
	case expLaw:
		v = -float64(l.a * logOf(1-u))
	}
	return float64(v * l.scale)
}

func whole(v float64) int64 {
	return int64(min(max(math.Floor(v+0.5), -maxNumber), maxNumber))
}

func (k *call) law(l law, dp int) error {
	dp, err := k.decimals(dp)
	if err != nil {
		return err
	}
	l.scale = float64(pow10[dp])
	lo, hi := whole(l.quantile(unit(0))), whole(l.quantile(unit(1<<64-1)))
	if max(lo, hi, -lo, -hi) >= maxNumber {
		return k.e.src.fail(k.e.off, "its largest values have too many digits for a double", "fewer decimals (dp=), or smaller numbers")
	}
	l.fill()
	k.leaf(op{kind: opFloat, times: dp, max: numberSize(lo, hi, dp), more: &more{law: l}})
	return nil
}

// params reads two parameters by name or place.
func (k *call) params(names [2]string, n int) (v [2]float64, err error) {
	for i := range n {
		a, ok := k.param(names[i], i)
		if !ok {
			return v, k.e.src.fail(k.e.off+len(k.e.name), k.e.name+" needs more arguments, as in "+k.info.example, "")
		}
		if v[i], err = k.number(a); err != nil {
			return v, err
		}
	}
	return v, nil
}

func normalType(k *call) error {
	v, err := k.params([2]string{"mean", "sd"}, 2)
	if err != nil {
		return err
	}
	if v[1] < 0 {
		return k.e.src.fail(k.e.off, "a standard deviation is not negative", "")
	}
	return k.law(law{kind: normalLaw, a: v[0], b: v[1]}, 2)
}

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

func lognormalType(k *call) error {
	v, err := k.params([2]string{"med", "p99"}, 2)
	if err != nil {
		return err
	}
	if v[0] <= 0 || v[1] < v[0] {
		return k.e.src.fail(k.e.off, "the median is above 0, and the 99th percentile not below it", "")
	}
	m := logOf(v[0])
	return k.law(law{kind: lognormalLaw, a: m, b: (logOf(v[1]) - m) / z99}, 2)
}

func expType(k *call) error {
	v, err := k.params([2]string{"mean"}, 1)
	if err != nil {
		return err
	}
	if v[0] <= 0 {
		return k.e.src.fail(k.e.off, "a mean is above 0", "")
	}
	return k.law(law{kind: expLaw, a: v[0]}, 2)
}
