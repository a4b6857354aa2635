package span

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/jq"
	"ndjsontools/lib/json"
)

var noon = time.Date(2015, 3, 5, 23, 51, 47, 0, time.UTC)

var options = jq.Options{
	Now:       func() time.Time { return noon },
	Env:       []string{"HOME=/root"},
	Variables: []jq.Variable{{Name: "given", Value: json.FromString("from \"outside\"")}},
}

// records are of every kind that the two ways could disagree on.
var records = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":1,"b":"x","c":null}`, event, article,
	`{"a":{"b":{"c":1}},"b":2}`, `{"a":{"b":1,"c":"d"}}`, `{"a":{}}`, `{"a":null,"b":false,"c":true}`, `{"b":{"a":{}},"a":[]}`,
	`{"a":"b"}`, `{"a":{"b":"x"},"c":{"b":"y"}}`, `{"c":3,"b":2,"a":1}`,
	"{\"a\" : 1 , \"b\":\t[ 1 , { \"x\" : 2 } ] }", ` {"a":"x"}`, `{"a":"x"} `, `{"a": "x", "b": {"c": [1, 2, []]}, "c": {}}`,
	`{"a":1,"a":2}`, `{"a":{"b":1},"a":{"c":2}}`, `{"a":1,"\u0061":2}`, `{"b":{"x":1,"x":2},"a":3}`, `{"b":[{"x":1,"x":2}],"a":3}`, `{"b":[{"x":{"y":1},"x":3}],"a":3}`,
	`{"\u0061":1}`, `{"a\/b":1,"a":"c\/d"}`, `{"a":"\u0041\u00e9\ud83d\ude00"}`, `{"a":"\n\"\\\b\f\r\t"}`, "{\"a\":\"x\x7fy\",\"\x7f\":1}", `{"a":"\u007f\u001f"}`,
	`{"a":"Быстрая лиса","b":"日本語テキスト"}`, "{\"a\":\"\u2028\"}", `{"a":"x\ud800"}`, `{"a":"\udc00"}`, "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"tab\tin\"}", "{\"a\":\"nul\x00\"}",
	`{"a":1.50}`, `{"a":1e1000}`, `{"a":-0}`, `{"a":0.1e-7,"b":12345678901234567890123}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":-}`, `{"a":+1}`, `{"a":1e}`, `{"a":0}`, `{"a":12345678}`, `{"a":123456789,"b":1}`, `{"a":1.0}`, `{"a":10e-1}`,
	`{"a":tru}`, `{"a":trueb}`, `{"a":NaN}`, `{"a":nul}`, `{"a":false}`, `{"a":[]}`, `{"a":[1,2,3]}`, `{"a":[1,,2]}`, `{"a":[1 2]}`, `{"a":[1,]}`, `{"a":[[[]]]}`, `{"a":[{"a":[{"a":1}]}]}`, `{"a":[{},{"b":1},{"b":2,"c":3}]}`,
	`{"a":1}}`, `{"a":1,}`, `{,"a":1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{"a":1;"b":2}`, `{"a":1}x`, `{"a":{"b":1}`, `[]`, `[1]`, `"a"`, `null`, `1`, ``, ` `, `{`, `}`, `{"`, `{"a":"unterminated`,
	`{"a":5,"b":{"b":"x"}}`, `{"a":"5"}`, `{"a":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `}`, strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60),
	`{"level":"error","id":1,"msg":"m","user":{"name":"n"}}`, `{"level":"err\u006fr","id":1}`, `{"level":7}`, `{"user":7,"level":"error"}`, `{"user":"x"}`, `{"user":null,"tags":null}`,
}

// programs have a plan.
var programs = []string{
	`.`, `.a`, `.a.b`, `.a.b.c`, `."a"`, `.["a"]`, `.a?`, `.a.b?`, `.a|.b`, `.a,.b`, `(.a,.b)|.b`, `(.a,.b)|(.b,.c)`,
	`select(.a==1)`, `select(.a=="b")|.a`, `select(.a<2)`, `select(.a>="x")`, `select(1<=.a)`, `select(.a!=null)`, `select(.a==null|not)`, `select(.a==true or .b==2)`, `select(.a and (.b=="x" or .c))`, `select(.a|not)`,
	`select(.a.b==1).a`, `select(.level=="error")|{id,m:.msg}`, `select(.user.id > 100 and .level != "info") | .user`, `.a==1`, `.a<1.5`, `.a==1.0`, `[.a==1,.b!=2]`, `select(.a).b`, `.a|select(.b==1)`, `.a|select(.b)|.c`,
	`{a}`, `{a,b}`, `{a:.b,b:.a}`, `{"x y":.a}`, `{x:{y:.a.b,z:[.c]}}`, `{$given}`, `{a:1}`, `[.a]`, `[.a,.b,[.c]]`, `[.]`, `{x:.}`, `[]`, `{}`, `1`, `"x"`, `null`, `.a|1`, `.a.b|{}`, `-1`, `[1,2]`, `1+2*3`, `$given`, `$ENV.HOME`, `"a" + "b"`,
	`. + {z:1}`, `. + {a:9}`, `. + {a:.b,b:.a}`, `. + {c:1,a:2,zz:.a}`, `.a + {b:1}`, `.a + {b:.c,x:.b}`, `. + {x:1} + {y:2,x:3}`, `. + {a:{b:.a}}`, `. + {processedAt:(now|todate),meta:"processed"}`, `. + {z:$given}`, `{x:(.a + {b:5})}`, `. + {"\u007f":"\u007f"}`,
	`{a:.a.b,c:.b}|.c`, `{a:.a}|select(.a==1)`, `{a:.a}|.a.b`, `(. + {z:1})|.z`, `(. + {z:.a.b})|.a`, `(.a + {z:1})|.b`, `(.a + {z:1}).z`, `{a:{b:.c}}.a.b`, `. + {z:1} | select(.z==1) | {a,z}`, `{a:1}|.b`, `{a:.a}|{b:.a}|[.b]`,
	`.a // "none"`, `.a // .b // 3`, `{a:(.a // .b)}`, `.a.b // .c`, `select(.a // .b)`, `if .a then .b else .c end`, `if .a==1 then "one" elif .a then .a else {x:.b} end`,
	`"a\(.a)b"`, `"\(.a)\(.b)"`, `"\(.a): \"\(.b)\" \u007f"`, `{x:"<\(.a)>"}`, `"\(.a==1)"`, `now|todate`, `{t:now}`, `[now|floor]`, `.a|not`, `.a and .b`, `[.a or .b]`,
	`.a = 1`, `.a = .b`, `.a.b = 1`, `.a.b = .c`, `.z = {x:.a}`, `.a |= {x:.}`, `.a |= .b`, `.a.b |= "x"`, `.a //= 5`, `.a.b //= .b`, `.a = 1 | .b = 2`, `.a = 1 | .a = 2`, `.a = 1 | .a`, `. + {z:1} | .a = 2`, `(.a = 1) | select(.b)`,
	`del(.a)`, `del(.b)`, `del(.a,.b)`, `del(.b,.a)`, `del(.a.b)`, `del(.id,.ts,.code)`, `del(.user.id)|.user`, `del(.a)|.b=1`, `del(.a)|.a`, `. + {z:1}|del(.z)`, `. + {z:1}|del(.a)`, `.a=1|del(.b)`, `del(.id)|del(.ts)`, `{x:del(.a)}`, `del(.a.b,.c)`, `.a|del(.b)`, `del(.a,.b,.c)`,
	`.a|length`, `.a[]`, `.a[]?`, `.a[0]`, `.a[1:]?`, `.a[-1:]`, `.a["b"]?`, `.a.[0]?`, `[.a[]?|tostring]`, `.a|tojson`, `.a|.b?,.c?`, `.a|map(.b?)?`, `.tags|map(ascii_upcase)`, `{id,n:(.tags|length)}`, `select(.msg|test("dec.*d"))`, `select(.msg|test("x")?)`, `select(.tags[0]=="eu-west")|.id`,
	`.a + 1`, `.a - 1`, `1 - .a`, `.a * 2.5`, `.a / 3`, `.a % 2`, `-.a`, `-(.a)+1`, `.a + .b`, `(.a|length) + (.b|length)`, `.a == .b`, `.a < .b`, `.a == [1]`, `.a % 2 == 0`, `select(.id % 3 == 0)`, `(.a*2)+(.b*3)`, `.a+nan|isnan`, `.a+infinite`, `[.a*1e17]|.[0]+1`, `[.a+nan,.b]|map(isnan?)`, `{x:(.a*1e17)}|tojson`,
	`.a += 1`, `.b //= 3 | .c *= 2`, `{m:(.msg|sub("e";"E")|ascii_upcase)}`, `{m:(.b|sub("(?<x>.)";"1\(.x)","2"))?}`, `.a |= .[]?`, `.a -= 1`, `.a.b += "x"`, `.a += {z:1}`, `.a |= tostring`, `.a |= length`, `.tags |= map(ascii_upcase)`, `.msg |= sub("(?<x>[a-z]+)";"<\(.x)>")`, `.a |= empty`, `.a.b |= (.c // 1)`, `.user.id += 1`, `.ms |= floor`, `.a |= try error("x") catch .`, `.a |= (.x? // 5)`,
	`"\(.id): \(.tags|join(","))"`, `"\(.a)\(.user)"`, `"\(.a|@base64?)"`, `.a|@html`, `[.a,.b]|@csv?`, `[.a,.b]|tojson`, `{a,b}|to_entries`, `[.a,(.b|tostring)]|join("-")?`, `.user|keys`, `.user|to_entries[]|.key`, `.user|with_entries(.value|=tostring)`, `.user|del(.id)`, `.user|[.[]]`, `.user|{(.name):.id}?`, `.user|{id,id}`,
	`(.a|tonumber)?`, `try (.a|tonumber) catch "no"`, `try .a`, `.a?//"x"`, `(.a|tonumber? // 0)`, `if .a then 1 end`, `if .a|length > 1 then .b end`, `.a|if . then 1 else empty end`, `.a|select(. == 1)`, `.a|(., 1)`, `.a|reduce .[]? as $x (0;.+1)`, `.a|def f: .; f`, `.a|. as $x|[$x,$x]`, `.a|label $l|.[]?|.,break $l`, `.a|first(.[]?)`, `.a|any(.[]?; . == 1)`, `.a|[limit(2;.[]?)]`,
	`now|. > 5`, `(.a|now) > 5`, `.a|ltrimstr("x")|length`, `.a|type`, `[.a,.b,.c]|map(type)`, `[.a|type,.b|length]`, `(.a,.b)|type`, `.a|.. |numbers`, `.a|tojson|fromjson`, `.a|@json "x\(.)"`, `{a:.b} + {c:1}`, `.a|not|not`,
	`def f: .user.name; {n: f}`, `def big: .id > 100; select(big) | {id}`, `def pick_id($x): .[$x]; pick_id("id")`, `def keep(f): select(f); keep(.a == 1) | .b`, `def select(f): .; select(.a)`, `def length: .a; length`, `def f: (.a) // (.b); {x: f, y: "\(f)"}`,
	`def f: .a; def g(f): [f, .b]; g(f | length?)`, `def f(x): def g: x; {a: g}; f(.b | def x: 1; [x])`, `def f($k; x): .[$k] == x; select(f("a"; 1))`, `def f($x): .a + $x; f(-1)`, `def f($x): .a == $x; f($given)`, `def f: .a[]?; f, f`, `def f: .a; f = 1 | f |= 2`, `def f: .a; f.b?`, `def f: .a.b; f?`,
	`.a | . as $x | def f(g): 5 as $x | [g, $x]; f($x)`, `.a | 1 as $x | def f: $x; 2 as $x | [f, $x]`, `.a | label $l | def f(g): label $l | (g, 1); (f(break $l), 2)`, `.a | def f(g): . as $given | [g]; f($given)`,
	`.a | def f(x): . as $x | [x, $x]; f(1)`, `.a | def f: label $l | ., break $l; f`, `.a | map(def f: .b?; f)?`, `def f: reduce .[]? as $x (0; . + 1); .a | f`, `def f(x): x | x; .a | f(def g: .b?; g)`, `def not: .a; not`, `def f: 1 + 2; 2 * f`,
	`{a,b}|[.a,.b]|1`, `.user.name`, `.tags`, `{id,tags,user}`, `{u:.user.id,t:.tags,n:.user}`, `.["a"].b,.c`, `.a|{x:.b}`, `select(.a=="\n\"\\\b\f\r\t")`, `select(.a > "Б")`, `select(.a==1e1000)`, `select(.a=="\u007f\u001f")|"\(.a)"`,
}

