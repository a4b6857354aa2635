package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"ndjsontools/lib/jq"
)

// A route is one of the ways that a program can be run.
type route struct {
	name  string
	bytes bool // records may be mapped on bytes
	text  bool // and records that become values may be text at first
	jobs  string
}

var routes = []route{
	{"values", false, false, "1"}, {"bytes", true, false, "1"}, {"text", false, true, "1"},
	{"values in jobs", false, false, "3"}, {"bytes in jobs", true, false, "2"}, {"text in jobs", false, true, "2"},
}

// force runs a program by one route. Over what it asks for, the first route is
// what the others are compared with.
func (r route) force(t testing.TB, program, records string, opts ...string) ran {
	t.Helper()
	m := newMapper()
	if !r.bytes {
		m.detour = "a test forces values"
	}
	m.eager = !r.text
	got := m.try(t, records, false, append([]string{"-P", r.jobs, program}, opts...)...)
	if !r.bytes && (m.plan != nil || got.copied > 0) {
		t.Fatalf("%s: %d records went by bytes, by the route of %s", program, got.copied, r.name)
	}
	if !r.text && got.deferred > 0 {
		t.Fatalf("%s: %d records were text at first, by the route of %s", program, got.deferred, r.name)
	}
	return got
}

// sameByAllRoutes runs a program by all routes and compares all that they leave
// behind. It answers how many records were mapped on bytes, and how many were
// values that were text at first.
func sameByAllRoutes(t testing.TB, program, records string, opts ...string) (copied, deferred int) {
	t.Helper()
	want := routes[0].force(t, program, records, opts...)
	for _, r := range routes[1:] {
		got := r.force(t, program, records, opts...)
		if r.jobs == "1" {
			copied, deferred = max(copied, got.copied), max(deferred, got.deferred)
		}
		if got.copied, got.deferred = want.copied, want.deferred; got != want {
			t.Errorf("%s %q over %q: by %s got %s\nwant %s", program, opts, records, r.name, got, want)
		}
	}
	return copied, deferred
}

// routePieces are put together to programs: on bytes, in parts, and for values
// alone, with errors of every kind.
var routePieces = []string{
	`.`, `.a`, `.b.c`, `.d`, `.b`, `.a?`, `{a, x: .b.c}`, `[.a, .d]`, `. + {z: 1}`, `.a = 1`, `del(.b.c)`, `"\(.a)-\(.d)"`, `.a // "none"`, `if .a then .b else .d end`, `select(.a == 1)`, `select(.b.c != "x" and .a)`,
	`.a | tostring`, `.a + 1`, `.d | length`, `.d[]`, `.d[0]`, `[.d[]? | tojson]`, `.b.c | test("^x")`, `.b.c |= ascii_upcase`, `.a += 1`, `(.a | tonumber)? // 0`, `.b | keys`, `.b | to_entries[]`, `.a % 3 == 0`, `.a < .d`, `.b.c | sub("x+"; "<y>")`, `.d | map(. + 1)?`, `.b as $x | $x`,
	`keys`, `.[]`, `to_entries`, `reduce .[] as $x (0; . + 1)`, `def f: .a; f`, `.a as $x | [$x, .d]`, `[paths]`, `tojson`, `walk(.)`, `with_entries(.)`, `.a, .d`, `input_line_number`, `debug`, `.a | stderr`, `error`, `.a | error`, `try error(.a) catch .`, `.a | halt_error`, `if .a == 3 then halt else .a end`,
	`{(.b.c): 1}`, `.b.c | @base64`, `[.a, .b.c] | @csv`, `@json "\(.a)"`, `first(.d[])`, `any(.d[]?; . == 1)`, `[limit(2; .d[])]`, `label $l | .d[] | ., break $l`, `input_filename`, `now > 5`, `$__loc__`, `env | type`, `empty`, `null`, `1, 2`,
}

// routeRecord makes a record: mostly one that the pieces fit.
func routeRecord(rnd *rand.Rand) string {
	value := func() string {
		return []string{"1", "3", "-0.50", "1e400", `"x"`, `"xxy"`, `"1"`, `"\u00e9\/"`, "\"\x7f\"", "null", "false", "true", "[]", "[1,2,3]", `[ "x" , {"y":1}]`, "{}", `{"c":"x"}`, `{"c":"xx", "e":[1]}`, "12345678901234567890", `"Быстрая лиса и ленивая собака"`}[rnd.IntN(20)]
	}
	switch rnd.IntN(25) {
	case 0:
		return value()
	case 1:
		return `{"a":` + value() + `,"a":` + value() + `}`
	case 2:
		return []string{`{"a":}`, `{"a":1`, `{"a":"` + "\xff" + `"}`, `{"a":"\ud800"}`, `{"a":01}`, "{\"a\":\"\t\"}", `{"a":1}}`}[rnd.IntN(7)]
	case 3:
		return `{ "a" : ` + value() + ` , "d":` + value() + ` }`
	}
	return fmt.Sprintf(`{"a":%s,"b":{"c":%s},"d":%s}`, value(), value(), value())
}

// TestRoutes runs generated programs over generated records by every route.
func TestRoutes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	programs, copied, deferred, records := 300, 0, 0, 0
	if testing.Short() {
		programs = 60
	}
	for i := range programs {
		program := routePieces[i%len(routePieces)]
		if i >= len(routePieces) || testing.Short() {
			program = fmt.Sprintf("(%s) %s (%s)", routePieces[rnd.IntN(len(routePieces))], []string{"|", ",", "//", "+", "=="}[rnd.IntN(5)], routePieces[rnd.IntN(len(routePieces))])
		}
		var b strings.Builder
		for range 60 {
			b.WriteString(routeRecord(rnd) + "\n")
			records++
		}
		opts := [][]string{nil, {"-r"}, {"-e"}, {"--on-error", "stop"}, {"--max-rejects", "20"}}[rnd.IntN(5)]
		onBytes, asText := sameByAllRoutes(t, program, b.String(), opts...)
		copied, deferred = copied+onBytes, deferred+asText
		if t.Failed() {
			return
		}
	}
	t.Logf("%d programs; of %d records %d on bytes, %d text at first", programs, records, copied, deferred)
	if copied < records/20 || deferred < records/5 {
		t.Errorf("of %d records %d went by bytes, and %d were text at first; want a twentieth, and a fifth", records, copied, deferred)
	}
}

// mayNotEnd are the words of programs that may not end, or not soon, and of
// those whose answer is another one each time.
var mayNotEnd = regexp.MustCompile(`range|repeat|recurse|until|while|limit|def|combinations|\.\.|inputs|\*|splits|now|local|input_filename`)

// FuzzRoutes takes any program and any records.
func FuzzRoutes(f *testing.F) {
	rnd := rand.New(rand.NewPCG(13, 14))
	for _, program := range routePieces {
		f.Add(program, routeRecord(rnd)+"\n"+routeRecord(rnd)+"\n\n"+routeRecord(rnd))
	}
	f.Fuzz(func(t *testing.T, program, records string) {
		if _, err := jq.Compile(program, jq.Options{}); err != nil || mayNotEnd.MatchString(program) || strings.HasPrefix(program, "-") {
			return
		}
		if p, _ := jq.Compile(program, jq.Options{}); p.ReadsInput() {
			return
		}
		sameByAllRoutes(t, program, records)
	})
}
