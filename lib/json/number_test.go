package json

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
)

// num reads a number as a record would hold it; f is a computed double.
func num(t *testing.T, s string) Value {
	t.Helper()
	v, ok := ParseNumber(s)
	if !ok {
		t.Fatalf("ParseNumber(%q) = false; want a number", s)
	}
	return v
}

func TestParseNumber(t *testing.T) {
	for _, s := range []string{"", "-", "01", "+1", ".5", "5.", "1e", " 1", "1 ", "nan", "0x1", "1_000"} {
		if v, ok := ParseNumber(s); ok {
			t.Errorf("ParseNumber(%q) = %s; want false", s, Append(nil, v))
		}
	}
	for _, s := range []string{"0", "-0", "7", "-7", "1.0", "1E5", "123456789012345678901234567890", strings.Repeat("9", maxDigits+1)} {
		if got := string(Append(nil, num(t, s))); got != s {
			t.Errorf("%s prints as %s", s, got)
		}
	}
}

func TestArithmetic(t *testing.T) {
	long := strings.Repeat("9", maxDigits)
	for _, tt := range []struct{ a, op, b, want string }{
		{"1", "+", "2", "3"},
		{"9223372036854775807", "+", "1", "9223372036854775808"},
		{"-9223372036854775808", "+", "-1", "-9223372036854775809"},
		{"9223372036854775808", "+", "-1", "9223372036854775807"},
		{"9007199254740993", "+", "0", "9007199254740993"},
		{"100000000000000000000", "+", "1", "100000000000000000001"},
		{"3.0", "+", "0", "3"},
		{"1e17", "+", "0", "1e+17"},
		{"1e1000", "+", "0", "1.7976931348623157e+308"},
		{"1e999999999", "+", "1", "1.7976931348623157e+308"},
		{"-0", "+", "0", "0"},
		{long, "+", "0", long},
		{long, "+", "1", "1" + strings.Repeat("0", maxDigits)},
		{"1" + strings.Repeat("0", maxDigits), "+", "0", "1.7976931348623157e+308"}, // its literal is above the bound
		{long, "*", long, "1.7976931348623157e+308"},
		{"5", "-", "7", "-2"},
		{"-9223372036854775808", "-", "1", "-9223372036854775809"},
		{"0", "-", "-9223372036854775808", "9223372036854775808"},
		{"9223372036854775807", "-", "-1", "9223372036854775808"},
		{"1.5", "-", "0.5", "1"},
		{"3037000500", "*", "3037000500", "9223372037000250000"},
		{"-3037000500", "*", "3037000500", "-9223372037000250000"},
		{"-9223372036854775808", "*", "-1", "9223372036854775808"},
		{"-9223372036854775808", "*", "1", "-9223372036854775808"},
		{"4294967296", "*", "-2147483648", "-9223372036854775808"},
		{"-7", "*", "-6", "42"},
		{"0", "*", "-1", "0"},
		{"1.5", "*", "2", "3"},
		{"6", "/", "3", "2"},
		{"1", "/", "3", "0.3333333333333333"},
		{"-9223372036854775808", "/", "-1", "9223372036854775808"},
		{"7", "/", "-1", "-7"},
		{"200000000000000000000", "/", "2", "100000000000000000000"},
		{"200000000000000000001", "/", "2", "1e+20"},
		{long, "/", strings.Repeat("9", maxDigits-1), "10"},
		{"1", "/", "0.5", "2"},
		{"1", "/", "0", "error"},
		{"1", "/", "-0.0", "error"},
		{"5", "%", "3", "2"},
		{"-5", "%", "3", "-2"},
		{"5", "%", "-3", "2"},
		{"5.9", "%", "3.9", "2"},
		{"5", "%", "0.9", "error"},
		{"5", "%", "0", "error"},
		{"-9223372036854775808", "%", "-1", "0"},
		{"5", "%", "1e1000", "5"},
		{"1e1000", "%", "10", "7"},
		{"-1e1000", "%", "10", "-8"},
		{"100000000000000000001", "%", "10", "1"},
		{"-100000000000000000001", "%", "10", "-1"},
		{"7", "%", "100000000000000000001", "7"},
	} {
		a, b := num(t, tt.a), num(t, tt.b)
		var got Value
		var err error
		switch tt.op {
		case "+":
			got = Add(a, b)
		case "-":
			got = Sub(a, b)
		case "*":
			got = Mul(a, b)
		case "/":
			got, err = Div(a, b)
		case "%":
			got, err = Mod(a, b)
		}
		text := string(Append(nil, got))
		if err != nil {
			if text = "error"; !errors.Is(err, ErrDivisor) {
				t.Errorf("%.40s %s %.40s: %v; want ErrDivisor", tt.a, tt.op, tt.b, err)
			}
		}
		if text != tt.want {
			t.Errorf("%.40s %s %.40s = %.60s; want %.60s", tt.a, tt.op, tt.b, text, tt.want)
		}
	}
	nan := FromFloat(math.NaN())
	for _, pair := range [][2]Value{{nan, FromInt(0)}, {FromInt(1), nan}} {
		if got, err := Mod(pair[0], pair[1]); err != nil || !got.IsNaN() {
			t.Errorf("Mod with NaN = %s, %v; want NaN", Append(nil, got), err)
		}
	}
}

