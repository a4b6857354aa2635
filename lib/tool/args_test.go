package tool

import (
	"strings"
	"testing"
)

func sample() []Option {
	var b bool
	var s string
	return []Option{
		{Name: "raw", Short: "r", Value: Bool(&b)},
		{Name: "compact", Short: "c", Value: Bool(&b)},
		{Name: "count", Short: "n", Arg: "N", Value: String(&s)},
		{Name: "header", Short: "H", Arg: "TEXT", Value: String(&s)},
		{Name: "arg", Arg: "NAME VALUE", Value: String(&s)},
		{Name: "verify", Short: "y", Arg: "LEVEL", Value: String(&s), Bare: "exact", Choices: []string{"exact", "ids"}},
	}
}

func TestRewrite(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "--"},
		{"-r", "--raw=true --"},
		{"-rc", "--raw=true --compact=true --"},
		{"-n50", "--count=50 --"},
		{"-rn5", "--raw=true --count=5 --"},
		{"-rn 5 x", "--raw=true --count=5 -- x"},
		{"-n -5", "--count=-5 --"},
		{"--count=5 --count 6", "--count=5 --count=6 --"},
		{"--count=", "--count= --"},
		{"--count=a=b", "--count=a=b --"},
		{"a -r b --count 5 c", "--raw=true --count=5 -- a b c"},
		{"-r -- -c --count", "--raw=true -- -c --count"},
		{"- -r -", "--raw=true -- - -"},
		{"-H a,b", "--header=a,b --"},
		{"--arg a b c", "--arg=a\x00b -- c"},
		{"--arg=a b", "--arg=a\x00b --"},
		{"help", "-- help"},
		{"--verify x", "--verify=exact -- x"},
		{"--verify=ids x", "--verify=ids -- x"},
		{"--verify=", "--verify= --"},
		{"-ry", "--raw=true --verify=exact --"},
		{"-ryids x", "--raw=true --verify=ids -- x"},
	} {
		got, _, err := rewrite(sample(), strings.Fields(c.in), nil)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("rewrite(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

// After an operand that ends the options, everything is handed on.
func TestRewriteEndsOptions(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"-r cmd -n 5 --what", "--raw=true -- cmd -n 5 --what"},
		{"-r cmd -- -n 5 -- x", "--raw=true -- cmd -- -n 5 -- x"},
		{"-- cmd -n", "-- cmd -n"},
		{"a -r cmd -n", "--raw=true -- a cmd -n"},
	} {
		got, _, err := rewrite(sample(), strings.Fields(c.in), func(operand string) bool { return operand == "cmd" })
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("rewrite(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

// An operand has the mark of the last option before it that marks.
func TestRewriteMarks(t *testing.T) {
	var b bool
	options := append(sample(),
		Option{Name: "red", Value: Bool(&b), Marks: true}, Option{Name: "blue", Short: "b", Value: Bool(&b), Marks: true})
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"a b", ","},
		{"a --red b -r c", ",red,red"},
		{"a --red b --blue c --red -- d --blue", ",red,blue,red,red"},
		{"-rb a", "blue"},
		{"--arg --red --blue a", ""},
	} {
		_, got, err := rewrite(options, strings.Fields(c.in), nil)
		if err != nil || strings.Join(got, ",") != c.want {
			t.Errorf("rewrite(%q): marks %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

func TestRewriteErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"--cuont 5", "unknown option --cuont (did you mean --count?)"},
		{"--zzzzzzz", "unknown option --zzzzzzz"},
		{"--verify ids", "option --verify takes its value attached: --verify=ids"},
		{"-y ids", "option -y takes its value attached: -yids"},
		{"-x", "unknown option -x"},
		{"-rx", "unknown option -x"},
		{"-ré", "unknown option -é"},
		{"--=5", "unknown option --"},
		{"-count 5", "unknown option -count (did you mean --count?)"},
		{"-n", "option -n needs a value: -n N"},
		{"--arg a", "option --arg needs a value: --arg NAME VALUE"},
		{"--raw=yes", "option --raw takes no value"},
	} {
		_, _, err := rewrite(sample(), strings.Fields(c.in), nil)
		if err == nil || err.Error() != c.want {
			t.Errorf("rewrite(%q): error %v; want %q", c.in, err, c.want)
		}
	}
}
