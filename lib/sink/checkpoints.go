package sink

import (
	"context"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"time"

	"ndjsontools/lib/draft"
	"ndjsontools/lib/exit"
)

// Checkpoints writes checkpoints for an Engine.
type Checkpoints struct {
	lock  *Lock  // of the file that they are written to
	keep  Keeper // writes them instead of a file; or nil
	every time.Duration
	clock Clock

	passed hash.Hash  // of the records that are stored or settled
	tail   Tail       // before those that come next
	next   Position   // of these
	safe   Checkpoint // what may be written
	dirty  bool       // and has not been
	saved  time.Duration
	begun  bool  // one was written
	sent   int64 // the ordinal behind the last record that went to the destination
	since  int64 // what that was when the last checkpoint was due

	kept  Position  // for a Keeper: of the last checkpoint that it stored with records
	early *hashed   // what was computed for a batch that is being delivered
	atEnd bool      // save only then: before it the lanes tell
	ahead []Stretch // of safe.Beyond, what the input has not reached
	over  hash.Hash // of what was read of the first of them
}

// hashed is a state of the hash and where in the input that is.
type hashed struct {
	h    hash.Hash
	next Position
}

// NewCheckpoints makes what writes checkpoints to the locked file, at most one
// every so often and one at the end. last is the one to go on from.
func NewCheckpoints(file *Lock, every time.Duration, clock Clock, last Checkpoint) (*Checkpoints, error) {
	if clock == nil {
		clock = SystemClock()
	}
	h, err := last.hasher()
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	c := &Checkpoints{lock: file, every: every, clock: clock, passed: h, tail: last.Tail, next: last.Next, safe: last, ahead: last.Beyond, dirty: true}
	c.sent = max(last.Next.Ordinal, last.Until)
	c.since = c.sent
	return c, c.settle()
}

// send notes that b is about to go to the destination, and says whether a
// checkpoint must be written before: the last one bounds what goes.
func (c *Checkpoints) send(b *Batch) (announce bool) {
	c.sent = max(c.sent, b.next.Ordinal)
	return c.keep == nil && c.sent > c.safe.Until
}

// complete says that the input has ended and all of it is settled: no run before
// can have sent more.
func (c *Checkpoints) complete() { c.sent = c.next.Ordinal }

// close makes the bound that the last checkpoint has an exact one.
func (c *Checkpoints) close() {
	c.since = c.sent
	c.dirty = c.dirty || c.keep == nil && c.safe.Until != c.sent
}

// at is the checkpoint that holds once part is stored, which is all of the batch
// that is being delivered, or some of its records when the others up to the end
// of part are settled.
func (c *Checkpoints) at(whole, part *Batch) (place Checkpoint, err error) {
	h, err := c.passed.(hash.Cloner).Clone()
	if err != nil {
		return place, err
	}
	h.Write(whole.before(part.next.Ordinal))
	c.early = &hashed{h, part.next}
	place = c.safe
	place.Next, place.Tail = part.next, part.tail()
	return place, place.seal(h)
}

// pass takes the records of b, which follow those before, as stored.
func (c *Checkpoints) pass(b *Batch) {
	if b.Records == 0 {
		return
	}
	if c.early != nil && c.early.next == b.next {
		c.passed = c.early.h
	} else {
		c.passed.Write(b.Data)
	}
	c.early, c.next, c.tail = nil, b.next, b.tail()
}

// settle says that all that passed is settled.
func (c *Checkpoints) settle() error {
	c.safe.Next, c.safe.Tail, c.dirty = c.next, c.tail, c.keep == nil || c.next != c.kept
	return c.safe.seal(c.passed)
}

// wait is how long it is until the next checkpoint may be written, 0 if none is
// to be.
func (c *Checkpoints) wait() time.Duration {
	if !c.dirty || c.atEnd {
		return 0
	}
	return max(1, c.saved+c.every-c.clock.Now())
}

// due says whether a checkpoint is to be written now.
func (c *Checkpoints) due() bool {
	return c.dirty && !c.atEnd && (!c.begun || c.clock.Now()-c.saved >= c.every)
}

// save writes the checkpoint: whole or not at all.
func (c *Checkpoints) save(ctx context.Context) error {
	if c.keep != nil {
		if err := c.keep.Keep(ctx, &c.safe); err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		c.kept = c.safe.Next
	} else {
		// As many may go as went since the last one was due. So the first ones
		// come at twice as many records each, and later ones when they are due.
		c.safe.Until = c.sent + (c.sent - c.since)
		data, err := json.Marshal(c.safe)
		if err == nil {
			err = replace(c.lock, append(data, '\n'))
		}
		if err != nil {
			return exit.With(exit.IO, fmt.Errorf("checkpoint: %w", err))
		}
	}
	c.dirty, c.begun, c.saved, c.since = false, true, c.clock.Now(), c.sent
	return nil
}

// replace gives a locked file new content that lasts through a crash.
func replace(file *Lock, data []byte) error {
	path := file.path
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = draft.Sync(f)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = file.replace(f.Name())
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return draft.SyncFolder(filepath.Dir(path))
}
