package gen

import "math"

// A law is a continuous distribution. Its values are multiples of 10^-dp.
type law struct {
	kind  lawKind
	a, b  float64 // normal: mean and standard deviation, the latter two of the logarithm for lognormal; exp: the mean
	scale float64
	often uint64 // of a time: how often it is late
}

type lawKind uint8

const (
	normalLaw lawKind = iota
	lognormalLaw
	expLaw
)

// draw is the value that a cell stands for, times 10^dp.
func (l *law) draw(cell uint64) int64 {
	u := unit(cell)
	var v float64
	switch l.kind {
	case normalLaw:
		v = l.a + float64(l.b*normalOf(u))
	case lognormalLaw:
		v = expOf(min(max(l.a+float64(l.b*normalOf(u)), -700), 36))
	case expLaw:
		v = -float64(l.a * logOf(u))
	}
	v = math.Floor(float64(v*l.scale) + 0.5)
	return int64(min(max(v, -maxNumber), maxNumber))
}

func (k *call) law(l law, dp int) error {
	dp, err := k.decimals(dp)
	if err != nil {
		return err
	}
	l.scale = float64(pow10[dp])
	lo, hi := l.draw(0), l.draw(1<<64-1)
	if max(lo, hi, -lo, -hi) >= maxNumber {
		return k.e.src.fail(k.e.off, "its largest values have too many digits for a double", "fewer decimals (dp=), or smaller numbers")
	}
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
