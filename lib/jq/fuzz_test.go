package jq

import (
	"errors"
	"testing"
)

// FuzzCompile takes any text: a program, or a *CompileError with a place in it.
// It does not run what it compiles, since programs may be endless.
func FuzzCompile(f *testing.F) {
	for _, piece := range gojqPieces {
		f.Add(piece)
	}
	f.Add(`reduce .[] as [$a, {b: $c}] ({}; .k[$a] += [$c] | if $a then .x |= empty else . end)`)
	f.Add(`def f(g; $x): g | f(g; $x + 1); label $l | f(.a?; 1) as {$y} ?// [$y] | break $l`)
	f.Fuzz(func(t *testing.T, program string) {
		p, err := Compile(program, testOptions)
		if err == nil {
			NewRunner(p)
			return
		}
		var e *CompileError
		if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(program) || e.Message == "" {
			t.Fatalf("Compile(%q): got %#v; want a *CompileError with a place inside of the program", program, err)
		}
		e.Line()
	})
}
