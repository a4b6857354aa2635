package regex

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func all(t *testing.T, re *Regexp, s string) (found [][]int) {
	t.Helper()
	if err := re.Each(s, true, func(at []int) bool { found = append(found, at); return true }); err != nil {
		t.Fatalf("%s over %q: %v", re.pattern, s, err)
	}
	return found
}

func TestEach(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		opts          Options
		want          [][]int
	}{
		{`b`, "abcb", Options{}, [][]int{{1, 2}, {3, 4}}},
		{`a*`, "baac", Options{}, [][]int{{0, 0}, {1, 3}, {3, 3}, {4, 4}}},
		{``, "é", Options{}, [][]int{{0, 0}, {2, 2}}},
		{`(a)|(b)`, "ab", Options{}, [][]int{{0, 1, 0, 1, -1, -1}, {1, 2, -1, -1, 1, 2}}},
		{`^a`, "aa", Options{}, [][]int{{0, 1}}},
		{`(?m)^a`, "aa\na", Options{}, [][]int{{0, 1}, {3, 4}}},
		{`\bé`, "éé é", Options{}, [][]int{{0, 2}, {5, 7}}},
		{`\ba|\B.`, "ab", Options{}, [][]int{{0, 1}, {1, 2}}},
		{`$`, "a\n", Options{}, [][]int{{1, 1}, {2, 2}}},
		{`(?m)^`, "a\n", Options{}, [][]int{{0, 0}}},
		{`(é)(?=b)`, "éaéb", Options{}, [][]int{{3, 5, 3, 5}}},
		{`(?<x>.)\k<x>`, "abbéé", Options{}, [][]int{{1, 3, 1, 2}, {3, 7, 3, 5}}},
		{`a++b`, "aab", Options{}, [][]int{{0, 3}}},
		{`a++a`, "aaa", Options{}, nil},
		{`a*?`, "baa", Options{NotEmpty: true}, [][]int{{1, 2}, {2, 3}}},
		{`a*`, "baa", Options{NotEmpty: true}, [][]int{{1, 3}}},
		{`a|ab|bcd`, "abcd", Options{Longest: true}, [][]int{{1, 4}}},
		{`É # no`, "é", Options{IgnoreCase: true, Extended: true}, [][]int{{0, 2}}},
		{`a.b`, "a\nb", Options{DotAll: true}, [][]int{{0, 3}}},
		{`[\W_]+`, "a_-é", Options{}, [][]int{{1, 3}}},
		{`[^\W_]+`, "_éa_", Options{}, [][]int{{1, 4}}},
		{`x{1001}`, strings.Repeat("x", 1001), Options{}, [][]int{{0, 1001}}},
		{`(a)?(?(1)b|c)`, "abc", Options{}, [][]int{{0, 2, 0, 1}, {2, 3, -1, -1}}},
	} {
		re, err := Compile(c.pattern, c.opts)
		if err != nil {
			t.Errorf("Compile(%s): %v", c.pattern, err)
			continue
		}
		got := all(t, re, c.text)
		if !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s over %q: got %v; want %v", c.pattern, c.text, got, c.want)
		}
		if yes, err := re.Test(c.text); yes != (c.want != nil) || err != nil {
			t.Errorf("%s over %q: Test gives %v, %v; want %v", c.pattern, c.text, yes, err, c.want != nil)
		}
	}
}

// What RE2 can run, it runs: backtracking is for the rest.
func TestEngine(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		fast          bool
	}{
		{`\d+\s(?<word>\w+)`, "1 é", true},
		{`^a.*b$`, "ab", true},
		{`^a.*b$`, "ab\n", false},
		{`\bword\b`, "a word", true},
		{`\bword\b`, "é word", false},
		{`(?=a)`, "a", false},
		{`(a)\1`, "aa", false},
		{`x{2000}`, "", false},
	} {
		re, err := Compile(c.pattern, Options{})
		if err != nil {
			t.Fatalf("Compile(%s): %v", c.pattern, err)
		}
		if got := re.isFast(c.text); got != c.fast {
			t.Errorf("%s over %q: RE2 runs it: %v; want %v", c.pattern, c.text, got, c.fast)
		}
	}
}

func TestNames(t *testing.T) {
	re, err := Compile(`(?<a>x)(y)(?'b'z)(?<a>w)`, Options{})
	if want := []string{"a", "", "b", "a"}; err != nil || !slices.Equal(re.Names, want) {
		t.Errorf("got %q, %v; want %q", re.Names, err, want)
	}
}

func TestCompileErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		`(`: "end pattern with unmatched parenthesis", `)`: "unmatched close parenthesis",
		`[a`: "premature end of char-class", `[]`: "empty char-class", `[b-a]`: "empty range in char class",
		`\`: "end pattern at escape", `*`: "target of repeat operator is not specified",
		`^*`: "target of repeat operator is invalid", `a{2,1}`: "upper is smaller than lower in repeat range",
		`a{100001}`: "too big number for repeat range", `(?z)`: "undefined group option",
		`\k<x>`: "undefined name <x> reference", `(a)\2`: "invalid backref number/name",
		`\p{Nope}`: "invalid character property name {Nope}", `(?<>a)`: "group name is empty",
		`[[:nope:]]`: "invalid POSIX bracket type", `(?`: "end pattern in group", `\K`: `\K is not there`,
	} {
		if _, err := Compile(pattern, Options{}); err == nil || err.Error() != want {
			t.Errorf("Compile(%s): got %v; want %s", pattern, err, want)
		}
	}
}

// Both engines, and the forms for both, must agree wherever both can run.
func FuzzEngines(f *testing.F) {
	for _, seed := range [][2]string{
		{`a*(b|c)?`, "aabac"}, {`\b\w+\b`, "héé wörld"}, {`^.|$`, "a\nb\n"}, {`(?m)^a?$`, "a\n\na"},
		{`[\W\d]x+?`, "1xx-x"}, {`(?i)É|[^a-c]`, "éabcd"}, {`\p{Lu}\P{L}`, "A1"}, {`(a|ab)(c|bcd)(d*)`, "abcd"}, {`'1<2`, "'1<2"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 40 || len(s) > 40 || !utf8.ValidString(pattern) || !utf8.ValidString(s) {
			t.Skip()
		}
		re, err := Compile(pattern, Options{})
		if err != nil || re.fast == nil || !re.isFast(s) || strings.Contains(pattern, "(?") || strings.ContainsAny(pattern, "{*+") && strings.Contains(pattern, "(") {
			t.Skip() // empty rounds of a repeat leave other groups in each engine
		}
		got := all(t, re, s)
		re.fast = nil
		if want := all(t, re, s); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%q over %q: RE2 finds %v; backtracking %v", pattern, s, got, want)
		}
	})
}
