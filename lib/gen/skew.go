package gen

import "strings"

// skewed is the argument that makes some of n values likelier than others.
func (k *call) skewed() (arg, bool) {
	if a, ok := k.named["hot"]; ok {
		return a, true
	}
	a, ok := k.named["zipf"]
	return a, ok
}

// skew is the law of zipf=1.1 or hot=20:80 for n values.
func (k *call) skew(a arg, n uint64) (*zipf, error) {
	if a.key != "hot" {
		return k.zipf(a, n)
	}
	if other, twice := k.named["zipf"]; twice {
		return nil, k.failAt(other, "zipf= and hot= both say how frequent values are; one of them is enough")
	}
	few, most, ok := strings.Cut(a.value, ":")
	share, err := parseFloat(few)
	of, err2 := parseFloat(most)
	if !ok || err != nil || err2 != nil || share <= 0 || of >= 100 || of < share {
		return nil, k.failAt(a, "hot= is which percentage of the values gets which of the records: hot=20:80")
	}
	s, ok := exponent(n, share/100, of/100)
	if !ok {
		return nil, k.failAt(a, "so few values get so many records under no exponent up to 20; there are too few values")
	}
	k.exponent = s
	return newZipf(n, s), nil
}

func (k *call) zipf(a arg, n uint64) (*zipf, error) {
	s, err := parseFloat(a.value)
	if err != nil || s < 0 || s > maxExponent {
		return nil, k.failAt(a, "an exponent is a number from 0 to 20, not "+quoteText(a.value))
	}
	k.exponent = s
	return newZipf(n, s), nil
}

const maxExponent = 20

// exponent is the exponent of Zipf's law by which the first few (a share) of n
// ranks have a share of the weight, by bisection.
func exponent(n uint64, few, share float64) (s float64, ok bool) {
	ranks := max(uint64(float64(float64(n)*few)+0.5), 1)
	lo, hi := 0.0, float64(maxExponent)
	part := func(s float64) float64 { return harmonic(ranks, s) / harmonic(n, s) }
	if part(hi) < share {
		return 0, false
	}
	for range 50 {
		if s = (lo + hi) / 2; part(s) < share {
			lo = s
		} else {
			hi = s
		}
	}
	return hi, true
}

// harmonic is the sum of k^-s for k from 1 to n: the first terms one by one, the
// others by the integral around them (the midpoint rule).
func harmonic(n uint64, s float64) float64 {
	const exact = 64
	z := zipf{s: s}
	sum := 0.0
	for k := uint64(1); k <= min(n, exact); k++ {
		sum += z.weight(float64(k))
	}
	if n > exact {
		sum += z.integral(float64(n)+0.5) - z.integral(exact+0.5)
	}
	return sum
}
