package jq

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/itchyny/gojq"
)

// indexes are steps that gojq takes in strings, too, where jq has an error that
// something else may hide.
var indexes = regexp.MustCompile(`\[-?[01]\]`)

// FuzzLikeGojq puts three of the pieces together in a way that the seed decides,
// and compares with gojq as TestValuesLikeGojq does.
func FuzzLikeGojq(f *testing.F) {
	for seed := range uint64(500) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rnd := rand.New(rand.NewPCG(seed, 15))
		piece := func() string {
			for {
				if p := gojqPieces[rnd.IntN(len(gojqPieces))]; p != "" {
					return "(" + p + ")"
				}
			}
		}
		operator := func() string { return " " + gojqOperators[rnd.IntN(len(gojqOperators))] + " " }
		program := "(" + piece() + operator() + piece() + ")" + operator() + piece()
		input := gojqInputs[rnd.IntN(len(gojqInputs))]
		if unlike(program) || orderSensitive(program, input) || input[0] == '"' && indexes.MatchString(program) {
			return
		}
		q, err := gojq.Parse(program)
		if err != nil {
			t.Fatalf("gojq refuses %s: %v", program, err)
		}
		code, err := gojq.Compile(q)
		if err != nil {
			t.Fatalf("gojq refuses %s: %v", program, err)
		}
		p, err := Compile(program, testOptions)
		if err != nil {
			t.Fatalf("Compile(%s): %v", program, err)
		}
		want, wantErr, ok := runGojq(code, input)
		got, gotErr := runBoth(t, NewRunner(p), decode(t, input))
		if !ok || gotErr != nil && gojqExtends[gotErr.Error()] {
			return
		}
		if !sameOutputs(t, got, want) || (gotErr == nil) != (wantErr == nil) {
			t.Errorf("%s over %s: got %v, %v; gojq has %v, %v", program, input, got, gotErr, want, wantErr)
		}
	})
}
