package syntax

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/itchyny/gojq"
)

const conformance = "../../../../shared/conformance"

// handWritten are programs that jq 1.8 accepts and gojq reads in the same way.
var handWritten = []string{
	"", ".", "..", ". # comment", "# only a comment", ".a", ".a.b.c", `."a"`, `."a"."b"`, `.["a"]`, `."a-b"[0]`, ".a[]", ".[]", ".[0]", ".[-1]",
	".[1:2]", ".[1:]", ".[:2]", ".[.a:.b]", ".a.[1]", ".a.[]", ".[]?", ".a?", ".a?.b?", ".a[1]?.b", "..?", "..[0]?", ".. .a", `."\(1)"`, `.a."b\(2)c"`,
	"1", "1.5", "1.", ".5", "1e3", "1E-3", ".5e+2", "00", "-1", "-.a", "-(1)", "-1 + 2", "1 - -1", "-1 * 2", "-.a * .b + 3", "- - 1",
	`""`, `"a"`, `"a\nb\"\\\/\b\f\r\t"`, `"\u00e9\ud83d\ude00"`, `"x\(1)y"`, `"\(1)\(2)"`, `"\("\("deep")")"`, `"a" "b"`[:3], `@base64`, `@json "x\(.)y"`, `@text`,
	"1, 2", "1, 2, 3 | 4, 5", "1 | 2 | 3", "(1, 2) | 3", "1, (2, 3)", "1 // 2 // 3", "1 // 2, 3", "1 + 2 * 3 - 4 / 5 % 6", "1 - 2 - 3", "(1 - 2) - 3",
	"1 == 2", "1 != 2 and 3 < 4 or 5 >= 6", "1 and 2 and 3", "1 or 2 and 3", "1 or 2 or 3", "1 < 2 | not", ".a = 1", ".a |= . + 1", ".a += 1 // 2",
	".a -= 1", ".a *= 2 | .b /= 3", ".a %= 2", ".a //= 3", ".a = .b or .c", ".a // .b = 3",
	"[]", "[1, 2]", "[.[] | .a]", "{}", "{a: 1}", "{a: 1,}", "{a}", "{a, b}", `{"a"}`, `{"a b": 1}`, `{"x\(1)": 2}`, "{$x}", "{__loc__}", "{(.a): 1}", "{(1, 2 | tostring): 3}",
	"{a: 1 + 2}", "{a: 1 | 2}", "{a: 1 // 2, b: 3}", "{if: 1, then: 2, and: 3, null: 4, true: 5}", "{a: -1}", "{if}", "{$__loc__}", "{a: .b.c?, d: [1]}", "{a: 1 and 2}",
	"1 as $x | $x", "1 as $x | 2 as $y | [$x, $y]", "1, 2 as $x | $x, 3", "[1 as $x | 1, $x]", "1 + 2 as $x | -$x", "-1 as $x | 1", "1 | . + 2 as $x | $x",
	". as [$a] | $a", ". as [$a, [$b]] | 1", ". as {a: $x} | 1", ". as {$a} | 1", ". as {$a: [$b]} | 1", `. as {"a": $x, "b\(1)": $y} | 1`, ". as {(.k): $v} | 1", ". as {if: $x} | 1",
	". as [$a] ?// $a | 1", ". as {$a} ?// [$a] ?// $a | 1", ".a as $x ?//[$x] | 1",
	"reduce .[] as $x (0; . + $x)", "reduce range(3) as [$a, $b] (0; 1)", "foreach .[] as $x (0; 1)", "foreach .[] as $x (0; 1; 2)", "reduce .a, .b as $x (0; 1)"[:0],
	"reduce 1 + 2 as $x (0; 1)", "reduce .[] as $x (0; 1) | 2", "reduce .[] as $x (0; 1).a", "1 + reduce .[] as $x (0; 1) + 2",
	"if 1 then 2 end", "if 1 then 2 else 3 end", "if 1 then 2 elif 3 then 4 end", "if 1 then 2 elif 3 then 4 elif 5 then 6 else 7 end", "if 1, 2 then 3 | 4 else 5, 6 end.a", "1 + if 1 then 2 end",
	"try 1", "try 1 catch 2", "try .a.b? catch .c", "try error | 1", "try 1 + 2", "try try 1 catch 2 catch 3", "try (1 | 2) catch (3, 4)", "try error catch . // 1", "[.[] | try .a catch 1, 2]", "(try 1)?", ".a??",
	"label $x | 1", "label $x | 1 | break $x", "1, label $f | 2, break $f", "break $x",
	"def f: 1; f", "def f: 1; def g: 2; f + g", "def f(a): a; f(1)", "def f(a; $b): a + $b; f(1; 2 | 3)", "1 | def f: 2; f", "1, def f: 2; f | 3", "def f: def g: 1; g; f", "def f: 1;", "def f: 1; def g: 2;",
	"f(1, 2)", "f(g(1; 2); 3)", "a::b", "a::b(1)", "$a::b", "$x", "$__prog_args", "$__loc__", "$ENV.PAGER", "$x[0].a", "true", "false | null", "not", "[true, false]",
	"import \"a\" as b; .", "import \"a\" as $b; $b::b", "include \"x\"; .", "import \"a\" as b {search: \"./\"}; 1", "module {a: 1}; def f: 1;", "module {}; 1",
	"1#comment\n+2", "[1, # a \n 2]", "\t.\r\n", ".[1.5]", ".and", ".or.if", "$and", ".a as $if | $if", "[.[]|{a,b}]", "limit(3; .[])", "(1)?.b", `"a"[0]`, "[1,2][0]", "{a:1}.a", "@json?",
}

