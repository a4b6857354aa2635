package sink

import (
	"time"

	"ndjsontools/lib/units"
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
	Attempts int    // deliveries of the batch, or part of one, that refused it
	Status   string // the destination's own word for the refusal; see Refusal
	Key      string // the idempotency key of the last of them, "" if there was none
}

// Latency takes durations, n times the same. Any goroutine may call it.
type Latency interface {
	RecordN(d time.Duration, n int64)
}

// Options are what an Engine needs beside its destination.
type Options struct {
	Limits  Limits
	Retry   Retry
	Clock   Clock        // nil: SystemClock
	Rejects Rejects      // nil: the first refused record stops the sink with a *RecordError
	Spill   *Spill       // nil: the records that are given up are only named
	Latency Latency      // takes the service time of each attempt; nil: not measured
	Settled Latency      // takes for each record the time from its coming, or that of the first one of its batch, until its batch is settled; nil: not measured
	Places  *Checkpoints // nil: nothing is kept for another run to go on from
	Acked   func(*Batch) // called with what a destination that is not atomic has acknowledged; may be nil
	Pausing func(Pause)  // called before each wait for another attempt, by any goroutine; may be nil

	// Concurrency above one has batches delivered by goroutines, which Go
	// starts (nil: the go statement). Wake is called, by any of them, when the
	// Engine has something to enter: its next call, whichever it is, does so.
	Concurrency Concurrency
	Go          func(func())
	Wake        func()

	Requests units.Rate // at most so many attempts begin; the zero rate: any number
}
