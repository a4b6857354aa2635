package jq

import (
	"runtime"
	"testing"

	"ndjsontools/lib/json"
)

// TestFolds makes sure that a loop over twice as much takes twice the memory: one
// that copies its state in each round takes four times as much, of memory as of
// time.
func TestFolds(t *testing.T) {
	for _, program := range []string{
		`reduce .[] as $x (""; "\(.)\($x)")`,
		`reduce .[] as $x (""; . + "\($x)" | . + ",")`,
		`reduce .[] as $x ([]; . + [$x])`,
		`reduce .[] as $x ([]; . + [length])`,
		`reduce .[] as $x ([]; . + [(.[-1] // 0) + $x])`,
		`reduce .[] as $x ([0,[]]; [.[0]+1, .[1]+[$x]])`,
		`reduce .[] as $x ({n:0,xs:[]}; {n: (.n+1), xs: (.xs+[$x])})`,
		`reduce .[] as $x ({n:0,xs:[]}; .n += 1 | .xs += [$x])`,
		`reduce .[] as $x ({}; .a.b["k\($x)"] += 1)`,
		`reduce .[] as $x ({}; .["k\($x)"] |= . + 1)`,
		`reduce .[] as $x ({}; .["k\($x % 10)"] += [$x])`,
		`reduce .[] as $x ({}; .["k\($x)"] = length)`,
		`reduce .[] as $x ({}; "k\($x)" as $k | .[$k] = $x)`,
		`reduce .[] as $x ({}; setpath(["a", "k\($x)"]; $x))`,
		`reduce .[] as $x ({}; . * {a: {"k\($x)": $x}})`,
		`reduce .[] as $x ({}; .last = {id: $x} | .last.n = 1 | .all["k\($x)"] = $x)`,
		`reduce .[] as $x ({}; .last |= {id: $x} | .last.n = 1 | .all["k\($x)"] = $x)`,
		`reduce range(length-1) as $i (.; .[$i] as $a | .[$i+1] as $b | .[$i] = $b | .[$i+1] = $a)`,
		`reduce .[] as $x (.; .[:-1])`,
		`def bump($k): .[$k] += 1; reduce .[] as $x ({}; bump("k\($x)"))`,
		`def put(k; $v): .[k] = $v; def bump(f): put(f; 1) | .n += 1; reduce .[] as $x ({}; bump("k\($x)"))`,
		`def change(f): .last = 1 | f; reduce .[] as $x ({}; change(.["k\($x)"] = 1))`,
		`def one: [1]; def key($x): "k\($x)"; reduce .[] as $x ({}; .[key($x)] += one)`,
		`def length: . + {a: 1}; reduce .[] as $x ({}; .["k\($x)"] = 1 | length)`,
		`last(foreach .[] as $x ([]; . + [$x]))`,
		`[foreach .[] as $x ([]; . + [$x]; length)] | last`,
		`[foreach .[] as $x ({}; .["k\($x)"] = 1; {n: length, $x})] | last`,
		`length as $n | {} | until(length >= $n; .["k\(length)"] = 1)`,
		`length as $n | {i: 0, xs: []} | until(.i >= $n; .i += 1 | .xs += [.i])`,
		`until(length <= 1; .[1:])`,
		`length as $n | last([] | while(length <= $n; . + [1]))`,
		`length as $n | [limit($n; {i: 0, xs: []} | recurse(.i += 1 | .xs += [.i]) | .i)]`,
		`length as $n | def f($i; $acc): if $i == 0 then $acc else f($i - 1; $acc + [$i]) end; f($n; [])`,
		`length as $n | def f($i; $s): if $i == 0 then $s else f($i - 1; "\($s)x") end; f($n; "")`,
		`map([.]) | add`, `map(tostring) | join(",")`, `group_by(. % 10)`, `map({key: tostring, value: .}) | from_entries`,
		`reduce .[] as $x (0; [.]) | [paths] | length`,
	} {
		p, err := Compile(program, testOptions)
		if err != nil {
			t.Errorf("Compile(%s): %v", program, err)
			continue
		}
		small, large := memoryOf(t, p, 4000), memoryOf(t, p, 8000)
		if large > 3*small {
			t.Errorf("%s: %d bytes for 4000 rounds, %d for 8000", program, small, large)
		}
	}
}

// memoryOf is how many bytes a run over [0, 1, ...] allocates.
func memoryOf(t *testing.T, p *Program, n int) uint64 {
	t.Helper()
	in := json.NewArray(n)
	for i := range n {
		in.Append(json.FromInt(int64(i)))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := NewRunner(p).Run(in.Value(), func(json.Value) error { return nil })
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Errorf("%s: %v", p, err)
	}
	return after.TotalAlloc - before.TotalAlloc
}

// TestDrop makes sure that a fold remembers no more containers than its state has:
// what was replaced would stay in memory to the end.
func TestDrop(t *testing.T) {
	for _, program := range []string{
		`setpath(["a"]; {}) | setpath(["a", "b"]; []) | setpath(["a", "b", 0]; 1)`,
		`.a = {} | .a.b = [] | .a.b[0] = 1`,
		`. + {a: {}} | .a.b.c = 1`,
		`. * {a: {b: [1]}} | .a.b[0] += 1 | .a = 1`,
		`.a[0:2] = [[1]] | .a[0][0] += 1`,
		`.a[:1] += [1] | .a[1:] = []`,
	} {
		p, err := Compile("reduce range(100) as $x ({}; "+program+")", testOptions)
		if err != nil {
			t.Fatal(err)
		}
		r := NewRunner(p)
		most := 0
		err = r.Run(json.Value{}, func(json.Value) error {
			for _, own := range r.m.frame.owns {
				most = max(most, len(own))
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", program, err)
		}
		if most == 0 || most > 8 {
			t.Errorf("%s: %d containers are owned after 100 rounds; want 1 to 8", program, most)
		}
	}
}
