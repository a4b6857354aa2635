package jq

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/itchyny/gojq"
)

// folder makes updates of folds that hand parts of the state around, also through
// functions of the program.
type folder struct{ *rand.Rand }

func (f folder) pick(from ...string) string { return from[f.IntN(len(from))] }

// value may be a part of the state, or all of it, as long as that is small.
func (f folder) value() string {
	return f.pick("1", "[$x]", "[]", "{c: [$x]}", "$v", "g", "id([$x])", "same([2])", "small(.)", "small(.a)", "small(.b)", "id(small(.a))", "same(small(.))", "[small(.a)]", "{c: small(.b)}")
}

func (f folder) key() string { return f.pick(`"a"`, `"b"`, `"c"`, "$k") }

func (f folder) update(depth int) string {
	if depth > 0 {
		switch f.IntN(7) {
		case 0, 1:
			return "(" + f.update(depth-1) + " | " + f.update(depth-1) + ")"
		case 2:
			return "(if .a == 1 then " + f.update(depth-1) + " else " + f.update(depth-1) + " end)"
		case 3:
			return "(" + f.value() + " as $v | " + f.update(depth-1) + ")"
		case 4:
			return "put(" + f.key() + "; " + f.value() + ")"
		case 5:
			return "around(" + f.update(depth-1) + ")"
		}
		return "(" + f.pick(".a", ".b.c") + " |= " + f.pick(f.value(), "(. + [1])?", "put(\"c\"; 1)?") + ")"
	}
	return fmt.Sprintf(f.pick("(.[%s] = %s)", "(.[%s] += [%s])", "setpath([%s]; %s)", "(. + {(%s): %s})", "(. * {x: {(%s): %s}})", "change(.[%s] = %s)"), f.key(), f.value())
}

// TestAliases folds states whose parts are held elsewhere, in later states, in
// variables and in what was handed out: nothing of that may change behind them.
func TestAliases(t *testing.T) {
	f := folder{rand.New(rand.NewPCG(7, 8))}
	owned := 0
	for range 3000 {
		program := `def id($v): $v; def same(f): f; def small(f): f | if (tojson | length) > 150 then 0 else . end; def change(f): .n += 1 | f;` +
			`"b" as $k | [7] as $v | def g: [$v]; 0 as $x | def put($k; $v): ` + f.update(0) + `; def around(f): ` + f.update(0) + ` | f; ` +
			fmt.Sprintf(`[foreach (1, 2, 3) as $x (%s; %s)] + [reduce (1, 2, 3) as $x ({}; %s)]`, f.pick("{}", "{a: [0]}", "null"), f.update(2), f.update(2))
		q, err := gojq.Parse(program)
		if err != nil {
			t.Fatalf("gojq refuses %s: %v", program, err)
		}
		theirs, err := gojq.Compile(q)
		if err != nil {
			t.Fatalf("gojq refuses %s: %v", program, err)
		}
		p, err := Compile(program, testOptions)
		if err != nil {
			t.Fatalf("Compile(%s): %v", program, err)
		}
		if p.main.owns > 0 {
			owned++
		}
		got, gotErr := runBoth(t, NewRunner(p), decode(t, "null"))
		want, wantErr, _ := runGojq(theirs, "null")
		if !sameOutputs(t, got, want) || (gotErr == nil) != (wantErr == nil) {
			t.Fatalf("%s: got %v, %v; gojq has %v, %v", program, got, gotErr, want, wantErr)
		}
	}
	if owned < 1000 {
		t.Errorf("%d of 3000 programs have a fold that owns its state; want 1000", owned)
	}
	t.Logf("%d of 3000 programs own their state", owned)
}
