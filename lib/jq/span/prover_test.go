package span

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"ndjsontools/lib/json"
)

// proves checks what a Prover says of a record: that it is canonical must be true.
func proves(t *testing.T, p *Prover, record []byte) bool {
	t.Helper()
	p.tries = patience{credit: fullCredit}
	yes := p.Canonical(record)
	v, bad := json.Decode(record)
	if yes && (bad != nil || !bytes.Equal(json.Append(nil, v), record)) {
		t.Fatalf("%q is said to be canonical; it is %s (%v)", record, json.Append(nil, v), bad)
	}
	return yes
}

func TestProver(t *testing.T) {
	for _, tt := range []struct {
		record string
		want   bool
	}{
		{event, true}, {`{}`, true}, {`[]`, true}, {`[1,[2,{"a":"x"}],"\""]`, true}, {`{"a":"\n\\"}`, true}, {`{"a":{"a":{"a":1.0e5}}}`, true},
		{``, false}, {`1`, false}, {`"x"`, false}, // no container: nothing to put off
		{` {}`, false}, {`{} `, false}, {"{}\r", false}, {"[]\n", false}, {`{"a": 1}`, false}, {`[1, 2]`, false}, {`{ }`, false}, {`[ ]`, false},
		{`{"a":1,"a":2}`, false}, {`{"b":[{"a":1,"\u0061":2}]}`, false}, {`[{"a":1,"a":2}]`, false},
		{`{"a":"\u0041"}`, false}, {`{"a":"\/"}`, false}, {"{\"a\":\"\x7f\"}", false}, {"{\"\x7f\":1}", false}, {"[\"\x7f\"]", false},
		{`{"a":01}`, false}, {`{"a":1}x`, false}, {`{"a":1}}`, false}, {`[1]]`, false}, {"[\"\xff\"]", false}, {`["\ud800"]`, false}, {`[1`, false},
	} {
		var known, general Prover
		general.Canonical(nil)
		for range 2 {
			if got := proves(t, &known, []byte(tt.record)); got != tt.want {
				t.Errorf("Canonical(%q) = %v; want %v", tt.record, got, tt.want)
			}
			general.cached = patience{pause: 1}
			if got := proves(t, &general, []byte(tt.record)); got != tt.want {
				t.Errorf("Canonical(%q) = %v by the general scan; want %v", tt.record, got, tt.want)
			}
		}
	}
}

// TestProverOfMany makes records of all kinds, canonical or nearly.
func TestProverOfMany(t *testing.T) {
	var p, general Prover
	general.Canonical(nil)
	yes, all := 0, 20_000
	for i := range all {
		m := maker{Rand: rand.New(rand.NewPCG(uint64(i), 5)), spaces: 0}
		if i%3 == 0 {
			m.spaces = 40
		}
		record := []byte(m.json(4))
		if v, bad := json.Decode(record); bad == nil && i%2 == 0 {
			record = json.Append(nil, v)
		}
		if proves(t, &p, record) {
			yes++
		}
		general.cached = patience{pause: 1}
		proves(t, &general, record)
	}
	if yes < all/10 {
		t.Errorf("%d of %d records are known to be canonical; want a tenth", yes, all)
	}
}

// TestProverGivesUp: a stream of which nothing is canonical costs a scan for a few
// records only.
func TestProverGivesUp(t *testing.T) {
	var p Prover
	record := []byte(strings.ReplaceAll(event, ":", ": "))
	asked := 0
	for range 100_000 {
		before := p.tries.pause
		if p.Canonical(record) {
			t.Fatal("white space is canonical")
		}
		if before == 0 {
			asked++
		}
	}
	if asked > 2000 {
		t.Errorf("%d of 100000 records were scanned for nothing", asked)
	}
}
