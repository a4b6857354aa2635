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
	"testing/quick"
)

func mustCompile(t testing.TB, s Schema, seed uint64) *Plan {
	t.Helper()
	p, err := Compile(s, seed)
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
			block, next = p.AppendBlock(block[:0], next, 100_000, cap(block))
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
		line := p.Append(nil, index)
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
		if got := p.Size(index); got != len(line) {
			t.Errorf("Size(%d) = %d; want %d", index, got, len(line))
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
		ra, rb := a.Append(nil, i), b.Append(nil, i)
		if !bytes.Equal(ra, rb) {
			differ++
		}
	}
	if differ < 850 || differ > 950 {
		t.Errorf("%d of 1000 records differ between seeds 0 and 1; want about 900", differ)
	}
}

// TestSplit: any division into blocks makes the same bytes, no block passes
// its limit, and no block stops early.
func TestSplit(t *testing.T) {
	p := mustCompile(t, Default(), 42)
	const n = 300
	var want []byte
	for i := range int64(n) {
		want = p.Append(want, i+90)
	}
	split := func(seed uint64) bool {
		rng := rand.New(rand.NewPCG(seed, 1))
		var got []byte
		for next := int64(90); next < 90+n; {
			limit, to := rng.IntN(9000), next+rng.Int64N(9)
			block, after := p.AppendBlock(nil, next, min(to, 90+n), limit)
			if len(block) > limit {
				t.Logf("block from %d has %d bytes; want at most %d", next, len(block), limit)
				return false
			}
			if after < min(to, 90+n) && len(block)+p.Size(after) <= limit {
				t.Logf("block from %d ends before %d with %d of %d bytes; want one record more", next, after, len(block), limit)
				return false
			}
			got, next = append(got, block...), after
		}
		return bytes.Equal(got, want)
	}
	if err := quick.Check(split, &quick.Config{MaxCount: 200}); err != nil {
		t.Error(err)
	}
}

func TestBlockEnds(t *testing.T) {
	p := mustCompile(t, Default(), 0)
	size, last := p.Size(5), p.Last()
	for _, c := range []struct {
		name       string
		from, to   int64
		limit      int
		next       int64
		wantRecord bool
	}{
		{"one byte short", 5, 6, size - 1, 5, false},
		{"exact", 5, 9, size, 6, true},
		{"nothing asked", 5, 5, 1 << 20, 5, false},
		{"backwards", 5, 0, 1 << 20, 5, false},
		{"last record", last, math.MaxInt64, 1 << 20, last + 1, true},
		{"past the last record", last + 1, math.MaxInt64, 1 << 20, last + 1, false},
	} {
		block, next := p.AppendBlock(nil, c.from, c.to, c.limit)
		if next != c.next || (len(block) > 0) != c.wantRecord {
			t.Errorf("%s: AppendBlock = %d bytes, next %d; want next %d, a record %v", c.name, len(block), next, c.next, c.wantRecord)
		}
	}
	kept := p.Append([]byte("kept"), 3)
	if want := append([]byte("kept"), p.Append(nil, 3)...); !bytes.Equal(kept, want) {
		t.Errorf("Append after other bytes = %q; want %q", kept, want)
	}
}

func TestIndexRange(t *testing.T) {
	p := mustCompile(t, Default(), 0)
	for _, index := range []int64{-1, p.Last() + 1, math.MinInt64, math.MaxInt64} {
		for name, call := range map[string]func(){
			"Append": func() { p.Append(nil, index) },
			"Size":   func() { p.Size(index) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s(%d) did not panic", name, index)
					}
				}()
				call()
			}()
		}
	}
}

func TestLast(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields []Field
		want   int64
	}{
		{"nothing", nil, 1<<53 - 1},
		{"sequence", []Field{{"a", Seq{First: 1}}}, 1<<53 - 2},
		{"sequence with one record", []Field{{"a", Seq{First: 1<<53 - 1}}}, 0},
		{"hours", []Field{{"a", Time{Start: 0, Step: 3_600_000}}}, (1<<53-1)/3_600_000 - 1},
		{"time with one record", []Field{{"a", Time{Start: 0, Step: 1<<53 - 1}}}, 0},
		{"the smaller of two", []Field{{"a", Seq{First: 1 << 52}}, {"b", Seq{}}}, 1<<52 - 1},
	} {
		p := mustCompile(t, Schema{c.fields}, 0)
		if p.Last() != c.want {
			t.Errorf("%s: Last = %d; want %d", c.name, p.Last(), c.want)
		}
		if got := p.Append(nil, p.Last()); len(got) != p.Size(p.Last()) || len(got) > p.max {
			t.Errorf("%s: the last record is %q; want %d bytes and at most %d", c.name, got, p.Size(p.Last()), p.max)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	p := mustCompile(t, Default(), 0)
	block := make([]byte, 0, 1<<16)
	var next int64
	if got := testing.AllocsPerRun(100, func() {
		block, next = p.AppendBlock(block[:0], next, math.MaxInt64, cap(block))
	}); got != 0 {
		t.Errorf("AppendBlock allocates %v times a block; want 0", got)
	}
	if got := testing.AllocsPerRun(100, func() {
		next++
		block = p.Append(block[:0], next)
	}); got != 0 {
		t.Errorf("Append allocates %v times a record; want 0", got)
	}
}

func BenchmarkBlock(b *testing.B) {
	p := mustCompile(b, Default(), 0)
	block := make([]byte, 0, 256<<10)
	next := int64(100_000)
	var total, first int64 = 0, next
	for b.Loop() {
		block, next = p.AppendBlock(block[:0], next, math.MaxInt64, cap(block))
		total += int64(len(block))
	}
	b.SetBytes(total / int64(b.N))
	b.ReportMetric(float64(next-first)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkSize(b *testing.B) {
	p := mustCompile(b, Default(), 0)
	next := int64(100_000)
	for b.Loop() {
		p.Size(next)
		next++
	}
}
