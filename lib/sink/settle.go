package sink

import (
	"errors"
	"fmt"
)

// settle brings every record of b to its end: acknowledged, stored as a reject
// or, with an error, entered as unresolved. clean means that none was refused.
// before counts the deliveries that these records had as part of a larger batch.
func (f *flight) settle(b *Batch, before int) (clean bool, err error) {
	clean = true
	var t tries
	for b.Records > 0 {
		err := f.attempt(b, &t)
		if err == nil {
			f.stored(b)
			return clean, nil
		}
		attempts := before + t.n
		switch answer := err.(type) {
		case *Rejected:
			clean = false
			rest, err := f.rejected(b, answer, attempts)
			if err != nil || answer.Stored {
				return clean, err
			}
			b, before, t = &rest, attempts, tries{}

		case *Partial:
			clean = clean && len(answer.Refused) == 0
			rest, err := f.put(b, answer, attempts)
			if err == nil {
				err = f.pause(&t, &answer.Why, answer)
			}
			if err != nil {
				f.giveUp(&rest)
				return clean, err
			}
			b = &rest

		case *Suspect:
			if b.Records == 1 {
				return false, f.refuse(b, []Refusal{{0, answer.Reason, answer.Status}}, attempts)
			}
			return false, f.narrow(b, attempts)

		case *TooLarge:
			if b.Records == 1 {
				return false, f.refuse(b, []Refusal{{0, answer.Reason, answer.Status}}, attempts)
			}
			return f.split(b, attempts)

		default:
			held := b // b itself would be on the heap
			f.do(func() { rest := f.e.finished(held); f.lose(&rest) })
			return clean, err
		}
	}
	return clean, nil
}

// rejected enters what is refused of b, and what is stored; rest is what is
// neither.
func (f *flight) rejected(b *Batch, answer *Rejected, attempts int) (rest Batch, err error) {
	if err := check(b, answer.Records); err != nil {
		f.giveUp(b)
		return rest, fmt.Errorf("%s: %w", f.e.dest.Name(), err)
	}
	rest = b.without(answer.Records)
	if answer.Stored {
		f.stored(&rest)
		return Batch{}, f.refuse(b, answer.Records, attempts)
	}
	if err := f.refuse(b, answer.Records, attempts); err != nil {
		f.giveUp(&rest)
		return rest, err
	}
	return rest, nil
}

// put enters what is stored of b and what is refused; rest is to be delivered
// again.
func (f *flight) put(b *Batch, answer *Partial, attempts int) (rest Batch, err error) {
	fates, err := answer.fates(b)
	if err != nil {
		return *b, fmt.Errorf("%s: %w", f.e.dest.Name(), err)
	}
	parts := b.divide(fateCount, func(i int, _ []byte) int { return fates[i] })
	f.stored(&parts[fateStored])
	if len(answer.Refused) > 0 {
		err = f.refuse(b, answer.Refused, attempts)
	}
	return parts[fateAgain], err
}

// narrow settles a batch that is known to hold a refused record, half by half
// and in order. If the left half turns out clean then the refused record is in
// the right one, which is halved again without asking for its whole: one bad
// record among n costs at most 2·log2(n)+1 deliveries, the good halves that
// must be delivered anyhow included. A single record is always asked for, so
// that no record is condemned for the company it kept.
func (f *flight) narrow(b *Batch, before int) error {
	left, right := b.halves()
	clean, err := f.settle(&left, before)
	switch {
	case err != nil:
		f.giveUp(&right)
	case clean && right.Records > 1:
		err = f.narrow(&right, before)
	default:
		_, err = f.settle(&right, before)
	}
	return err
}

// split settles a batch that is too large as a whole, half by half and in order.
// What was too large once is taken to be so for ever, so that only the first
// batches are sent in vain.
func (f *flight) split(b *Batch, before int) (clean bool, err error) {
	f.do(func() { f.e.limits.Bytes = max(1, min(f.e.limits.Bytes, len(b.Data)/2)) })
	left, right := b.halves()
	clean, err = f.settle(&left, before)
	if err != nil {
		f.giveUp(&right)
		return clean, err
	}
	alsoClean, err := f.settle(&right, before)
	return clean && alsoClean, err
}

// stored is Engine.stored in this flight's turn. It costs no allocation where
// nobody else's turn can be.
func (f *flight) stored(b *Batch) {
	if f.events == nil {
		f.e.stored(b)
		return
	}
	f.do(func() { f.e.stored(b) })
}

// giveUp enters, in this flight's turn, every record of b as unresolved.
func (f *flight) giveUp(b *Batch) { f.do(func() { f.lose(b) }) }

// refuse stores, in this flight's turn, records of b as rejects and enters them.
// Those that can't be stored are unresolved, and the error says why.
func (f *flight) refuse(b *Batch, refused []Refusal, attempts int) error {
	return f.enter(func() error { return f.reject(b, refused, attempts) })
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
	if b.Place != nil && b.Place.Stretch == nil {
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

// reject is refuse without a wait for the turn.
func (f *flight) reject(b *Batch, refused []Refusal, attempts int) error {
	e, key := f.e, ""
	if keyed, ok := e.dest.(Keyed); ok && attempts > 0 {
		key = keyed.Key(b)
	}
	var safe, lost Batch
	var failed error
	i := 0
	for at, line := range b.All() {
		if len(refused) > 0 && refused[0].Index == i {
			settled := false
			if failed == nil {
				settled, failed = e.put(Reject{line, at, refused[0].Reason, attempts, refused[0].Status, key})
			}
			if settled {
				safe.copy(at, line)
			} else {
				lost.copy(at, line)
			}
			refused = refused[1:]
		}
		i++
	}
	if safe.Records > 0 {
		if err := e.rejects.Sync(); err != nil {
			f.lose(&safe)
			safe.Records, failed = 0, err
		}
	}
	e.books.reject(safe.Records)
	f.lose(&lost)
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
func check(b *Batch, refused []Refusal) error {
	last := -1
	for _, r := range refused {
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

// The fates of the records of a Partial.
const (
	fateStored = iota
	fateRefused
	fateAgain
	fateCount
)

// fates is what the answer says of each record of b. It holds the destination to
// the rules, because breaking them would break the books.
func (p *Partial) fates(b *Batch) ([]int, error) {
	fates := make([]int, b.Records)
	tell := func(i, fate int) bool {
		ok := i >= 0 && i < len(fates) && fates[i] == fateStored
		if ok {
			fates[i] = fate
		}
		return ok
	}
	ok, last := len(p.Again) > 0, -1
	for _, i := range p.Again {
		ok = tell(i, fateAgain) && ok
	}
	for _, r := range p.Refused {
		ok = r.Index > last && tell(r.Index, fateRefused) && ok
		last = r.Index
	}
	if !ok {
		return nil, errors.New("told the fate of some record twice, or of none: a defect of this destination")
	}
	return fates, nil
}
