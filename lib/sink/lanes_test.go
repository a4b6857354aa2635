package sink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ndjsontools/lib/exit"
)

// lanesDest is a database that several batches are delivered to at once. After
// some commits it dies: what is there then is what another run finds.
type lanesDest struct {
	Destination
	mu     sync.Mutex
	rnd    *rand.Rand
	stored map[string]int
	alone  *Place
	lanes  map[int]Place
	left   int // commits until it dies
}

var errDead = exit.With(exit.Refused, errors.New("dead"))

func (d *lanesDest) Traits() Traits { return Traits{Parallel: true} }

func (d *lanesDest) Begin(_ context.Context, fresh Checkpoint) (Checkpoint, error) {
	if d.alone == nil {
		d.alone = &Place{Checkpoint: fresh}
	}
	kept := []Place{*d.alone}
	for _, p := range d.lanes {
		kept = append(kept, p)
	}
	last := Latest(kept)
	d.alone, d.lanes = &Place{Checkpoint: last}, map[int]Place{}
	return last, nil
}

func (d *lanesDest) Keep(_ context.Context, c *Checkpoint) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left <= 0 {
		return errDead
	}
	d.alone = &Place{Checkpoint: *c}
	for lane, p := range d.lanes {
		if p.Stretch.Next <= c.Next.Ordinal {
			delete(d.lanes, lane)
		}
	}
	return nil
}

func (d *lanesDest) Deliver(ctx context.Context, b *Batch) error {
	d.mu.Lock()
	takes := time.Duration(d.rnd.IntN(1000)) * time.Millisecond
	d.mu.Unlock()
	if err := SystemClock().Sleep(ctx, takes); err != nil {
		return &Transient{Err: err, Clean: true}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left <= 0 {
		return errDead
	}
	if d.rnd.IntN(10) == 0 {
		return &Transient{Err: errors.New("busy"), Clean: true}
	}
	var bad []Refusal
	for at, line := range b.All() {
		if bytes.Contains(line, []byte("bad")) {
			bad = append(bad, Refusal{Index: int(at.Ordinal - b.First.Ordinal), Reason: errors.New("bad")})
		}
	}
	switch {
	case bad == nil:
	case len(b.seams) == 0 && d.rnd.IntN(2) == 0:
		return &Rejected{Records: bad}
	default:
		return &Suspect{Reason: errors.New("bad"), Clean: true}
	}
	d.left--
	for _, line := range b.All() {
		d.stored[string(line)]++
	}
	if b.Place.Stretch == nil {
		d.alone = b.Place
	} else {
		d.lanes[b.Place.Lane] = *b.Place
	}
	return nil
}

// Runs that are cut off at any moment, with any number of batches under way,
// store each record once all together, and refuse each bad one.
func TestLanesStoreOnce(t *testing.T) {
	beyond := 0
	for seed := range uint64(400) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 1))
			input := oddBlocks(rnd)
			dest := &lanesDest{Destination: Null(), rnd: rnd, stored: map[string]int{}}
			refused := map[string]bool{}
			for run := 0; ; run++ {
				dest.left = rnd.IntN(30)
				next, err := runLanes(t, rnd, dest, input, refused)
				beyond += len(next.Beyond)
				if err == nil {
					break
				}
				if !errors.Is(err, errDead) || run > 1000 {
					t.Fatalf("seed %d, run %d: %v", seed, run, err)
				}
			}
			if len(dest.lanes) > 0 || len(dest.alone.Beyond) > 0 {
				t.Errorf("seed %d: %d lanes and %v are left at the end", seed, len(dest.lanes), dest.alone.Beyond)
			}
			check := dest.alone.Skip()
			for _, blk := range input {
				check.Write(blk.Data)
				for line := range strings.Lines(string(blk.Data)) {
					line = strings.TrimSuffix(line, "\n")
					bad := strings.Contains(line, "bad")
					if n := dest.stored[line]; bad != refused[line] || n > 1 || (n == 1) == bad {
						t.Fatalf("seed %d: %q is stored %d times and refused: %v", seed, line, n, refused[line])
					}
				}
			}
			if err := check.End(dest.alone.Next.Ordinal); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		})
	}
	if beyond < 100 {
		t.Errorf("%d stretches were settled beyond a checkpoint: the test tests nothing", beyond)
	}
}

// oddBlocks are blocks with holes between them: blank lines, which have no
// ordinal, and records that are bad before they come to us.
func oddBlocks(rnd *rand.Rand) (blocks []Block) {
	at := Position{Line: 1}
	for range 1 + rnd.IntN(10) {
		at = at.after(1, 1)
		at.Ordinal -= int64(rnd.IntN(2))
		blk := Block{At: at}
		for range 1 + rnd.IntN(30) {
			line := fmt.Appendf(nil, "%d good\n", at.Ordinal)
			if rnd.IntN(20) == 0 {
				line = fmt.Appendf(nil, "%d bad\n", at.Ordinal)
			}
			blk.Data = append(blk.Data, line...)
			blk.Records++
			at = at.after(1, len(line))
		}
		blocks = append(blocks, blk)
	}
	return blocks
}

