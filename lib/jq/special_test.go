package jq

import (
	"strings"
	"testing"
)

// What fromjson and tonumber take beyond JSON is what jq 1.8.2 takes.
func TestSpecial(t *testing.T) {
	for _, c := range []struct{ program, want string }{
		{`"nan", "NaN", "-nan", "+NAN" | fromjson, tonumber`, "null null null null null null null null"},
		{`"Infinity", "inf" | fromjson, tonumber`, strings.TrimSuffix(strings.Repeat("1.7976931348623157e+308 ", 4), " ")},
		{`"-Infinity" | fromjson, tonumber`, "-1.7976931348623157e+308 -1.7976931348623157e+308"},
		{`"[nan, {\"nan\": -Infinity, \"a\\\"nan\": \"nan\"}]" | fromjson`, `[null,{"nan":-1.7976931348623157e+308,"a\"nan":"nan"}]`},
		{`" nan " | fromjson | isnan`, "true"},
		{`"nan " | try tonumber catch "no"`, `"no"`},
		{`"nan1", "[infinite]", "[nan", "nannan", "nan nan", "-" | try fromjson catch "no"`, `"no" "no" "no" "no" "no" "no"`},
		{`"\uffff0 [\"\uffff0\", nan]" | .[3:] | fromjson`, "[\"\uffff0\",null]"},
	} {
		got, err := outputs(t, c.program, "null")
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, %v; want %s", c.program, got, err, c.want)
		}
	}
}
