package jq

import (
	"strings"
	"testing"

	"ndjsontools/lib/json"
)

func TestStrict(t *testing.T) {
	opts := testOptions
	opts.Strict = true
	const input = `{"a":{"b":null},"l":[1],"n":null}`
	for _, c := range []struct{ program, want, fails string }{
		{`.a.b, .l[0], .l[-1], .n`, `null 1 1 null`, ""},
		{`.b`, "", `object ({"a":{"b":null},"l":[1],"...}) has no key "b"`},
		{`.a | .c`, "", `object ({"b":null}) has no key "c"`},
		{`.l[1]`, "", `array ([1]) has no element 1`},
		{`.l[-2]`, "", `array ([1]) has no element -2`},
		{`.n.x`, "", `null (null) has no key "x"`},
		{`.n[0]`, "", `null (null) has no key 0`},
		{`.l.x`, "", `Cannot index array with string ("x")`},
		{`{a, x}`, "", `has no key "x"`},
		{`{"\("a", "x")"}`, `{"a":{"b":null}}`, `has no key "x"`},
		{`. as {$x} | 1`, "", `has no key "x"`},
		{`. as [$x] ?// {$x} ?// {$a} | $a`, `{"b":null}`, ""},
		{`.[("n", "x")]`, `null`, `has no key "x"`},
		{`def f: .x; f`, "", `has no key "x"`},
		{`def f(g): g; f(.x)`, "", `has no key "x"`},
		{`map_values(.x)`, "", `object ({"b":null}) has no key "x"`},
		{`.x // 1, (.a.x // 2), (.n.x.y // 3), (.l[7] // 4)`, `1 2 3 4`, ""},
		{`(.a | .x) // 1`, `1`, ""},
		{`(.x | tojson) // 1`, "", `has no key "x"`},
		{`.x?, .a.x?, 1`, `1`, ""},
		{`try .x catch "none"`, `"none"`, ""},
		{`.x = 1 | .x, (.l[2] |= 5 | .l), (del(.y) | .x)`, `1 [1,null,5] 1`, ""},
		{`.x += 1 | .x`, `1`, ""},
		{`.x = .y`, "", `has no key "y"`},
		{`path(.x.y), [paths] == [["a"],["a","b"],["l"],["l",0],["n"]]`, `["x","y"] true`, ""},
		{`has("x"), (.l | first, last), ([] | first), getpath(["x"]), .l[3:]`, `false 1 1 null null []`, ""},
		{`reduce .l[] as $x ({}; .t += $x | .u = .t) | .u`, `1`, ""},
		{`$ENV.PAGER, (try $ENV.NONE catch "none")`, `"less" "none"`, ""},
	} {
		p, err := Compile(c.program, opts)
		if err != nil {
			t.Errorf("%s: %v", c.program, err)
			continue
		}
		got, err := runBoth(t, NewRunner(p), decode(t, input))
		message := ""
		if err != nil {
			message = err.Error()
		}
		if strings.Join(got, " ") != c.want || !strings.Contains(message, c.fails) || (err != nil) != (c.fails != "") {
			t.Errorf("%s: got %v and %q; want %s and %q", c.program, got, message, c.want, c.fails)
		}
		if p, err = Compile(c.program, testOptions); err != nil {
			t.Error(err)
		} else if _, err = runOnce(NewRunner(p), json.Value{}); err != nil && strings.Contains(err.Error(), "has no") {
			t.Errorf("%s: strict without being asked to", c.program)
		}
	}
}
