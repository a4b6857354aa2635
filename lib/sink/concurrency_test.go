package sink

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ndjsontools/lib/exit"
)

// crowd is a destination that many goroutines deliver to: it takes as long for a
// batch as the test says, answers what it says, and remembers what happened.
type crowd struct {
	Destination
	takes  func(b *Batch) time.Duration
	answer func(b *Batch) error

	mu      sync.Mutex
	now     int
	most    int
	order   []int64 // first ordinals in the order in which deliveries ended
	started []time.Time
}

func newCrowd() *crowd {
	return &crowd{
		Destination: Null(),
		takes:       func(*Batch) time.Duration { return time.Second },
		answer:      func(*Batch) error { return nil },
	}
}

func (c *crowd) Traits() Traits { return Traits{Parallel: true} }

func (c *crowd) Deliver(ctx context.Context, b *Batch) error {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	c.started = append(c.started, time.Now())
	c.mu.Unlock()
	err := SystemClock().Sleep(ctx, c.takes(b))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now--
	c.order = append(c.order, b.First.Ordinal)
	if err != nil {
		return err
	}
	return c.answer(b)
}

// inPairs are options for n deliveries at once of two records each.
func inPairs(n int) Options {
	return Options{
		Limits: Limits{2, 100, time.Hour}, Concurrency: Concurrency{Most: n},
		Retry: Retry{Base: time.Second, Cap: time.Second, MaxElapsed: time.Minute, Jitter: longest},
	}
}

func add(t *testing.T, e *Engine, blk Block) {
	t.Helper()
	if err := e.Add(t.Context(), blk); err != nil {
		t.Fatal(err)
	}
}

// The first batch is the slowest, so deliveries end in another order than they
// began; what follows from them is in the order of the input all the same.
func TestConcurrencyKeepsTheOrderOfEffects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dest, rejects := newCrowd(), &fakeRejects{}
		dest.takes = func(b *Batch) time.Duration {
			if b.First.Ordinal%8 == 0 {
				return 10 * time.Second
			}
			return time.Second
		}
		dest.answer = func(b *Batch) error {
			return &Rejected{Records: []Refusal{{Index: 1, Reason: errors.New("odd")}}, Stored: true}
		}
		o := inPairs(4)
		o.Rejects = rejects
		var acked []int64
		o.Acked = func(b *Batch) { acked = append(acked, b.First.Ordinal) }
		e := opened(t, dest, o)
		add(t, e, numbered(0, 32))
		if err := e.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 16 {
			if acked[i] != int64(2*i) || !strings.HasPrefix(rejects.got[i], fmt.Sprintf("%d@", 2*i+1)) {
				t.Fatalf("acknowledged %v, rejected %v; want all in order", acked, rejects.got)
			}
		}
		if dest.order[0] == 0 {
			t.Errorf("deliveries ended in order: %v; the test tests nothing", dest.order)
		}
		if dest.most != 4 {
			t.Errorf("%d deliveries at once; want 4", dest.most)
		}
		wantBooks(t, e, 16, 16, 0, 0)
	})
}

// A slow first batch lets n more be taken and no more: memory is bounded by
// what is read, and reading stops.
func TestConcurrencyIsAWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dest := newCrowd()
		release := make(chan struct{})
		dest.takes = func(b *Batch) time.Duration {
			if b.First.Ordinal == 0 {
				<-release
			}
			return 0
		}
		e := opened(t, dest, inPairs(3))
		done := make(chan error)
		go func() { done <- e.Add(t.Context(), numbered(0, 100)) }()
		synctest.Wait()
		dest.mu.Lock()
		if n := len(dest.started); n != 4 {
			t.Errorf("%d deliveries began before the first one ended; want 4", n)
		}
		dest.mu.Unlock()
		if c := e.Counts(); c.Acked != 0 {
			t.Errorf("%d records are acknowledged before the first one", c.Acked)
		}
		close(release)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if err := e.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantBooks(t, e, 100, 0, 0, 0)
	})
}

