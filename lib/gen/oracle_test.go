package gen

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A sent is a line of a stream and what is known of it.
type sent struct {
	text    string
	slot    int64
	spoiled bool
	altered bool
	foreign bool // with an id that is none of the stream's, or without any
	noID    bool
}

// streamOf is what the faults make of a plan.
func streamOf(p *Plan, f *Faults, from, to, shard, of int64) (list []sent) {
	for s := from; s < to; s++ {
		if s%of != shard {
			continue
		}
		text, _, spoiled := f.Append(nil, p, s, 0)
		lines := slices.Collect(strings.Lines(string(text)))
		for i, line := range lines {
			l := sent{text: strings.TrimSuffix(line, "\n"), slot: s}
			if int64(i) < spoiled.Lines {
				l.spoiled = true
			} else if i > 0 || f.Dropped(s) {
				l.slot = f.Copied(s)
			}
			list = append(list, l)
		}
	}
	return list
}

// damage loses, repeats, moves, alters and invents lines.
func damage(rng *rand.Rand, list []sent, times int) []sent {
	for range times {
		i := rng.IntN(len(list))
		l := list[i]
		switch rng.IntN(6) {
		case 0:
			list = slices.Delete(list, i, i+1)
		case 1: // up to five times more, anywhere behind
			for range rng.IntN(5) + 1 {
				list = slices.Insert(list, i+1+rng.IntN(len(list)-i), l)
			}
		case 2:
			list = slices.Delete(list, i, i+1)
			list = slices.Insert(list, rng.IntN(len(list)+1), l)
		case 3:
			if !l.spoiled && !l.foreign {
				l.text, l.altered = strings.Replace(l.text, `"v":`, `"v":7`, 1), true
				list[i] = l
			}
		case 4:
			list = slices.Insert(list, i, sent{text: `{"id":99999999,"v":1}`, foreign: true})
		case 5:
			list = slices.Insert(list, i, sent{text: `{"id":12`, foreign: true, noID: true})
		}
	}
	return list
}

// expected counts what is wrong with the list, with all memory in the world.
func expected(f *Faults, honest, list []sent) (c Counts) {
	count := func(list []sent) (slots map[int64]int64, noID int64) {
		slots = map[int64]int64{}
		for _, l := range list {
			if !l.spoiled && !l.foreign {
				slots[l.slot]++
			}
			if l.noID || l.spoiled && !strings.Contains(l.text, `"bad":1e400`) {
				noID++
			}
		}
		return slots, noID
	}
	want, spoiled := count(honest)
	got, noID := count(list)
	for slot, n := range want {
		c.Missing += max(0, n-got[slot])
	}
	for slot, n := range got {
		c.Duplicated += max(0, n-want[slot])
	}
	c.Foreign = max(0, noID-spoiled)
	if f.Bad.Never() {
		c.Foreign = noID
	}
	seen, last := map[int64]bool{}, int64(-1)
	for _, l := range list {
		switch {
		case l.foreign && !l.noID:
			c.Foreign++
		case l.foreign || l.spoiled:
		default:
			if l.altered {
				c.Altered++
			}
			if !seen[l.slot] && l.slot < last {
				c.Reordered++
			}
			seen[l.slot], last = true, max(last, l.slot)
		}
	}
	return c
}

// TestOracle: whatever the faults of the stream and the damage of the pipe are,
// the counts are exact.
func TestOracle(t *testing.T) {
	p := fields(t, "id:uniq,0..9999 v:int,100..999 s:words,1..3")
	id, _ := p.ID(nil)
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 5))
		f := &Faults{Seed: seed, End: 3000}
		from, of := int64(0), int64(1)
		if seed%2 == 0 {
			f.Shuffle = 16
		}
		if seed%3 == 0 {
			f.Drop, _ = ParseOdds([]string{"5%", "5/100"}[seed%2])
		}
		if seed%4 == 0 {
			if err := f.SetDup("20%,within=40"); err != nil {
				t.Fatal(err)
			}
		} else {
			from, of = int64(rng.IntN(500)), int64(rng.IntN(3))+1
		}
		if seed%5 < 2 {
			if err := f.SetBad("3%,kind=utf8,kind=split,kind=glue,kind=trunc,kind=bignum"); err != nil {
				t.Fatal(err)
			}
		}
		shard := int64(rng.IntN(int(of)))
		honest := streamOf(p, f, from, f.End, shard, of)
		for _, times := range []int{0, 1, 300} {
			list := damage(rng, slices.Clone(honest), times)
			v := newVerifier(p, id, f, Exact, from, f.End, shard, of, 64)
			for _, l := range list {
				v.Check([]byte(l.text))
			}
			if kept := len(v.seen.kept); times == 0 && kept > 4 {
				t.Errorf("seed %d: %d pages of an honest stream were kept", seed, kept)
			}
			if got, want := v.End(), expected(f, honest, list); got != want {
				t.Errorf("seed %d, %s, %d times: got %v; want %v", seed, fmt.Sprintf("%+v", *f), times, got, want)
			}
		}
		// The end is cut off, at any place.
		n := rng.IntN(len(honest))
		v := newVerifier(p, id, f, IDs, from, f.End, shard, of, 64)
		for _, l := range honest[:n] {
			v.Check([]byte(l.text))
		}
		lost := slices.ContainsFunc(honest[n:], func(l sent) bool { return !l.spoiled })
		if got := v.End(); got.OK() == lost || got != expected(f, honest, honest[:n]) {
			t.Errorf("seed %d, cut at %d of %d: got %v", seed, n, len(honest), got)
		}
	}
}
