package sink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// An Engine feeds one destination. Open comes first; then Add and Idle as the
// input goes; then Close at the end of input, or Stop for any other end. All
// are called from one goroutine; Counts and Unresolved from any.
//
// The first error is final: later calls return it again, and what they bring
// counts as unresolved. Stop or Close must still be called after it. Whichever
// of these two comes first counts; another call returns the same error again.
type Engine struct {
	dest    Destination
	limits  Limits
	retry   Retry
	clock   Clock
	rejects Rejects
	spill   *Spill
	places  *Checkpoints
	latency Latency
	settled Latency
	acked   func(*Batch)
	pausing func(Pause)

	traits Traits
	held   Batch         // the batch that is being filled
	since  time.Duration // when its first record was put there
	came   time.Duration // and when that record came
	now    time.Duration // when the present block came
	lent   Batch         // a block that is delivered as it came; here so that it costs no allocation
	books  ledger
	err    error
	ended  bool // by Close or Stop

	concurrency Concurrency
	gate        *gate
	own         flight    // of what the caller's goroutine delivers
	flights     []*flight // that have not ended, in the order of the input
	spare       []*flight // whose memory is for the next ones
	start       func(func())
	wake        func()

	bound   context.Context // of the last call; its end ends air
	unbind  func() bool
	air     context.Context // of the deliveries of flights
	ground  context.CancelCauseFunc
	patient context.Context // of their waits: ends with air, or when one of them fails
	halt    context.CancelCauseFunc
	failure atomic.Pointer[error] // of the first flight that failed
}

// New makes an Engine; nothing happens before Open.
func New(dest Destination, o Options) *Engine {
	o.Limits.Records = max(o.Limits.Records, 1)
	o.Limits.Bytes = max(o.Limits.Bytes, 1)
	if o.Clock == nil {
		o.Clock = SystemClock()
	}
	e := &Engine{
		dest: dest, limits: o.Limits, retry: o.Retry, clock: o.Clock,
		rejects: o.Rejects, spill: o.Spill, places: o.Places,
		latency: o.Latency, settled: o.Settled, acked: o.Acked, pausing: o.Pausing,
		concurrency: o.Concurrency, gate: newGate(o.Concurrency, o.Requests, o.Clock),
		start: o.Go, wake: o.Wake,
	}
	if e.start == nil {
		e.start = func(f func()) { go f() }
	}
	if e.wake == nil {
		e.wake = func() {}
	}
	e.own.e = e
	e.air, e.ground = context.WithCancelCause(context.Background())
	e.patient, e.halt = context.WithCancelCause(e.air)
	return e
}

// Open opens the destination. After an error nothing else need be called.
func (e *Engine) Open(ctx context.Context) error {
	if err := e.dest.Open(ctx); err != nil {
		e.err = fmt.Errorf("%s: %w", e.dest.Name(), err)
		return e.err
	}
	e.traits = e.dest.Traits()
	if e.parallel() && !e.traits.Parallel {
		e.err = errors.Join(usagef("%s: takes one batch at a time", e.dest.Name()), e.dest.Abort())
		return e.err
	}
	if most := e.traits.MaxRecords; most > 0 {
		e.limits.Records = min(e.limits.Records, most)
	}
	if e.places != nil {
		if err := e.Places(e.places); err != nil {
			e.err = errors.Join(err, e.dest.Abort())
			return e.err
		}
	}
	return nil
}

// Counts returns the state of the books.
func (e *Engine) Counts() Counts { return e.books.snapshot() }

// Allowed returns how many attempts may be under way at once, and the most that
// ever might.
func (e *Engine) Allowed() (now, most int) { return e.gate.allowed() }

// Unresolved returns the ordinals of the records given up, in rising order.
func (e *Engine) Unresolved() []Range { return e.books.ranges() }

// Add takes a block and delivers every batch that it fills. It returns when
// these are settled, or with a concurrency above one, as soon as no more than
// so many and one are on their way; then the block's bytes are the caller's
// again, and a slow destination slows the reading. The end of ctx cuts waits and
// attempts short: what they carried is then unresolved and the status
// exit.Incomplete.
func (e *Engine) Add(ctx context.Context, blk Block) error {
	e.now = e.clock.Now()
	e.poll()
	switch {
	case e.err != nil:
	case e.ended:
		e.err = errors.New("a block came after the end: a defect of the caller")
	case !blk.whole():
		e.err = errTorn()
	}
	for blk.Records > 0 {
		part, rest, settled := e.places.apart(blk)
		if settled {
			e.skip(ctx, part)
		} else {
			e.take(ctx, part)
		}
		blk = rest
	}
	if e.err == nil && e.held.Records > 0 && e.due() <= 0 {
		e.flush(ctx)
	}
	if e.err == nil && e.places != nil && e.places.due() {
		e.err = e.save(ctx)
	}
	return e.err
}

