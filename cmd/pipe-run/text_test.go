package main

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// TestPlainWords: what is taken for plain words means to a shell what it means
// here, and what is more than that is left to one.
func TestPlainWords(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for _, c := range []struct {
		text  string
		plain bool
	}{
		{`a b  c`, true},
		{`a"b c"'d e'`, true},
		{`'' "" a`, true},
		{`'*' "?" "[a]" '$x' '\' '"'`, true},
		{`"it's" 'say "x"'`, true},
		{`a=b --c=d -e{f,g} a~b "~" é`, true},
		{`%s#x a#b`, true},
		{`a # a comment`, true},
		{"'two\nlines' \"a\tb\"", true},
		{`* a?`, false},
		{`[a]`, false},
		{`~ b`, false},
		{`a\ b`, false},
		{`"a\"b"`, false},
		{`"$HOME"`, false},
		{`$HOME`, false},
		{"`echo x`", false},
		{`"$(echo x)"`, false},
		{`$((1+1))`, false},
		{`x >/dev/stdout`, false},
	} {
		stages, err := parseText("printf '<%s>' " + c.text)
		if err != nil || len(stages) != 1 {
			t.Errorf("%s: %v, %v", c.text, stages, err)
			continue
		}
		args := stages[0].Args
		if plain := args[0] == "printf"; plain != c.plain {
			t.Errorf("%s: started as %q", c.text, args)
		}
		want, err := exec.Command(sh, "-c", "printf '<%s>' "+c.text).Output()
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if got, err := exec.Command(stages[0].Path, args[1:]...).Output(); err != nil || string(got) != string(want) {
			t.Errorf("%s: prints %q, %v; want %q", c.text, got, err, want)
		}
	}
}

// TestTextErrors: a text that is not one pipeline is refused with the place.
func TestTextErrors(t *testing.T) {
	for text, at := range map[string]int{
		"": 0, "a &&b": 2, "a | b || c": 6, "a\nb": 2, "a; b": 3, "a | b &": 6, "! a | b": 0, "a | ! b": -1,
		"a |": 2, "| a": 0, "a | (b": 4, "a 'b": 2, "a) b": 1,
	} {
		_, err := parseText(text)
		var bad *textError
		if !errors.As(err, &bad) || at >= 0 && bad.at != at || strings.TrimSpace(bad.message) == "" {
			t.Errorf("%q: got %+v; want an error at %d", text, err, at)
		}
	}
}
