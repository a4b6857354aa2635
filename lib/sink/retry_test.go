package sink

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// longest makes waits certain: always the upper end of the jitter.
func longest(limit time.Duration) time.Duration { return limit }

// failing makes a destination that takes a while and then answers with the
// given errors, the last one for ever.
func failing(clock *fakeClock, takes time.Duration, errs ...error) *fakeDest {
	return &fakeDest{deliver: func(context.Context, *Batch) error {
		clock.Advance(takes)
		err := errs[0]
		if len(errs) > 1 {
			errs = errs[1:]
		}
		return err
	}}
}

func TestRetrySchedule(t *testing.T) {
	passing := &Transient{Err: errors.New("busy")}
	policy := Retry{Base: time.Second, Cap: 5 * time.Second, MaxElapsed: 20 * time.Second, Jitter: longest}
	var many []error
	for range 3 {
		many = append(many, passing)
	}
	for _, test := range []struct {
		name       string
		retry      Retry
		takes      time.Duration
		errs       []error
		slept      []time.Duration // seconds
		status     int
		duplicates int64
	}{
		{"stored at the fourth", policy, 0, append(many, nil), []time.Duration{1, 2, 4}, exit.OK, 6},
		{"doubles to the cap, ends on time", policy, 0, []error{passing}, []time.Duration{1, 2, 4, 5, 5, 3}, exit.Incomplete, 14},
		{"attempts take time too", policy, 7 * time.Second, []error{passing}, []time.Duration{1, 2}, exit.Incomplete, 6},
		{"no time at all", Retry{Base: time.Second, Cap: time.Second}, 0, []error{passing}, nil, exit.Incomplete, 2},
		{"the destination asks for longer", policy, 0, []error{&Transient{Err: errors.New("429"), RetryAfter: 9 * time.Second}, nil}, []time.Duration{9}, exit.OK, 2},
		{"the destination asks for less", policy, 0, []error{passing, &Transient{Err: errors.New("429"), RetryAfter: time.Second}, nil}, []time.Duration{1, 2}, exit.OK, 4},
		{"the destination asks for too long", policy, 0, []error{&Transient{Err: errors.New("429"), RetryAfter: 21 * time.Second}}, nil, exit.Incomplete, 2},
		{"three tries", policy, 0, []error{&Transient{Err: errors.New("odd"), Tries: 3}}, []time.Duration{1, 2}, exit.Incomplete, 6},
		{"others don't count as tries", policy, 0, []error{passing, passing, &Transient{Err: errors.New("odd"), Tries: 3}, nil}, []time.Duration{1, 2, 4}, exit.OK, 6},
		{"nothing was stored", policy, 0, []error{&Transient{Err: errors.New("down"), Clean: true}, nil}, []time.Duration{1}, exit.OK, 0},
		{"a stop that stored nothing", policy, 0, []error{&Clean{exit.With(exit.Refused, errors.New("password"))}}, nil, exit.Refused, 0},
		{"a stop while retrying", policy, 0, []error{passing, exit.With(exit.Refused, errors.New("password"))}, []time.Duration{1}, exit.Refused, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			clock := &fakeClock{}
			dest := failing(clock, test.takes, test.errs...)
			var pauses []time.Duration
			e := opened(t, dest, Options{
				Limits: Limits{2, 100, time.Hour}, Retry: test.retry, Clock: clock,
				Pausing: func(p Pause) { pauses = append(pauses, p.Wait) },
			})
			err := e.Add(t.Context(), block("0", "1"))
			wantStatus(t, err, test.status)
			for i := range test.slept {
				test.slept[i] *= time.Second
			}
			if !slices.Equal(clock.slept, test.slept) || !slices.Equal(pauses, test.slept) {
				t.Errorf("slept %v, announced %v; want %v", clock.slept, pauses, test.slept)
			}
			if test.status == exit.OK {
				wantBooks(t, e, 2, 0, 0, 0)
			} else {
				wantBooks(t, e, 0, 0, 0, 2)
				wantUnresolved(t, e, "0-1")
			}
			c := e.Counts()
			if c.Attempts != int64(len(test.slept)+1) || c.Retried != c.Attempts-1 || c.Duplicates != test.duplicates {
				t.Errorf("attempts %d retried %d duplicates %d; want %d %d %d",
					c.Attempts, c.Retried, c.Duplicates, len(test.slept)+1, len(test.slept), test.duplicates)
			}
		})
	}
}

