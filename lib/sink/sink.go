// Package sink delivers records to slow or limited places and accounts for
// every one of them.
//
// The promise: at the end each record that was taken is acknowledged by the
// destination, or stored as a reject, or counted as unresolved and named by
// its ordinal. No record is dropped because retries ran out: the sink stops
// instead, and says what it could not settle.
//
// An Engine stands between the reader of the input and one Destination. It
// cuts blocks of lines into batches, repeats what failed for a passing reason,
// narrows a refused batch down to the refused records, and keeps the books.
// A destination stores one batch at a time and says how that went; it has one
// file here, and a new one needs nothing else.
//
// The package is not for reading or framing input, for pacing, for flags or
// for words on a terminal: it is handed whole lines and hands back errors and
// counts. Of the records' JSON it looks at no more than a destination wants
// checked or located.
//
// Decisions and their price:
//
//   - Delivery is at least once. An attempt that failed may have stored its
//     records all the same, so a retry may store them twice. Counts.Duplicates
//     bounds how often; Batch.First is the same for every attempt, so that a
//     destination can make a stable key of it.
//   - Unless told otherwise one batch is in flight, in input order, on the
//     caller's goroutine. A slow destination therefore stops the reading, which
//     is the point of a pipe. The price is that the time of one round trip is
//     not hidden.
//   - With a concurrency of n there are n attempts in flight, on goroutines that
//     only deliver. What follows from a delivery (the books, rejects, receipts,
//     the checkpoint) is entered on the caller's goroutine, batch by batch in
//     input order, so that the smallest unsettled record governs and nothing of
//     that needs a lock. The price is that one slow batch holds up the others:
//     one batch more than n may be on its way, and no more.
//   - Memory is n+2 batches (at most a limit of bytes, or one longer record) and
//     a second one for each while refused records are taken out of it.
//   - A record is called refused only after it was refused by name or alone.
package sink

import (
	"context"
	"io"
	"time"
)

// A Destination stores batches. The Engine calls its methods from one goroutine
// (but for Deliver, where Traits allow it): Open once, then Deliver any number
// of times, then Commit or Abort.
type Destination interface {
	// Name is what messages call the destination, such as "file:out.ndjson";
	// the Engine puts it before the destination's errors.
	Name() string

	// Traits may depend on what Open found: it is asked after Open.
	Traits() Traits

	// Open makes ready and fails early: what can be known to be wrong before
	// the first record is read must be said here, with status Unreachable,
	// Refused or IO. An Open that fails leaves nothing behind.
	Open(ctx context.Context) error

	// Deliver stores the batch. Nil means that every record of it is stored.
	// *Rejected, *Partial, *Suspect, *TooLarge and *Transient tell the Engine how to
	// go on. Any other error stops the sink and says by its exit.Status why: Refused
	// where the destination won't have us whatever the record, IO for a
	// failure of this machine; a *Clean one also says that nothing was stored. The batch belongs to the Engine:
	// Deliver neither changes nor keeps it. Deliver returns soon after ctx
	// ends.
	Deliver(ctx context.Context, b *Batch) error

	// Commit finishes after a clean end of input, and only then. When it
	// fails, Abort follows.
	Commit(ctx context.Context) error

	// Abort undoes what Commit would have made final. It is called for every
	// end that is not a commit, and may be called after a failed Commit.
	Abort() error
}

// Stages is what an atomic destination also has that makes records final before
// Commit, part by part.
type Stages interface {
	// Final says how many of the first records of the batch that was delivered
	// last are final; all records before these are as well. 0: none became so.
	Final() int

	// Idle is called when the input has nothing. final says that every record
	// delivered so far has become final. If again is not 0 then Idle wants to
	// be called after that time once more.
	Idle(ctx context.Context) (final bool, again time.Duration, err error)
}

// Keyed is what a destination also has that sends a key with each delivery, by
// which the far side can know it again.
type Keyed interface {
	// Key is the key of the batch, the same for every attempt.
	Key(b *Batch) string
}

// Traits tell the Engine how a destination likes to be fed.
type Traits struct {
	// AnyBorders: any run of whole lines will do. The Engine forms no batches
	// and holds nothing back; each block is delivered as it came, uncopied.
	AnyBorders bool

	// Eager: a batch that is not full may be delivered as soon as the input is
	// idle. Otherwise it waits for its age, because a delivery is dear.
	Eager bool

	// Atomic: nothing is there before Commit and everything after it. Records
	// that were delivered are held, not acknowledged, until Commit succeeds.
	Atomic bool

	// MaxRecords is the most records that a delivery may carry; 0 is no limit.
	MaxRecords int

	// Parallel: Deliver may be called by several goroutines at once.
	Parallel bool

	// Screen, if it is set, names the records of a batch, in rising order of
	// Index, that can't be sent at all. They are refused before any delivery.
	// Several goroutines may call it. Not for an Atomic destination.
	Screen func(b *Batch) []Refusal

	// Place, if it is set, says where a record goes: records of different
	// places never share a delivery. One that has no place, with the error why,
	// is refused. Several goroutines may call it. Not for an Atomic destination.
	Place func(line []byte) (string, error)
}

// An Encoder compresses what is written to it. Flush makes all of that
// decodable; Close ends the stream and leaves the writer below it open.
type Encoder interface {
	io.WriteCloser
	Flush() error
}

// Encode puts an Encoder on top of w. One that is live has a Flush after each
// delivery, for a reader that waits or because a delivery is all there is; another
// one has none, and may work in goroutines of its own.
type Encode func(w io.Writer, live bool) (Encoder, error)
