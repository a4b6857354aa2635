package main

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestKept runs programs that keep their records, over texts and over what is
// decoded at once, and compares all that they leave behind.
func TestKept(t *testing.T) {
	rnd := rand.New(rand.NewPCG(15, 16))
	deferred := 0
	for _, args := range [][]string{
		{"-s", `.`}, {"-s", `group_by(.a?)`}, {"-s", `sort`}, {"-s", `unique`}, {"-s", `map(.b?)`}, {"-s", `map(select(.a? == 1))`}, {"-s", `[.[] | .a?, .b.c?]`},
		{"-s", `.[0] as $x | [path(.[0] | $x)], map(. == $x)`}, {"-s", `[paths]`}, {"-s", `walk(.)`}, {"-s", `map(objects | .a |= 1 | .b.c?)`}, {"-s", `index({"a":1})`}, {"-s", `.[-1]`, "--indent", "2"},
		{"-n", `[inputs]`}, {"-n", `[inputs | .b?]`}, {"-n", `reduce inputs as $r ([]; . + [$r.a?, $r.a?, $r.d?, $r.b?])`}, {"-n", `[limit(3; inputs)], input`}, {"-n", `first(inputs | select(.a? == 3)), [inputs | .d?]`},
		{`[., input]`}, {`input`}, {"-n", `[inputs | to_entries?]`, "-S"}, {"-n", `inputs | .b.c`}, {"--concat", `.b?`}, {"--seq", `[., .a?]`}, {"-n", `[inputs] | map(tojson) | join(",")`},
	} {
		for range 3 {
			var b strings.Builder
			for range 80 {
				b.WriteString(routeRecord(rnd) + "\n")
			}
			var want ran
			for _, eager := range []bool{true, false} {
				m := newMapper()
				m.eager, m.detour = eager, "a test forces values"
				got := m.try(t, b.String(), false, args...)
				if eager && got.deferred > 0 {
					t.Fatalf("%q: %d records were text at first", args, got.deferred)
				}
				deferred += got.deferred
				if got.deferred = 0; eager {
					want = got
				} else if got != want {
					t.Errorf("%q over %q: over the texts got %s\nwant %s", args, b.String(), got, want)
				}
			}
		}
	}
	if deferred < 2000 {
		t.Errorf("%d records were text at first; want 2000", deferred)
	}
}