// runLanes is one run over the whole input; next is what it went on from.
func runLanes(t *testing.T, rnd *rand.Rand, dest *lanesDest, input []Block, refused map[string]bool) (next Checkpoint, err error) {
	saved := &fakeRejects{}
	e := opened(t, dest, Options{
		Limits: Limits{1 + rnd.IntN(8), 1 + rnd.IntN(100), time.Second}, Rejects: saved,
		Concurrency: Concurrency{Most: 1 + rnd.IntN(5)},
		Retry:       Retry{Base: time.Second, Cap: time.Second, MaxElapsed: time.Hour},
	})
	next, _ = dest.Begin(t.Context(), FirstCheckpoint("run", "null:"))
	places, err := KeptCheckpoints(dest, next)
	if err == nil {
		err = e.Places(places)
	}
	for _, blk := range input {
		if skip := next.Next.Ordinal - blk.At.Ordinal; skip >= int64(blk.Records) {
			continue
		} else if skip > 0 {
			_, blk = blk.split(int(skip))
		}
		if err == nil {
			err = e.Add(t.Context(), Block{slices.Clone(blk.Data), blk.Records, blk.At})
		}
	}
	if err == nil && rnd.IntN(4) == 0 {
		err = errors.Join(e.Stop(t.Context()), errDead) // as after a signal
	} else {
		err = errors.Join(err, e.Close(t.Context()))
	}
	for _, got := range saved.got {
		_, line, _ := strings.Cut(got, ":")
		refused[line] = true
	}
	wantBooksBalanced(t, e)
	return next, err
}

func wantBooksBalanced(t *testing.T, e *Engine) {
	t.Helper()
	if c := e.Counts(); c.Taken != c.Acked+c.Rejected+c.Unresolved || c.Held != 0 {
		t.Errorf("the books are not balanced: %+v", c)
	}
}

// What a Keeper has is one checkpoint, however often it says the same.
func TestLatest(t *testing.T) {
	at := func(next int64, beyond ...Stretch) Checkpoint {
		return Checkpoint{Next: Position{Ordinal: next}, Beyond: beyond}
	}
	a, b, c := Stretch{6, 8, "a"}, Stretch{8, 9, "b"}, Stretch{12, 15, "c"}
	got := Latest([]Place{
		{Checkpoint: at(2, a, c)},
		{at(6, a, c), 0, &Stretch{2, 4, "passed"}},
		{at(6, a, c), 1, &b},
		{at(4, a, c), 2, &Stretch{4, 6, "passed"}},
		{at(6, a, c), 3, &Stretch{6, 6, "nothing yet"}},
		{at(2, a, c), 4, &Stretch{2, 2, "nothing yet"}},
	})
	if got.Next.Ordinal != 6 || !slices.Equal(got.Beyond, []Stretch{a, b, c}) {
		t.Errorf("got %+v", got)
	}
}

// Another input is seen by what is settled beyond the checkpoint, too.
func TestLanesKnowTheInput(t *testing.T) {
	settled := numbered(4, 2)
	over := borrow(settled)
	f := &flight{e: New(Null(), Options{Concurrency: Concurrency{Most: 2}}), batch: over}
	place, err := f.place(&over)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		input []Block
		words string // "" for the right input
	}{
		{"the same", []Block{numbered(0, 5), numbered(5, 5)}, ""},
		{"another record", []Block{numbered(0, 4), block("4", "5", "6")}, "records 4 to 5 are others"},
		{"a record less", []Block{numbered(0, 4), numbered(5, 5)}, "records 4 to 5 are others"},
		{"a hole", []Block{numbered(0, 5), numbered(7, 3)}, "records 4 to 5 are others"},
		{"too short", []Block{numbered(0, 5)}, "it ended before record 5, which is settled"},
	} {
		last := FirstCheckpoint("run", "fake")
		last.Beyond = []Stretch{*place.Stretch}
		dest := &keeperDest{place: &last}
		e := kept(t, dest, Options{Limits: Limits{3, 1000, time.Hour}})
		var err error
		for _, blk := range c.input {
			err = errors.Join(err, e.Add(t.Context(), blk))
		}
		err = errors.Join(err, e.Close(t.Context()))
		if c.words == "" {
			if err != nil || len(dest.stored) != 8 || slices.Contains(dest.stored, "000000004") {
				t.Errorf("%s: %v; stored %q", c.name, err, dest.stored)
			}
			continue
		}
		wantStatus(t, err, exit.Input)
		wantText(t, err, c.words)
		if next := dest.place.Next.Ordinal; next > 4 {
			t.Errorf("%s: the checkpoint came to %d", c.name, next)
		}
	}
}
