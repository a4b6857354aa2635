package gen

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"ndjsontools/lib/jsonscan"
)

// Every kind is what the log says that it is, to our validator and mostly to
// the standard library's, which takes bad UTF-8 and lone surrogates.
func TestSpoiled(t *testing.T) {
	p := fields(t, `a:seq b=x c.d:int,1..9 c.e:=[1,"x"] f:=null`)
	empty := fields(t, "a:seq,absent=1")
	for i := range kinds {
		k := &kinds[i]
		for _, plan := range []*Plan{p, empty} {
			for pick := range uint64(20) {
				whole := plan.Append([]byte("kept\n"), 3, 0)
				got := k.apply(slices.Clone(whole), 5, pick<<59)
				if string(got[:5]) != "kept\n" || got[len(got)-1] != '\n' || int64(bytes.Count(got[5:], []byte("\n"))) != k.lines() {
					t.Errorf("%s: %.80q is not so many lines", k.name, got)
				}
				if bytes.Equal(got, whole) {
					t.Errorf("%s changes nothing", k.name)
				}
				for line := range bytes.Lines(got[5:]) {
					if k.name == "comma" && plan == empty || len(line) == 1 {
						continue
					}
					if ok := jsonscan.Valid(line) == nil; ok != k.accept {
						t.Errorf("%s: %.80q valid: %v; want %v", k.name, line, ok, k.accept)
					}
					if k.name != "utf8" && k.name != "surrogate" && json.Valid(line) != k.accept {
						t.Errorf("%s: the standard library thinks otherwise of %.80q", k.name, line)
					}
				}
			}
		}
	}
}

// What is left out or changed is one member, and each of them at times.
func TestSpoiledMembers(t *testing.T) {
	record := []byte(`{"a":1,"b":"x","c":{"d":[1,"}"]},"e":null}` + "\n")
	want := map[string][]string{
		"missing": {`{"b":"x","c":{"d":[1,"}"]},"e":null}`, `{"a":1,"c":{"d":[1,"}"]},"e":null}`,
			`{"a":1,"b":"x","e":null}`, `{"a":1,"b":"x","c":{"d":[1,"}"]}}`},
		"type": {`{"a":"1","b":"x","c":{"d":[1,"}"]},"e":null}`, `{"a":1,"b":["x"],"c":{"d":[1,"}"]},"e":null}`,
			`{"a":1,"b":"x","c":null,"e":null}`, `{"a":1,"b":"x","c":{"d":[1,"}"]},"e":"null"}`},
	}
	for name, lines := range want {
		for i, line := range lines {
			got := kinds[kindOf(name)].apply(slices.Clone(record), 0, uint64(i)<<62)
			if string(got) != line+"\n" {
				t.Errorf("%s %d: got %s; want %s", name, i, got, line)
			}
		}
	}
}

// A shuffle is a bijection within blocks, faults come as often as asked, and
// the other records are as they are without.
func TestFaults(t *testing.T) {
	p := fields(t, "id:seq v:int,1..1M")
	f := Faults{Shuffle: 64, End: 10_000}
	if err := f.SetBad("5%"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetDup("10%,within=50"); err != nil {
		t.Fatal(err)
	}
	f.Drop, _ = ParseOdds("20%")
	seen := map[int64]bool{}
	var drops, dups, bad int
	for s := range f.End {
		index := f.Index(s)
		if seen[index] || index/64 != s/64 || f.Slot(index) != s {
			t.Fatalf("slot %d holds %d, which is taken %v, of the slot %d", s, index, seen[index], f.Slot(index))
		}
		seen[index] = true
		got, lines, spoiled := f.Append(nil, p, s, 0)
		copied := f.Copied(s)
		if f.Dropped(s) {
			drops++
		} else if spoiled.Kind != "" {
			bad++
		} else if want := p.Append(nil, index, 0); string(got[:len(want)]) != string(want) {
			t.Fatalf("slot %d: %s; want %s", s, got, want)
		}
		if copied >= 0 {
			dups++
			if copied >= s || copied < s-50 {
				t.Errorf("slot %d copies %d", s, copied)
			}
		}
		want := max(1, spoiled.Lines)
		if f.Dropped(s) {
			want = 0
		}
		if copied >= 0 {
			want++
		}
		if lines != want || lines != int64(bytes.Count(got, []byte("\n"))) {
			t.Errorf("slot %d has %d lines; want %d", s, lines, want)
		}
	}
	if drops < 1850 || drops > 2150 || dups < 680 || dups > 840 || bad < 340 || bad > 460 {
		t.Errorf("%d dropped, %d copied, %d bad of 10000; want about 2000, 760, 400", drops, dups, bad)
	}
}

// An exact number is that, in each run and wherever a window begins, and the places
// are spread over the run.
func TestOddsExact(t *testing.T) {
	for text, want := range map[string]int{"7/100": 7, "0/100": 0, "1/1": 100, "100/100": 100, "1/50": 2, "33/50": 66} {
		odds, err := ParseOdds(text)
		if err != nil {
			t.Fatal(err)
		}
		f := Faults{Bad: odds, Seed: 5}
		var places [100]int
		for run := range 400 {
			n := 0
			for i := range 100 {
				if f.Spoils(int64(100*run + i)) {
					n++
					places[i]++
				}
			}
			if n != want {
				t.Errorf("%s: %d of the hundred of run %d; want %d", text, n, run, want)
			}
		}
		for i, n := range places {
			if mean := 4 * float64(want); float64(n) < mean-6*math.Sqrt(mean) || float64(n) > mean+6*math.Sqrt(mean) {
				t.Errorf("%s: place %d of a hundred came %d times of 400; want about %.0f", text, i, n, mean)
			}
		}
	}
	for _, text := range []string{"", "/", "1/", "2/1", "-1/5", "1/0", "1/1e9", "1/1000000001", "2"} {
		if odds, err := ParseOdds(text); err == nil {
			t.Errorf("%q: %+v; want an error", text, odds)
		}
	}
}
