package sink

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Retry says how failures that may pass are met: wait, deliver again, and in
// the end stop the sink with status exit.Incomplete. The n-th wait is a random
// time up to Base·2ⁿ⁻¹, at most Cap ("full jitter"): sinks that failed together
// must not come back together. A destination that asked for a longer wait gets
// it.
type Retry struct {
	Base, Cap time.Duration

	// MaxElapsed is counted from the first attempt on the same records. The
	// last attempt starts no later; a destination that asks for a wait beyond
	// it ends the sink at once. 0: no second attempt.
	MaxElapsed time.Duration

	// Jitter picks the wait between 0 and max; nil picks evenly by chance.
	Jitter func(max time.Duration) time.Duration
}

// A Pause is what a progress line can say before a wait.
type Pause struct {
	Attempt int           // the attempt that failed, from 1
	Wait    time.Duration // until the next one
	Err     error         // why it failed
}

// wait is the pause after the given failure (from 1), before limits of time.
func (r Retry) wait(failure int) time.Duration {
	limit := r.Cap
	if shift := failure - 1; shift < 62 && r.Base <= r.Cap>>shift {
		limit = r.Base << shift
	}
	if r.Jitter != nil {
		return r.Jitter(limit)
	}
	return rand.N(limit + 1)
}

// tries are the attempts on the same records so far.
type tries struct {
	n       int
	limited int           // those that failed with a limit on tries
	start   time.Duration // of the first one
}

// attempt delivers a batch until its fate is known: nil, *Rejected, *Partial,
// *Suspect or *TooLarge as the destination said, or an error that ends the sink.
func (f *flight) attempt(b *Batch, t *tries) error {
	e := f.e
	for {
		if e.gate.enter(f.patient) != nil {
			return e.interrupted(f.patient, nil)
		}
		if t.n == 0 && e.keeps() {
			place, err := f.place(b)
			if err != nil {
				e.gate.free()
				return err
			}
			b.Place = place
		}
		began := e.clock.Now()
		if t.n == 0 {
			t.start = began
		}
		t.n++
		b.Attempt = t.n
		err := answer(e.dest.Deliver(f.ctx, b))
		took := e.clock.Now() - began
		passing, passes := errors.AsType[*Transient](err)
		e.gate.pause(asked(err)) // before another one is let through
		e.gate.leave(took, passes || isA[*Partial](err))
		if e.latency != nil {
			e.latency.RecordN(took, 1)
		}
		e.books.attempt(b.Attempt > 1, e.doubtful(b, err))
		switch err.(type) {
		case nil, *Rejected, *Partial, *Suspect, *TooLarge:
			return err
		}
		switch {
		case f.ctx.Err() != nil && (passes || isEndOf(f.ctx, err)):
			return e.interrupted(f.ctx, err)
		case !passes:
			return fmt.Errorf("%s: %w", e.dest.Name(), err)
		}
		if err := f.pause(t, passing, err); err != nil {
			return err
		}
	}
}

// asked is how long the destination wants all attempts to wait.
func asked(err error) time.Duration {
	if partial, ok := errors.AsType[*Partial](err); ok {
		return partial.Why.RetryAfter
	}
	if passing, ok := errors.AsType[*Transient](err); ok {
		return passing.RetryAfter
	}
	return 0
}

// answer is the destination's answer without what is wrapped around it.
func answer(err error) error {
	for _, as := range []func(error) error{as[*Rejected], as[*Partial], as[*Suspect], as[*TooLarge]} {
		if found := as(err); found != nil {
			return found
		}
	}
	return err
}

func as[E error](err error) error {
	if found, ok := errors.AsType[E](err); ok {
		return found
	}
	return nil
}

// pause waits until the next attempt may begin. Its error is why there is to be
// none.
func (f *flight) pause(t *tries, why *Transient, err error) error {
	e := f.e
	if why.Tries > 0 {
		t.limited++
	}
	elapsed := e.clock.Now() - t.start
	wait := max(e.retry.wait(t.n), why.RetryAfter)
	left := e.retry.MaxElapsed - elapsed
	if left <= 0 || why.RetryAfter > left || why.Tries > 0 && t.limited >= why.Tries {
		return incompletef("%s: gave up after attempt %d, %v after the first began: %w",
			e.dest.Name(), t.n, elapsed.Round(time.Millisecond), err)
	}
	wait = min(wait, left)
	if e.pausing != nil {
		e.pausing(Pause{t.n, wait, err})
	}
	if e.clock.Sleep(f.patient, wait) != nil {
		return e.interrupted(f.patient, err)
	}
	return nil
}

// doubtful is the number of records that a failed attempt may have stored.
func (e *Engine) doubtful(b *Batch, err error) int {
	if err == nil || e.traits.Atomic || isA[*Rejected](err) || isA[*TooLarge](err) || isA[*Clean](err) { // the last three say what is stored
		return 0
	}
	if partial, ok := errors.AsType[*Partial](err); ok {
		return partial.Doubtful
	}
	if passing, ok := errors.AsType[*Transient](err); ok && passing.Clean {
		return 0
	}
	if suspect, ok := errors.AsType[*Suspect](err); ok && suspect.Clean {
		return 0
	}
	return b.Records
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// interrupted is the error for work that the end of ctx cut short.
func (e *Engine) interrupted(ctx context.Context, last error) error {
	if last == nil || isEndOf(ctx, last) {
		return incompletef("%s: interrupted: %w", e.dest.Name(), context.Cause(ctx))
	}
	return incompletef("%s: interrupted (%w) while it failed: %w", e.dest.Name(), context.Cause(ctx), last)
}

// isEndOf tells the end of ctx itself from a failure that came with it.
func isEndOf(ctx context.Context, err error) bool {
	return errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))
}
