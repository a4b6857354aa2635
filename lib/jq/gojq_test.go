package jq

import (
	stdjson "encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
)

// gojqInputs are what each of the programs below runs over.
var gojqInputs = []string{
	`null`, `true`, `false`, `0`, `-3`, `2.5`, `""`, `"abc"`, `"a,b,c"`, `"é✓"`, `[]`, `[1,2,3]`, `[3,1,2,1]`, `["b","a"]`, `[[1,2],[3],[]]`, `[null,false,1]`, `{}`,
	`{"a":1}`, `{"a":{"b":{"c":5}},"d":[1,{"e":2}]}`, `{"a":[1,2,3],"b":"x"}`, `[{"a":1,"b":2},{"a":3},{"a":1,"b":0}]`,
	`{"b":2,"a":1,"c":null}`, `[{"key":"x","value":1},{"key":"y","value":[2]}]`,
	`{"id":7,"level":"error","msg":"m","req":{"ms":1.5,"path":"/x"},"tags":["t","u"]}`,
}

// gojqPieces are put together in pipes and commas and under operators.
var gojqPieces = []string{
	`.`, `.a`, `.a.b`, `.a?`, `.[0]`, `.[-1]`, `.[1:]`, `.[:2]`, `.[:-1]`, `.[]`, `.[]?`, `..`, `..|numbers`, `1`, `"x"`, `null`, `empty`, `[.[]?]`, `{a:1}`, `{a:.}`, `{(tostring):1}`, `{"k\(1,2)":(3,4)}`,
	`[.,1]`, `[1,2]|.[]`, `length`, `keys?`, `keys`, `type`, `tostring`, `tojson`, `tojson|fromjson`, `not`, `add?`, `add`, `any`, `all`, `sort`, `sort_by(.a)`, `group_by(.a)`, `unique`, `unique_by(.a)`,
	`min`, `max`, `min_by(.a)`, `max_by(.a)`, `flatten`, `flatten(1)`, `to_entries`, `from_entries?`, `with_entries(.)`, `map(.)`, `map(.a?)`, `map_values(.)`, `map_values(empty)`,
	`.a = 5`, `.a |= 5`, `.a += 1`, `.[0] = 9`, `.[1:] = [8]`, `.[]? += 1`, `(.. | numbers) |= . + 1`, `.a.b.c //= 4`, `.[]? |= empty`, `.a |= empty`, `(.a,.b) = (1,2)`, `del(.a)`, `del(.[0])`, `del(.[0,1])`, `del(..|select(. == 1))`, `delpaths([["a"],["b"]])`,
	`to_entries? // 1`, `.a // "d"`, `(.a, .b) // 3`, `.[]? // "none"`, `[paths]`, `[paths(type == "number")]`, `[path(..)]`, `[path(.a?, .b?)]`, `[path(first(.[]?))]`, `[path(.a?|select(.))]`, `[path(if .a? then .a else . end)]`,
	`getpath(["a","b"])?`, `setpath(["a"]; 1)?`, `[leaf_paths?]`[:0], `[splits("a")?]`[:0], `first`, `last`, `first(.[]?)`, `last(.[]?)`, `nth(1; .[]?)`, `[limit(2; .[]?)]`, `[skip(1; .[]?)]`, `isempty(.[]?)`, `[range(3)]`, `[range(0; 10; 3)]`, `[range(5; 0; -2)]`,
	`if . then 1 else 2 end`, `if .a? then .a elif . == 1 then 2 end`, `try error catch .`, `try error("e") catch .`, `[.[]? | try (if . == 1 then error("one") else . end) catch "c"]`, `(try .a catch "no")`, `[.[]?|(1/.)?]`,
	`. as $x | [$x]`, `. as [$a] | $a`, `. as {a: $v} | $v`, `.[]? as [$a, $b] | {$a, $b}`, `.[]? as {a: $x} ?// [$x] | [$x]`, `. as [$a] ?// {a: $a} ?// $a | [$a]`, `[.[]? as $x | $x]`,
	`reduce .[]? as $x (0; . + 1)`, `reduce .[]? as $x ([]; . + [$x])`, `reduce .[]? as $x ({}; .[$x | tojson] += 1)`, `reduce .[]? as $x (null; .a |= $x | .b += [$x])`, `[foreach .[]? as $x (0; . + 1)]`, `[foreach .[]? as $x (0; . + 1; [$x, .])]`,
	`reduce (.[]?, .[]?) as $x ({}; .g[$x | type] += [$x])`, `reduce .[]? as $x ({}; .x = $x | .y.z = [$x] | .y |= {z: .z, w: .z})`, `reduce .[]? as $x ({a: []}; .a += [$x] | .b = .a | .a[0] = 7)`,
	`[label $out | .[]? | if . == 2 then break $out else . end]`, `[.[]? | label $l | ., break $l, 3]`, `def f: . + 1; f?`, `def f(g): [g, g]; f(.a?)`, `def f($x; g): $x + g; [f(1, 2; 3, 4)]`, `def f: if type == "array" then map(f) else [.] end; f`, `[recurse(if type == "number" and . < 3 then . + 1 else empty end)]`,
	`[recurse]`, `walk(if type == "number" then . + 1 else . end)`, `[while(type == "number" and . < 3; . + 1)]`, `[limit(3; repeat(.))]`, `[.[]? | select(type == "number")]`, `in({"a":1})?`, `has("a")?`, `has(0)?`, `inside([1,2,3])?`, `contains({a:1})?`, `contains("b")?`, `contains([1])?`,
	`index(1)?`, `rindex(1)?`, `indices(1)?`, `index("b")?`, `split(",")?`, `join(",")?`, `ascii_downcase?`, `ascii_upcase?`, `explode?`, `(explode | implode)?`, `startswith("a")?`, `endswith("c")?`, `ltrimstr("a")?`, `rtrimstr("c")?`, `trim?`, `tonumber?`, `utf8bytelength?`,
	`floor?`, `sqrt?`, `pow(.; 2)?`, `abs?`, `. == 1`, `. < "a"`, `. >= [1]`, `. != null`, `. and true`, `(true, false) or .`, `@text`, `@json`, `@csv?`, `@tsv?`, `@html`, `@uri`, `@sh?`, `@base64`, `"<\(.)>"`, `@json "<\(.)>"`, `"\(1,2)-\(3,4)"`,
	`-(.a?)`, `[.[]? | -.]?`, `tostream`, `fromstream(tostream)`, `[1 | truncate_stream([[0],1],[[1,0],2],[[1,0]],[[1]])]`, `pick(.a)?`, `pick(.[1])?`, `transpose?`, `[combinations]?`, `bsearch(2)?`, `INDEX(.a)?`, `IN(1, 2)`, `IN(.[]?; 1)`, `any(.[]?; . == 1)`, `all(.[]?; . == 1)`,
	`input_line_number?`[:0], `getpath(["a",0])?`, `[.[]?, 1] | add?`, `add(.[]?; 1)`[:0], `add(.[]?)`, `toboolean?`, `error?`, `ltrimstr(1)?`, `[.[]?] | length`, `limit(0; 1)`, `limit(1; 1, error)`, `todate?`, `(.a, .a) |= 3`, `to_entries | map(.key)`, `[..] | length`, `map(select(. != null))`, `.[2:1]`, `.["a"]?`, `."a"?`, `.a[]?`, `.a[0]?`,
	`{a, b}?`, `{a: .a?, b: (1, 2)}`, `{"a b": 1}."a b"`, `{$__loc__}`[:0], `[.[]?] == [.[]?]`, `. * 2`, `. / ","`, `. - [1]`, `. % 2`, `{} * {a: .}`, `. + {z: 1}`, `. + {a: 9, z: length?}`, `{a: 0} + .`, `.a as $v | .b as $w | [$v, $w]`,
}

