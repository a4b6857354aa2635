package gen

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"ndjsontools/lib/jsonscan"
)

// plans are one of each type, and the presets.
func plans(t *testing.T) map[string]*Plan {
	list := map[string]*Plan{}
	for _, name := range TypeNames() {
		list[name] = fields(t, "v:"+types[name].example+" id:seq user.id:int,1..1M")
	}
	for _, name := range PresetNames() {
		list["@"+name] = mustCompile(t, mustPreset(t, name), 3)
	}
	return list
}

// Any division of the stream, by blocks, ranges and shards, has the bytes of the
// whole.
func TestAnyPart(t *testing.T) {
	const n = 600
	rng := rand.New(rand.NewPCG(5, 5))
	for name, p := range plans(t) {
		lines := make([][]byte, n)
		for i := range lines {
			lines[i] = p.Append(nil, int64(i), 0)
		}
		for range 20 {
			from := rng.Int64N(n)
			to := from + rng.Int64N(n-from)
			step := 1 + rng.Int64N(7)
			var want, got []byte
			for i := from; i < to; i += step {
				want = append(want, lines[i]...)
			}
			for next := from; next < to; {
				var block []byte
				block, next = p.AppendBlock(nil, next, min(to, next+1+rng.Int64N(100)*step), step, p.Max()+rng.IntN(1<<16), 0)
				got = append(got, block...)
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("%s: records %d to %d, each %d, differ from those of the whole stream", name, from, to, step)
			}
		}
	}
}

// Whatever stands beside a field, before it or behind it, and whether it is
// sometimes null or absent: its other values stay.
func TestNeighbours(t *testing.T) {
	for _, name := range TypeNames() {
		_, args, _ := strings.Cut(types[name].example, ",")
		if args != "" {
			args = "," + args
		}
		alone := fields(t, "v:"+name+args+" id:seq user.id:int,1..1M")
		crowd := fields(t, "a:words,3 id:seq v:"+name+",null=30%,absent=30%"+args+" user.id:int,1..1M user.name:fake,name z:list,2,int,1..9")
		there := 0
		for i := range int64(400) {
			a, b := alone.Append(nil, i, 0), crowd.Append(nil, i, 0)
			want, _ := jsonscan.Find(a, jsonscan.Path{"v"})
			got, ok := jsonscan.Find(b, jsonscan.Path{"v"})
			if !ok || string(b[got.Start:got.End]) == "null" {
				continue
			}
			there++
			if string(a[want.Start:want.End]) != string(b[got.Start:got.End]) {
				t.Fatalf("%s: record %d has %s beside others; want %s", name, i, b[got.Start:got.End], a[want.Start:want.End])
			}
		}
		if name != "null" && (there < 150 || there > 240) {
			t.Errorf("%s: %d of 400 values are there; want about 196", name, there)
		}
	}
}

// No type and no preset allocates, once the block has its size.
func TestNothingAllocates(t *testing.T) {
	for name, p := range plans(t) {
		block := make([]byte, 0, 64*p.Max())
		next := int64(0)
		if got := testing.AllocsPerRun(100, func() {
			block, next = p.AppendBlock(block[:0], next, next+10, 1, cap(block), 0)
		}); got != 0 {
			t.Errorf("%s: a block of 10 records allocates %v times; want 0", name, got)
		}
	}
}