// both runs a program both ways over one record, each with a state of its own.
type both struct {
	raw     bool
	span    *Runner
	jq      *jq.Runner
	decoder json.Decoder
	general int // records that were done on bytes by the general scan

	prover   Prover
	lazy     json.Decoder
	deferred int // records whose decoding was put off
}

func newBoth(t testing.TB, program string, raw bool) *both {
	t.Helper()
	p, err := jq.Compile(program, options)
	if err != nil {
		t.Fatalf("Compile(%s): %v", program, err)
	}
	plan, err := Compile(program, Options{Options: options, Raw: raw})
	if err != nil {
		t.Fatalf("Compile(%s): no plan: %v", program, err)
	}
	return &both{raw: raw, span: NewRunner(plan), jq: jq.NewRunner(p)}
}

// values is the evaluator's way: what it prints, and its error, in one string.
func (x *both) values(record []byte) (text string, n int, good, truthy bool) {
	x.decoder.Reset()
	v, bad := x.decoder.Decode(record)
	if bad != nil {
		if x.prover.Canonical(record) {
			panic(fmt.Sprintf("%q is canonical: %v", record, bad))
		}
		return bad.Error(), 0, false, false
	}
	text, n, good, truthy = x.run(v)
	x.prover.tries = patience{credit: fullCredit}
	if x.prover.Canonical(record) {
		x.lazy.Reset()
		x.deferred++
		if again, n2, good2, truthy2 := x.run(x.lazy.Defer(record)); again != text || n2 != n || good2 != good || truthy2 != truthy {
			panic(fmt.Sprintf("%q: over the text got %s; want %s", record, again, text))
		}
	}
	return text, n, good, truthy
}

