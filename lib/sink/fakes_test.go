package sink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/pace"
)

// fakeClock moves only when someone sleeps on it, or a test says so.
type fakeClock struct {
	pace.Fake
	slept   []time.Duration
	onSleep func() // before each sleep
}

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	if c.onSleep != nil {
		c.onSleep()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.slept = append(c.slept, d)
	c.Advance(d)
	return nil
}

// fakeDest answers deliveries as a test says, one after the other, and remembers
// what it took.
type fakeDest struct {
	mu       sync.Mutex // held during a delivery
	traits   Traits
	deliver  func(ctx context.Context, b *Batch) error // nil: store everything
	commit   error
	attempts []string // the lines of each delivery, joined by blanks
	stored   []string // the lines of deliveries that were answered with nil
	ended    string
}

func (d *fakeDest) Name() string               { return "fake" }
func (d *fakeDest) Traits() Traits             { return d.traits }
func (d *fakeDest) Open(context.Context) error { return nil }

func (d *fakeDest) Deliver(ctx context.Context, b *Batch) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	lines := strings.Split(strings.TrimSuffix(string(b.Data), "\n"), "\n")
	d.attempts = append(d.attempts, strings.Join(lines, " "))
	if d.deliver != nil {
		if err := d.deliver(ctx, b); err != nil {
			return err
		}
	}
	d.stored = append(d.stored, lines...)
	return nil
}

func (d *fakeDest) Commit(context.Context) error {
	d.ended += "commit "
	return d.commit
}

func (d *fakeDest) Abort() error {
	d.ended += "abort "
	return nil
}

// fakeRejects keeps rejects in memory; put and sync may fail.
type fakeRejects struct {
	got     []string
	all     []Reject // without their records
	synced  int
	putErr  func(n int) (settled bool, err error) // for the n-th record, from 0
	syncErr error
}

func (r *fakeRejects) Put(reject Reject) (bool, error) {
	if r.putErr != nil {
		if settled, err := r.putErr(len(r.got)); !settled || err != nil {
			return settled, err
		}
	}
	r.got = append(r.got, fmt.Sprintf("%d@%d:%s", reject.At.Ordinal, reject.At.Offset, reject.Record))
	reject.Record = nil
	r.all = append(r.all, reject)
	return true, nil
}

func (r *fakeRejects) Sync() error {
	r.synced++
	return r.syncErr
}

// block makes a block of the lines, at the ordinal that the first one names.
func block(lines ...string) Block {
	var at Position
	fmt.Sscanf(lines[0], "%d", &at.Ordinal)
	at.Line, at.Offset = at.Ordinal+1, at.Ordinal*10
	return Block{Data: []byte(strings.Join(lines, "\n") + "\n"), Records: len(lines), At: at}
}

// numbered is a block of n lines of 9 digits from the given ordinal.
func numbered(from, n int) Block {
	var data []byte
	for i := from; i < from+n; i++ {
		data = fmt.Appendf(data, "%09d\n", i)
	}
	return Block{data, n, Position{int64(from), int64(from) + 1, int64(from) * 10}}
}

func opened(t testing.TB, dest Destination, o Options) *Engine {
	t.Helper()
	e := New(dest, o)
	if err := e.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

func wantStatus(t *testing.T, err error, want int) {
	t.Helper()
	if got := exit.Status(err); got != want {
		t.Errorf("status %d (%v); want %d", got, err, want)
	}
}

func wantText(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v; want one with %q", err, want)
	}
}

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s %q; want %q", what, got, want)
	}
}

// wantBooks compares the records' fates and checks that they add up.
func wantBooks(t *testing.T, e *Engine, acked, rejected, held, unresolved int64) {
	t.Helper()
	c := e.Counts()
	if c.Acked != acked || c.Rejected != rejected || c.Held != held || c.Unresolved != unresolved {
		t.Errorf("acked %d rejected %d held %d unresolved %d; want %d %d %d %d",
			c.Acked, c.Rejected, c.Held, c.Unresolved, acked, rejected, held, unresolved)
	}
	if c.Taken != c.Acked+c.Rejected+c.Held+c.Unresolved {
		t.Errorf("books don't add up: %+v", c)
	}
}

func wantUnresolved(t *testing.T, e *Engine, want string) {
	t.Helper()
	var got []string
	for _, r := range e.Unresolved() {
		got = append(got, r.String())
	}
	if s := strings.Join(got, " "); s != want {
		t.Errorf("unresolved %q; want %q", s, want)
	}
}

// refusing makes a destination that answers Suspect to every batch that holds
// a line with the word bad.
func refusing() *fakeDest {
	return &fakeDest{deliver: func(_ context.Context, b *Batch) error {
		if bytes.Contains(b.Data, []byte("bad")) {
			return &Suspect{Reason: errors.New("bad word")}
		}
		return nil
	}}
}