// jqOnly are programs that jq 1.8 accepts and gojq does not, with the program
// that gojq understands and that means the same.
var jqOnly = map[string]string{
	"def a::b: 1; a::b":                     "",
	`{@base64 "x": 1}`:                      "",
	`{@base64 "x"}`:                         "",
	`. as {@base64 "x": $y} | 1`:            "",
	"1as $x|$x":                             "1 as $x | $x",
	"1and 2":                                "1 and 2",
	"if 1then 2else 3end":                   "if 1 then 2 else 3 end",
	"[1 # a \\\n, 2\n, 3]":                  "[1, 3]",
	"[1, # a \\\\\n 2]":                     "[1, 2]",
	"[1 # a \\\\\\\n, 2\n, 3]":              "[1, 3]",
	"[1 # a \\\r\n, 2\n, 3]":                "[1, 3]",
	`.a?//1`:                                ".a? // 1",
	`.a?//=1`:                               ".a? //= 1",
	`.@base64 "x"`:                          "",
	`.a.@base64 "x"`:                        "",
	"reduce . as [$a] ?// $a (0; 1)":        "",
	"foreach . as [$a] ?// $a (0; 1)":       "",
	"1 + def f: 2; f":                       "1 + (def f: 2; f)",
	"1 + label $x | 2":                      "1 + (label $x | 2)",
	"def true: 1; true":                     "",
	`import "a" as b {a: 1, b: [1, 2]}; .a`: ".a",
}

func programs(t testing.TB) []string {
	all := append([]string(nil), handWritten...)
	man, err := os.ReadFile(filepath.Join(conformance, "jq-man.test"))
	if err != nil {
		t.Logf("without the cases of jq's manual: %v", err)
		return all
	}
	for _, block := range strings.Split(string(man), "\n\n") {
		for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
			if !strings.HasPrefix(line, "#") {
				all = append(all, line)
				break
			}
		}
	}
	f, err := os.Open(filepath.Join(conformance, "jq-1.8.2-output.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return all
		}
		var c struct{ Program string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c.Program)
	}
}

func TestParseAgreesWithGojq(t *testing.T) {
	for _, src := range programs(t) {
		prog, err := Parse(src)
		if err != nil {
			t.Errorf("Parse(%q): got %v; want a tree", src, err)
			continue
		}
		q, err := gojq.Parse(src)
		if err != nil {
			t.Errorf("gojq refuses %q: %v; it belongs to jqOnly", src, err)
			continue
		}
		if got, want := ourProgram(prog), theirProgram(q); got != want {
			t.Errorf("Parse(%q)\n got %s\nwant %s", src, got, want)
		}
	}
}