var gojqOperators = []string{"|", ",", "+", "-", "*", "//", "==", "<", "and"}

// unlikeGojq are words whose presence makes gojq something else than jq 1.8.
var unlikeGojq = map[string]string{
	"abs":        "jq leaves what is above all numbers as it is",
	"transpose":  "jq takes an empty object",
	"reverse":    "jq reverses no strings",
	"isnan":      "to jq, what is no number is not nan",
	"isinfinite": "to jq, what is no number is not infinite",
	"isnormal":   "to jq, what is no number is not normal",
	"flatten(":   "jq looks at the depth when it needs it",
	"index":      "jq takes the index of an object for a field",
	"todate":     "gojq takes arrays with fewer elements",
	"split":      "gojq splits an empty string into one empty string",
}

// gojqExtends are errors of jq in whose place gojq has a result.
var gojqExtends = map[string]bool{
	"Cannot index string with number (0)":  true, // gojq's "abc"[1] is "b"
	"Cannot index string with number (-1)": true,
}

// orderSensitive programs show the order of keys, which gojq does not keep.
func orderSensitive(program, input string) bool {
	if !strings.Contains(input, `{"b":2,`) && !strings.Contains(input, `"id":7`) && !strings.Contains(program, "{") {
		return false
	}
	for _, word := range []string{"[]", "..", "to_entries", "tojson", "tostring", "@", `\(`, "first", "last", "recurse", "path", "add", "any", "all", "keys_unsorted", "join", "map", "flatten", "with_entries", "IN", "stream", "del", "=", "walk", "reverse", "combinations", "transpose"} {
		if strings.Contains(program, word) {
			return true
		}
	}
	return false
}

