package jq

import (
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
	return runOnce(NewRunner(p), decode(t, input))
}

func runOnce(r *Runner, v json.Value) ([]string, error) {
	var got []string
	err := r.Run(v, func(v json.Value) error {
		got = append(got, string(json.Append(nil, v)))
		return nil
	})
	return got, err
}