func TestRetryWaitIsJitteredAndBounded(t *testing.T) {
	r := Retry{Base: 500 * time.Millisecond, Cap: 30 * time.Second}
	for failure, limit := range map[int]time.Duration{1: 500 * time.Millisecond, 3: 2 * time.Second, 7: 30 * time.Second, 70: 30 * time.Second, 1 << 30: 30 * time.Second} {
		var low, high int
		for range 200 {
			wait := r.wait(failure)
			if wait < 0 || wait > limit {
				t.Fatalf("wait %v after failure %d; want 0 to %v", wait, failure, limit)
			}
			if wait < limit/2 {
				low++
			} else {
				high++
			}
		}
		if low == 0 || high == 0 {
			t.Errorf("failure %d: %d waits in the lower half, %d in the upper: no jitter", failure, low, high)
		}
	}
}

// The end of the context ends a wait; what is undelivered is unresolved.
func TestCancelWhileWaiting(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("terminated")
	clock := &fakeClock{}
	clock.onSleep = func() { cancel(stop) }
	dest := failing(clock, 0, &Transient{Err: errors.New("busy")})
	e := opened(t, dest, Options{Limits: Limits{2, 100, time.Hour}, Retry: DefaultRetry(), Clock: clock})
	err := e.Add(ctx, block("0", "1", "2"))
	wantStatus(t, err, exit.Incomplete)
	wantText(t, err, "busy")
	if !errors.Is(err, stop) {
		t.Errorf("error %v; want the cause %v in it", err, stop)
	}
	wantBooks(t, e, 0, 0, 0, 3)
	if stopped := e.Stop(t.Context()); stopped != err {
		t.Errorf("Stop then: %v; want the same error", stopped)
	}
	wantUnresolved(t, e, "0-2")
	wantLines(t, "attempts", dest.attempts, "0 1")
}

// What an attempt answers while it is cut short decides how the sink ends.
func TestCancelDuringTheAttempt(t *testing.T) {
	stop := errors.New("terminated")
	for _, test := range []struct {
		name   string
		answer error
		status int
		acked  int64
	}{
		{"it was stored all the same", nil, exit.OK, 1},
		{"the context's end", context.Canceled, exit.Incomplete, 0},
		{"its cause", stop, exit.Incomplete, 0},
		{"a failure that may pass", &Transient{Err: errors.New("killed")}, exit.Incomplete, 0},
		{"a full disk", exit.With(exit.IO, errors.New("disk full")), exit.IO, 0},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		dest := &fakeDest{deliver: func(context.Context, *Batch) error {
			cancel(stop)
			return test.answer
		}}
		e := opened(t, dest, Options{Limits: Limits{1, 100, time.Hour}, Clock: &fakeClock{}, Retry: DefaultRetry()})
		t.Log(test.name)
		wantStatus(t, e.Add(ctx, block("0")), test.status)
		wantBooks(t, e, test.acked, 0, 0, 1-test.acked)
	}
}

// Nothing is delivered for a context that has ended already.
func TestCancelledBeforeTheAttempt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dest := &fakeDest{}
	e := opened(t, dest, Options{Limits: Limits{1, 100, time.Hour}, Clock: &fakeClock{}})
	wantStatus(t, e.Add(ctx, block("0")), exit.Incomplete)
	wantBooks(t, e, 0, 0, 0, 1)
	if len(dest.attempts) != 0 || e.Counts().Attempts != 0 {
		t.Errorf("attempts %q; want none", dest.attempts)
	}
}

type durations []time.Duration

func (d *durations) RecordN(took time.Duration, _ int64) { *d = append(*d, took) }

func TestLatencyIsOfEachAttempt(t *testing.T) {
	clock, got := &fakeClock{}, durations{}
	dest := failing(clock, 3*time.Second, &Transient{Err: errors.New("busy")}, nil)
	e := opened(t, dest, Options{Limits: Limits{1, 100, time.Hour}, Retry: DefaultRetry(), Clock: clock, Latency: &got})
	if err := e.Add(t.Context(), block("0")); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{3 * time.Second, 3 * time.Second}; !slices.Equal(got, want) {
		t.Errorf("latencies %v; want %v: waits are not service", got, want)
	}
}
