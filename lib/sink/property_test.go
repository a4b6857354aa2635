package sink

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ndjsontools/lib/exit"
)

// fate is what a moody destination and its rejects know of a record.
type fate struct{ stored, rejected, doubtful int }

// moody is a destination that answers by chance, and the truth about it.
type moody struct {
	mu     sync.Mutex
	clock  Clock
	rnd    *rand.Rand
	traits Traits
	fates  map[int64]*fate
	cancel context.CancelFunc
	fatal  bool
	bad    bool // commits fail
	done   bool // a commit succeeded
}

func (m *moody) Name() string               { return "moody:" }
func (m *moody) Traits() Traits             { return m.traits }
func (m *moody) Open(context.Context) error { return nil }
func (m *moody) Abort() error               { return nil }

func (m *moody) Commit(context.Context) error {
	if m.bad {
		return errors.New("commit failed")
	}
	m.done = true
	return nil
}

func (m *moody) Deliver(ctx context.Context, b *Batch) error {
	m.mu.Lock()
	takes := time.Duration(m.rnd.IntN(1000)) * time.Millisecond
	m.mu.Unlock()
	m.clock.Sleep(ctx, takes) // the end of ctx comes too late for it
	m.mu.Lock()
	defer m.mu.Unlock()
	switch p := m.rnd.IntN(100); {
	case p < 15:
		m.doubt(b)
		return &Transient{Err: errors.New("busy"), RetryAfter: time.Duration(m.rnd.IntN(3)) * time.Second}
	case p < 17:
		m.doubt(b)
		return &Transient{Err: errors.New("odd"), Tries: 2}
	case p < 18 && m.fatal:
		m.doubt(b)
		return exit.With(exit.Refused, errors.New("go away"))
	case p < 19:
		m.cancel()
		m.doubt(b)
		return &Transient{Err: errors.New("cancelled")}
	case p < 30:
		m.doubt(b)
		return &Suspect{Reason: errors.New("somewhere in there")}
	case p < 40:
		return m.refuse(b)
	case p < 50 && !m.traits.Atomic:
		return m.part(b)
	case p < 55:
		return &TooLarge{Reason: errors.New("too much")}
	}
	for at := range b.All() {
		m.fates[at.Ordinal].stored++
	}
	return nil
}

func (m *moody) doubt(b *Batch) {
	for at := range b.All() {
		m.fates[at.Ordinal].doubtful++
	}
}

func (m *moody) refuse(b *Batch) error {
	r := &Rejected{Stored: m.rnd.IntN(2) == 0}
	i := 0
	for at := range b.All() {
		if last := i == b.Records-1 && r.Records == nil; last || m.rnd.IntN(4) == 0 {
			r.Records = append(r.Records, Refusal{Index: i, Reason: errors.New("ugly")})
		} else if r.Stored {
			m.fates[at.Ordinal].stored++
		}
		i++
	}
	return r
}

// part tells a fate of each record.
func (m *moody) part(b *Batch) error {
	p := &Partial{Why: Transient{Err: errors.New("some of it")}}
	i := 0
	for at := range b.All() {
		switch last := i == b.Records-1 && p.Again == nil; {
		case last || m.rnd.IntN(3) == 0:
			p.Again = append(p.Again, i)
			if m.rnd.IntN(2) == 0 {
				m.fates[at.Ordinal].doubtful++
				p.Doubtful++
			}
		case m.rnd.IntN(4) == 0:
			p.Refused = append(p.Refused, Refusal{Index: i, Reason: errors.New("ugly")})
		default:
			m.fates[at.Ordinal].stored++
		}
		i++
	}
	return p
}

func (m *moody) Put(r Reject) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if string(r.Record) != fmt.Sprint(r.At.Ordinal) {
		return false, fmt.Errorf("record %q at ordinal %d", r.Record, r.At.Ordinal)
	}
	if m.fatal && m.rnd.IntN(50) == 0 {
		return false, errors.New("disk full")
	}
	m.fates[r.At.Ordinal].rejected++
	return true, nil
}

func (m *moody) Sync() error { return nil }

