package jq

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ndjsontools/lib/json"
)

// reader is a World over values.
type reader struct {
	values []string
	line   int64
	words  strings.Builder
	err    error // at the end
}

func (r *reader) world() World {
	return World{
		Input: func() (json.Value, bool, error) {
			if len(r.values) == 0 {
				return json.Value{}, false, r.err
			}
			v, _ := json.Decode([]byte(r.values[0]))
			r.values = r.values[1:]
			r.line++
			return v, true, nil
		},
		Line:  func() int64 { return r.line },
		Name:  func() (string, bool) { return "file", true },
		Words: func(text []byte) error { r.words.Write(text); return nil },
	}
}

func TestWorld(t *testing.T) {
	for _, c := range []struct {
		program string
		want    []string
		words   string
		message string // of the RuntimeError
	}{
		{`input, input`, []string{"1", "2"}, "", ""},
		{`[inputs]`, []string{"[1,2,3]"}, "", ""},
		{`first(inputs), input`, []string{"1", "2"}, "", ""},
		{`reduce inputs as $x (0; . + $x)`, []string{"6"}, "", ""},
		{`foreach inputs as $x (0; . + $x)`, []string{"1", "3", "6"}, "", ""},
		{`[inputs], input`, []string{"[1,2,3]"}, "", "break"},
		{`[inputs] | try input catch .`, []string{`"break"`}, "", ""},
		{`inputs | if . == 2 then error("no") else . end`, []string{"1"}, "", "no"},
		{`[limit(2; inputs)], input_line_number, input_filename`, []string{"[1,2]", "2", `"file"`}, "", ""},
		{`def f: input | ., f; [f?]`, []string{"[1,2,3]"}, "", ""},
		{`path(input)?`, nil, "", ""},
		{`1.50 | debug | stderr`, []string{"1.50"}, "[\"DEBUG:\",1.50]\n1.50", ""},
		{`"x" | stderr, debug("a", .)`, []string{`"x"`, `"x"`}, "x[\"DEBUG:\",\"a\"]\n[\"DEBUG:\",\"x\"]\n", ""},
	} {
		p, err := Compile(c.program, testOptions)
		if err != nil {
			t.Errorf("Compile(%s): %v", c.program, err)
			continue
		}
		w := &reader{values: []string{"1", "2", "3"}}
		r := NewRunner(p)
		r.Connect(w.world())
		got, err := runOnce(r, json.Value{})
		message := ""
		if err != nil {
			message = err.Error()
		}
		if !slices.Equal(got, c.want) || w.words.String() != c.words || message != c.message {
			t.Errorf("%s: got %q, words %q, %q; want %q, %q, %q", c.program, got, w.words.String(), message, c.want, c.words, c.message)
		}
		if lines := strings.Contains(c.program, "input_line_number"); lines != p.ReadsLine() {
			t.Errorf("%s: ReadsLine is %v; want %v", c.program, p.ReadsLine(), lines)
		}
		if reads := strings.Contains(c.program, "inputs") || strings.Contains(c.program, "input,") || strings.Contains(c.program, "input "); reads != p.ReadsInput() && c.program != `path(input)?` {
			t.Errorf("%s: ReadsInput is %v; want %v", c.program, p.ReadsInput(), reads)
		}
	}
}

// An error of the input is no error that a program can catch.
func TestInputError(t *testing.T) {
	p, err := Compile(`try [inputs] catch "caught"`, testOptions)
	if err != nil {
		t.Fatal(err)
	}
	w := &reader{err: errors.New("torn")}
	r := NewRunner(p)
	r.Connect(w.world())
	if got, err := runOnce(r, json.Value{}); err != w.err || got != nil {
		t.Errorf("got %q, %v; want nothing and %v", got, err, w.err)
	}
}

// Without a world there is no input, and words go nowhere.
func TestNoWorld(t *testing.T) {
	got, err := outputs(t, `[inputs], input_filename, input_line_number, debug, (try input catch .)`, "7")
	if want := []string{"[]", "null", "0", "7", `"break"`}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestHalt(t *testing.T) {
	for _, c := range []struct {
		program string
		outputs int
		status  int
		words   string
	}{
		{`1, halt, 2`, 1, 0, ""},
		{`try halt catch 1`, 0, 0, ""},
		{`[1, halt]`, 0, 0, ""},
		{`"bye\n" | halt_error`, 0, 5, "bye\n"},
		{`{a: 1} | halt_error(300)`, 0, 44, "{\"a\":1}\n"},
		{`null | halt_error(1)`, 0, 1, ""},
		{`first(range(3) | halt_error(.))`, 0, 0, "0\n"},
		{`gsub("a"; halt)`, 0, 0, ""},
	} {
		got, err := outputs(t, c.program, `"a"`)
		var h *Halt
		if !errors.As(err, &h) {
			t.Errorf("%s: got %q, %v; want a *Halt", c.program, got, err)
			continue
		}
		if len(got) != c.outputs || h.ExitStatus() != c.status || string(h.Words) != c.words {
			t.Errorf("%s: got %q, status %d, words %q; want %d outputs, %d, %q", c.program, got, h.Status, h.Words, c.outputs, c.status, c.words)
		}
	}
}
