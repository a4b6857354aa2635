package sink

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"
)

// article is a block as the reader of a pipe makes it: 256 KiB of records of
// 890 bytes.
func article() Block {
	line := append(bytes.Repeat([]byte("a"), 889), '\n')
	n := 256 << 10 / len(line)
	return Block{Data: bytes.Repeat(line, n), Records: n, At: Position{Line: 1}}
}

func benchmark(b *testing.B, dest Destination, limits Limits) {
	e := opened(b, dest, Options{Limits: limits})
	blk := article()
	b.SetBytes(int64(len(blk.Data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := e.Add(b.Context(), blk); err != nil {
			b.Fatal(err)
		}
		blk.At = blk.At.after(blk.Records, len(blk.Data))
	}
	if err := e.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(e.Counts().Acked)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkNull(b *testing.B) { benchmark(b, Null(), DefaultLimits()) }

// A block that goes well makes no garbage: what piles up between two collections is
// memory that a short run does not need, and a long one does.
func TestNoGarbage(t *testing.T) {
	e := opened(t, Null(), Options{Limits: DefaultLimits()})
	blk := article()
	if n := testing.AllocsPerRun(100, func() {
		if err := e.Add(t.Context(), blk); err != nil {
			t.Fatal(err)
		}
		blk.At = blk.At.after(blk.Records, len(blk.Data))
	}); n != 0 {
		t.Errorf("%v allocations for a block; want none", n)
	}
}

// What the cutting into batches costs, where the destination costs nothing.
func BenchmarkBatched(b *testing.B) { benchmark(b, Sim{}.Destination(SystemClock()), DefaultLimits()) }

func BenchmarkFile(b *testing.B) {
	benchmark(b, File(filepath.Join(b.TempDir(), "out"), nil, SystemClock()), DefaultLimits())
}

// A child for each batch, at the default limits.
func BenchmarkExec(b *testing.B) {
	benchmark(b, Exec{Args: []string{"true"}}.Destination(), DefaultLimits())
}

func BenchmarkNarrow(b *testing.B) {
	dest := refusing()
	e := opened(b, dest, Options{Limits: Limits{500, 1 << 20, time.Hour}, Rejects: &fakeRejects{}})
	blk := numbered(0, 500)
	copy(blk.Data[3210:], "bad")
	b.SetBytes(int64(len(blk.Data)))
	for b.Loop() {
		if err := e.Add(b.Context(), blk); err != nil {
			b.Fatal(err)
		}
		dest.attempts, dest.stored = dest.attempts[:0], dest.stored[:0]
	}
}
