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
	} {
		got, err := rewrite(sample(), strings.Fields(c.in), nil)
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
		got, err := rewrite(sample(), strings.Fields(c.in), func(operand string) bool { return operand == "cmd" })
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("rewrite(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

func TestRewriteErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"--cuont 5", "unknown option --cuont (did you mean --count?)"},
		{"--zzzzzzz", "unknown option --zzzzzzz"},
		{"-x", "unknown option -x"},
		{"-rx", "unknown option -x"},
		{"-ré", "unknown option -é"},
		{"--=5", "unknown option --"},
		{"-count 5", "unknown option -count (did you mean --count?)"},
		{"-n", "option -n needs a value: -n N"},
		{"--arg a", "option --arg needs a value: --arg NAME VALUE"},
		{"--raw=yes", "option --raw takes no value"},
	} {
		_, err := rewrite(sample(), strings.Fields(c.in), nil)
		if err == nil || err.Error() != c.want {
			t.Errorf("rewrite(%q): error %v; want %q", c.in, err, c.want)
		}
	}
}
