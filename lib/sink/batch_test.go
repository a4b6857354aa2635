package sink

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// seamed is a batch of six records whose positions jump twice.
func seamed() *Batch {
	var b Batch
	b.add(Block{[]byte("a\nbb\n"), 2, Position{0, 1, 0}}, 64)
	b.add(Block{[]byte("ccc\n"), 1, Position{2, 3, 5}}, 64) // a neighbour: no seam
	b.add(Block{[]byte("d\n"), 1, Position{4, 9, 50}}, 64)
	b.add(Block{[]byte("e\nf\n"), 2, Position{5, 11, 53}}, 64)
	return &b
}

func list(b *Batch) string {
	var out []string
	for at, line := range b.All() {
		out = append(out, fmt.Sprintf("%s:%d/%d/%d", line, at.Ordinal, at.Line, at.Offset))
	}
	return strings.Join(out, " ")
}

func TestBatchPositions(t *testing.T) {
	const all = "a:0/1/0 bb:1/2/2 ccc:2/3/5 d:4/9/50 e:5/11/53 f:6/12/55"
	b := seamed()
	if got := list(b); got != all {
		t.Errorf("all: %s; want %s", got, all)
	}
	if len(b.seams) != 2 {
		t.Errorf("%d seams; want 2", len(b.seams))
	}
	var ranges []Range
	for r := range b.ranges() {
		ranges = append(ranges, r)
	}
	if want := []Range{{0, 2, 3}, {4, 4, 1}, {5, 6, 2}}; !slices.Equal(ranges, want) {
		t.Errorf("ranges %v; want %v", ranges, want)
	}
}

func TestBatchParts(t *testing.T) {
	b := seamed()
	left, right := b.halves()
	if got, want := list(&left)+" "+list(&right), list(b); got != want {
		t.Errorf("halves %s; want %s", got, want)
	}
	if got, want := string(left.Data)+"|"+string(right.Data), "a\nbb\nccc\n|d\ne\nf\n"; got != want {
		t.Errorf("halves hold %q; want %q", got, want)
	}
	rest := b.without([]Refusal{{Index: 0}, {Index: 3}, {Index: 5}})
	if got, want := list(&rest), "bb:1/2/2 ccc:2/3/5 e:5/11/53"; got != want {
		t.Errorf("without: %s; want %s", got, want)
	}
	if got, want := string(rest.Data), "bb\nccc\ne\n"; got != want {
		t.Errorf("without holds %q; want %q", got, want)
	}
	if none := b.without([]Refusal{{Index: 0}, {Index: 1}, {Index: 2}, {Index: 3}, {Index: 4}, {Index: 5}}); none.Records != 0 {
		t.Errorf("%d records; want none", none.Records)
	}
}

func TestBatchReset(t *testing.T) {
	b := seamed()
	b.Attempt = 3
	b.reset()
	if b.Records != 0 || len(b.Data) != 0 || len(b.seams) != 0 || b.Attempt != 0 {
		t.Errorf("reset leaves %+v", b)
	}
	b.add(Block{[]byte("z\n"), 1, Position{9, 9, 9}}, 64)
	if got, want := list(b), "z:9/9/9"; got != want {
		t.Errorf("after reset: %s; want %s", got, want)
	}
}

func TestLedgerMergesRanges(t *testing.T) {
	for _, test := range []struct {
		name string
		lose []Range
		want string
	}{
		{"one", []Range{{3, 3, 1}}, "3"},
		{"neighbours", []Range{{0, 2, 3}, {3, 5, 3}}, "0-5"},
		{"apart", []Range{{0, 2, 3}, {4, 5, 2}}, "0-2 4-5"},
		{"backwards", []Range{{8, 9, 2}, {4, 5, 2}, {0, 1, 2}}, "0-1 4-5 8-9"},
		{"the gap is filled", []Range{{0, 2, 3}, {6, 9, 4}, {3, 5, 3}}, "0-9"},
		{"before its neighbour", []Range{{3, 5, 3}, {0, 2, 3}}, "0-5"},
	} {
		var l ledger
		var records int64
		for _, r := range test.lose {
			l.lose(r)
			records += r.Records
		}
		var got []string
		for _, r := range l.ranges() {
			got = append(got, r.String())
			records -= r.Records
		}
		if s := strings.Join(got, " "); s != test.want || records != 0 {
			t.Errorf("%s: %q, %d records astray; want %q", test.name, s, records, test.want)
		}
	}
}
