package jq

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ndjsontools/lib/json"
)

// TestOutputs has what the conformance data and gojq do not: order, spelling,
// and what goes wrong in machines like this one.
func TestOutputs(t *testing.T) {
	for _, c := range []struct{ program, input, want string }{
		// Order and spelling.
		{`.`, `{"b":1.0,"a":1e2,"c":-0}`, `{"b":1.0,"a":1e2,"c":-0}`},
		{`. + {a: 9, z: 1}`, `{"b":1,"a":2,"c":3}`, `{"b":1,"a":9,"c":3,"z":1}`},
		{`. + {processedAt: (now | todate), meta: "processed"}`, `{"id":1}`, `{"id":1,"processedAt":"2015-03-05T23:51:47Z","meta":"processed"}`},
		{`. + {a: .b, b: .a}`, `{"a":1,"b":2}`, `{"a":2,"b":1}`},
		{`(. + {x: 1}), (. + {y: .a})`, `{"a":5}`, `{"a":5,"x":1} {"a":5,"y":5}`},
		{`. + {x: (1, 2)}`, `{"a":5}`, `{"a":5,"x":1} {"a":5,"x":2}`},
		{`null + {x: 1}`, `0`, `{"x":1}`},
		{`{b: 1, a: 2, b: 3}`, `null`, `{"b":3,"a":2}`},
		{`.a += 1`, `{"z":0,"a":1,"y":2}`, `{"z":0,"a":2,"y":2}`},
		{`[.[] | tojson]`, `[1.0, 100e-2, 12345678901234567890]`, `["1.0","100e-2","12345678901234567890"]`},
		{`[.5, 5., 007, 1.e2, -1.10]`, `null`, `[0.5,5,7,1e2,-1.10]`},
		{`now`, `null`, `1425599507.123456`},
		{`{a: (1, 2), b: (3, 4)}`, `null`, `{"a":1,"b":3} {"a":1,"b":4} {"a":2,"b":3} {"a":2,"b":4}`},
		{`[(1, 2) + (10, 20)], [pow(2, 3; 1, 2)]`, `null`, `[11,12,21,22] [2,3,4,9]`},
		{`.[(0, 1):(2, 3)]`, `[1,2,3]`, `[1,2] [1,2,3] [2] [2,3]`},
		{`"\(1, 2) \(3, 4)"`, `null`, `"1 3" "2 3" "1 4" "2 4"`},
		{`[range(0, 1; 3, 4)]`, `null`, `[0,1,2,0,1,2,3,1,2,1,2,3]`},
		{`"\("a\("b")")\("c")"`, `null`, `"abc"`},
		{`$given, $ENV.PAGER, env.PAGER, $__loc__.line`, `null`, `"from outside" "less" "less" 1`},

		{`[8 | frexp, modf, significand, logb, (ldexp(.; 2))]`, `null`, `[[0.5,4],[0,8],1,3,32]`},
		{`[-1.5 | modf], [fmax(nan; 1), fmin(2; 1), drem(5; 3), jn(0; 0)]`, `null`, `[[-0.5,-1]] [1,1,-1,1]`},
		{`[1e17, 3.0, -0.5, 9007199254740993, 2.5] | map(floor), map(ceil)`, `null`, `[1e+17,3,-1,9007199254740993,2] [1e+17,3,-0,9007199254740993,3]`},

		{`@base32, format("base64"), (format("csv", "tsv")? // "no")`, `"ab"`, `"MFRA====" "YWI=" "no"`},

		// A try does not catch what happens behind it.
		{`try ((try 1 | error("a")) | 2) catch .`, `null`, `"a"`},
		{`[.[] | try (if . == 2 then error("two") else . end) catch "caught"]`, `[1,2,3]`, `[1,"caught",3]`},
		{`try (try (1, 2) | if . == 2 then error("out") else . end) catch .`, `null`, `1 "out"`},
		{`try error({a: 1}) catch .a`, `null`, `1`},
		{`try error(null) catch .`, `null`, `null`},
		{`[label $out | (try (1, break $out, 2) catch "no")]`, `null`, `[1,"no"]`},
		{`[label $a | label $b | 1, break $a, 2], 3`, `null`, `[1] 3`},
		{`def f: label $x | (1, break $x, 2); [f, f]`, `null`, `[1,1]`},
		{`first(1, error("never"))`, `null`, `1`},
		{`isempty(1, error("never"))`, `null`, `false`},
		{`[limit(3; limit(2; range(10)), 7, error("never"))]`, `null`, `[0,1,7]`},

		// "?" right behind a step forgives that step.
		{`[(.a[0])?], [.a?[0]?]`, `1`, `[] []`},
		{`[.[]?]`, `1`, `[]`},

		// Closures and recursion.
		{`def f(g): def h: g; h; def g: 3; f(g)`, `null`, `3`},
		{`def f(x): x * 2; f(3)`, `null`, `6`},
		{`def f(x): 1 as $y | x + $y; 5 as $y | f($y)`, `null`, `6`},
		{`def f($a; $b): $a + $b; [f(1, 2; 10, 20)]`, `null`, `[11,21,12,22]`},
		{`def f($a; $b): a + $b; [f(1, 2; 10, 20)]`, `null`, `[11,12,21,22,11,12,21,22]`},
		{`def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 20 | fac`, `null`, `2432902008176640000`},
		{`def fib: if . < 2 then . else (. - 1 | fib) + (. - 2 | fib) end; [range(10) | fib]`, `null`, `[0,1,1,2,3,5,8,13,21,34]`},
		{`def p: if length == 0 then [] else .[] as $x | (. - [$x] | p) as $r | [$x] + $r end; [p] | length`, `[1,2,3,4]`, `24`},
		{`def f(g): if . > 3 then g else . + 1 | f(g + 1) end; 0 | f(.)`, `null`, `8`},
		{`def f($n; g): if $n == 0 then [g] else f($n - 1; g, $n) end; f(3; 0)`, `null`, `[0,3,2,1]`},
		{`def even: if . == 0 then true else . - 1 | (def odd: if . == 0 then false else . - 1 | even end; odd) end; 1001 | even`, `null`, `false`},
		{`[recurse(if . < 4 then (. + 1, . + 2) else empty end)] | length`, `0`, `15`},
		{`last(range(200000))`, `null`, `199999`},
		{`def f: if . >= 200000 then . else . + 1 | f end; 0 | f`, `null`, `200000`},
		{`def f(g): if . >= 50000 then g else . + 1 | f(g) end; 0 | f(. + 1)`, `null`, `50001`},

		// Paths and updates.
		{`(.a, .[.a]) |= 7`, `{"a":"b","b":"c","c":0}`, `{"a":7,"b":7,"c":0}`},
		{`[.[] | .x.y |= 1]`, `[{"x":{"y":0,"z":1}},{}]`, `[{"x":{"y":1,"z":1}},{"x":{"y":1}}]`},
		{`. as $in | .a.b |= 9 | [., $in]`, `{"a":{"b":1}}`, `[{"a":{"b":9}},{"a":{"b":1}}]`},
		{`(.[] | select(. > 1)) |= empty`, `[1,2,3,4]`, `[1]`},
		{`(.. | select(type == "number")) |= . + 1`, `[1,[2,{"a":3}]]`, `[2,[3,{"a":4}]]`},
		{`[path(.a | select(.b) | .c)]`, `{"a":{"b":1}}`, `[["a","c"]]`},
		{`[path(getpath(["a", "b"]) | .c)]`, `null`, `[["a","b","c"]]`},
		{`[path(last(.[]))], [path(limit(2; .[]))], [path(.[] as $x | .[$x - 1])]`, `[1,2,3]`, `[[2]] [[0],[1]] [[0],[1],[2]]`},
		{`path(def f: if type == "array" then .[0] | f else . end; f)`, `[[[5]]]`, `[0,0,0]`},
		{`[path(recurse(.[]?))] | length`, `[[1],2]`, `4`},
		{`reduce path(..) as $p ([]; . + [$p | length])`, `[[1],2]`, `[0,1,2,1]`},
		{`path(reduce ("a", "b") as $k (.; .[$k]))`, `null`, `["a","b"]`},
		{`.a[1:3] = [9]`, `{"a":[1,2,3,4]}`, `{"a":[1,9,4]}`},
		{`del(.[1, 2]), del(.[0:2]), del(.[]|select(. == 2))`, `[1,2,3]`, `[1] [3] [1,3]`},

		// A reduce that owns its state changes it, and nothing else.
		{`reduce .[] as $x ({}; .[$x] += 1)`, `["a","b","a"]`, `{"a":2,"b":1}`},
		{`reduce range(4) as $i ([]; . + [$i])`, `null`, `[0,1,2,3]`},
		{`[.[] as $x | reduce (1, 2) as $i ($x; .n += $i)], .`, `[{"n":0},{"n":5}]`, `[{"n":3},{"n":8}] [{"n":0},{"n":5}]`},
		{`reduce (1, 2) as $i ({a: [0]}; .a += [$i] | .b = .a | .a[0] = 9)`, `null`, `{"a":[9,1,2],"b":[9,1,2]}`},
		{`reduce (1, 2) as $i ({}; .a.b += [$i] | . |= {x: .a, y: .a, a: .a} | .x.b[0] = 7)`, `null`, `{"x":{"b":[7,2]},"y":{"b":[1,2]},"a":{"b":[1,2]}}`},
		{`reduce (1, 2) as $i ({a: 1}; .a += (1, 10))`, `null`, `{"a":21}`},
		{`reduce (1, 2, 3) as $i ({"k": {}}; .k.a = $i | .k.b |= empty | if $i == 2 then . |= {p: .k, q: .k, k: .k} else . end | .k.c = $i)`, `null`, `{"p":{"a":2,"c":1},"q":{"a":2,"c":1},"k":{"a":3,"c":3}}`},
		{`reduce (1, 2) as $i (0; empty)`, `null`, `null`},
		{`[foreach (1, 2, 3) as $x (0; if $x == 2 then empty else . + $x end)]`, `null`, `[1,3]`},
		{`reduce (1, 2) as $i ({a: []}; .a |= (. + [$i]) | .b |= (.c += 1 | .l += [$i]))`, `null`, `{"a":[1,2],"b":{"c":2,"l":[1,2]}}`},
		{`[.[] as $x | reduce (1, 2) as $i ($x; .n |= (.m += $i))], .`, `[{"n":{"m":1}}]`, `[{"n":{"m":4}}] [{"n":{"m":1}}]`},
		{`reduce (1, 2) as $i ({a: [0]}; .a |= (. + [$i]) | .b = .a | .a |= (.[0] = 9))`, `null`, `{"a":[9,1,2],"b":[9,1,2]}`},
		{`reduce (1, 2) as $i ({a: {}}; .a |= if $i == 1 then .x = $i else (.y = [$i] | .) end)`, `null`, `{"a":{"x":1,"y":[2]}}`},
		{`[fromstream([[0], 1], [[1, "a"], 2], [[1, "a"]], [[1]], [[], 3], [["b"], []], [["b"]])]`, `null`, `[[1,{"a":2}],3,{"b":[]}]`},
		{`[1, [2]] as $leaf | [fromstream([[0], $leaf], [[0, 1, 0], 9], [[0]])], $leaf`, `null`, `[[[1,[9]]]] [1,[2]]`},
		{`[paths] | ., (.[1] += [8] | .[0] += [9] | .[2][0] = 7)`, `{"a":{"b":[0]},"c":1}`, `[["a"],["a","b"],["a","b",0],["c"]] [["a",9],["a","b",8],[7,"b",0],["c"]]`},
		{`[path(.. | .., .a?)], [.. as $x | [$x | path(..)]]`, `{"a":{"a":2}}`, `[[],["a"],["a","a"],["a"],["a"],["a","a"],["a","a"],["a","a"]] [[[],["a"],["a","a"]],[[],["a"]],[[]]]`},
		{`delpaths([[0], [2], [4]]), delpaths([[1], [1]]), delpaths([[-1], [0], [1]]), delpaths([[0.5], [1.5]]), del(.[1:3], .[0], .[4])`, `[0,1,2,3,4]`, `[1,3] [0,2,3,4] [2,3] [2,3,4] [3]`},
		{`del(.a, .b, .c.d, .c.e, .x), del(.[]), delpaths([["c", "e"], ["c"], ["a"]])`, `{"a":1,"b":2,"c":{"d":1,"e":2,"f":3}}`, `{"c":{"f":3}} {} {"b":2}`},
		{`reduce ("a", "b", "c") as $s ("x"; . + $s), [foreach ("a", "b") as $s ("x"; . + $s)], ("a" + "b" | . + "c", . + "d")`, `null`, `"xabc" ["xa","xab"] "abc" "abd"`},
		{`[foreach (1, 2, 3) as $i ([]; . + [$i])], [foreach (1, 2, 3) as $i ([]; . + [$i]; length)], [foreach (1, 2, 3) as $i ([]; . + [$i]; length, .)]`, `null`, `[[1],[1,2],[1,2,3]] [1,2,3] [1,[1],2,[1,2],3,[1,2,3]]`},
		{`[foreach (1, 2, 3) as $i ({a: []}; .a += [$i] | .n += 1; if $i == 2 then .n else .a end)], [foreach .[] as $x (.; .[0] = $x; . as $s | 1, $s, 2)], .`, `[[5],6]`, `[[1],2,[1,2,3]] [1,[[5],6],2,1,[6,6],2] [[5],6]`},
		{`reduce range(3) as $i ([[]]; .[0] += [$i] | . + [.[0]])`, `null`, `[[0,1,2],[0],[0,1],[0,1,2]]`},

		{`.[] as {a: $x} ?// [$x] | $x`, `[{"a":1},[2]]`, `1 2`},
		{`. as {(("a", "b")): $v} | $v`, `{"a":1,"b":2}`, `1 2`},
		{`. as {$a: [$b]} | $a, $b`, `{"a":[3]}`, `[3] 3`},
	} {
		got, err := outputs(t, c.program, c.input)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s over %s: got %v, error %v; want %s", c.program, c.input, got, err, c.want)
		}
	}
}

