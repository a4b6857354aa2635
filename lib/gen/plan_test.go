package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func mustCompile(t testing.TB, s *Schema, seed uint64) *Plan {
	t.Helper()
	p, err := Compile(s, Options{Seed: seed, ReadFile: files})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestGolden holds the promise that a seed's bytes never change. The hashes
// change only with a release that says so.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		seed uint64
		want string
	}{
		{0, "885855af923de853b149e81392a800b7fe06d1d7638bd64aaac5a92601470f62"},
		{42, "e11f53ad74b53ab7c3988916972499bbeb95b0f5429690433b63408d623ea16c"},
	} {
		p := mustCompile(t, Default(), c.seed)
		h := sha256.New()
		block := make([]byte, 0, 1<<16)
		for next := int64(0); next < 100_000; {
			block, next = p.AppendBlock(block[:0], next, 100_000, 1, cap(block), 0)
			h.Write(block)
		}
		if got := fmt.Sprintf("%x", h.Sum(nil)); got != c.want {
			t.Errorf("seed %d: sha256 of the first 100,000 records is %s; want %s", c.seed, got, c.want)
		}
	}
}

// TestDefault reads records back with the standard library and compares them
// with the sentence in the manual.
func TestDefault(t *testing.T) {
	p := mustCompile(t, Default(), 7)
	var last int64 = -1
	for _, index := range []int64{0, 1, 9, 10, 99, 12345, 999_999, 1_000_000, 1 << 40, p.Last() - 1, p.Last()} {
		line := p.Append(nil, index, 0)
		if !bytes.HasSuffix(line, []byte("}\n")) || bytes.ContainsAny(line[:len(line)-1], " \n\r\t") {
			t.Errorf("record %d = %q; want one compact line", index, line)
		}
		var r struct {
			ID, Timestamp int64
			Payload       string
		}
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			t.Fatalf("record %d: %v", index, err)
		}
		if r.ID != index {
			t.Errorf("record %d: id = %d; want %d", index, r.ID, index)
		}
		if from := 1_704_067_200_000 + 10*index; r.Timestamp < from || r.Timestamp > from+9 || r.Timestamp >= 1<<53 {
			t.Errorf("record %d: timestamp = %d; want %d to %d", index, r.Timestamp, from, from+9)
		}
		if r.Timestamp <= last {
			t.Errorf("record %d: timestamp = %d; want more than %d, that of an earlier record", index, r.Timestamp, last)
		}
		last = r.Timestamp
		if want := strings.Repeat(fmt.Sprintf("data-chunk-%d", index), 50); r.Payload != want {
			t.Errorf("record %d: payload = %q; want %q", index, r.Payload, want)
		}
		if len(line) > p.max {
			t.Errorf("record %d has %d bytes; want at most the bound of %d", index, len(line), p.max)
		}
	}
}

// Only the jitter of the timestamp depends on the seed, and it does.
func TestSeed(t *testing.T) {
	a, b := mustCompile(t, Default(), 0), mustCompile(t, Default(), 1)
	differ := 0
	for i := range int64(1000) {
		ra, rb := a.Append(nil, i, 0), b.Append(nil, i, 0)
		if !bytes.Equal(ra, rb) {
			differ++
		}
	}
	if differ < 850 || differ > 950 {
		t.Errorf("%d of 1000 records differ between seeds 0 and 1; want about 900", differ)
	}
}

// Any division into blocks makes the same bytes, and no block passes its limit.
func TestSplit(t *testing.T) {
	p := mustCompile(t, Default(), 42)
	var want, got []byte
	for i := range int64(300) {
		want = p.Append(want, i+90, 0)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for next := int64(90); next < 390; {
		limit, to := 1800+rng.IntN(9000), min(next+rng.Int64N(9), 390)
		block, after := p.AppendBlock(nil, next, to, 1, limit, 0)
		if len(block) > limit || (after < to && limit-len(block) >= p.max) {
			t.Fatalf("block from %d: %d bytes of %d, next %d of %d", next, len(block), limit, after, to)
		}
		got, next = append(got, block...), after
	}
	if !bytes.Equal(got, want) {
		t.Error("the blocks differ from the records one by one")
	}
}

func TestIndexRange(t *testing.T) {
	p := mustCompile(t, Default(), 0)
	for _, index := range []int64{-1, p.Last() + 1, math.MinInt64, math.MaxInt64} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Append(%d) did not panic", index)
				}
			}()
			p.Append(nil, index, 0)
		}()
	}
}

func TestNoAllocation(t *testing.T) {
	p := mustCompile(t, Default(), 0)
	block := make([]byte, 0, 1<<16)
	var next int64
	if got := testing.AllocsPerRun(100, func() {
		block, next = p.AppendBlock(block[:0], next, math.MaxInt64, 1, cap(block), 0)
	}); got != 0 {
		t.Errorf("AppendBlock allocates %v times a block; want 0", got)
	}
	if got := testing.AllocsPerRun(100, func() {
		next++
		block = p.Append(block[:0], next, 0)
	}); got != 0 {
		t.Errorf("Append allocates %v times a record; want 0", got)
	}
}
