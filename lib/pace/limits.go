package pace

import (
	"math"
	"time"

	"ndjsontools/lib/units"
)

// Limits holds whole records to several rates at once, in records and in bytes:
// a record goes when every one of them lets it. It belongs to one goroutine.
//
// While one limit holds the stream back the others are idle: they do not save
// up what they would have let pass.
type Limits struct {
	pacers []*Pacer
	// The wait that Next announced, for the limits that did not cause it.
	waitFrom, waitTo time.Duration
	ready            []time.Duration // when each would have let the next record go
}

// NewLimits joins pacers; the unit of each one's rate decides what it counts.
// None at all limits nothing.
func NewLimits(pacers ...*Pacer) *Limits {
	return &Limits{pacers: pacers, ready: make([]time.Duration, len(pacers))}
}

// Due is what may go at now: records may go while both figures are above zero,
// each taking one from the first and its length from the second, which the last
// may bring below zero.
func (l *Limits) Due(now time.Duration) (records, bytes int64) {
	l.settle(now)
	records, bytes = math.MaxInt64, math.MaxInt64
	for _, p := range l.pacers {
		if p.rate.Unit == units.Bytes {
			bytes = min(bytes, p.Due(now))
		} else {
			records = min(records, p.Due(now))
		}
	}
	return records, bytes
}

// Take notes that so many records with so many bytes went at now.
func (l *Limits) Take(now time.Duration, records, bytes int64) {
	for _, p := range l.pacers {
		if p.rate.Unit == units.Bytes {
			p.Take(now, bytes)
		} else {
			p.Take(now, records)
		}
	}
}

// Next is when the next record may go, as far as is known at now; a time not
// after now means at once.
func (l *Limits) Next(now time.Duration) time.Duration {
	l.settle(now)
	next := now
	for i, p := range l.pacers {
		l.ready[i] = p.Next(now, 1)
		next = max(next, l.ready[i])
	}
	l.waitFrom, l.waitTo = now, next
	return next
}

// Idle notes that between from and to the stream was starved or blocked; see
// Pacer.Idle.
func (l *Limits) Idle(from, to time.Duration) {
	for _, p := range l.pacers {
		p.Idle(from, to)
	}
}

// Held is Pacer.Held for all of them.
func (l *Limits) Held(from, to time.Duration) {
	for _, p := range l.pacers {
		p.Held(from, to)
	}
}

// Forfeit drops what is due at now and does not go, for who does not keep what
// can't go: the limits that would have let more go have lost their time.
func (l *Limits) Forfeit(now time.Duration) {
	for _, p := range l.pacers {
		if p.Due(now) > 0 {
			p.Idle(0, now)
		}
	}
}

// settle ends the wait that Next announced: up to its end, or to now when the
// caller came back early, the limits that were ready sooner were idle. Settling
// the same wait again changes nothing, since idle time is dropped only once.
func (l *Limits) settle(now time.Duration) {
	to := min(now, l.waitTo)
	for i, p := range l.pacers {
		if l.ready[i] < l.waitTo {
			p.Idle(l.waitFrom, to)
		}
	}
}
