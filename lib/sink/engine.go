package sink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Limits say when a batch is full or old enough to be delivered. A value below
// 1 record or 1 byte means 1. A record longer than Bytes makes a batch alone.
type Limits struct {
	Records int
	Bytes   int
	Age     time.Duration // since the first record came; 0: a batch never waits for idle input
}

// DefaultLimits are batches of 500 records, 1 MiB or 1 s, whichever is first.
func DefaultLimits() Limits { return Limits{Records: 500, Bytes: 1 << 20, Age: time.Second} }

// DefaultRetry waits 500 ms, doubling to 30 s, and gives up after 15 minutes.
func DefaultRetry() Retry {
	return Retry{Base: 500 * time.Millisecond, Cap: 30 * time.Second, MaxElapsed: 15 * time.Minute}
}

// Rejects is the place for refused records.
type Rejects interface {
	// Put writes one reject. settled tells whether it will be safe once Sync
	// has succeeded. An error stops the sink, whether the record is settled
	// (enough is enough) or not (the disk is full).
	Put(Reject) (settled bool, err error)

	// Sync makes every reject that was put safe. The Engine calls it once
	// after the rejects of a delivery, before it counts them as settled.
	Sync() error
}

// A Reject is a record that the destination refused.
type Reject struct {
	Record   []byte // without its newline; valid until Put returns
	At       Position
	Reason   error
	Attempts int // deliveries of the batch, or part of one, that refused it
}

// Latency takes the service time of each attempt.
type Latency interface{ Record(time.Duration) }

// Options are what an Engine needs beside its destination.
type Options struct {
	Limits  Limits
	Retry   Retry
	Clock   Clock        // nil: SystemClock
	Rejects Rejects      // nil: the first refused record stops the sink with a *RecordError
	Spill   *Spill       // nil: the records that are given up are only named
	Latency Latency      // nil: not measured
	Places  *Checkpoints // nil: nothing is kept for another run to go on from
	Acked   func(*Batch) // called with what a destination that is not atomic has acknowledged; may be nil
	Pausing func(Pause)  // called before each wait for another attempt; may be nil
}

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
	acked   func(*Batch)
	pausing func(Pause)

	traits Traits
	held   Batch         // the batch that is being filled
	since  time.Duration // when its first record came
	lent   Batch         // a block that is delivered as it came; here so that it costs no allocation
	books  ledger
	err    error
	ended  bool // by Close or Stop
}

// New makes an Engine; nothing happens before Open.
func New(dest Destination, o Options) *Engine {
	o.Limits.Records = max(o.Limits.Records, 1)
	o.Limits.Bytes = max(o.Limits.Bytes, 1)
	if o.Clock == nil {
		o.Clock = SystemClock()
	}
	return &Engine{
		dest: dest, limits: o.Limits, retry: o.Retry, clock: o.Clock,
		rejects: o.Rejects, spill: o.Spill, places: o.Places, latency: o.Latency, acked: o.Acked, pausing: o.Pausing,
	}
}

// Open opens the destination. After an error nothing else need be called.
func (e *Engine) Open(ctx context.Context) error {
	if err := e.dest.Open(ctx); err != nil {
		e.err = fmt.Errorf("%s: %w", e.dest.Name(), err)
		return e.err
	}
	e.traits = e.dest.Traits()
	if most := e.traits.MaxRecords; most > 0 {
		e.limits.Records = min(e.limits.Records, most)
	}
	return nil
}

// Places gives an Engine that is open, and has taken nothing, what Options.Places
// would have: for checkpoints that its destination keeps.
func (e *Engine) Places(c *Checkpoints) { e.places = c }

// keeps says whether the destination stores the checkpoints.
func (e *Engine) keeps() bool { return e.places != nil && e.places.keep != nil }

// Counts returns the state of the books.
func (e *Engine) Counts() Counts { return e.books.snapshot() }

// Unresolved returns the ordinals of the records given up, in rising order.
func (e *Engine) Unresolved() []Range { return e.books.ranges() }