// TestEveryName makes sure that each name of jq 1.8.2 compiles, and that the names
// are jq's.
func TestEveryName(t *testing.T) {
	for _, name := range known {
		base, arity, _ := strings.Cut(name, "/")
		call := base
		if n := int(arity[0] - '0'); n > 0 {
			call += "(" + strings.Repeat(".;", n-1) + ".)"
		}
		if _, err := Compile(call, testOptions); err != nil {
			t.Errorf("Compile(%s): got %v", call, err)
		}
	}
	if theirs := strings.Fields(readConformance(t, "jq-1.8.2-builtins.txt")); !slices.Equal(theirs, known[:]) {
		t.Errorf("names are %q; want jq's %q", known, theirs)
	}
}

// TestNamesAreKnown keeps our own functions to jq's names.
func TestNamesAreKnown(t *testing.T) {
	ours := []string{}
	for name := range natives {
		ours = append(ours, name)
	}
	for name := range library {
		ours = append(ours, name)
	}
	for name := range makeForms() {
		ours = append(ours, name)
	}
	slices.Sort(ours)
	for _, name := range slices.Compact(ours) {
		if name != "not/0" && !slices.Contains(known[:], name) {
			t.Errorf("%s is no function of jq 1.8.2", name)
		}
	}
}

func TestRunnerAfterErrors(t *testing.T) {
	p, err := Compile(`def f: if type == "array" then .[] | f else 1 / . end; [limit(2; f)], (.. | numbers)`, testOptions)
	if err != nil {
		t.Fatal(err)
	}
	r := NewRunner(p)
	for range 3 {
		if got, err := runOnce(r, decode(t, `[[1,0]]`)); err == nil {
			t.Errorf("got %v; want an error", got)
		}
		if got, err := runOnce(r, decode(t, `[[1,[2]],4]`)); err != nil || strings.Join(got, " ") != "[1,0.5] 1 2 4" {
			t.Errorf("got %v, %v; want what a new Runner gives", got, err)
		}
	}
}