func TestNegAbs(t *testing.T) {
	for _, tt := range []struct{ in, neg, abs string }{
		{"1", "-1", "1"},
		{"-1", "1", "1"},
		{"0", "0", "0"},
		{"-0", "0", "0"},
		{"0.0", "0.0", "0.0"},
		{"-0.0", "0.0", "0.0"},
		{"1.10", "-1.10", "1.10"},
		{"-1e-999", "1e-999", "1e-999"},
		{"1e-999", "-1e-999", "1e-999"},
		{"9223372036854775808", "-9223372036854775808", "9223372036854775808"},
		{"-9223372036854775808", "9223372036854775808", "9223372036854775808"},
		{"-123456789012345678901234567890", "123456789012345678901234567890", "123456789012345678901234567890"},
	} {
		v := num(t, tt.in)
		if got := string(Append(nil, Neg(v))); got != tt.neg {
			t.Errorf("Neg(%s) = %s; want %s", tt.in, got, tt.neg)
		}
		if got := string(Append(nil, Abs(v))); got != tt.abs {
			t.Errorf("Abs(%s) = %s; want %s", tt.in, got, tt.abs)
		}
	}
	big1 := FromBig(new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 70)))
	if got := string(Append(nil, Abs(big1))); got != "1180591620717411303424" {
		t.Errorf("Abs(-2^70) = %s", got)
	}
	if got := string(Append(nil, Abs(FromFloat(-1.5)))); got != "1.5" {
		t.Errorf("Abs(-1.5) = %s", got)
	}
	if got := string(Append(nil, Neg(FromFloat(0)))); got != "-0" {
		t.Errorf("Neg of the double 0 = %s; want -0", got)
	}
}

func TestInt64(t *testing.T) {
	for _, tt := range []struct {
		v    Value
		want int64
		ok   bool
	}{
		{FromInt(-3), -3, true},
		{num(t, "3.0"), 3, true},
		{num(t, "30e-1"), 3, true},
		{num(t, "-0"), 0, true},
		{num(t, "3.5"), 0, false},
		{num(t, "1e400"), 0, false},
		{num(t, "9223372036854775808"), 0, false},
		{num(t, "-9223372036854775808"), math.MinInt64, true},
		{FromFloat(4), 4, true},
		{FromFloat(1 << 63), 0, false},
		{FromFloat(-1 << 63), math.MinInt64, true},
		{FromFloat(math.NaN()), 0, false},
		{FromFloat(math.Inf(-1)), 0, false},
	} {
		if got, ok := tt.v.Int64(); got != tt.want || ok != tt.ok {
			t.Errorf("Int64(%s) = %d, %v; want %d, %v", Append(nil, tt.v), got, ok, tt.want, tt.ok)
		}
	}
}

// FuzzArithmetic holds the fast paths for int64 against big integers.
func FuzzArithmetic(f *testing.F) {
	f.Add(int64(math.MinInt64), int64(-1))
	f.Add(int64(math.MaxInt64), int64(2))
	f.Add(int64(-3037000500), int64(3037000500))
	f.Fuzz(func(t *testing.T, a, b int64) {
		x, y := big.NewInt(a), big.NewInt(b)
		for _, tt := range []struct {
			op   string
			got  Value
			want *big.Int
		}{
			{"+", Add(FromInt(a), FromInt(b)), new(big.Int).Add(x, y)},
			{"-", Sub(FromInt(a), FromInt(b)), new(big.Int).Sub(x, y)},
			{"*", Mul(FromInt(a), FromInt(b)), new(big.Int).Mul(x, y)},
		} {
			if got := string(Append(nil, tt.got)); got != tt.want.String() {
				t.Fatalf("%d %s %d = %s; want %s", a, tt.op, b, got, tt.want)
			}
		}
		if b == 0 {
			return
		}
		if got, err := Mod(FromInt(a), FromInt(b)); err != nil || string(Append(nil, got)) != new(big.Int).Rem(x, y).String() {
			t.Fatalf("%d %% %d = %s, %v; want %s", a, b, Append(nil, got), err, new(big.Int).Rem(x, y))
		}
	})
}
