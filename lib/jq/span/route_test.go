package span

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/jq"
)

// TestRoutes names what is done on bytes and what is not.
func TestRoutes(t *testing.T) {
	for _, tt := range []struct {
		program, record string
		want            bool
	}{
		{`.`, `{"a":1}`, true},
		{`.a.b`, `{"a":{"b":[1,{"x":null}]}}`, true},
		{`.a.b`, `{"a":null}`, true},
		{`.a.b`, `{"a":1}`, false},             // an error
		{`.a.b`, `{"a":[]}`, false},            // an error
		{`.a`, `{"a":1,"a":2}`, false},         // a key twice
		{`.b`, `{"a":[{"x":1,"x":2}]}`, false}, // also where nobody looks
		{`.b`, `{"a":{"x":1,"\u0078":2}}`, false},
		{`.a`, `{"a":"\ud800"}`, false},
		{`.a`, "{\"a\":\"\xff\"}", false},
		{`.a`, `{"a":1} x`, false},
		{`.`, `[1]`, false}, // no object
		{`. + {a:1}`, `{ "a" : "\u0041" , "b" : [ ] }`, true},
		{`. + {a:1}`, `{}`, true},
		{`.a + {b:1}`, `{"a":1}`, false},
		{`del(.a)`, `{"a":1,"b":2}`, true},
		{`del(.a)`, `{"a": 1,"b":2}`, false}, // white space where a member is cut out
		{`"\(.a)"`, `{"a":[1]}`, true},
		{`.a | length`, `{"a":[1]}`, true},
		{`.a | length`, `{"a":true}`, false}, // an error
		{`.a[]`, `{"a":[1,"x",[]]}`, true},
		{`.a[]`, `{"a":{"b":1,"b":2}}`, false},
		{`[.a[] | tonumber]`, `{"a":["1","x"]}`, false},
		{`.a |= (.[0] | select(.))`, `{"a":[1]}`, true},
		{`.a |= (.[0] | select(.))`, `{"a":[null]}`, false}, // the evaluator deletes
		{`.a | range(5000)`, `{"a":1}`, true},
		{`.a | range(50000)`, `{"a":1}`, false}, // more than is held
		{`.a + .b`, `{"a":1,"b":[]}`, false},
		{`select(.a == "A")`, `{"a":"\u0041"}`, true},
	} {
		x := newBoth(t, tt.program, false)
		for range 2 {
			if got := x.compare(t, tt.program, []byte(tt.record)); got != tt.want {
				t.Errorf("%s over %s: on bytes %v; want %v", tt.program, tt.record, got, tt.want)
			}
		}
	}
}

// TestRefused names programs that have no plan, though they come close.
func TestRefused(t *testing.T) {
	for _, program := range []string{
		`.[0]`, `.[]`, `..`, `{(.a):1}`, `{a:(1,2)}`, `{a,a}`, `[.[]]`, `select(.a,.b)`, `. + .a`, `{} + .`, `. == .a`, `[., .a] | length`, `{a: .} | tojson`, `length`, `.a[.b]`,
		`def f: if .a then .a | f else . end; f`, `def f($x): {x: $x}; f(.a)`, `def f($x): {$x}; f(1)`, `def f($x): $x; . as $y | f($y)`, `def f(g): . as $x | g; . as $x | f($x)`, `def f: .a;`, `def f: .a; def f: [f]; f`, `def f: length; def length: .a; f`, `.a as $x | $x`, `.a[0] = 1`, `(.a,.b) = 1`, `del(.[0])`, `del(.a,.b[0])`, `"\(.a,.b)"`, `@json "\(.a)"`, `@base64`, `{x: .a[]}`, `.a |= (1,.)`, `(.a|.[]) // 1`,
		`. + {a:1} + {a:.b} + {a:2}`, `empty`, `error`, `reduce .a as $x (0; 1)`, `.a // empty`, `. + {}`, `.a = (1,2)`, `first(.a)`, `.a | debug`, `.a | input`, `.a | halt_error`, `.a | $__loc__`, `.a | input_line_number`,
		`(.a + {b:(.c|length)}) | tojson`,
	} {
		if _, err := jq.Compile(program, options); err != nil {
			t.Errorf("Compile(%s): %v", program, err)
		}
		plan, err := Compile(program, Options{Options: options})
		if refusal, ok := err.(*Refusal); plan != nil || !ok || refusal.Reason == "" || refusal.Offset >= len(program) {
			t.Errorf("Compile(%s): got %v, %#v; want a refusal with a reason and a place", program, plan, err)
		}
	}
}