func TestEmitStops(t *testing.T) {
	full := errors.New("full")
	for _, program := range []string{`.[]`, `try .[] catch 5`, `.[] // 5`, `label $x | .[]`, `def f: .[]; f`, `first(.[]), 2`} {
		p, err := Compile(program, testOptions)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		err = NewRunner(p).Run(decode(t, `[1,2,3]`), func(json.Value) error { n++; return full })
		if err != full || n != 1 {
			t.Errorf("%s: got error %v after %d outputs; want emit's own after 1", program, err, n)
		}
	}
}

func TestNowIsAskedEachTime(t *testing.T) {
	calls := 0
	clock := func() time.Time { calls++; return time.Unix(int64(calls), 0) }
	p, err := Compile(`[now, now] | map(todate)`, Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	r := NewRunner(p)
	for _, want := range []string{
		`["1970-01-01T00:00:01Z","1970-01-01T00:00:02Z"]`, `["1970-01-01T00:00:03Z","1970-01-01T00:00:04Z"]`,
	} {
		if got, err := runOnce(r, json.Null()); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("got %v, %v; want %s", got, err, want)
		}
	}
	if _, err := Compile(`now`, Options{}); err == nil {
		t.Error("now without a clock: got a program; want an error")
	}
}

func TestRunnersShareAProgram(t *testing.T) {
	p, err := Compile(`def f: if . > 0 then . - 1 | f else "end" end; [.[] | f], (. + {x: 1})? // 1, (reduce .[] as $x ({}; .k += [$x]))`, testOptions)
	if err != nil {
		t.Fatal(err)
	}
	want, err := runOnce(NewRunner(p), decode(t, `[10,20,30]`))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			r := NewRunner(p)
			for range 50 {
				if got, err := runOnce(r, decode(t, `[10,20,30]`)); err != nil || !slices.Equal(got, want) {
					t.Errorf("got %v, %v; want %v", got, err, want)
				}
			}
		})
	}
	wg.Wait()
}