// take fills batches with a block, and delivers those that are full.
func (e *Engine) take(ctx context.Context, blk Block) {
	e.books.take(blk.Records, len(blk.Data))
	for e.err == nil && blk.Records > 0 {
		head, rest := e.cut(blk)
		if !rest.whole() {
			e.err = errTorn()
			continue
		}
		e.admit(ctx, head, rest.Records > 0)
		blk = rest
	}
	if blk.Records > 0 {
		e.surrender(ctx)
		e.lent = borrow(blk)
		e.giveUp(&e.lent)
	}
}

// admit takes what cut allows for the held batch; more says that there is more
// of the block. Where it can, it delivers the block's own bytes.
func (e *Engine) admit(ctx context.Context, head Block, more bool) {
	ready := e.traits.AnyBorders || more || e.full(head.Records, len(head.Data))
	switch {
	case head.Records == 0:
		e.flush(ctx)
	case e.held.Records == 0 && ready && !e.parallel():
		e.came = e.now
		e.lent = borrow(head)
		e.deliver(ctx, &e.lent)
	default:
		if e.held.Records == 0 {
			e.since, e.came = e.clock.Now(), e.now
		}
		e.held.add(head, e.limits.Bytes)
		if e.traits.AnyBorders || e.full(e.held.Records, len(e.held.Data)) {
			e.flush(ctx)
		}
	}
}

// Forgo enters records as unresolved that were read and are not to be delivered.
// Those before are settled first.
func (e *Engine) Forgo(ctx context.Context, blk Block) {
	e.flush(ctx)
	e.drain(ctx)
	for blk.Records > 0 {
		part, rest, settled := e.places.apart(blk)
		if settled {
			e.places.leave(part) // no checkpoint may pass those before it
		} else {
			e.books.take(part.Records, len(part.Data))
			e.lent = borrow(part)
			e.giveUp(&e.lent)
		}
		blk = rest
	}
}

// surrender gives up what is held, behind what is on its way: the records of a
// spill are in the order of the input.
func (e *Engine) surrender(ctx context.Context) {
	e.drain(ctx)
	e.giveUp(&e.held)
	e.held.reset()
}

// giveUp enters every record of the batch as unresolved.
func (e *Engine) giveUp(b *Batch) {
	e.books.giveUp(b)
	if e.spill != nil {
		e.spill.put(b.Data)
	}
}

// whole is what can be seen at no cost of a block's promise, enough never to
// pass over a byte.
func (b Block) whole() bool {
	if b.Records == 0 {
		return len(b.Data) == 0
	}
	return bytes.HasSuffix(b.Data, []byte{'\n'})
}

func errTorn() error {
	return errors.New("a block does not hold as many whole lines as it says: a defect of the caller")
}

// cut takes from the block what still fits into the held batch. The head is
// empty when nothing fits, which can't be when nothing is held.
func (e *Engine) cut(blk Block) (head, rest Block) {
	room, space := e.limits.Records-e.held.Records, e.limits.Bytes-len(e.held.Data)
	if e.traits.AnyBorders || blk.Records <= room && len(blk.Data) <= space {
		return blk, Block{}
	}
	n, size := 0, 0
	for n < min(room, blk.Records) {
		line := bytes.IndexByte(blk.Data[size:], '\n') + 1
		if line == 0 || size+line > space && n+e.held.Records > 0 {
			break
		}
		n++
		size += line
	}
	return blk.cut(n, size)
}

func (e *Engine) full(records, size int) bool {
	return records >= e.limits.Records || size >= e.limits.Bytes
}

// due is how long the held batch may still wait.
func (e *Engine) due() time.Duration { return e.since + e.limits.Age - e.clock.Now() }

// Idle says that the input has nothing more for now. It delivers the held batch
// if the batch is old enough, or nothing is on its way and the destination likes
// that, and writes a checkpoint that is due. If something stays to be done, again
// is the time after which to call Idle once more unless input came.
func (e *Engine) Idle(ctx context.Context) (again time.Duration, err error) {
	e.poll()
	if e.err != nil {
		return 0, e.err
	}
	if stages, ok := e.dest.(Stages); ok {
		again = e.idleStages(ctx, stages)
	} else if e.held.Records > 0 {
		if again = e.due(); again <= 0 || e.traits.Eager && len(e.flights) == 0 {
			again = 0
			e.flush(ctx)
		}
	}
	if e.err == nil && e.places != nil {
		if e.places.due() {
			e.err = e.save(ctx)
		} else if wait := e.places.wait(); wait > 0 && (again == 0 || wait < again) {
			again = wait
		}
	}
	return again, e.err
}

func (e *Engine) idleStages(ctx context.Context, stages Stages) time.Duration {
	final, again, err := stages.Idle(ctx)
	if err != nil {
		e.err = fmt.Errorf("%s: %w", e.dest.Name(), err)
	}
	if final {
		e.books.commit()
		e.pass(nil, true)
	}
	return again
}