func TestValuesLikeGojq(t *testing.T) {
	var programs []string
	for i, piece := range gojqPieces {
		if piece == "" {
			continue
		}
		programs = append(programs, piece)
		for j := range 6 {
			other := gojqPieces[(i*31+j*47+7)%len(gojqPieces)]
			if other != "" {
				programs = append(programs, "("+piece+") "+gojqOperators[(i+j)%len(gojqOperators)]+" ("+other+")", "["+piece+" | "+other+"]")
			}
		}
	}
	compared, failures := 0, 0
	for _, program := range programs {
		if unlike(program) {
			continue
		}
		q, err := gojq.Parse(program)
		if err != nil {
			t.Errorf("gojq refuses %s: %v", program, err)
			continue
		}
		theirs, err := gojq.Compile(q)
		if err != nil {
			t.Errorf("gojq refuses %s: %v", program, err)
			continue
		}
		p, err := Compile(program, testOptions)
		if err != nil {
			t.Errorf("Compile(%s): %v", program, err)
			continue
		}
		r := NewRunner(p)
		for _, input := range gojqInputs {
			if orderSensitive(program, input) {
				continue
			}
			compared++
			got, gotErr := runBoth(t, r, decode(t, input))
			want, wantErr, ok := runGojq(theirs, input)
			if !ok {
				continue
			}
			if gotErr != nil && gojqExtends[gotErr.Error()] {
				continue
			}
			if !sameOutputs(t, got, want) || (gotErr == nil) != (wantErr == nil) {
				if failures++; failures <= 40 {
					t.Errorf("%s over %s: got %v, %v; gojq has %v, %v", program, input, got, gotErr, want, wantErr)
				}
			}
		}
	}
	if compared < 40_000 {
		t.Errorf("got %d comparisons; want 40000 or more", compared)
	}
	t.Logf("%d programs, %d comparisons, %d differences", len(programs), compared, failures)
}

func unlike(program string) bool {
	for word := range unlikeGojq {
		if strings.Contains(program, word) {
			return true
		}
	}
	return false
}

// runGojq returns the outputs as JSON values. ok is false for a program that does
// not end soon.
func runGojq(code *gojq.Code, input string) (out []any, err error, ok bool) {
	var v any
	if err := stdjson.Unmarshal([]byte(input), &v); err != nil {
		return nil, err, false
	}
	it := code.Run(v)
	for range 10_000 {
		x, more := it.Next()
		if !more {
			return out, nil, true
		}
		if err, failed := x.(error); failed {
			return out, err, true
		}
		text, _ := gojq.Marshal(x)
		var y any
		if err := stdjson.Unmarshal(text, &y); err != nil {
			return nil, err, false
		}
		out = append(out, y)
	}
	return nil, nil, false
}

func sameOutputs(t *testing.T, got []string, want []any) bool {
	t.Helper()
	if len(got) != len(want) {
		return false
	}
	for i, text := range got {
		var v any
		if err := stdjson.Unmarshal([]byte(text), &v); err != nil {
			t.Errorf("an output that is not JSON: %s", text)
			return false
		}
		if !reflect.DeepEqual(rounded(v), rounded(want[i])) {
			return false
		}
	}
	return true
}

// rounded hides the last bits of doubles, where libraries differ.
func rounded(v any) any {
	switch v := v.(type) {
	case float64:
		return math.Round(v*1e9) / 1e9
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = rounded(x)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = rounded(x)
		}
		return out
	}
	return v
}