func TestParseBeyondGojq(t *testing.T) {
	for src, plain := range jqOnly {
		if _, err := gojq.Parse(src); err == nil && !strings.Contains(src, "?//") && plain == "" {
			t.Errorf("gojq accepts %q: it belongs to handWritten", src)
		}
		prog, err := Parse(src)
		if err != nil {
			t.Errorf("Parse(%q): got %v; want a tree", src, err)
			continue
		}
		if plain == "" {
			continue
		}
		q, err := gojq.Parse(plain)
		if err != nil {
			t.Fatalf("gojq.Parse(%q): %v", plain, err)
		}
		if got, want := ourProgram(prog), theirProgram(q); got != want {
			t.Errorf("Parse(%q)\n got %s\nwant %s", src, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		src    string
		offset int
		says   string
	}{
		{"1 +", 3, "unexpected end of the program, expected an expression"},
		{".a |", 4, "unexpected end of the program"},
		{"[1, 2", 0, `"[" is not closed`},
		{"(1", 0, `"(" is not closed`},
		{"{a: 1", 0, `"{" is not closed`},
		{"1)", 1, `unexpected ")"`},
		{"1 2", 2, `is a "|" or a "," missing?`},
		{"1 == 2 == 3", 7, "use parentheses"},
		{".a = 1 = 2", 7, "use parentheses"},
		{"if 1 then 2", 11, `expected "end" after if`},
		{"if 1 2", 5, `expected "then"`},
		{"{1: 2}", 1, "keys are strings"},
		{"{.a: 2}", 1, "{(.a): 1}"},
		{"{a: 1 as $x | 2}", 6, "parentheses around the value"},
		{"{(1)}", 4, `expected ":" after a computed key`},
		{`"abc`, 0, "does not end"},
		{`"a\(1"`, 5, "after an interpolation"},
		{"[1 # a \\", 0, "is not closed"},
		{`"a\(1]"`, 5, "after an interpolation"},
		{`"a\xb"`, 2, "unknown escape"},
		{`"\u12g4"`, 1, "four hexadecimal digits"},
		{"'a'", 0, "double quotes"},
		{"a && b", 2, `"and"`},
		{". as x | 1", 5, "starts with $"},
		{". as $x", 7, `expected "|"`},
		{". as [] | 1", 6, `expected "$" and a name`},
		{"break", 5, "a label to break to"},
		{"label x | 1", 6, "after label"},
		{"def f 1; f", 6, `expected ":"`},
		{"def f(a, b): 1; f", 7, `separated by ";"`},
		{"1 | def f: 1;", 13, "an expression after the definition"},
		{"reduce .[] as $x (0)", 19, "after the first argument of reduce"},
		{". foo", 2, "no space between the dot and the name"},
		{"1 | | 2", 4, "something is missing before it"},
		{".a.1", 2, `unexpected number ".1"`},
		{".[:]", 3, "expected an expression"},
		{"$ x", 0, "without a space"},
		{"import .a as b; 1", 7, "in quotes"},
		{"import \"a\" as b {a: .x}; 1", 16, "must be constant"},
		{"+1", 0, "without a plus sign"},
		{"1 = = 2", 4, `comparison is "=="`},
		{"f(1, 2", 6, "after the arguments of f"},
		{"1 ~ 2", 2, `unexpected character '~'`},
		{strings.Repeat("(", 100_000), MaxDepth / 2, "deeper than"},
		{strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), MaxDepth / 2, "deeper than"},
		{strings.Repeat("-", 100_000) + "1", MaxDepth, "deeper than"},
		{strings.Repeat("1 as $x | ", 100_000) + "1", 0, "deeper than"},
		{strings.Repeat("try ", 100_000) + "1", 0, "deeper than"},
		{strings.Repeat(`"\(`, 100_000), 0, "deeper than"},
		{strings.Repeat(`. as `+strings.Repeat("[", 50_000), 1), 0, "deeper than"},
		{strings.Repeat(`1|`, 100_000) + "1", 0, "stages in a pipe"},
		{strings.Repeat(`1+`, 100_000) + "1", 0, "operators in a row"},
		{"." + strings.Repeat(`.a`, 100_000), 0, ""},
	} {
		_, err := Parse(c.src)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%.40q): got %v; want an *Error", c.src, err)
			continue
		}
		if !strings.Contains(e.Error(), c.says) || len(c.src) < 1000 && e.Offset != c.offset {
			t.Errorf("Parse(%.40q): got %q at %d; want %q at %d", c.src, e, e.Offset, c.says, c.offset)
		}
	}
}

