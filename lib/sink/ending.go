package sink

import (
	"context"
	"fmt"
)

// Close ends the sink at the end of its input: it delivers what is held and
// commits. After an earlier error it aborts and returns that error.
func (e *Engine) Close(ctx context.Context) error {
	if e.ended {
		return e.err
	}
	e.ended = true
	defer e.release()
	e.flush(ctx)
	e.drain(ctx)
	if e.err == nil {
		e.err = e.places.reached()
	}
	e.keepLast(ctx)
	if e.err == nil {
		if err := e.dest.Commit(ctx); err != nil {
			e.err = fmt.Errorf("%s: %w", e.dest.Name(), err)
			e.places = nil // what it holds may not be on the disk
		}
	}
	if e.err != nil {
		e.err = e.abort()
		e.saveLast(ctx)
		return e.err
	}
	e.books.commit()
	e.pass(nil, true)
	if e.places != nil {
		e.places.complete()
	}
	e.saveLast(ctx)
	return e.err
}

// Stop ends the sink before the end of its input, after a signal or a limit. It
// delivers what is held and never commits: for an atomic destination every
// record is unresolved then. The error is an *UnresolvedError if records
// are unresolved and no earlier error was returned. ctx limits how long settling
// may take.
func (e *Engine) Stop(ctx context.Context) error {
	if e.ended {
		return e.err
	}
	e.ended = true
	defer e.release()
	if e.traits.Atomic {
		e.giveUp(&e.held)
		e.held.reset()
	}
	e.flush(ctx)
	e.drain(ctx)
	e.keepLast(ctx)
	err := e.abort()
	if n := e.Counts().Unresolved; err == nil && n > 0 {
		err = &UnresolvedError{e.dest.Name(), n}
	}
	e.err = err
	e.saveLast(ctx)
	return e.err
}

func (e *Engine) abort() error {
	e.books.abort()
	if err := e.dest.Abort(); err != nil {
		e.places = nil
		e.err = also(e.err, fmt.Errorf("%s: %w", e.dest.Name(), err))
	}
	return e.err
}

// flush delivers the held batch.
func (e *Engine) flush(ctx context.Context) {
	switch {
	case e.held.Records == 0:
	case e.err != nil:
		e.surrender(ctx)
	case e.parallel():
		e.launch(ctx)
	default:
		e.deliver(ctx, &e.held)
		e.held.reset()
	}
}

// deliver settles a batch or enters it as unresolved; e.err tells.
func (e *Engine) deliver(ctx context.Context, b *Batch) {
	e.books.batch()
	if e.err = e.announce(ctx, b); e.err != nil {
		e.giveUp(b)
		return
	}
	e.own.batch, e.own.came, e.own.ctx, e.own.patient = *b, e.came, ctx, ctx
	e.err = e.own.fly()
	e.own.spill()
	e.landed(&e.own)
}
