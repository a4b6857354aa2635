package sink

import (
	"context"
	"errors"
	"fmt"
)

// settle brings every record of b to its end: acknowledged, stored as a reject
// or, with an error, entered as unresolved. clean means that none was refused.
// before counts the deliveries that these records had as part of a larger batch.
func (e *Engine) settle(ctx context.Context, b *Batch, before int) (clean bool, err error) {
	clean = true
	for b.Records > 0 {
		err := e.attempt(ctx, b)
		if err == nil {
			e.stored(b)
			return clean, nil
		}
		attempts := before + b.Attempt
		rejected, isRejected := errors.AsType[*Rejected](err)
		suspect, isSuspect := errors.AsType[*Suspect](err)
		large, isLarge := errors.AsType[*TooLarge](err)
		switch {
		case isRejected:
			clean = false
			if err := rejected.check(b); err != nil {
				e.giveUp(b)
				return clean, fmt.Errorf("%s: %w", e.dest.Name(), err)
			}
			rest := b.without(rejected.Records)
			if rejected.Stored {
				e.stored(&rest)
				return clean, e.refuse(b, rejected.Records, attempts)
			}
			if err := e.refuse(b, rejected.Records, attempts); err != nil {
				e.giveUp(&rest)
				return clean, err
			}
			b, before = &rest, attempts

		case isSuspect && b.Records == 1:
			return false, e.refuse(b, []Refusal{{0, suspect.Reason}}, attempts)

		case isSuspect:
			return false, e.narrow(ctx, b, attempts)

		case isLarge && b.Records == 1:
			return false, e.refuse(b, []Refusal{{0, large.Reason}}, attempts)

		case isLarge:
			return e.split(ctx, b, attempts)

		default:
			rest := e.finished(b)
			e.giveUp(&rest)
			return clean, err
		}
	}
	return clean, nil
}

// narrow settles a batch that is known to hold a refused record, half by half
// and in order. If the left half turns out clean then the refused record is in
// the right one, which is halved again without asking for its whole: one bad
// record among n costs at most 2·log2(n)+1 deliveries, the good halves that
// must be delivered anyhow included. A single record is always asked for, so
// that no record is condemned for the company it kept.
func (e *Engine) narrow(ctx context.Context, b *Batch, before int) error {
	left, right := b.halves()
	clean, err := e.settle(ctx, &left, before)
	switch {
	case err != nil:
		e.giveUp(&right)
	case clean && right.Records > 1:
		err = e.narrow(ctx, &right, before)
	default:
		_, err = e.settle(ctx, &right, before)
	}
	return err
}

// split settles a batch that is too large as a whole, half by half and in order.
// What was too large once is taken to be so for ever, so that only the first
// batches are sent in vain.
func (e *Engine) split(ctx context.Context, b *Batch, before int) (clean bool, err error) {
	e.limits.Bytes = max(1, min(e.limits.Bytes, len(b.Data)/2))
	left, right := b.halves()
	clean, err = e.settle(ctx, &left, before)
	if err != nil {
		e.giveUp(&right)
		return clean, err
	}
	alsoClean, err := e.settle(ctx, &right, before)
	return clean && alsoClean, err
}

// stored enters delivered records.
func (e *Engine) stored(b *Batch) {
	switch {
	case b.Records == 0:
		return
	case e.traits.Atomic:
		if rest := e.finished(b); rest.Records > 0 {
			e.books.store(&rest)
			e.pass(&rest, false)
		}
	default:
		e.books.ack(b.Records, len(b.Data))
		if e.acked != nil {
			e.acked(b)
		}
	}
	if b.Place != nil {
		e.places.kept = b.Place.Next
	}
}

// finished enters the records of b that the destination has made final on the
// way, with all before them, and returns the others.
func (e *Engine) finished(b *Batch) (rest Batch) {
	stages, ok := e.dest.(Stages)
	if !ok || stages.Final() == 0 {
		return *b
	}
	final, rest := b.split(stages.Final())
	e.books.store(&final)
	e.books.commit()
	e.pass(&final, true)
	return rest
}

// refuse stores records of b as rejects and enters them. Those that can't be
// stored are unresolved, and the error says why.
func (e *Engine) refuse(b *Batch, refused []Refusal, attempts int) error {
	var safe, lost Batch
	var failed error
	i := 0
	for at, line := range b.All() {
		if len(refused) > 0 && refused[0].Index == i {
			settled := false
			if failed == nil {
				settled, failed = e.put(Reject{line, at, refused[0].Reason, attempts})
			}
			if settled {
				safe.note(1, len(line)+1, at)
				safe.Data = append(append(safe.Data, line...), '\n')
			} else {
				lost.note(1, len(line)+1, at)
				lost.Data = append(append(lost.Data, line...), '\n')
			}
			refused = refused[1:]
		}
		i++
	}
	if safe.Records > 0 {
		if err := e.rejects.Sync(); err != nil {
			e.giveUp(&safe)
			safe.Records, failed = 0, err
		}
	}
	e.books.reject(safe.Records)
	e.giveUp(&lost)
	return failed
}

func (e *Engine) put(r Reject) (settled bool, err error) {
	if e.rejects == nil {
		return false, fmt.Errorf("%s: %w", e.dest.Name(), &RecordError{r.At, r.Reason})
	}
	return e.rejects.Put(r)
}

// check holds a destination to the rules of Rejected, because breaking them
// would break the books.
func (e *Rejected) check(b *Batch) error {
	last := -1
	for _, r := range e.Records {
		if r.Index <= last || r.Index >= b.Records {
			return fmt.Errorf("refused record %d after record %d of a batch of %d: a defect of this destination", r.Index, last, b.Records)
		}
		last = r.Index
	}
	if last < 0 {
		return errors.New("refused a batch without naming a record: a defect of this destination")
	}
	return nil
}
