// Package pace says when the next record or byte may go. It is the only pacer:
// everything that holds a stream to a rate asks here.
//
// It never sleeps, starts no goroutine and reads no clock of its own: callers
// bring the time and wait elsewhere, where they can also watch their output and
// be woken by a signal. It is not a limiter shared between goroutines or hosts.
//
// The rules:
//
//   - The schedule is absolute: unit k goes at t0 + k/R. The first goes at
//     once, at 1/10s as well. Being woken late moves nothing, so the mean rate
//     is exact however coarse the timer is.
//   - What lateness left undone is made up for, at no more than 110 % of the
//     rate: no window of 100 ms passes more than burst + 110 % of its share +
//     one record. Lateness of more than a second is not repaid; a process that
//     was away so long was stopped, not scheduled late.
//   - Time in which the stream had nothing to send, or nobody to take it, is
//     handed in with Idle and is never repaid, but for what burst allows. What is
//     too short to be more than a neighbour's wake-up, Held counts as lateness.
//   - A record may cost more than is due. It goes whole, and what follows waits
//     for its cost.
//
// Decisions and their price:
//
//   - Two schedules run side by side, each a rate with a tolerance (the generic
//     cell rate algorithm): one at R, which makes the mean exact, and one at
//     110 % of R with a tolerance of 50 ms, which bounds a clump: what a wake-up
//     that is up to 50 ms late has missed goes at once, the rest at 110 %. A token
//     bucket alone can't do both: with room for lateness it also hands out that
//     room after every pause.
//   - What went is counted in slots of 2.5 ms, which bounds every 100 ms at the
//     price of 41 numbers. A second schedule at 105 % with a tolerance of 5 ms
//     bounds them as well, without counting; but it can make up for no more than
//     a twentieth of the time, and on a busy machine wake-ups of 10 or 30 ms late
//     come so often that the rate was missed by 15 %.
//   - Integers throughout, with 128-bit products: no drift over days at any
//     rate that units can express. A change of rate is the one place that rounds.
//   - A unit is due to the nanosecond. Above 1 GB/s that is more than a byte.
package pace

import (
	"math"
	"time"

	"ndjsontools/lib/units"
)

// Grace is how much of the rate may be owed for waits that are too short to be
// more than a neighbour's wake-up; see Held. Half of it is how much more than the
// burst a caller may wait for, to have fewer and larger releases.
const Grace = 5 * time.Millisecond

// Quantum is the least time that is worth sleeping for. What falls due within it
// may go together: the schedule is absolute, so the mean stays exact, and a
// hundred thousand records a second cost two thousand wake-ups instead of a
// hundred thousand.
const Quantum = 500 * time.Microsecond

const (
	// lateness is how late a wake-up may be and still have all at once.
	lateness = 50 * time.Millisecond
	// repaid/ofRate is how fast greater lateness is repaid, and how much of its
	// share a window may have.
	repaid, ofRate = 11, 10
	// forgiven is the lateness that is repaid at most.
	forgiven = time.Second
)

// Pacer paces one rate. It belongs to one goroutine. Times are those of one
// Clock and must not go back.
type Pacer struct {
	rate    units.Rate
	burst   int64
	slack   time.Duration
	catchUp bool
	started bool

	schedule line          // at the rate: the mean
	ceiling  line          // at 110 % of the rate: the clump
	window   window        // what went lately
	full     int64         // units that a window may hold, before one more
	room     time.Duration // burst and slack, as time on schedule
	head     time.Duration // and lateness, as time on ceiling
	most     int64         // units that are worth waiting for
}

// New returns a pacer for the rate, with room for burst units beyond the
// schedule; the room is full at the start and fills up again, at the rate,
// while the stream is idle. The zero Rate paces nothing. The schedule starts
// when the pacer is first asked.
func New(rate units.Rate, burst int64) *Pacer {
	p := &Pacer{burst: max(burst, 0)}
	p.set(rate)
	return p
}

// Slacken gives the pacer room for what the rate lets go within d, beside the
// burst, at this rate and all that follow. It is for who can't hold a unit that
// comes too early, only let it go or drop it: without some room such a one loses
// most of a stream that comes in clumps.
func (p *Pacer) Slacken(d time.Duration) {
	p.slack = d
	p.set(p.rate)
}

// CatchUp makes the pacer keep to the schedule alone: unit k goes at t0 + k/R, or
// as soon after that as it can. Whatever held the stream back, all that is
// overdue may go at once, and Idle means nothing. It is for a load that must not
// become less because what it loads is slow.
func (p *Pacer) CatchUp() { p.catchUp = true }

// Rate is the rate in force.
func (p *Pacer) Rate() units.Rate { return p.rate }

func (p *Pacer) unlimited() bool { return p.rate.N <= 0 || p.rate.Per <= 0 }