// Whatever a destination does, each record ends in exactly one way, and the
// books agree with what the destination and the rejects know.
func TestEveryRecordIsAccountedFor(t *testing.T) {
	for seed := range uint64(3000) {
		if err := oneLife(t, seed, &fakeClock{}, Concurrency{}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// The same of several deliveries at once.
func TestEveryRecordOfManyFlightsIsAccountedFor(t *testing.T) {
	for seed := range uint64(1000) {
		synctest.Test(t, func(t *testing.T) {
			if err := oneLife(t, seed, SystemClock(), Concurrency{2 + int(seed%7), seed%2 == 0}); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		})
	}
}

func oneLife(t *testing.T, seed uint64, clock Clock, many Concurrency) error {
	rnd := rand.New(rand.NewPCG(seed, 1))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := &moody{
		rnd: rand.New(rand.NewPCG(seed, 2)), clock: clock,
		cancel: cancel, fates: map[int64]*fate{}, fatal: rnd.IntN(3) == 0, bad: rnd.IntN(4) == 0,
		traits: Traits{AnyBorders: rnd.IntN(4) == 0, Eager: rnd.IntN(2) == 0, Atomic: rnd.IntN(4) == 0},
	}
	if many.Most > 1 {
		m.traits.Parallel, m.traits.Atomic = true, false
	}
	if rnd.IntN(3) == 0 && !m.traits.Atomic {
		m.traits.Place = func(line []byte) (string, error) { return string(line[len(line)-1:]), nil }
	}
	spilled := &bytes.Buffer{}
	spill := &Spill{buf: bufio.NewWriterSize(spilled, 16)}
	e := New(m, Options{
		Spill: spill, Concurrency: many,
		Limits: Limits{1 + rnd.IntN(20), 1 + rnd.IntN(100), time.Second}, Clock: clock, Rejects: m,
		Retry: Retry{Base: time.Second, Cap: 4 * time.Second, MaxElapsed: time.Minute, Jitter: longest},
	})
	if err := e.Open(ctx); err != nil {
		return err
	}
	err := feed(ctx, rnd, clock, e, m)
	if c := e.Counts(); err == nil && (c.Held < 0 || many.Most < 2 && c.Unresolved != 0) {
		return fmt.Errorf("no error, but %+v", c)
	}
	if rnd.IntN(4) == 0 {
		err = e.Stop(t.Context())
	} else {
		err = e.Close(ctx)
	}
	spill.buf.Flush()
	if !m.traits.Atomic {
		given := map[int64]bool{}
		for line := range strings.Lines(spilled.String()) {
			var ordinal int64
			fmt.Sscan(line, &ordinal)
			given[ordinal] = true
		}
		for _, r := range e.Unresolved() {
			for i := r.First; i <= r.Last; i++ {
				if m.fates[i] != nil && m.fates[i].stored+m.fates[i].rejected == 0 && !given[i] {
					return fmt.Errorf("record %d is unresolved and not spilled: %q", i, spilled)
				}
			}
		}
		if n := int64(strings.Count(spilled.String(), "\n")); n != e.Counts().Unresolved {
			return fmt.Errorf("%d records spilled; want the %d that are unresolved", n, e.Counts().Unresolved)
		}
	}
	return audit(e, m, err)
}

// feed hands over blocks of random sizes with random holes between them.
func feed(ctx context.Context, rnd *rand.Rand, clock Clock, e *Engine, m *moody) error {
	at := Position{Line: 1}
	for range rnd.IntN(12) {
		if rnd.IntN(3) == 0 { // a blank line or a bad record
			at = at.after(1, 1)
			at.Ordinal -= int64(rnd.IntN(2))
		}
		blk := Block{At: at}
		for range 1 + rnd.IntN(30) {
			m.mu.Lock()
			m.fates[at.Ordinal] = &fate{}
			m.mu.Unlock()
			line := fmt.Appendln(nil, at.Ordinal)
			blk.Data = append(blk.Data, line...)
			blk.Records++
			at = at.after(1, len(line))
		}
		if err := e.Add(ctx, blk); err != nil {
			return err
		}
		clear(blk.Data) // the bytes are the caller's again
		clock.Sleep(ctx, time.Duration(rnd.IntN(700))*time.Millisecond)
		if _, err := e.Idle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// audit compares the books with the truth.
func audit(e *Engine, m *moody, err error) error {
	unresolved := func(ordinal int64) bool {
		for _, r := range e.Unresolved() {
			if r.First <= ordinal && ordinal <= r.Last {
				return true
			}
		}
		return false
	}
	var truth Counts
	var inRanges, copies, doubts int64
	for ordinal, f := range m.fates {
		truth.Taken++
		acked := f.stored > 0 && (m.done || !m.traits.Atomic)
		switch {
		case f.stored+f.rejected > 1:
			return fmt.Errorf("record %d was settled twice: %+v", ordinal, *f)
		case acked:
			truth.Acked++
		case f.rejected > 0:
			truth.Rejected++
		case !unresolved(ordinal):
			return fmt.Errorf("record %d has no fate: %+v; unresolved %v", ordinal, *f, e.Unresolved())
		}
		copies += int64(f.doubtful)
		if !m.traits.Atomic {
			doubts = copies
		}
	}
	for _, r := range e.Unresolved() {
		inRanges += r.Records
	}
	c := e.Counts()
	truth.Unresolved = truth.Taken - truth.Acked - truth.Rejected
	if c.Taken != truth.Taken || c.Acked != truth.Acked || c.Rejected != truth.Rejected || c.Unresolved != truth.Unresolved || c.Held != 0 || inRanges != c.Unresolved {
		return fmt.Errorf("the books say %+v (%d in ranges), the truth is %+v", c, inRanges, truth)
	}
	if c.Duplicates != doubts {
		return fmt.Errorf("duplicates %d; want %d", c.Duplicates, doubts)
	}
	if (err == nil) != (c.Unresolved == 0) && !m.bad {
		return fmt.Errorf("error %v with %d unresolved", err, c.Unresolved)
	}
	return nil
}
