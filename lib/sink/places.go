package sink

import (
	"context"
	"fmt"
)

// Places gives an Engine that is open, and has taken nothing, what Options.Places
// would have: for checkpoints that its destination keeps. The first checkpoint of
// a stream is written now, but for a Keeper, which has it: whatever happens from
// here on, another run knows that there was one, and by which name.
func (e *Engine) Places(c *Checkpoints) error {
	e.places = c
	e.books.again(c.safe.Twice())
	if e.keeps() {
		c.atEnd = e.parallel()
		c.dirty = c.atEnd
		return nil
	}
	if c.safe.Next.Ordinal > 0 {
		return nil
	}
	return c.save(context.Background())
}

// announce sees to it that a checkpoint bounds what goes to the destination with
// b. That one is beside the schedule of the others.
func (e *Engine) announce(ctx context.Context, b *Batch) error {
	if e.places == nil || !e.places.send(b) {
		return nil
	}
	saved, since := e.places.saved, e.places.since
	err := e.save(ctx)
	e.places.saved, e.places.since = saved, since
	return err
}

// save writes a checkpoint, once all that it calls settled is on the disk.
func (e *Engine) save(ctx context.Context) error {
	if syncer, ok := e.dest.(interface{ Sync() error }); ok && !e.ended { // its end has done that
		if err := syncer.Sync(); err != nil {
			return fmt.Errorf("%s: %w", e.dest.Name(), err)
		}
	}
	if e.rejects != nil {
		if err := e.rejects.Sync(); err != nil {
			return err
		}
	}
	return e.places.save(ctx)
}

// saveLast writes the last checkpoint, whatever the end is.
func (e *Engine) saveLast(ctx context.Context) {
	if e.places == nil {
		return
	}
	if e.places.close(); e.places.dirty {
		e.err = also(e.err, e.save(ctx))
	}
}

// keepLast is saveLast for a Keeper, which has its connections still. After an
// error it has them not, perhaps, and lanes tell what there is to tell.
func (e *Engine) keepLast(ctx context.Context) {
	if !e.keeps() {
		return
	}
	if e.err == nil || !e.places.atEnd {
		e.saveLast(ctx)
	}
	e.places.dirty = false // once is enough, whatever came of it
}

// pass notes that b is stored, and with settled that it and all before it are
// settled, for the next checkpoint.
func (e *Engine) pass(b *Batch, settled bool) {
	if e.places == nil {
		return
	}
	if b != nil {
		e.places.pass(b)
	}
	if settled && e.err == nil {
		e.err = e.places.settle()
	}
}
