package gen

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
)

// values are those of the field v in the first n records.
func values(t *testing.T, args string, n int64) []float64 {
	t.Helper()
	p := fields(t, args)
	var list []float64
	var line []byte
	for i := range n {
		var r struct{ V float64 }
		line = p.Append(line[:0], i, 0)
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		list = append(list, r.V)
	}
	return list
}

func TestMoments(t *testing.T) {
	const n = 50_000
	for _, c := range []struct {
		args     string
		mean, sd float64
		log      bool
	}{
		{"v:normal,60,5,dp=4", 60, 5, false},
		{"v:exp,250,dp=4", 250, 250, false},
		{"v:lognormal,med=12,p99=900,dp=6", math.Log(12), math.Log(75) / z99, true},
		{"v:float,0..12,dp=6", 6, 12 / math.Sqrt(12), false},
		{"v:int,-50..50", 0, math.Sqrt((101*101 - 1) / 12.), false},
	} {
		var sum, squares float64
		for _, v := range values(t, c.args, n) {
			if c.log {
				v = math.Log(v)
			}
			sum += v
			squares += v * v
		}
		mean := sum / n
		sd := math.Sqrt(squares/n - mean*mean)
		if math.Abs(mean-c.mean) > 4*c.sd/math.Sqrt(n) || math.Abs(sd/c.sd-1) > 0.03 {
			t.Errorf("%s: mean %.4f, standard deviation %.4f; want %.4f, %.4f", c.args, mean, sd, c.mean, c.sd)
		}
	}
}

// Chi-square against the shares: 0.1 % points of 9 and 3 degrees of freedom.
func TestChoices(t *testing.T) {
	for args, want := range map[string]struct {
		shares map[float64]float64
		most   float64
	}{
		"v:pick,0,1,2,3,4,5,6,7,8,9":      {map[float64]float64{0: .1, 1: .1, 2: .1, 3: .1, 4: .1, 5: .1, 6: .1, 7: .1, 8: .1, 9: .1}, 27.9},
		"v:int,0..90,step=10":             {map[float64]float64{0: .1, 10: .1, 20: .1, 30: .1, 40: .1, 50: .1, 60: .1, 70: .1, 80: .1, 90: .1}, 27.9},
		"v:pick,200=90,404=7,500=2,503=1": {map[float64]float64{200: .9, 404: .07, 500: .02, 503: .01}, 16.3},
	} {
		const n = 50_000
		count := map[float64]float64{}
		for _, v := range values(t, args, n) {
			count[v]++
		}
		chi := 0.0
		for v, share := range want.shares {
			chi += (count[v] - n*share) * (count[v] - n*share) / (n * share)
		}
		if chi > want.most || len(count) != len(want.shares) {
			t.Errorf("%s: chi-square %.1f of %v; want at most %.1f", args, chi, count, want.most)
		}
	}
}

// The slope of log(frequency) over log(rank) is the exponent, from a table and
// by rejection, below 1 and above.
func TestZipfSlope(t *testing.T) {
	for _, n := range []uint64{1000, 1_000_000} {
		for _, s := range []float64{0.5, 0.99, 1, 1.5} {
			z := newZipf(n, s)
			count := make([]float64, n)
			for i := range uint64(400_000) {
				count[z.draw(draw(key(1, nil, "test"), i))]++
			}
			// The line through the logarithms of the first 30 ranks, by least
			// squares weighted with the counts, for a count's logarithm has a
			// variance of one over it.
			var w, x, y, xx, xy float64
			for k := range 30 {
				c, lx, ly := count[k], math.Log(float64(k+1)), math.Log(max(count[k], 1))
				w, x, y, xx, xy = w+c, x+c*lx, y+c*ly, xx+c*lx*lx, xy+c*lx*ly
			}
			slope := (w*xy - x*y) / (w*xx - x*x)
			if tolerance := 0.005 + 4*math.Sqrt(w/(w*xx-x*x)); math.Abs(slope+s) > tolerance {
				t.Errorf("n = %d, s = %v: the slope is %.4f; want %.4f within %.4f", n, s, slope, -s, tolerance)
			}
		}
	}
}

func TestBijection(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 10, 1000, 4097} {
		f := newFeistel(99, n)
		seen := make([]bool, n)
		for x := range n {
			y := f.at(x)
			if y >= n || seen[y] || f.inverse(y) != x {
				t.Fatalf("n = %d: at(%d) = %d, taken %v, inverse %d", n, x, y, y < n && seen[y], f.inverse(y))
			}
			seen[y] = true
		}
	}
}

// The share of values up to the quantile of a share is that share (Kolmogorov and
// Smirnov: of n draws the difference passes 1.95/sqrt(n) once in a thousand).
func TestLaws(t *testing.T) {
	const n = 40_000
	for args, below := range map[string]func(v float64) float64{
		"v:normal,60,5,dp=6":              func(v float64) float64 { return math.Erfc((60-v)/5/math.Sqrt2) / 2 },
		"v:exp,250,dp=6":                  func(v float64) float64 { return -math.Expm1(-v / 250) },
		"v:lognormal,med=12,p99=900,dp=6": func(v float64) float64 { return math.Erfc(-math.Log(v/12)*z99/math.Log(75)/math.Sqrt2) / 2 },
		"v:float,0..12,dp=6":              func(v float64) float64 { return v / 12 },
		"v:int,1..1M":                     func(v float64) float64 { return v / 1e6 },
	} {
		list := values(t, args, n)
		slices.Sort(list)
		worst := 0.0
		for i, v := range list {
			worst = max(worst, math.Abs(below(v)-(float64(i)+0.5)/n))
		}
		if worst > 1.95/math.Sqrt(n) {
			t.Errorf("%s: the distribution is off by %.4f; want at most %.4f", args, worst, 1.95/math.Sqrt(n))
		}
	}
}

// The functions agree with the standard library's to 14 digits.
func TestApproximations(t *testing.T) {
	for x := 1e-300; x < 1e300; x *= 1.7 {
		if got, want := logOf(x), math.Log(x); math.Abs(got-want) > 1e-14*math.Max(1, math.Abs(want)) {
			t.Errorf("logOf(%g) = %v; want %v", x, got, want)
		}
	}
	for x := -699.5; x < 700; x += 0.37 {
		if got, want := expOf(x), math.Exp(x); math.Abs(got/want-1) > 1e-14 {
			t.Errorf("expOf(%g) = %v; want %v", x, got, want)
		}
	}
	for p := 1e-12; p < 1; p += 0.0013 {
		if got, want := normalOf(p), math.Sqrt2*math.Erfinv(2*p-1); math.Abs(got-want) > 1e-5*math.Max(1, math.Abs(want)) {
			t.Errorf("normalOf(%g) = %v; want %v", p, got, want)
		}
	}
}

// The table of quantiles is as good as the function: no value is off by more
// than a thousandth of the standard deviation.
func TestLawTable(t *testing.T) {
	l := law{kind: normalLaw, b: 1, scale: 1e9}
	l.fill()
	worst, last := 0.0, int64(math.MinInt64)
	for i := range uint64(1 << 16) {
		cell := i<<48 | 1<<47
		v := l.draw(cell)
		worst = max(worst, math.Abs(float64(v)/1e9-normalOf(unit(cell))))
		if v < last {
			t.Fatalf("cell %#x: %d is below the value before, %d", cell, v, last)
		}
		last = v
	}
	if worst > 1e-3 {
		t.Errorf("a value is off by %.2g standard deviations", worst)
	}
}