// TestRefusalPlace finds what is refused in the program as it was given.
func TestRefusalPlace(t *testing.T) {
	for _, tt := range []struct {
		program string
		want    int
	}{
		{`.a, .[0]`, 4},
		{`def f: .a; f, .[0]`, 14},
		{`def f: [.[]]; .a, f`, 8},
		{`def f(g): {a: .a, b: g}; f(.a), f(keys)`, 34},
		{`def f: f; .a, f`, 0},
	} {
		_, err := Compile(tt.program, Options{Options: options})
		refusal, ok := err.(*Refusal)
		if !ok || refusal.Offset != tt.want {
			t.Errorf("Compile(%s): got %#v; want a refusal at %d", tt.program, err, tt.want)
		}
	}
}

// TestClock moves the clock, by steps that cross seconds and by none.
func TestClock(t *testing.T) {
	at := noon
	opts := options
	opts.Now = func() time.Time { return at }
	const program = `{s:(now|todate), n:now}`
	plan, err := Compile(program, Options{Options: opts})
	if err != nil {
		t.Fatalf("Compile(%s): %v", program, err)
	}
	p, err := jq.Compile(program, opts)
	if err != nil {
		t.Fatalf("Compile(%s): %v", program, err)
	}
	x := &both{span: NewRunner(plan), jq: jq.NewRunner(p)}
	for _, step := range []time.Duration{0, 400 * time.Millisecond, 599999 * time.Microsecond, time.Microsecond, time.Hour, -48 * time.Hour, -100 * 365 * 24 * time.Hour, time.Nanosecond, 290 * 365 * 24 * time.Hour, 999999999} {
		at = at.Add(step)
		if !x.compare(t, program, []byte(`{"a":1}`)) {
			t.Errorf("%s at %v: not on bytes", program, at)
		}
	}
}

// TestBounds fills the cache with keys that are data, and checks that it stays
// within its bounds, that it gives up, and that it recovers.
func TestBounds(t *testing.T) {
	x := newBoth(t, `. + {z:1}`, false)
	r := x.span
	for i := range 100_000 {
		record := fmt.Sprintf(`{"k%d":{"v%d":[{"w%d":1}]},"x":"%d"}`, i, i*7, i*3, i)
		x.compareAsIs(t, `. + {z:1}`, []byte(record))
	}
	nodes, edges, bytes := measure(r.cache.top)
	if nodes > cacheNodes || edges > cacheEdges || bytes > cacheBytes {
		t.Errorf("the cache has %d nodes, %d edges, %d bytes; want %d, %d and %d at most", nodes, edges, bytes, cacheNodes, cacheEdges, cacheBytes)
	}
	if r.cached.pause == 0 && r.cached.credit == fullCredit {
		t.Error("records that are never known cost as much as ever; want a pause")
	}
	// A stream that has one form again is back on bytes after the pauses.
	done := 0
	for range 4_000_000 {
		if _, _, ok := r.Run([]byte(event), nil); ok {
			if done++; done == 1000 {
				return
			}
		}
	}
	t.Errorf("%d records were done on bytes after the keys were the same again; want 1000", done)
}

// compareAsIs is compare without a new credit.
func (x *both) compareAsIs(t *testing.T, program string, record []byte) {
	t.Helper()
	out, _, ok := x.span.Run(record, nil)
	if want, _, _, _ := x.values(record); ok && string(out) != want {
		t.Errorf("%s over %s: got %q; want %q", program, record, out, want)
	}
}

func measure(n *node) (nodes, edges, bytes int) {
	below := []*node{}
	if n.inside != nil {
		below = append(below, n.inside)
	}
	for name, m := range n.members {
		below = append(below, m)
		bytes += len(name)
	}
	for _, e := range n.edges {
		bytes += len(e.text)
	}
	for _, m := range below {
		k, e, b := measure(m)
		nodes, edges, bytes = nodes+k, edges+e, bytes+b
	}
	return nodes + len(n.members), edges + len(n.edges), bytes
}

// TestOptional has 20 keys of which each may be missing: a million forms, and
// all are done on bytes after some hundred records.
func TestOptional(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	x := newBoth(t, `{k3,k17}`, false)
	late := 0
	for i := range 5000 {
		var members []string
		for k := range 20 {
			if rnd.IntN(4) > 0 {
				members = append(members, fmt.Sprintf(`"k%d":%d`, k, i))
			}
		}
		if !x.compare(t, `{k3,k17}`, []byte("{"+strings.Join(members, ",")+"}")) {
			late++
		}
	}
	if late > 50 {
		t.Errorf("%d of 5000 records were not done on bytes; want 50 at most", late)
	}
}

// TestNoAllocation: nothing is allocated for a record whose form is known.
func TestNoAllocation(t *testing.T) {
	for _, program := range []string{`.`, `.id`, `select(.level=="error")|{id,m:.msg,"n":"\(.ms)"}`, `. + {at:(now|todate),id:1}`, `del(.id)`} {
		x := newBoth(t, program, false)
		var out []byte
		if n := testing.AllocsPerRun(100, func() { out, _, _ = x.span.Run([]byte(event), out[:0]) }); n > 1 { // one is the conversion here
			t.Errorf("%s: %v allocations a record; want none", program, n-1)
		}
	}
}
