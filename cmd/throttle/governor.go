package main

import (
	"errors"
	"math"
	"sync/atomic"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/units"
)

// errInterrupted ends a wait for input or room because there is something to
// look at first; errOver says that the time of --for is up.
var (
	errInterrupted = errors.New("interrupted")
	errOver        = errors.New("the time is up")
)

// A source changes the rates while the stream runs.
type source interface {
	// rates answers the rates from now on, and when to ask again. A rate that
	// is zero limits nothing.
	rates(now time.Duration) (records, bytes units.Rate, again time.Duration)
}

// A governor knows what holds at the moment: the rates, a pause, the end. It
// belongs to the goroutine that moves the data, but for pause and reread.
type governor struct {
	life     *filter.Life
	account  *account
	source   source // nil: the rates stand
	weighted bool   // the record rate counts millionths; see pace.Fine
	sheds    bool   // what can't leave is dropped

	records, bytes *pace.Pacer
	limits         *pace.Limits
	valve          *valve        // nil: the pipe behind may fill up
	look           time.Duration // when the source is asked next
	deadline       time.Duration // when the time of --for is up

	paused atomic.Bool
	again  atomic.Bool // ask the source at once
}

func newGovernor(t *throttle, life *filter.Life, account *account) *governor {
	now := life.Clock.Now()
	g := &governor{life: life, account: account, source: t.source, weighted: t.weighs(), sheds: t.shed, look: pace.Never, deadline: pace.Never}
	records, bytes := t.records, t.bytes
	if g.source != nil {
		records, bytes, g.look = g.source.rates(now)
	}
	burst := t.recordBurst
	if g.weighted {
		burst = min(burst, math.MaxInt64/pace.Millionths) * pace.Millionths
	}
	g.records = pace.New(g.weigh(records), burst)
	g.bytes = pace.New(bytes, t.byteBurst)
	if g.sheds && !t.recordBurstGiven {
		g.records.Slacken(shedSlack)
	}
	if g.sheds && !t.byteBurstGiven {
		g.bytes.Slacken(shedSlack)
	}
	g.limits = pace.NewLimits(g.records, g.bytes)
	if t.maxQueue > 0 || t.latency > 0 {
		floor := t.least
		if floor.Unit == units.Records {
			floor = g.weigh(floor)
		}
		file, went := life.Out.File(), life.Out.Bytes
		g.valve = &valve{
			queued: func() (int, bool) { return stdio.Queued(file) }, went: went,
			most: int64(t.maxQueue), latency: time.Duration(t.latency), floor: pace.New(floor, 0),
		}
		account.valve = g.valve
	}
	if t.limitTime {
		g.endAt(now + time.Duration(t.runFor))
	}
	return g
}

// weigh is a rate of records in the unit that the pacer counts in.
func (g *governor) weigh(rate units.Rate) units.Rate {
	if !g.weighted {
		return rate
	}
	return pace.Fine(rate)
}

// endAt has check answer errOver from t on, and ends a wait then.
func (g *governor) endAt(t time.Duration) {
	g.deadline = t
	time.AfterFunc(t-g.life.Clock.Now(), g.life.Nudge)
}

// togglePause pauses or resumes. Any goroutine may call it.
func (g *governor) togglePause() {
	for p := g.paused.Load(); !g.paused.CompareAndSwap(p, !p); p = g.paused.Load() {
	}
	g.life.Nudge()
}

// reread has the source asked at once. Any goroutine may call it.
func (g *governor) reread() {
	g.again.Store(true)
	g.life.Nudge()
}

// check is asked before anything moves. It waits for the end of a pause, brings
// the rates up to date, and answers the time.
func (g *governor) check() (time.Duration, error) {
	now := g.life.Clock.Now()
	if g.paused.Load() {
		var err error
		if now, err = g.pause(now); err != nil {
			return now, err
		}
	}
	if now >= g.deadline {
		return now, errOver
	}
	if now >= g.look || g.again.Load() {
		g.again.Store(false)
		g.change(now)
	}
	return now, nil
}

// pause waits until somebody resumes the stream. Its time is never made up for.
func (g *governor) pause(from time.Duration) (time.Duration, error) {
	g.account.paused.begin(from)
	now := from
	var err error
	for g.paused.Load() && now < g.deadline && err == nil {
		err = g.life.Wait(g.deadline)
		now = g.life.Clock.Now()
	}
	g.account.paused.stop(now)
	g.limits.Idle(from, now)
	return now, err
}

// change sets the rates that hold from now on.
func (g *governor) change(now time.Duration) {
	if g.source == nil {
		return
	}
	records, bytes, look := g.source.rates(now)
	g.look = look
	if records = g.weigh(records); records != g.records.Rate() {
		g.records.SetRate(now, records)
	}
	if bytes != g.bytes.Rate() {
		g.bytes.SetRate(now, bytes)
	}
}

// interrupted is asked by what waits for input or room.
func (g *governor) interrupted() error {
	if g.paused.Load() || g.life.Clock.Now() >= g.deadline {
		return errInterrupted
	}
	return nil
}

// wait lets time pass for the limits until the given moment, or until there
// is something to check.
func (g *governor) wait(until time.Duration) error {
	g.account.limited.begin(g.life.Clock.Now())
	err := g.life.Wait(min(until, g.look, g.deadline))
	g.account.limited.stop(g.life.Clock.Now())
	return err
}

// take notes what went, and what it cost under the rate of records.
func (g *governor) take(now time.Duration, cost, bytes int64) {
	g.limits.Take(now, cost, bytes)
	if g.valve != nil {
		g.valve.took(now, cost, bytes)
	}
}

// hold lets a little time pass for the queue behind to get shorter. It is time
// lost to the reader, and never made up for.
func (g *governor) hold(now time.Duration) error {
	g.account.held.begin(now)
	err := g.life.Wait(min(now+valveWait, g.look, g.deadline))
	after := g.life.Clock.Now()
	g.account.held.stop(after)
	g.limits.Idle(now, after)
	return err
}

// noteIdle tells the limits of time in which somebody else held the stream back.
func (g *governor) noteIdle(from time.Duration, before, after time.Duration) {
	if after > before {
		g.limits.Held(from, g.life.Clock.Now())
	}
}
