package gen

import (
	"encoding/json"
	"slices"
	"testing"

	"ndjsontools/lib/jsonscan"
)

// Every kind is what the log says that it is, to our validator and mostly to
// the standard library's, which takes bad UTF-8 and lone surrogates.
func TestSpoiled(t *testing.T) {
	p := fields(t, "a:seq b=x")
	empty := fields(t, "a:seq,absent=1")
	for i, k := range kinds {
		for _, plan := range []*Plan{p, empty} {
			got := spoil(plan.Append([]byte("kept\n"), 3, 0), 5, i)
			if string(got[:5]) != "kept\n" || got[len(got)-1] != '\n' || slices.Contains(got[5:len(got)-1], '\n') {
				t.Errorf("%s: %.80q is not one line", k.name, got)
			}
			if k.name == "comma" && plan == empty {
				continue
			}
			if ok := jsonscan.Valid(got[5:]) == nil; ok != k.accept {
				t.Errorf("%s: %.80q valid: %v; want %v", k.name, got, ok, k.accept)
			}
			if k.name != "utf8" && k.name != "surrogate" && json.Valid(got[5:]) != k.accept {
				t.Errorf("%s: the standard library thinks otherwise of %.80q", k.name, got)
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
	f.Drop, _ = ParseShare("20%")
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
		if want := int64(2); f.Dropped(s) || copied < 0 {
			want = 1
			if f.Dropped(s) && copied < 0 {
				want = 0
			}
			if lines != want {
				t.Errorf("slot %d has %d lines; want %d", s, lines, want)
			}
		}
	}
	if drops < 1850 || drops > 2150 || dups < 680 || dups > 840 || bad < 340 || bad > 460 {
		t.Errorf("%d dropped, %d copied, %d bad of 10000; want about 2000, 760, 400", drops, dups, bad)
	}
}
