package jq

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ndjsontools/lib/json"
)

// noon is the clock of all tests.
func noon() time.Time { return time.Date(2015, 3, 5, 23, 51, 47, 123456000, time.UTC) }

var testOptions = Options{Now: noon, Env: []string{"PAGER=less"}, Variables: []Variable{
	{"given", json.FromString("from outside")},
}}

func decode(t testing.TB, text string) json.Value {
	t.Helper()
	v, err := json.Decode([]byte(text))
	if err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return v
}

// outputs runs a program over one input and returns what it prints.
func outputs(t testing.TB, program, input string) ([]string, error) {
	t.Helper()
	p, err := Compile(program, testOptions)
	if err != nil {
		return nil, err
	}
	return runBoth(t, NewRunner(p), decode(t, input))
}

// runBoth is runOnce over a value that is decoded, and then over the same one as
// text at first, which must give the same.
func runBoth(t testing.TB, r *Runner, v json.Value) ([]string, error) {
	t.Helper()
	var d json.Decoder
	input := json.Append(nil, v)
	text := d.Defer(input)
	if v.Kind() == json.KindObject && !text.IsText() {
		t.Fatalf("%s is decoded; want text", input)
	}
	got, err := runOnce(r, v)
	again, failure := runOnce(r, text)
	if !slices.Equal(again, got) || fmt.Sprint(failure) != fmt.Sprint(err) {
		t.Errorf("%s over %s: got %q, %v over the text; %q, %v when it is decoded", r.program, input, again, failure, got, err)
	}
	return got, err
}

func runOnce(r *Runner, v json.Value) ([]string, error) {
	var got []string
	err := r.Run(v, func(v json.Value) error {
		got = append(got, string(json.Append(nil, v)))
		return nil
	})
	return got, err
}
