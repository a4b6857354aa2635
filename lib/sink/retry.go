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

// attempt delivers a batch until its fate is known: nil, *Rejected, *Suspect or
// *TooLarge as the destination said, or an error that ends the sink.
func (e *Engine) attempt(ctx context.Context, b *Batch) error {
	start := e.clock.Now()
	limited := 0
	for b.Attempt = 1; ; b.Attempt++ {
		if ctx.Err() != nil {
			return e.interrupted(ctx, nil)
		}
		if b.Attempt == 1 && e.keeps() {
			place, err := e.places.at(b)
			if err != nil {
				return err
			}
			b.Place = place
		}
		began := e.clock.Now()
		err := e.dest.Deliver(ctx, b)
		if e.latency != nil {
			e.latency.Record(e.clock.Now() - began)
		}
		e.books.attempt(b.Attempt > 1, e.doubtful(b, err))
		if err == nil || isA[*Rejected](err) || isA[*Suspect](err) || isA[*TooLarge](err) {
			return err
		}
		passing, ok := errors.AsType[*Transient](err)
		switch {
		case ctx.Err() != nil && (ok || isEndOf(ctx, err)):
			return e.interrupted(ctx, err)
		case !ok:
			return fmt.Errorf("%s: %w", e.dest.Name(), err)
		}
		if passing.Tries > 0 {
			limited++
		}
		elapsed := e.clock.Now() - start
		wait := max(e.retry.wait(b.Attempt), passing.RetryAfter)
		left := e.retry.MaxElapsed - elapsed
		if left <= 0 || passing.RetryAfter > left || passing.Tries > 0 && limited >= passing.Tries {
			return incompletef("%s: gave up after attempt %d, %v after the first began: %w",
				e.dest.Name(), b.Attempt, elapsed.Round(time.Millisecond), err)
		}
		wait = min(wait, left)
		if e.pausing != nil {
			e.pausing(Pause{b.Attempt, wait, err})
		}
		if e.clock.Sleep(ctx, wait) != nil {
			return e.interrupted(ctx, err)
		}
	}
}

// doubtful is the number of records that a failed attempt may have stored.
func (e *Engine) doubtful(b *Batch, err error) int {
	if err == nil || e.traits.Atomic || isA[*Rejected](err) || isA[*TooLarge](err) { // the last two say what is stored
		return 0
	}
	if passing, ok := errors.AsType[*Transient](err); ok && passing.Clean {
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
