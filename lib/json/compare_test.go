package json

import (
	"math"
	"testing"
)

func value(t *testing.T, s string) Value {
	t.Helper()
	v, err := Decode([]byte(s))
	if err != nil {
		t.Fatalf("Decode(%q): %v", s, err)
	}
	return v
}

// TestOrder has values in jq's order; those of one line are equal.
func TestOrder(t *testing.T) {
	ranks := [][]string{
		{`null`},
		{`false`},
		{`true`},
		{`-1e400`},
		{`-123456789012345678901234567890`},
		{`-1.5`, `-15e-1`, `-0.15E1`},
		{`-1`, `-1.0`},
		{`-1e-998`},
		{`-1e-999`, `-10e-1000`},
		{`0`, `-0`, `0.0`, `0e10`},
		{`1e-1000`},
		{`1e-999`},
		{`0.1`, `1e-1`, `0.10`},
		{`0.10000000000000000001`},
		{`1`, `1.00`, `1e0`, `0.1e1`},
		{`100`, `1e2`, `1E+2`},
		{`9007199254740992`, `9007199254740992.0`},
		{`9007199254740993`, `9007199254740993.0`},
		{`100000000000000000000`, `1e20`},
		{`100000000000000000001`},
		{`1e400`},
		{`1e9999999999999999999999`},
		{`1e99999999999999999999990`},
		{`""`},
		{`"\u0000"`},
		{`"a"`, `"\u0061"`},
		{`"aa"`},
		{`"b"`},
		{`"\uffff"`},
		{`"\ud800\udc00"`},
		{`[]`},
		{`[null]`},
		{`[null,1]`},
		{`[1]`, `[1.0]`},
		{`[[1,[2]],3]`},
		{`[[1,[2,0]],0]`},
		{`{}`},
		{`{"a":2}`},
		{`{"a":0,"b":9}`, `{"b":9,"a":0}`},
		{`{"a":1,"b":0}`, `{"b":0.0,"a":1.0}`},
		{`{"a":1,"b":{"x":[1]}}`},
		{`{"a":1,"b":{"x":[2]}}`, `{"b":{"x":[2]},"a":1}`},
		{`{"a":0,"b":0,"c":0}`},
		{`{"a":0,"c":0}`},
		{`{"b":0}`},
	}
	for i, left := range ranks {
		for j, right := range ranks {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			for _, l := range left {
				for _, r := range right {
					a, b := value(t, l), value(t, r)
					if got := Compare(a, b); got != want {
						t.Errorf("Compare(%s, %s) = %d; want %d", l, r, got, want)
					}
					if got := Equal(a, b); got != (want == 0) {
						t.Errorf("Equal(%s, %s) = %v; want %v", l, r, got, want == 0)
					}
				}
			}
		}
	}
}

// TestOrderOfDoubles has the cases where a number is computed.
func TestOrderOfDoubles(t *testing.T) {
	nan := FromFloat(math.NaN())
	for _, tt := range []struct {
		a, b Value
		want int
	}{
		{FromFloat(0.1), value(t, "0.1"), 0},
		{FromFloat(0.1), value(t, "0.10000000000000000001"), 0},
		{FromFloat(2), FromInt(2), 0},
		{FromFloat(math.Copysign(0, -1)), FromInt(0), 0},
		{FromFloat(math.Inf(1)), value(t, "1e400"), 0},
		{FromFloat(1.5), FromInt(2), -1},
		{nan, nan, -1},
		{nan, value(t, "-1e400"), -1},
		{FromInt(0), nan, 1},
		{value(t, "null"), nan, -1},
		{ArrayOf([]Value{nan}).Value(), ArrayOf([]Value{nan}).Value(), -1},
	} {
		if got := Compare(tt.a, tt.b); got != tt.want {
			t.Errorf("Compare(%s, %s) = %d; want %d", Append(nil, tt.a), Append(nil, tt.b), got, tt.want)
		}
		if got := Equal(tt.a, tt.b); got != (tt.want == 0) {
			t.Errorf("Equal(%s, %s) = %v; want %v", Append(nil, tt.a), Append(nil, tt.b), got, tt.want == 0)
		}
	}
}
