package sink

import (
	"context"
	"time"
)

// A flight is one batch on its way to the destination. With a concurrency of
// one the Engine's own goroutine delivers it; else the flight has a goroutine,
// which only delivers: what follows from its deliveries (the books, rejects,
// echo, checkpoint) the Engine enters on its own goroutine, flight by flight in
// the order of the input. A flight that has something to enter waits for that.
type flight struct {
	e     *Engine
	batch Batch
	came  time.Duration // when its first record did
	lost  []Range       // of the batch, still to be saved in the spill
	lane  int           // a number that no other one has now
	low   Checkpoint    // for a Keeper: all before it is settled

	ctx     context.Context // for deliveries
	patient context.Context // for waits, which nothing is lost by cutting short

	events chan func() error // what to enter next; nil at the end. Nil for a flight without a goroutine.
	answer chan error
	err    error // how it ended; read after the end
}

// enter has the Engine enter something, when it is this flight's turn.
func (f *flight) enter(effect func() error) error {
	if f.events == nil {
		return effect()
	}
	f.events <- effect
	f.e.wake()
	return <-f.answer
}

// do is enter for what can't fail.
func (f *flight) do(effect func()) {
	f.enter(func() error { effect(); return nil })
}

// fly settles the batch, each group of records that may share a delivery by
// itself, less those that can't be sent at all.
func (f *flight) fly() error {
	batch := &f.batch
	if refused := f.e.screen(batch); refused != nil {
		rest := batch.without(refused)
		if err := f.refuse(batch, refused, 0); err != nil {
			f.giveUp(&rest)
			return err
		}
		batch = &rest
	}
	place := f.e.traits.Place
	if place == nil {
		_, err := f.settle(batch, 0)
		return err
	}
	parts, refused := batch.sort(place)
	var err error
	if refused != nil {
		err = f.refuse(batch, refused, 0)
	}
	for i := range parts {
		if err != nil {
			f.giveUp(&parts[i])
			continue
		}
		_, err = f.settle(&parts[i], 0)
	}
	return err
}

// screen names the records of b that can't be sent.
func (e *Engine) screen(b *Batch) []Refusal {
	if e.traits.Screen == nil {
		return nil
	}
	return e.traits.Screen(b)
}

// parallel says whether flights have goroutines.
func (e *Engine) parallel() bool { return e.concurrency.Most > 1 }

// room makes room for one more flight: no more than the gate lets through and
// one may be there.
func (e *Engine) room() {
	for e.err == nil {
		if now, _ := e.gate.allowed(); len(e.flights) <= now {
			return
		}
		e.gate.want()
		e.serve()
	}
}

// launch sends off the batch that is held.
func (e *Engine) launch(ctx context.Context) {
	e.room()
	if e.err == nil {
		e.err = e.announce(ctx, &e.held)
	}
	if e.err != nil {
		e.surrender(ctx)
		return
	}
	e.bind(ctx)
	if len(e.spare) == 0 {
		f := &flight{events: make(chan func() error, 1), answer: make(chan error, 1), lane: len(e.flights)}
		e.spare = append(e.spare, f)
	}
	n := len(e.spare) - 1
	f := e.spare[n]
	e.spare = e.spare[:n]
	if e.keeps() {
		f.low = e.places.safe
	}
	f.e, f.came, f.err, f.ctx, f.patient = e, e.came, nil, e.air, e.patient
	f.batch, e.held = e.held, f.batch
	e.books.batch()
	e.flights = append(e.flights, f)
	e.start(func() {
		f.err = f.fly()
		if f.err != nil {
			e.fail(f.err)
		}
		f.events <- nil
		e.wake()
	})
}

// bind has the end of ctx end the deliveries of all flights.
func (e *Engine) bind(ctx context.Context) {
	if ctx == e.bound {
		return
	}
	if e.unbind != nil {
		e.unbind()
	}
	e.bound = ctx
	e.unbind = context.AfterFunc(ctx, func() { e.ground(context.Cause(ctx)) })
}

// release lets go of the contexts; no flight is left.
func (e *Engine) release() {
	if e.unbind != nil {
		e.unbind()
	}
	e.ground(nil)
}

// serve waits for what the first flight has to enter, and enters it.
func (e *Engine) serve() { e.turn(<-e.flights[0].events) }

// poll enters what there is, without waiting.
func (e *Engine) poll() {
	for len(e.flights) > 0 {
		select {
		case effect := <-e.flights[0].events:
			e.turn(effect)
		default:
			return
		}
	}
}

func (e *Engine) turn(effect func() error) {
	f := e.flights[0]
	if effect != nil {
		f.answer <- effect()
		return
	}
	e.flights = append(e.flights[:0], e.flights[1:]...)
	if f.err != nil && e.err == nil {
		e.err = *e.failure.Load() // the first one in time: others may follow from it
	}
	f.spill()
	e.landed(f)
	f.batch.reset()
	e.spare = append(e.spare, f)
}

// fail has no flight begin another attempt. The first error counts.
func (e *Engine) fail(err error) {
	e.failure.CompareAndSwap(nil, &err)
	e.halt(err)
}

// landed notes that every flight up to this one has ended.
func (e *Engine) landed(f *flight) {
	b := &f.batch
	if e.err != nil {
		return
	}
	if e.settled != nil {
		e.settled.RecordN(e.clock.Now()-f.came, int64(b.Records))
	}
	if !e.traits.Atomic {
		e.pass(b, true)
	}
	if e.err == nil && e.places != nil && !e.ended && e.places.due() {
		e.err = e.save(f.ctx)
	}
}

// drain waits until every flight has ended. After an error none of them begins
// another attempt.
func (e *Engine) drain(ctx context.Context) {
	if len(e.flights) == 0 {
		return
	}
	e.bind(ctx)
	for len(e.flights) > 0 {
		if e.err != nil {
			e.fail(e.err)
		}
		e.serve()
	}
}
