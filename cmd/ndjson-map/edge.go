package main

import (
	"os"
	"sync/atomic"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/stdio"
)

// An edge is where that goes which a worker makes of its records.
type edge interface {
	// Room is a slice of length 0 to append outputs to, for Commit.
	Room() []byte
	// Commit takes what was appended to Room.
	Commit(p []byte) error
	// Reject takes a record that is no good, and why. Its error is why the
	// stream ends.
	Reject(rec *ndjson.Record, f filter.Fault) error
	// Say takes words of the program, for standard error.
	Say(text []byte) error
	// Count takes the tally so far.
	Count(t tally)
}

// outside is the edge of the process itself.
type outside struct {
	*filter.Output
	*filter.Judge
	life       *filter.Life
	words      *stdio.Out
	unbuffered bool
	copied     atomic.Int64
	deferred   atomic.Int64
}

func newOutside(life *filter.Life, judge *filter.Judge, stderr *os.File, unbuffered bool) *outside {
	o := &outside{Output: life.Out, Judge: judge, life: life, words: stdio.NewOut(stderr, "standard error", 0), unbuffered: unbuffered}
	life.Extra = func() []meter.Field {
		return []meter.Field{meter.Int("records_on_bytes", o.copied.Load()), meter.Int("records_deferred", o.deferred.Load())}
	}
	return o
}

// Commit is the output's, and lets it go if nothing is to wait.
func (o *outside) Commit(p []byte) error {
	err := o.Output.Commit(p)
	if err == nil && o.unbuffered {
		_, err = o.Output.Idle()
	}
	return err
}

// Say writes the words. That nobody listens is no reason to stop.
func (o *outside) Say(text []byte) error {
	o.life.Term.EndProgress()
	o.words.Write(text)
	return nil
}

// Count tells the meter.
func (o *outside) Count(t tally) {
	o.life.Meter.RecordsIn.Store(t.read)
	o.life.Meter.RecordsOut.Store(t.out)
	o.copied.Store(t.copied)
	o.deferred.Store(t.deferred)
}
