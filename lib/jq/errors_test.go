package jq

import (
	"errors"
	"strings"
	"testing"

	"ndjsontools/lib/exit"
)

func TestRuntimeErrors(t *testing.T) {
	for _, c := range []struct{ program, input, want string }{
		{`.a`, `1`, `Cannot index number with string ("a")`},
		{`.[0]`, `{}`, `Cannot index object with number (0)`},
		{`.a[0]?`, `1`, `Cannot index number with string ("a")`},
		{`.[]`, `null`, `Cannot iterate over null (null)`},
		{`{(.): 1}`, `1`, `Cannot use number (1) as object key`},
		{`. + 1`, `{}`, `object ({}) and number (1) cannot be added`},
		{`. - "x"`, `[1]`, `array ([1]) and string ("x") cannot be subtracted`},
		{`. / 0`, `1`, `number (1) and number (0) cannot be divided because the divisor is zero`},
		{`. % 0`, `1`, `number (1) and number (0) cannot be divided (remainder) because the divisor is zero`},
		{`-.`, `"very-long-long-long-long-string"`, `string ("very-long-long-long-long...") cannot be negated`},
		{`-.`, `"ééééééééééééééééééééé"`, `string ("éééééééééééé...") cannot be negated`},
		{`keys`, `1`, `number (1) has no keys`},
		{`length`, `true`, `boolean (true) has no length`},
		{`has("a")`, `[]`, `Cannot check whether array has a string key`},
		{`path(tojson)`, `1`, `Invalid path expression with result "1"`},
		{`path(tojson | .a)`, `1`, `Invalid path expression near attempt to access element "a" of "1"`},
		{`path(tojson | .[])`, `1`, `Invalid path expression near attempt to iterate through "1"`},
		{`.[-3] = 1`, `[1,2]`, `Out of bounds negative array index`},
		{`.[1e10] = 1`, `null`, `Array index too large`},
		{`tonumber`, `"a"`, `string ("a") cannot be parsed as a number`},
		{`@csv`, `[[1]]`, `array ([1]) is not valid in a csv row`},
		{`error`, `"x"`, `x`},
		{`error`, `{"a":1}`, `(not a string): {"a":1}`},
		{`1, error("late")`, `null`, `late`},
		{`def f: 1 + f; f`, `null`, `recursion is too deep`},
		{`def f: [f]; f`, `null`, `recursion is too deep`},
		{`def f: {a: f}; f`, `null`, `recursion is too deep`},
		{`def f(g): f(g | g); f(.)`, `null`, `recursion is too deep`},
		{`def f: def g: f; [g]; f`, `null`, `recursion is too deep`},
		{`[limit(-1; 1)]`, `null`, `limit doesn't support negative count`},
		{`"x" * 1e10`, `null`, `Repeat string result too long`},
	} {
		_, err := outputs(t, c.program, c.input)
		var e *RuntimeError
		if !errors.As(err, &e) {
			t.Errorf("%s over %s: got %v; want a *RuntimeError", c.program, c.input, err)
			continue
		}
		if e.Error() != c.want || exit.Status(err) != exit.Rejected {
			t.Errorf("%s over %s: got %q; want %q", c.program, c.input, e, c.want)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct {
		program string
		offset  int
		want    string
	}{
		{`. | selct(.a)`, 4, `unknown function selct/1 (did you mean select/1?)`},
		{`map(. ; 1)`, 0, `unknown function map/2 (there is map/1; arguments are separated by ";")`},
		{`def total: 1; totl`, 14, `unknown function totl/0 (did you mean total/0?)`},
		{`1 as $value | $vaule`, 14, `$vaule is not defined (did you mean $value?)`},
		{`[.[] | ltrimst("a")]`, 7, `did you mean ltrimstr/1?`},
		{`_match("a"; null)`, 0, `unknown function _match/2`},
		{`1 | import "a" as a; .`, 4, `unexpected keyword "import"`},
		{`import "a" as a; .`, 0, `module not found: a`},
		{`a::b`, 0, `unknown function a::b/0`},
		{`$a::b`, 0, `$a::b is not defined`},
		{`@bas64 "x"`, 0, `bas64 is not a valid format`},
		{`break $x`, 0, `$*label-x is not defined`},
		{`.a |`, 4, `unexpected end of the program`},
		{`walk(nosuch)`, 5, `unknown function nosuch/0`},
	} {
		_, err := Compile(c.program, testOptions)
		var e *CompileError
		if !errors.As(err, &e) {
			t.Errorf("Compile(%s): got %v; want a *CompileError", c.program, err)
			continue
		}
		if !strings.Contains(e.Error(), c.want) || e.Offset != c.offset || e.ExitStatus() != exit.Compile {
			t.Errorf("Compile(%s): got %q at %d; want %q at %d", c.program, e, e.Offset, c.want, c.offset)
		}
	}
}

func TestLineOfCompileError(t *testing.T) {
	_, err := Compile("1 |\n é | nosuch |\n 2", testOptions)
	var e *CompileError
	if !errors.As(err, &e) {
		t.Fatalf("got %v; want a *CompileError", err)
	}
	_, err = Compile("1 |\n \"é\" | nosuch |\n 2", testOptions)
	if !errors.As(err, &e) {
		t.Fatalf("got %v; want a *CompileError", err)
	}
	text, number, column := e.Line()
	if text != ` "é" | nosuch |` || number != 2 || column != 7 {
		t.Errorf("got %q, %d, %d; want the second line and column 7", text, number, column)
	}
}