// set derives everything that follows from the rate.
func (p *Pacer) set(rate units.Rate) {
	p.rate = rate
	if p.unlimited() {
		return
	}
	n, per := uint64(rate.N), uint64(rate.Per)
	p.schedule.n, p.schedule.per = n, per
	// Halving both keeps their quotient; it happens only above 10^17 units a
	// period or ten decades, where the ceiling needs no exactness.
	for n > math.MaxInt64/repaid || per > math.MaxInt64/ofRate {
		n, per = max(n/2, 1), max(per/2, 1)
	}
	p.ceiling.n, p.ceiling.per = n*repaid, per*ofRate
	p.room = later(p.slack, scale(uint64(p.burst), p.schedule.per, p.schedule.n, p.schedule.n-1))
	p.head = later((lateness+p.slack)*ofRate/repaid, scale(uint64(p.burst), p.ceiling.per, p.ceiling.n, p.ceiling.n-1))
	share := windowSpan*repaid/ofRate + p.slack
	p.full = addCapped(p.burst, p.units(uint64(share)))
	p.most = addCapped(p.units(uint64(later(p.room, uint64(Grace/2)))), 1)
}

// units is how many units the schedule has in a time.
func (p *Pacer) units(d uint64) int64 {
	return int64(min(scale(d, p.schedule.n, p.schedule.per, 0), math.MaxInt64))
}

func addCapped(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}

// advance brings the schedules up to now, which starts them the first time.
func (p *Pacer) advance(now time.Duration) {
	if !p.started {
		p.started = true
		p.schedule.base, p.schedule.taken = now, 0
		p.ceiling.base, p.ceiling.taken = now, 0
		p.window.advance(now)
		return
	}
	if p.catchUp {
		return
	}
	p.schedule.forget(now - forgiven)
	p.ceiling.forget(now)
	p.window.advance(now)
}

// Due is how many units may go at now, 0 or more. Without a rate it is
// MaxInt64.
func (p *Pacer) Due(now time.Duration) int64 {
	if p.unlimited() {
		return math.MaxInt64
	}
	p.advance(now)
	if p.catchUp {
		return p.schedule.due(later(now, uint64(p.room)))
	}
	if p.window.sum > p.full {
		return 0
	}
	return min(p.schedule.due(later(now, uint64(p.room))), p.ceiling.due(later(now, uint64(p.head))),
		addCapped(p.full-p.window.sum, 1))
}

// Take notes that n units went at now. They may be more than were due, when a
// record goes whole: the next unit then waits for all of them.
func (p *Pacer) Take(now time.Duration, n int64) {
	if p.unlimited() || n <= 0 {
		return
	}
	p.advance(now)
	p.schedule.take(n)
	p.ceiling.take(n)
	p.window.take(n)
}

// Allow takes as many of the wanted units as are due at now, and returns how
// many those are.
func (p *Pacer) Allow(now time.Duration, want int64) int64 {
	n := min(p.Due(now), max(want, 0))
	p.Take(now, n)
	return n
}

// Next is when the next n units will be due together; a time not after now
// means that they are due already. It is the way to ask for fewer and larger
// releases. It waits for no more than burst and 2.5 ms of the rate, so fewer than
// n may be due at Next, but never none.
func (p *Pacer) Next(now time.Duration, n int64) time.Duration {
	if p.unlimited() {
		return now
	}
	p.advance(now)
	ahead := min(max(n, 1), p.most) - 1
	if p.catchUp {
		return before(p.schedule.next(ahead), p.room)
	}
	return max(before(p.schedule.next(ahead), p.room), before(p.ceiling.next(ahead), p.head),
		p.window.next(p.full-ahead))
}

// Idle notes that between from and to the stream had nothing to send or could
// not send it. What became due in that time is dropped, but for the burst;
// lateness from before it is kept.
func (p *Pacer) Idle(from, to time.Duration) {
	if p.unlimited() || !p.started || p.catchUp || to <= from {
		return
	}
	if full := p.schedule.full(); full < to {
		p.schedule.base += to - max(from, full)
	}
}

// Held is Idle for a neighbour that held the stream back. A spell of up to half
// of Grace is what the scheduler takes to wake the neighbour up, no pause of it:
// that is lateness like our own, made up for as long as no more than Grace is
// owed. Without that, a rate near what the machine can do is missed by the sum of
// these spells, some percent.
func (p *Pacer) Held(from, to time.Duration) {
	if p.unlimited() || !p.started || to-from > Grace/2 {
		p.Idle(from, to)
		return
	}
	owed := max(0, from-p.schedule.full())
	p.Idle(from+min(to-from, max(0, Grace-owed)), to)
}

// SetRate changes the rate at now. What was owed on either side stays owed in
// units and takes its time at the new rate, so that a change from 1/h to 1000/s
// does not wait for the hour.
func (p *Pacer) SetRate(now time.Duration, rate units.Rate) {
	old := p.rate.PerSecond()
	if !p.started || old == 0 || rate.PerSecond() == 0 {
		p.started = false
		p.set(rate)
		return
	}
	p.advance(now)
	schedule, ceiling := p.schedule.full()-now, p.ceiling.full()-now
	p.set(rate)
	price := old / rate.PerSecond()
	p.schedule.base, p.schedule.taken = now+stretch(schedule, price), 0
	p.ceiling.base, p.ceiling.taken = now+stretch(ceiling, price), 0
}
