package sink

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// A Keeper is a destination that stores checkpoints itself, in one step with the
// records: a crash leaves both or neither, so that no record is delivered twice.
// The Engine sets Batch.Place for it.
type Keeper interface {
	// Begin takes the stream over for this run: when it returns, whatever an
	// earlier run had under way has ended one way or the other, and that run
	// can store nothing more. It answers the checkpoint to go on from (see
	// Latest), which is fresh, and stored, where the stream is a new one. It is
	// called once, after Open, and not at all when no checkpoint is wanted.
	Begin(ctx context.Context, fresh Checkpoint) (Checkpoint, error)

	// Keep stores a checkpoint for which no records are to be delivered, while
	// none are under way. What lanes keep before it need not be kept any more.
	Keep(ctx context.Context, c *Checkpoint) error
}

// A Place says what is settled once the batch that it comes with is stored.
//
// With one batch at a time, that is all that stands before the Checkpoint. With
// several, what stands before the Checkpoint is settled already, and then the
// Stretch is as well. A Keeper need only remember the last Place of each Lane:
// the stretches before it stand before its Checkpoint. So no two batches under
// way write to the same thing, and none has to wait for another's transaction.
type Place struct {
	Checkpoint
	Lane    int      // from 0 to the concurrency
	Stretch *Stretch // nil with one batch at a time
}

// A Stretch is a run of records that are settled although some before them may
// not be: the first and the last one are among the records that were delivered.
type Stretch struct {
	First int64  `json:"first"`  // ordinal
	Next  int64  `json:"next"`   // the ordinal after the last one
	Hash  string `json:"sha256"` // of the records, as in Checkpoint
}

// Latest is the checkpoint to go on from when a run was cut off: the one that
// stands farthest of those that a Keeper has, alone and in lanes, with all
// stretches beyond it.
func Latest(kept []Place) (last Checkpoint) {
	for i, p := range kept {
		if i == 0 || p.Next.Ordinal > last.Next.Ordinal {
			last = p.Checkpoint
		}
	}
	var beyond []Stretch
	for _, p := range kept {
		all := p.Beyond
		if p.Stretch != nil {
			all = append(slices.Clip(all), *p.Stretch)
		}
		for _, s := range all {
			if s.Next > max(s.First, last.Next.Ordinal) && !slices.Contains(beyond, s) {
				beyond = append(beyond, s)
			}
		}
	}
	slices.SortFunc(beyond, func(a, b Stretch) int { return cmp.Compare(a.First, b.First) })
	last.Beyond = beyond
	return last
}

// KeptCheckpoints makes what hands checkpoints to a destination, each with the
// records that it settles. last is as for NewCheckpoints.
func KeptCheckpoints(keep Keeper, last Checkpoint) (*Checkpoints, error) {
	c, err := NewCheckpoints(nil, 0, nil, last)
	if err == nil {
		c.keep, c.kept, c.dirty = keep, last.Next, false
	}
	return c, err
}

// keeps says whether the destination stores the checkpoints.
func (e *Engine) keeps() bool { return e.places != nil && e.places.keep != nil }

// place is what is settled once part of the flight's batch is stored, when the
// others up to the end of part are.
func (f *flight) place(part *Batch) (*Place, error) {
	if !f.e.parallel() {
		c, err := f.e.places.at(&f.batch, part)
		return &Place{Checkpoint: c}, err
	}
	sum := sha256.Sum256(f.batch.before(part.next.Ordinal))
	return &Place{f.low, f.lane, &Stretch{f.batch.First.Ordinal, part.next.Ordinal, hex.EncodeToString(sum[:])}}, nil
}

// apart cuts a block at the next border of what an earlier run has settled
// beyond the checkpoint that we went on from; settled is what part is.
func (c *Checkpoints) apart(blk Block) (part, rest Block, settled bool) {
	if c == nil || len(c.ahead) == 0 {
		return blk, Block{}, false
	}
	border := c.ahead[0].First
	if settled = blk.At.Ordinal >= border; settled {
		border = c.ahead[0].Next
	}
	n := border - blk.At.Ordinal
	if n <= 0 || n >= int64(blk.Records) {
		return blk, Block{}, settled
	}
	part, rest = blk.split(int(n))
	return part, rest, settled
}

// skip passes over a part of a block that is settled. The checkpoint moves once
// the whole stretch has turned out to be the one that was stored.
func (e *Engine) skip(ctx context.Context, blk Block) {
	e.flush(ctx)
	e.drain(ctx)
	c, over := e.places, e.places.ahead[0]
	end := c.leave(blk)
	if e.err != nil {
		return
	}
	if c.over == nil {
		c.over = sha256.New()
	}
	c.over.Write(blk.Data)
	b := borrow(blk)
	c.pass(&b)
	if end < over.Next {
		return
	}
	if end > over.Next || hex.EncodeToString(c.over.Sum(nil)) != over.Hash {
		e.err = mismatch("records %d to %d are others", over.First, over.Next-1)
		return
	}
	c.over, c.safe.Beyond = nil, c.safe.Beyond[1:]
	e.err = c.settle()
}

// leave notes that the input is past a part of a block that is settled; end is
// the ordinal behind it.
func (c *Checkpoints) leave(blk Block) (end int64) {
	end = blk.At.Ordinal + int64(blk.Records)
	if end >= c.ahead[0].Next {
		c.ahead = c.ahead[1:]
	}
	return end
}

// reached says whether the input had all that an earlier run has settled.
func (c *Checkpoints) reached() error {
	if c == nil || len(c.ahead) == 0 {
		return nil
	}
	return mismatch("it ended before record %d, which is settled", c.ahead[len(c.ahead)-1].Next-1)
}
