package sink

import (
	"fmt"
	"sync"
)

// Counts is the state of the books. At every moment
// Taken = Acked + Rejected + Held + Unresolved, and Held is 0 at the end.
type Counts struct {
	Taken      int64 // records handed to the Engine
	Acked      int64 // records that the destination has for good
	Rejected   int64 // records that were refused and stored as rejects
	Held       int64 // records in a batch, in flight, or waiting for a commit
	Unresolved int64 // records given up: see Engine.Unresolved

	TakenBytes int64 // newlines included
	AckedBytes int64

	Batches  int64 // batches formed
	Attempts int64 // deliveries tried
	Retried  int64 // deliveries tried again after a failure that may pass

	Ambiguous int64 // attempts that failed and may have stored records all the same

	// Duplicates bounds the extra copies that the destination may hold, now
	// or once the unresolved records are sent again: the records of all the
	// attempts that failed without saying that they had stored nothing, and
	// what the run before may have delivered beyond its last checkpoint.
	Duplicates int64
}

// A Range is a run of ordinals, both ends included.
type Range struct {
	First, Last int64
	Records     int64 // fewer than the ordinals where records in between were settled or bad
}

// String prints the range as "7" or "7-12".
func (r Range) String() string {
	if r.First == r.Last {
		return fmt.Sprint(r.First)
	}
	return fmt.Sprintf("%d-%d", r.First, r.Last)
}

// A ledger keeps the counts. Its lock lets a progress line read what the
// working goroutine writes; it is taken a few times a batch, never for a record.
type ledger struct {
	mu         sync.Mutex
	counts     Counts
	stored     Range // delivered, waiting for a commit
	storedSize int64
	unresolved []Range
}

func (l *ledger) snapshot() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.counts
	c.Held = c.Taken - c.Acked - c.Rejected - c.Unresolved
	return c
}

func (l *ledger) ranges() []Range {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Range(nil), l.unresolved...)
}

func (l *ledger) take(records, size int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Taken += int64(records)
	l.counts.TakenBytes += int64(size)
}

func (l *ledger) batch() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Batches++
}

// again enters records that an earlier run may have delivered.
func (l *ledger) again(records int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Duplicates += records
}

// attempt enters one delivery; doubtful is the number of records that may be
// stored although the delivery failed.
func (l *ledger) attempt(again bool, doubtful int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Attempts++
	if again {
		l.counts.Retried++
	}
	if doubtful > 0 {
		l.counts.Ambiguous++
	}
	l.counts.Duplicates += int64(doubtful)
}

func (l *ledger) ack(records, size int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Acked += int64(records)
	l.counts.AckedBytes += int64(size)
}

func (l *ledger) reject(records int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Rejected += int64(records)
}

// store enters a batch that becomes acknowledged by a commit.
func (l *ledger) store(b *Batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stored.Records == 0 {
		l.stored.First = b.First.Ordinal
	}
	l.stored.Last = b.next.Ordinal - 1
	l.stored.Records += int64(b.Records)
	l.storedSize += int64(len(b.Data))
}

func (l *ledger) commit() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Acked += l.stored.Records
	l.counts.AckedBytes += l.storedSize
	l.stored, l.storedSize = Range{}, 0
}

// abort gives up what was waiting for a commit.
func (l *ledger) abort() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stored.Records > 0 {
		l.lose(l.stored)
	}
	l.stored, l.storedSize = Range{}, 0
}

// giveUp counts every record of the batch as unresolved.
func (l *ledger) giveUp(b *Batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for r := range b.ranges() {
		l.lose(r)
	}
}

func (l *ledger) lose(r Range) {
	l.counts.Unresolved += r.Records
	i := len(l.unresolved)
	for i > 0 && l.unresolved[i-1].First > r.First {
		i--
	}
	if i > 0 && l.unresolved[i-1].Last+1 == r.First {
		l.unresolved[i-1].Last = r.Last
		l.unresolved[i-1].Records += r.Records
		i--
	} else {
		l.unresolved = append(l.unresolved, Range{})
		copy(l.unresolved[i+1:], l.unresolved[i:])
		l.unresolved[i] = r
	}
	if i+1 < len(l.unresolved) && l.unresolved[i].Last+1 == l.unresolved[i+1].First {
		l.unresolved[i].Last = l.unresolved[i+1].Last
		l.unresolved[i].Records += l.unresolved[i+1].Records
		l.unresolved = append(l.unresolved[:i+1], l.unresolved[i+2:]...)
	}
}
