package units

import (
	"math"
	"testing"
	"time"
)

func TestHumanBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 12_345: "12.3 kB", 999_949: "999.9 kB", 999_950: "1.0 MB",
		12_345_678: "12.3 MB", 1e12: "1.0 TB", math.MaxInt64: "9.2 EB", math.MinInt64: "-9.2 EB", -1500: "-1.5 kB",
	} {
		if got := HumanBytes(n); got != want {
			t.Errorf("HumanBytes(%d): got %q; want %q", n, got, want)
		}
	}
}

func TestHumanCount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", 1_234_567: "1,234,567", -1234: "-1,234", -123: "-123",
		math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := HumanCount(n); got != want {
			t.Errorf("HumanCount(%d): got %q; want %q", n, got, want)
		}
	}
}

func TestHumanRate(t *testing.T) {
	for _, c := range []struct {
		v    float64
		unit Unit
		want string
	}{
		{0, Records, "0/s"}, {0.02, Records, "1.2/m"}, {0.99, Records, "59.4/m"}, {0.996, Records, "1.0/s"},
		{1.5, Records, "1.5/s"}, {99.94, Records, "99.9/s"}, {99.96, Records, "100/s"}, {142_999.7, Records, "143,000/s"},
		{0.001, Records, "3.6/h"}, {1e-9, Records, "0.0/h"},
		{0, Bytes, "0 B/s"}, {999.6, Bytes, "1.0 kB/s"}, {12.3e6, Bytes, "12.3 MB/s"},
		{math.NaN(), Records, "-"}, {math.Inf(1), Bytes, "-"}, {-1, Bytes, "-"},
	} {
		if got := HumanRate(c.v, c.unit); got != c.want {
			t.Errorf("HumanRate(%v, %v): got %q; want %q", c.v, c.unit, got, c.want)
		}
	}
}

func TestHumanDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 7: "7 ns", 1500: "2 µs", 340 * time.Microsecond: "340 µs", 999_999: "1 ms",
		12 * time.Millisecond: "12 ms", 999_999_999: "1.0 s", 2500 * time.Millisecond: "2.5 s",
		59_960 * time.Millisecond: "1 min 00 s", 65 * time.Second: "1 min 05 s",
		59*time.Minute + 59_600*time.Millisecond: "1 h 00 min", 200 * time.Minute: "3 h 20 min",
		52 * time.Hour: "2 d 04 h", -5 * time.Second: "-5.0 s", math.MinInt64: "-106751 d 23 h",
	} {
		if got := HumanDuration(d); got != want {
			t.Errorf("HumanDuration(%d): got %q; want %q", d, got, want)
		}
	}
}
