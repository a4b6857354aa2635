package gen

import (
	"math"
	"testing"
)

// The known answers of SplitMix64 with the seed 1234567, as printed by its
// reference code.
func TestCellIsSplitMix64(t *testing.T) {
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := cell(1234567, int64(i)); got != want {
			t.Errorf("cell(1234567, %d) = %d; want %d", i, got, want)
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for name, k := range map[string]uint64{
		"a, bc":        key(0, []string{"a", "bc"}, "v"),
		"ab, c":        key(0, []string{"ab", "c"}, "v"),
		"abc":          key(0, []string{"abc"}, "v"),
		"role in path": key(0, []string{"a", "bc", "v"}, ""),
		"role":         key(0, []string{"a", "bc"}, "w"),
		"seed":         key(1, []string{"a", "bc"}, "v"),
		"empty part":   key(0, []string{"", "abc"}, "v"),
	} {
		if other, ok := seen[k]; ok {
			t.Errorf("%q and %q have the same key %#x", name, other, k)
		}
		seen[k] = name
	}
}

// TestBelow: values stay in range and are spread evenly (chi-square with nine
// degrees of freedom; 27.9 is its 0.1 % point), for neighbours of one field and
// for one record of neighbouring fields.
func TestBelow(t *testing.T) {
	if got := below(math.MaxUint64, 10); got != 9 {
		t.Errorf("below(max, 10) = %d; want 9", got)
	}
	if got := below(0, 10); got != 0 {
		t.Errorf("below(0, 10) = %d; want 0", got)
	}
	const draws = 100_000
	for name, draw := range map[string]func(i int) uint64{
		"records": func(i int) uint64 { return cell(key(0, []string{"timestamp"}, "jitter"), int64(i)) },
		"seeds":   func(i int) uint64 { return cell(key(uint64(i), []string{"timestamp"}, "jitter"), 0) },
	} {
		var count [10]float64
		for i := range draws {
			count[below(draw(i), 10)]++
		}
		chi := 0.0
		for _, n := range count {
			chi += (n - draws/10) * (n - draws/10) / (draws / 10)
		}
		if chi > 27.9 {
			t.Errorf("%s: chi-square = %.1f; want at most 27.9: %v", name, chi, count)
		}
	}
}