func TestLongPrograms(t *testing.T) {
	list := "[" + strings.Repeat("1,", 200_000) + "1]"
	prog, err := Parse(list)
	if err != nil {
		t.Fatalf("got %v; want a list of any length", err)
	}
	if got := len(prog.Body.(*Array).Body.(*Comma).Parts); got != 200_001 {
		t.Errorf("got %d parts; want 200001", got)
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		src  string
		pick func(Node) Node
		want string
	}{
		{" .a.b ", func(n Node) Node { return n }, ".a.b"},
		{" .a.b ", func(n Node) Node { return n.(*Index).Base }, ".a"},
		{" .a.b ", func(n Node) Node { return n.(*Index).Key }, "b"},
		{"1 + f(2; 3) # x", func(n Node) Node { return n.(*Binary).Right }, "f(2; 3)"},
		{"1 | . as [$x] | 2 ", func(n Node) Node { return n.(*Binary).Right }, ". as [$x] | 2"},
		{`"a\(1 + 2)" | 3`, func(n Node) Node { return n.(*Binary).Left }, `"a\(1 + 2)"`},
		{`"a\(1 + 2)" | 3`, func(n Node) Node { return n.(*Binary).Left.(*String).Parts[1].Expr }, "1 + 2"},
		{"if 1 then 2 elif 3 then 4 end | 5", func(n Node) Node { return n.(*Binary).Left.(*If).Else }, "elif 3 then 4 end"},
		{"def f: 1; f(2) ", func(n Node) Node { return n.(*Define).Rest }, "f(2)"},
		{"try .a catch .b, 1", func(n Node) Node { return n.(*Comma).Parts[0] }, "try .a catch .b"},
		{"1, {a: 2}", func(n Node) Node { return n.(*Comma).Parts[1] }, "{a: 2}"},
	} {
		prog, err := Parse(c.src)
		if err != nil {
			t.Errorf("Parse(%q): got %v; want a tree", c.src, err)
			continue
		}
		at := c.pick(prog.Body).Place()
		if got := c.src[at.Start:at.End]; got != c.want {
			t.Errorf("%q: got the place of %q; want %q", c.src, got, c.want)
		}
	}
}

func TestLineOfLoc(t *testing.T) {
	prog, err := Parse("1 |\n# two\n$__loc__")
	if err != nil {
		t.Fatal(err)
	}
	if got := prog.Body.(*Binary).Right.(*Loc).Line; got != 3 {
		t.Errorf("got line %d; want 3", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, src := range programs(f) {
		f.Add(src)
	}
	for src := range jqOnly {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		prog, err := Parse(src)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(src) || e.Message == "" {
				t.Fatalf("Parse(%q): got %#v; want an *Error with a place inside of the program", src, err)
			}
		}
		if strings.ContainsAny(src, "#\\+-\x00") || !utf8.ValidString(src) || strings.Contains(src, "?//") {
			return // comments, escapes, unary operators and ?// are the known differences
		}
		q, theirs := gojq.Parse(src)
		if theirs != nil {
			return // jq accepts more than gojq
		}
		if err != nil {
			t.Fatalf("Parse(%q): got %v; gojq accepts it", src, err)
		}
		if got, want := ourProgram(prog), theirProgram(q); got != want {
			t.Errorf("Parse(%q)\n got %s\nwant %s", src, got, want)
		}
	})
}
