package sink

import (
	"fmt"
	"time"

	"ndjsontools/lib/exit"
)

// Rejected is a destination's answer that it refuses records as such and will
// refuse them again.
type Rejected struct {
	Records []Refusal // at least one, in rising order of Index
	Stored  bool      // the others were stored; false: none were, deliver them again without these
}

// A Refusal names one refused record.
type Refusal struct {
	Index  int // within the batch, from 0
	Reason error
	Status string // the destination's own word for it, such as "422"; "" if it has none
}

func (e *Rejected) Error() string {
	if len(e.Records) == 0 {
		return "refused no record"
	}
	return fmt.Sprintf("refused %d of the records, the first because: %v", len(e.Records), e.Records[0].Reason)
}

// Suspect is a destination's answer that some record of the batch is refused,
// but it can't tell which. The Engine narrows it down by delivering halves.
type Suspect struct {
	Reason error
	Status string // see Refusal
	Clean  bool   // nothing of the batch was stored, so its halves can't store it twice
}

func (e *Suspect) Error() string { return e.Reason.Error() }
func (e *Suspect) Unwrap() error { return e.Reason }

// TooLarge is a destination's answer that the batch is more than it takes at
// once; nothing of it was stored. The Engine delivers halves, and smaller
// batches from then on. A single record that is too large is refused.
type TooLarge struct {
	Reason error
	Status string // see Refusal
}

func (e *TooLarge) Error() string { return e.Reason.Error() }
func (e *TooLarge) Unwrap() error { return e.Reason }

// Transient is a failure that may pass: the Engine delivers the same records
// again after a wait.
type Transient struct {
	Err        error
	RetryAfter time.Duration // wait at least this long, because the destination asked for it
	Tries      int           // stop at this many such failures of the same records; 0: only time limits them
	Clean      bool          // nothing of the batch was stored, so the retry can't store it twice
}

func (e *Transient) Error() string { return e.Err.Error() }
func (e *Transient) Unwrap() error { return e.Err }

// Partial is a destination's answer that tells the fate of each record: those of
// Refused are refused, those of Again were not stored for a reason that may
// pass, and all others are stored. The Engine delivers Again after a wait. Not for an atomic destination,
// which stores in order.
type Partial struct {
	Refused []Refusal // in rising order of Index
	Again   []int     // at least one, in rising order, none of them refused

	Why      Transient // as for any failure that may pass; Clean is not looked at
	Doubtful int       // how many of Again may be stored all the same
}

func (e *Partial) Error() string {
	return fmt.Sprintf("%d of the records were put off: %v", len(e.Again), e.Why.Err)
}

func (e *Partial) Unwrap() error { return e.Why.Err }

// Clean is a failure that ends the sink and left nothing of the batch stored, so
// that records which are sent again can't be there twice. Its status is that of
// Err.
type Clean struct{ Err error }

func (e *Clean) Error() string { return e.Err.Error() }
func (e *Clean) Unwrap() error { return e.Err }

// RecordError ends a sink that has no place for rejects at the first record
// that its destination refuses. Its status is exit.Input.
type RecordError struct {
	At     Position
	Reason error
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("record %d (line %d, byte %d) was refused: %v", e.At.Ordinal, e.At.Line, e.At.Offset, e.Reason)
}

func (e *RecordError) Unwrap() error { return e.Reason }

// ExitStatus is exit.Input.
func (e *RecordError) ExitStatus() int { return exit.Input }

// UnresolvedError ends a sink that was stopped before the end of its input, and
// whose records could not all be settled. Its status is exit.Incomplete.
type UnresolvedError struct {
	Destination string
	Records     int64
}

func (e *UnresolvedError) Error() string {
	return fmt.Sprintf("%s: stopped before the end of input: %d records are unresolved", e.Destination, e.Records)
}

// ExitStatus is exit.Incomplete.
func (e *UnresolvedError) ExitStatus() int { return exit.Incomplete }

func usagef(format string, args ...any) error {
	return exit.With(exit.Usage, fmt.Errorf(format, args...))
}

func incompletef(format string, args ...any) error {
	return exit.With(exit.Incomplete, fmt.Errorf(format, args...))
}

// also adds to an error what went wrong while cleaning up after it.
func also(err, later error) error {
	switch {
	case err == nil:
		return later
	case later == nil:
		return err
	}
	return fmt.Errorf("%w (and then: %v)", err, later)
}