// run runs the evaluator over a value.
func (x *both) run(v json.Value) (text string, n int, good, truthy bool) {
	var out []byte
	err := x.jq.Run(v, func(v json.Value) error {
		if truthy = v.Truthy(); x.raw && v.Kind() == json.KindString {
			out = append(out, v.Str()...)
		} else {
			out = json.Append(out, v)
		}
		out = append(out, '\n')
		n++
		return nil
	})
	if err != nil {
		return fmt.Sprintf("%s%v", out, err), 0, false, false
	}
	return string(out), n, true, truthy
}

// compare checks one record by the general scan, and by the cache and what is
// behind it. It reports whether the bytes' way was taken in the end.
func (x *both) compare(t testing.TB, program string, record []byte) bool {
	t.Helper()
	x.span.cached = patience{pause: 1}
	if x.same(t, program, record) {
		x.general++
	}
	if x.span.cached.pause != 0 {
		t.Fatalf("%s over %q: the general scan was not asked", program, record)
	}
	x.span.cached = patience{credit: fullCredit}
	return x.same(t, program, record)
}

func (x *both) same(t testing.TB, program string, record []byte) bool {
	t.Helper()
	x.span.tries = patience{credit: fullCredit}
	want, outputs, good, truthy := x.values(record)
	const before = "before\n"
	kept := string(record)
	out, n, ok := x.span.Run(record, []byte(before))
	if string(record) != kept || !strings.HasPrefix(string(out), before) {
		t.Fatalf("%s over %q: Run wrote where it may not", program, kept)
	}
	got := string(out[len(before):])
	switch {
	case !ok:
		if got != "" || n != 0 {
			t.Errorf("%s over %q: got %q and a fall-back; want nothing with it", program, record, got)
		}
	case !good:
		t.Errorf("%s over %q: got %q; want a fall-back for %q", program, record, got, want)
	case got != want || n != outputs || n > 0 && x.span.Truthy() != truthy:
		t.Errorf("%s over %q: got %q, %d outputs; want %q", program, record, got, n, want)
	}
	return ok
}

// TestSameAsValues runs all programs over all records, in a cache that knows
// nothing and in one that knows all records.
func TestSameAsValues(t *testing.T) {
	taken, all := 0, 0
	for _, program := range programs {
		warm := newBoth(t, program, false)
		for range 2 {
			for _, record := range records {
				all++
				if warm.compare(t, program, []byte(record)) {
					taken++
				}
			}
		}
		for _, record := range records {
			newBoth(t, program, false).compare(t, program, []byte(record))
		}
	}
	if taken < all/3 {
		t.Errorf("%d of %d runs were on bytes; want a third", taken, all)
	}
}