// Add takes a block and delivers every batch that it fills. It returns when
// these are settled, so that the block's bytes are the caller's again and a
// slow destination slows the reading. The end of ctx cuts waits and attempts
// short: what they carried is then unresolved and the status exit.Incomplete.
func (e *Engine) Add(ctx context.Context, blk Block) error {
	e.books.take(blk.Records, len(blk.Data))
	switch {
	case e.err != nil:
	case e.ended:
		e.err = errors.New("a block came after the end: a defect of the caller")
	case !blk.whole():
		e.err = errTorn()
	}
	for e.err == nil && blk.Records > 0 {
		head, rest := e.cut(blk)
		switch {
		case !rest.whole():
			e.err = errTorn()
			continue
		case head.Records == 0:
			e.flush(ctx)
			continue
		case e.held.Records == 0 && (e.traits.AnyBorders || rest.Records > 0 || e.full(head.Records, len(head.Data))):
			e.lent = borrow(head)
			e.deliver(ctx, &e.lent)
		default:
			if e.held.Records == 0 {
				e.since = e.clock.Now()
			}
			e.held.add(head)
			if e.full(e.held.Records, len(e.held.Data)) {
				e.flush(ctx)
			}
		}
		blk = rest
	}
	if e.err != nil && blk.Records > 0 {
		e.lent = borrow(blk)
		e.giveUp(&e.lent)
	}
	if e.err == nil && e.held.Records > 0 && e.due() <= 0 {
		e.flush(ctx)
	}
	if e.err == nil && e.places != nil && e.places.due() {
		e.err = e.save()
	}
	return e.err
}

// save writes a checkpoint, once all that it calls settled is on the disk.
func (e *Engine) save() error {
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
	return e.places.save()
}

// saveLast writes the last checkpoint, whatever the end is.
func (e *Engine) saveLast() {
	if e.places != nil && e.places.dirty {
		e.err = also(e.err, e.save())
	}
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

// Forgo enters records as unresolved that were read and are not to be delivered.
func (e *Engine) Forgo(blk Block) {
	e.books.take(blk.Records, len(blk.Data))
	e.lent = borrow(blk)
	e.giveUp(&e.lent)
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
	head = Block{blk.Data[:size:size], n, blk.At}
	rest = Block{blk.Data[size:], blk.Records - n, blk.At.after(n, size)}
	return head, rest
}

func (e *Engine) full(records, size int) bool {
	return records >= e.limits.Records || size >= e.limits.Bytes
}

// due is how long the held batch may still wait.
func (e *Engine) due() time.Duration { return e.since + e.limits.Age - e.clock.Now() }

// Idle says that the input has nothing more for now. It delivers the held batch
// if the destination likes that or the batch is old enough, and writes a
// checkpoint that is due. If something stays to be done, again is the time after
// which to call Idle once more unless input came.
func (e *Engine) Idle(ctx context.Context) (again time.Duration, err error) {
	if e.err != nil {
		return 0, e.err
	}
	if stages, ok := e.dest.(Stages); ok {
		again = e.idleStages(ctx, stages)
	} else if e.held.Records > 0 {
		if again = e.due(); again <= 0 || e.traits.Eager {
			again = 0
			e.flush(ctx)
		}
	}
	if e.err == nil && e.places != nil {
		if e.places.due() {
			e.err = e.save()
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

// Close ends the sink at the end of its input: it delivers what is held and
// commits. After an earlier error it aborts and returns that error.
func (e *Engine) Close(ctx context.Context) error {
	if e.ended {
		return e.err
	}
	e.ended = true
	e.flush(ctx)
	if e.err == nil {
		if err := e.dest.Commit(ctx); err != nil {
			e.err = fmt.Errorf("%s: %w", e.dest.Name(), err)
			e.places = nil // what it holds may not be on the disk
		}
	}
	if e.err != nil {
		e.err = e.abort()
		e.saveLast()
		return e.err
	}
	e.books.commit()
	e.pass(nil, true)
	e.saveLast()
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
	if e.traits.Atomic {
		e.giveUp(&e.held)
		e.held.reset()
	}
	e.flush(ctx)
	err := e.abort()
	if n := e.Counts().Unresolved; err == nil && n > 0 {
		err = &UnresolvedError{e.dest.Name(), n}
	}
	e.err = err
	e.saveLast()
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
	if e.held.Records > 0 {
		e.deliver(ctx, &e.held)
		e.held.reset()
	}
}

// deliver settles a batch or enters it as unresolved; e.err tells.
func (e *Engine) deliver(ctx context.Context, b *Batch) {
	if e.err != nil {
		e.giveUp(b)
		return
	}
	e.books.batch()
	if e.keeps() {
		e.places.begin(b)
	}
	_, e.err = e.settle(ctx, b, 0)
	if e.err == nil && !e.traits.Atomic {
		e.pass(b, true)
	}
}
