package json

import (
	"math"
	"strconv"
	"testing"
)

// TestFloatsPrint has doubles as jq 1.8.2 prints them: those that its output
// file has, and the edges of the rule.
func TestFloatsPrint(t *testing.T) {
	for _, tt := range []struct {
		f    float64
		want string
	}{
		{1e-5, "1e-05"}, {1e17, "1e+17"}, {1e16, "1e+16"}, {1e-7, "1e-07"}, {1.0 / 3, "0.3333333333333333"}, {3, "3"},
		{math.NaN(), "null"}, {math.Inf(1), "1.7976931348623157e+308"}, {math.Inf(-1), "-1.7976931348623157e+308"},
		{math.Copysign(0, -1), "-0"}, {0, "0"}, {0.30000000000000004, "0.30000000000000004"},
		{0.0001, "0.0001"}, {0.00012345, "0.00012345"}, {0.000012345, "1.2345e-05"}, {0.001, "0.001"}, {0.01, "0.01"},
		{0.1, "0.1"}, {-0.5, "-0.5"}, {1e15, "1000000000000000"}, {12e15, "12000000000000000"}, {12e16, "1.2e+17"},
		{12345.678, "12345.678"}, {123456789012, "123456789012"}, {1e100, "1e+100"}, {5e-324, "5e-324"}, {-1.5e300, "-1.5e+300"},
		{9007199254740993, "9007199254740992"}, {100, "100"}, {1.7976931348623157e308, "1.7976931348623157e+308"},
	} {
		got := string(Append(nil, FromFloat(tt.f)))
		if got != tt.want {
			t.Errorf("%g prints as %s; want %s", tt.f, got, tt.want)
		}
		if back, err := strconv.ParseFloat(got, 64); !math.IsNaN(tt.f) && !math.IsInf(tt.f, 0) && (err != nil || back != tt.f) {
			t.Errorf("%g prints as %s, which reads back as %g", tt.f, got, back)
		}
	}
}
