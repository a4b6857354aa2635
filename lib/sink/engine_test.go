package sink

import (
	"context"
	"errors"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

func TestBatchesAreCutByLimits(t *testing.T) {
	for _, test := range []struct {
		name   string
		traits Traits
		limits Limits
		blocks [][]string
		want   []string
	}{
		{"by count", Traits{}, Limits{2, 100, time.Hour}, [][]string{{"0", "1", "2", "3", "4"}}, []string{"0 1", "2 3", "4"}},
		{"by count over blocks", Traits{}, Limits{3, 100, time.Hour}, [][]string{{"0", "1"}, {"2", "3"}, {"4"}}, []string{"0 1 2", "3 4"}},
		{"by bytes", Traits{}, Limits{100, 6, time.Hour}, [][]string{{"0", "1", "22", "3", "4"}}, []string{"0 1", "22 3", "4"}},
		{"by bytes over blocks", Traits{}, Limits{100, 6, time.Hour}, [][]string{{"0"}, {"1111"}, {"2", "3", "4"}}, []string{"0", "1111", "2 3 4"}},
		{"a record over the bytes goes alone", Traits{}, Limits{100, 4, time.Hour}, [][]string{{"0", "1111111", "2"}}, []string{"0", "1111111", "2"}},
		{"only such records", Traits{}, Limits{100, 1, time.Hour}, [][]string{{"00", "11"}, {"22"}}, []string{"00", "11", "22"}},
		{"limits below one", Traits{}, Limits{0, 0, time.Hour}, [][]string{{"0", "1"}}, []string{"0", "1"}},
		{"age zero", Traits{}, Limits{100, 100, 0}, [][]string{{"0", "1"}, {"2"}}, []string{"0 1", "2"}},
		{"any borders", Traits{AnyBorders: true}, Limits{1, 1, time.Hour}, [][]string{{"0", "1", "2"}, {"3"}}, []string{"0 1 2", "3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dest := &fakeDest{traits: test.traits}
			e := opened(t, dest, Options{Limits: test.limits, Clock: &fakeClock{}})
			records := int64(0)
			for _, lines := range test.blocks {
				if err := e.Add(t.Context(), block(lines...)); err != nil {
					t.Fatal(err)
				}
				records += int64(len(lines))
			}
			if err := e.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantLines(t, "batches", dest.attempts, test.want...)
			wantBooks(t, e, records, 0, 0, 0)
			if dest.ended != "commit " {
				t.Errorf("ended with %q; want commit", dest.ended)
			}
			c := e.Counts()
			if c.TakenBytes != c.AckedBytes || c.Batches != int64(len(test.want)) || c.Attempts != c.Batches || c.Retried != 0 || c.Duplicates != 0 {
				t.Errorf("counts %+v", c)
			}
		})
	}
}

// A full batch inside one block goes out from the caller's own bytes.
func TestFullBatchIsNotCopied(t *testing.T) {
	for _, test := range []struct {
		name   string
		traits Traits
	}{{"batched", Traits{}}, {"any borders", Traits{AnyBorders: true}}} {
		blk := block("0", "1", "2")
		same := false
		dest := &fakeDest{traits: test.traits, deliver: func(_ context.Context, b *Batch) error {
			same = same || &b.Data[0] == &blk.Data[0]
			return nil
		}}
		e := opened(t, dest, Options{Limits: Limits{2, 100, time.Hour}, Clock: &fakeClock{}})
		if err := e.Add(t.Context(), blk); err != nil {
			t.Fatal(err)
		}
		if !same {
			t.Errorf("%s: the block was copied", test.name)
		}
	}
}

func TestIdle(t *testing.T) {
	for _, test := range []struct {
		name   string
		traits Traits
		lines  []string
		after  time.Duration
		again  time.Duration
		want   []string
	}{
		{"nothing held", Traits{}, nil, 0, 0, nil},
		{"young", Traits{}, []string{"0"}, 300 * time.Millisecond, 700 * time.Millisecond, nil},
		{"of age", Traits{}, []string{"0"}, time.Second, 0, []string{"0"}},
		{"young but eager", Traits{Eager: true}, []string{"0"}, 0, 0, []string{"0"}},
		{"delivered at once", Traits{AnyBorders: true}, []string{"0"}, 0, 0, []string{"0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			clock, dest := &fakeClock{}, &fakeDest{traits: test.traits}
			e := opened(t, dest, Options{Limits: DefaultLimits(), Clock: clock})
			if test.lines != nil {
				if err := e.Add(t.Context(), block(test.lines...)); err != nil {
					t.Fatal(err)
				}
			}
			clock.Advance(test.after)
			again, err := e.Idle(t.Context())
			if err != nil || again != test.again {
				t.Errorf("again %v, %v; want %v", again, err, test.again)
			}
			wantLines(t, "batches", dest.attempts, test.want...)
		})
	}
}

// The age counts from the first record, however often more come.
func TestAgeUnderATrickle(t *testing.T) {
	clock, dest := &fakeClock{}, &fakeDest{}
	e := opened(t, dest, Options{Limits: DefaultLimits(), Clock: clock})
	for i := range 5 {
		if err := e.Add(t.Context(), numbered(i, 1)); err != nil {
			t.Fatal(err)
		}
		clock.Advance(400 * time.Millisecond)
	}
	wantLines(t, "batches", dest.attempts, "000000000 000000001 000000002 000000003")
	wantBooks(t, e, 4, 0, 1, 0)
}

func TestAtomicDestinationHoldsUntilCommit(t *testing.T) {
	for _, test := range []struct {
		name       string
		commit     error
		stop       bool
		acked      int64
		unresolved string
		ended      string
		status     int
	}{
		{"committed", nil, false, 5, "", "commit ", exit.OK},
		// One range, of fewer records than ordinals: gaps are not remembered.
		{"commit fails", errors.New("disk"), false, 0, "1-6", "commit abort ", exit.IO},
		{"stopped", nil, true, 0, "1-3 5-6", "abort ", exit.Incomplete},
	} {
		t.Run(test.name, func(t *testing.T) {
			dest := &fakeDest{traits: Traits{Atomic: true}, commit: test.commit}
			e := opened(t, dest, Options{Limits: Limits{3, 100, time.Hour}, Clock: &fakeClock{}})
			for _, blk := range []Block{block("1", "2", "3"), block("5", "6")} {
				if err := e.Add(t.Context(), blk); err != nil {
					t.Fatal(err)
				}
			}
			wantBooks(t, e, 0, 0, 5, 0)
			var err error
			if test.stop {
				err = e.Stop(t.Context())
			} else {
				err = e.Close(t.Context())
			}
			wantStatus(t, err, test.status)
			wantBooks(t, e, test.acked, 0, 0, 5-test.acked)
			wantUnresolved(t, e, test.unresolved)
			if dest.ended != test.ended {
				t.Errorf("ended with %q; want %q", dest.ended, test.ended)
			}
			if d := e.Counts().Duplicates; d != 0 {
				t.Errorf("duplicates %d; want 0: nothing of it was ever there", d)
			}
		})
	}
}

func TestStopSettlesWhatIsHeld(t *testing.T) {
	dest := &fakeDest{}
	e := opened(t, dest, Options{Limits: DefaultLimits(), Clock: &fakeClock{}})
	if err := e.Add(t.Context(), block("0", "1")); err != nil {
		t.Fatal(err)
	}
	if err := e.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantLines(t, "stored", dest.stored, "0", "1")
	wantBooks(t, e, 2, 0, 0, 0)
	if dest.ended != "abort " {
		t.Errorf("ended with %q; want abort", dest.ended)
	}
}

// After an error everything that comes is unresolved, and the error stays.
func TestFirstErrorIsFinal(t *testing.T) {
	dest := &fakeDest{deliver: func(_ context.Context, b *Batch) error {
		if b.First.Ordinal >= 2 {
			return exit.With(exit.Refused, errors.New("no such table"))
		}
		return nil
	}}
	e := opened(t, dest, Options{Limits: Limits{2, 100, time.Hour}, Clock: &fakeClock{}})
	err := e.Add(t.Context(), block("0", "1", "2", "3", "4", "5", "6"))
	wantStatus(t, err, exit.Refused)
	wantText(t, err, "fake: no such table")
	wantBooks(t, e, 2, 0, 0, 5)
	if again := e.Add(t.Context(), block("7")); again != err {
		t.Errorf("Add then: %v; want the same error", again)
	}
	if _, again := e.Idle(t.Context()); again != err {
		t.Errorf("Idle then: %v; want the same error", again)
	}
	if again := e.Close(t.Context()); again != err {
		t.Errorf("Close then: %v; want the same error", again)
	}
	wantBooks(t, e, 2, 0, 0, 6)
	wantUnresolved(t, e, "2-7")
	wantLines(t, "attempts", dest.attempts, "0 1", "2 3")
	if dest.ended != "abort " {
		t.Errorf("ended with %q; want abort", dest.ended)
	}
	if d := e.Counts().Duplicates; d != 2 {
		t.Errorf("duplicates %d; want 2: the refused attempt may have stored them", d)
	}
}

// A caller that breaks the rules can't break the books.
func TestSenselessCalls(t *testing.T) {
	t.Run("a torn block", func(t *testing.T) {
		dest := &fakeDest{}
		e := opened(t, dest, Options{Limits: DefaultLimits(), Clock: &fakeClock{}})
		if err := e.Add(t.Context(), block("0", "1")); err != nil {
			t.Fatal(err)
		}
		wantText(t, e.Add(t.Context(), Block{[]byte("2\n3"), 2, Position{Ordinal: 2}}), "whole lines")
		wantBooks(t, e, 0, 0, 0, 4)
		wantText(t, e.Close(t.Context()), "whole lines")
		wantBooks(t, e, 0, 0, 0, 4)
		wantUnresolved(t, e, "0-3")
		wantLines(t, "attempts", dest.attempts)
	})
	t.Run("bytes without a record", func(t *testing.T) {
		e := opened(t, &fakeDest{}, Options{Limits: DefaultLimits(), Clock: &fakeClock{}})
		wantText(t, e.Add(t.Context(), Block{[]byte("0\n"), 0, Position{}}), "whole lines")
	})
	t.Run("an empty block", func(t *testing.T) {
		e := opened(t, &fakeDest{}, Options{Limits: DefaultLimits(), Clock: &fakeClock{}})
		if err := e.Add(t.Context(), Block{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("fewer lines than records", func(t *testing.T) {
		e := opened(t, &fakeDest{}, Options{Limits: Limits{2, 100, time.Hour}, Clock: &fakeClock{}})
		wantText(t, e.Add(t.Context(), Block{[]byte("0\n1\n"), 5, Position{}}), "whole lines")
		wantBooks(t, e, 0, 0, 0, 5)
	})
	t.Run("more lines than records", func(t *testing.T) {
		e := opened(t, &fakeDest{}, Options{Limits: Limits{100, 4, time.Hour}, Clock: &fakeClock{}})
		wantText(t, e.Add(t.Context(), Block{[]byte("0\n1\n2\n"), 2, Position{}}), "whole lines")
		wantBooks(t, e, 0, 0, 0, 2)
	})
	t.Run("a second end", func(t *testing.T) {
		dest := &fakeDest{}
		e := opened(t, dest, Options{Limits: DefaultLimits(), Clock: &fakeClock{}})
		for _, err := range []error{e.Close(t.Context()), e.Close(t.Context()), e.Stop(t.Context())} {
			if err != nil {
				t.Error(err)
			}
		}
		if dest.ended != "commit " {
			t.Errorf("ended with %q; want one commit", dest.ended)
		}
		wantText(t, e.Add(t.Context(), block("0")), "after the end")
		wantBooks(t, e, 0, 0, 0, 1)
	})
}

// The books can be read while a delivery is under way.
func TestCountsDuringADelivery(t *testing.T) {
	var e *Engine
	seen := make(chan Counts, 1)
	dest := &fakeDest{deliver: func(context.Context, *Batch) error {
		go func() { seen <- e.Counts() }()
		if c := <-seen; c.Held != 2 || c.Acked != 0 {
			t.Errorf("during the delivery %+v; want 2 held", c)
		}
		return nil
	}}
	e = opened(t, dest, Options{Limits: Limits{2, 100, time.Hour}, Clock: &fakeClock{}})
	if err := e.Add(t.Context(), block("0", "1")); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 2, 0, 0, 0)
}