// A batch that fails for good ends the sink. What others had stored counts, no
// further attempt begins, and the checkpoint stays before the failure.
func TestConcurrencyFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "ck")
		dest := newCrowd()
		dest.takes = func(b *Batch) time.Duration {
			if b.First.Ordinal == 2 {
				return 2 * time.Second
			}
			return time.Second
		}
		dest.answer = func(b *Batch) error {
			switch b.First.Ordinal {
			case 2:
				return exit.With(exit.Refused, errors.New("no such table"))
			case 6:
				return &Transient{Err: errors.New("busy"), Clean: true}
			}
			return nil
		}
		o := inPairs(4)
		lock, err := LockCheckpoint(path)
		if err != nil {
			t.Fatal(err)
		}
		defer lock.Close()
		if o.Places, err = NewCheckpoints(lock, 0, nil, FirstCheckpoint("r", "null:")); err != nil {
			t.Fatal(err)
		}
		if o.Spill, err = OpenSpill(filepath.Join(dir, "spill")); err != nil {
			t.Fatal(err)
		}
		e := opened(t, dest, o)
		e.Add(t.Context(), numbered(0, 40))
		err = e.Stop(t.Context())
		wantStatus(t, err, exit.Refused)
		wantText(t, err, "no such table")
		dest.mu.Lock()
		n := len(dest.started)
		dest.mu.Unlock()
		// 0, 2, 4, 6 at once; 8 and 10 when 0 has ended; and 6 once more after its
		// pause, which ends together with 2.
		if n > 7 {
			t.Errorf("%d attempts; want at most 7: the sink had failed", n)
		}
		if e.Counts().Acked+e.Counts().Unresolved != 40 {
			t.Errorf("books %+v", e.Counts())
		}
		last, err := LoadCheckpoint(path)
		if err != nil || last.Next.Ordinal != 2 {
			t.Errorf("checkpoint %+v, %v; want it before record 2", last, err)
		}
		if err := o.Spill.Close(); err != nil {
			t.Fatal(err)
		}
		wantRising(t, filepath.Join(dir, "spill"), e.Counts().Unresolved)
	})
}

// What one delivery is told to wait for, all wait for.
func TestRetryAfterPausesAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dest := newCrowd()
		dest.takes = func(b *Batch) time.Duration {
			if b.First.Ordinal == 0 {
				return 100 * time.Millisecond
			}
			return time.Second
		}
		var said time.Time
		dest.answer = func(b *Batch) error {
			if b.First.Ordinal == 0 && b.Attempt == 1 {
				said = time.Now()
				return &Transient{Err: errors.New("429"), RetryAfter: 30 * time.Second, Clean: true}
			}
			return nil
		}
		e := opened(t, dest, inPairs(3))
		add(t, e, numbered(0, 20))
		if err := e.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, at := range dest.started {
			if after := at.Sub(said); after >= 0 && after < 30*time.Second {
				t.Errorf("attempt %d began %v after one was told to wait; want none before 30 s", i, after)
			}
		}
		wantBooks(t, e, 20, 0, 0, 0)
	})
}

// The end of the context ends deliveries that others are waiting behind.
func TestConcurrencyInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dest := newCrowd()
		dest.takes = func(*Batch) time.Duration { return time.Hour }
		e := opened(t, dest, inPairs(4))
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("enough")) })
		e.Add(ctx, numbered(0, 9))
		err := e.Stop(ctx)
		wantStatus(t, err, exit.Incomplete)
		wantText(t, err, "enough")
		wantBooks(t, e, 0, 0, 0, 9)
		wantUnresolved(t, e, "0-8")
	})
}

func TestConcurrencyNeedsADestinationForIt(t *testing.T) {
	dest := &fakeDest{}
	e := New(dest, Options{Concurrency: Concurrency{Most: 2}})
	wantStatus(t, e.Open(t.Context()), exit.Usage)
	if dest.ended != "abort " {
		t.Errorf("ended with %q; want abort", dest.ended)
	}
}

// A wake tells the caller that something is to be entered, without which a
// sink whose input pauses would acknowledge nothing.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{}, 100)
		o := inPairs(2)
		o.Wake = func() { wake <- struct{}{} }
		e := opened(t, newCrowd(), o)
		add(t, e, numbered(0, 2))
		for e.Counts().Acked == 0 {
			<-wake
			if _, err := e.Idle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// wantRising checks that a spill has that many records, in the order of the input.
func wantRising(t *testing.T, path string, records int64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(data))
	if int64(len(lines)) != records || !slices.IsSorted(lines) {
		t.Errorf("spilled %v; want the %d that are unresolved, in order", lines, records)
	}
}

// The time until records are settled is that of the batch's first one, for each
// of them: what waits for company, for a retry and for others counts.
func TestSettledCountsFromTheFirstRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, n := range []int{1, 3} {
			dest := newCrowd()
			dest.answer = func(b *Batch) error {
				if b.First.Ordinal == 0 && b.Attempt == 1 {
					return &Transient{Err: errors.New("busy"), Clean: true}
				}
				return nil
			}
			got := settledTimes{}
			o := inPairs(n)
			o.Limits.Records, o.Settled = 3, &got
			e := opened(t, dest, o)
			add(t, e, numbered(0, 1))
			time.Sleep(5 * time.Second)
			add(t, e, numbered(1, 5))
			if err := e.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			// Two attempts of 1 s and a pause of 1 s after the 5 s; and the second
			// batch, which came then, after it or beside it.
			want := settledTimes{8 * time.Second, 3 * time.Second}
			if n == 1 {
				want[1] = 4 * time.Second
			}
			if !slices.Equal(got, want) {
				t.Errorf("with %d at once: settled after %v; want %v", n, got, want)
			}
		}
	})
}

type settledTimes []time.Duration

func (s *settledTimes) RecordN(d time.Duration, n int64) {
	if n != 3 {
		d = -1
	}
	*s = append(*s, d)
}
