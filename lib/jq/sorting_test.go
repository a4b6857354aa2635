package jq

import (
	"math"
	"testing"

	"ndjsontools/lib/json"
)

// The double beside a key never says anything else than json.Compare.
func TestRankedLikeCompare(t *testing.T) {
	var keys []json.Value
	for _, text := range []string{
		"null", "0", "-0", "0.1", "0.10000000000000000001", "1e-400", "-1e-400", "1", "1.0", "9007199254740992",
		"9007199254740993", "100000000000000000001", "1e1000", "1e999", "-1e1000", `"a"`, "[1]", "[1,2]", "{}",
	} {
		v, bad := json.Decode([]byte(text))
		if bad != nil {
			t.Fatal(bad)
		}
		keys = append(keys, v)
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0.1, 9007199254740992, math.Copysign(0, -1)} {
		keys = append(keys, json.FromFloat(f))
	}
	wrapped := make([]json.Value, len(keys))
	for i, k := range keys {
		wrapped[i] = json.ArrayOf([]json.Value{k}).Value()
	}
	for _, list := range [][]ranked{rank(keys), rank(wrapped)} {
		for i := range list {
			for j := range list {
				if got, want := inOrder(&list[i], &list[j]), json.Compare(keys[i], keys[j]) <= 0; got != want {
					t.Errorf("%s before %s: %v, want %v", json.Append(nil, keys[i]), json.Append(nil, keys[j]), got, want)
				}
			}
		}
	}
}

// What is equal keeps its order, in runs and over their ends.
func TestSortIsStable(t *testing.T) {
	for n := range 100 {
		keys := make([]json.Value, n)
		for i := range keys {
			keys[i] = json.FromInt(int64(i * 7 % 5))
		}
		list := mergeSort(rank(keys))
		for i := 1; i < n; i++ {
			a, b := list[i-1], list[i]
			if c := json.Compare(a.key, b.key); c > 0 || c == 0 && a.at > b.at {
				t.Fatalf("%d elements: place %d before %d", n, a.at, b.at)
			}
		}
	}
}
