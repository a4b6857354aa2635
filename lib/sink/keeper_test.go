package sink

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// keeperDest is a database: records and place come and go together.
type keeperDest struct {
	fakeDest
	place *Checkpoint
	kept  int // places that came without records
	bad   func(line string) bool
	named bool // bad records are named, else suspected
}

func (d *keeperDest) Begin(ctx context.Context, fresh Checkpoint) (Checkpoint, error) {
	if d.place == nil {
		return fresh, d.Keep(ctx, &fresh)
	}
	return *d.place, nil
}

func (d *keeperDest) Keep(_ context.Context, c *Checkpoint) error {
	d.place = new(Checkpoint)
	*d.place = *c
	d.kept++
	return nil
}

func (d *keeperDest) Deliver(ctx context.Context, b *Batch) error {
	i := 0
	for _, line := range b.All() {
		if d.bad != nil && d.bad(string(line)) {
			if d.named {
				return &Rejected{Records: []Refusal{{Index: i, Reason: errors.New("bad")}}}
			}
			return &Suspect{Reason: errors.New("bad"), Clean: true}
		}
		i++
	}
	err := d.fakeDest.Deliver(ctx, b)
	if err == nil && b.Place != nil {
		d.place = &b.Place.Checkpoint
	}
	return err
}

// kept opens an engine whose destination keeps its checkpoints.
func kept(t *testing.T, dest *keeperDest, o Options) *Engine {
	t.Helper()
	e := opened(t, dest, o)
	last, err := dest.Begin(t.Context(), FirstCheckpoint("run", "fake"))
	if err != nil {
		t.Fatal(err)
	}
	places, err := KeptCheckpoints(dest, last)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Places(places); err != nil {
		t.Fatal(err)
	}
	return e
}

// Whenever it ends, what the destination holds and the place that it keeps
// agree, and the place's hash is that of all records before it, rejects too.
func TestKeeper(t *testing.T) {
	for _, c := range []struct {
		name  string
		bad   []int64
		named bool
		dies  int // the delivery that fails for good
	}{
		{"all good", nil, false, 0},
		{"one named", []int64{5}, true, 0},
		{"some suspected", []int64{0, 5, 6, 15}, false, 0},
		{"the last ones", []int64{14, 15}, true, 0},
		{"all of a batch", []int64{4, 5, 6, 7}, false, 0},
		{"dies in the halves", []int64{9}, false, 4},
		{"dies at once", nil, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			input := numbered(0, 16)
			line := func(i int64) string { return string(input.Data[10*i : 10*i+9]) }
			dest := &keeperDest{named: c.named, bad: func(got string) bool {
				return slices.ContainsFunc(c.bad, func(i int64) bool { return line(i) == got })
			}}
			deliveries := 0
			dest.deliver = func(context.Context, *Batch) error {
				if deliveries++; deliveries == c.dies {
					return exit.With(exit.Refused, errors.New("dead"))
				}
				return nil
			}
			saved := &fakeRejects{}
			e := kept(t, dest, Options{Limits: Limits{4, 100, time.Hour}, Clock: &fakeClock{}, Rejects: saved})
			err := e.Add(t.Context(), input)
			if closed := e.Close(t.Context()); err == nil {
				err = closed
			}
			if (err != nil) != (c.dies > 0) {
				t.Fatal(err)
			}
			if c.dies == 0 && (dest.place == nil || dest.place.Next.Ordinal != 16) {
				t.Fatalf("the place is %+v; want the end", dest.place)
			}
			next := int64(0)
			if dest.place != nil {
				next = dest.place.Next.Ordinal
				check := dest.place.Skip()
				check.Write(input.Data[:dest.place.Next.Offset])
				if err := check.End(next); err != nil {
					t.Error(err)
				}
			}
			var want []string
			for i := range next {
				if !slices.Contains(c.bad, i) {
					want = append(want, line(i))
				}
			}
			if !slices.Equal(dest.stored, want) {
				t.Errorf("the place is %d and %q are stored; want %q", next, dest.stored, want)
			}
			if doubt := e.Counts().Duplicates; c.dies == 0 && doubt > 0 {
				t.Errorf("up to %d duplicates, where nothing is in doubt", doubt)
			}
			if c.bad == nil && dest.kept != 1 { // the first one
				t.Errorf("%d places came without records", dest.kept)
			}
		})
	}
}

// Another run goes on from the kept place.
func TestKeeperResumes(t *testing.T) {
	dest := &keeperDest{}
	for _, block := range []Block{numbered(0, 6), numbered(6, 3)} {
		e := kept(t, dest, Options{Limits: Limits{4, 100, time.Hour}, Clock: &fakeClock{}})
		if err := e.Add(t.Context(), block); err != nil {
			t.Fatal(err)
		}
		if err := e.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	whole := numbered(0, 9)
	check := dest.place.Skip()
	check.Write(whole.Data)
	if err := check.End(9); err != nil || dest.place.Next != (Position{9, 10, int64(len(whole.Data))}) {
		t.Errorf("the place is %+v: %v", dest.place.Next, err)
	}
	if got := fmt.Sprint(len(dest.stored), dest.kept); got != "9 1" {
		t.Errorf("records and places alone: %s; want 9 and the first one", got)
	}
}