// TestInliningIsBounded compiles definitions that multiply each other.
func TestInliningIsBounded(t *testing.T) {
	program := "def f0: .+1; "
	for i := range 40 {
		program += strings.NewReplacer("B", string(rune('0'+i/10))+string(rune('0'+i%10)), "A", string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10))).
			Replace("def gA: if . < 0 then gB else gB end; ")
	}
	program = strings.Replace(program, "def f0:", "def g00:", 1) + "0 | g40"
	got, err := outputs(t, program, "null")
	if err != nil || len(got) != 1 || got[0] != "1" {
		t.Errorf("got %v, %v; want 1", got, err)
	}
}

func TestLongPrograms(t *testing.T) {
	for _, program := range []string{
		"[" + strings.Repeat("1,", 20_000) + "1] | length",
		strings.Repeat("1+", 2_000) + "1", strings.Repeat(".|", 2_000) + "1",
		strings.Repeat("[", 1_000) + strings.Repeat("]", 1_000) + "|1",
		strings.Repeat("if . then ", 500) + "1" + strings.Repeat(" else 2 end", 500),
	} {
		if got, err := outputs(t, program, "null"); err != nil || len(got) != 1 {
			t.Errorf("%.30s...: got %d outputs, %v; want one", program, len(got), err)
		}
	}
}
