package postgres

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"ndjsontools/lib/sink"
)

// doubts has the batches whose COMMIT had no answer and that nothing tells the
// fate of, the last ones, as many as are under way at once. If a unique index has
// something against their records later, an attempt of ours may be why, and the
// reason must say so: who reads that reject must not take the record for another's.
type doubts struct {
	mu   sync.Mutex
	last []sink.Range
}

// add enters a batch; most is how many are kept.
func (d *doubts) add(b *sink.Batch, most int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if drop := len(d.last) + 1 - max(1, most); drop > 0 {
		d.last = slices.Delete(d.last, 0, drop)
	}
	d.last = append(d.last, sink.Range{First: b.First.Ordinal, Last: b.Last()})
}

// has says whether b is one of them, or a part of one.
func (d *doubts) has(b *sink.Batch) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.last, func(r sink.Range) bool { return r.First <= b.First.Ordinal && b.Last() <= r.Last })
}

// explain adds to what a unique index has against records of b, in refused or in
// err, that we may have stored them ourselves.
func (d *doubts) explain(b *sink.Batch, refused []sink.Refusal, err error) {
	if !d.has(b) {
		return
	}
	for i := range refused {
		refused[i].Reason = ours(refused[i].Reason, refused[i].Status)
	}
	if suspect, ok := errors.AsType[*sink.Suspect](err); ok {
		suspect.Reason = ours(suspect.Reason, suspect.Status)
	}
}

func ours(reason error, status string) error {
	if status != "23505" { // unique_violation
		return reason
	}
	return fmt.Errorf("%w; an earlier attempt, whose COMMIT had no answer, may have stored it", reason)
}
