package sink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

func oneBatch(lines int, r Rejects) Options {
	o := Options{Limits: Limits{lines, 1 << 20, time.Hour}, Clock: &fakeClock{}, Retry: DefaultRetry()}
	if r != nil {
		o.Rejects = r
	}
	return o
}

// The exact deliveries show the order, and that a half known to be bad is
// halved without a delivery of its own.
func TestNarrowing(t *testing.T) {
	for _, test := range []struct {
		lines    []string
		attempts []string
		rejected []string
	}{
		{[]string{"0bad"}, []string{"0bad"}, []string{"0@0:0bad"}},
		{[]string{"0", "1bad"}, []string{"0 1bad", "0", "1bad"}, []string{"1@2:1bad"}},
		{[]string{"0bad", "1"}, []string{"0bad 1", "0bad", "1"}, []string{"0@0:0bad"}},
		{[]string{"0", "1", "2", "3bad"}, []string{"0 1 2 3bad", "0 1", "2", "3bad"}, []string{"3@6:3bad"}},
		{[]string{"0", "1bad", "2", "3"}, []string{"0 1bad 2 3", "0 1bad", "0", "1bad", "2 3"}, []string{"1@2:1bad"}},
		{[]string{"0bad", "1bad", "2bad"}, []string{"0bad 1bad 2bad", "0bad", "1bad 2bad", "1bad", "2bad"},
			[]string{"0@0:0bad", "1@5:1bad", "2@10:2bad"}},
	} {
		dest, rejects := refusing(), &fakeRejects{}
		e := opened(t, dest, oneBatch(len(test.lines), rejects))
		if err := e.Add(t.Context(), block(test.lines...)); err != nil {
			t.Fatal(err)
		}
		wantLines(t, "attempts", dest.attempts, test.attempts...)
		wantLines(t, "rejects", rejects.got, test.rejected...)
		wantBooks(t, e, int64(len(test.lines)-len(test.rejected)), int64(len(test.rejected)), 0, 0)
		if rejects.synced == 0 {
			t.Error("the rejects were never synced")
		}
	}
}

// Every place of one bad record costs at most 2·log2(n)+1 deliveries, and every
// pair of bad ones is found.
func TestNarrowingCost(t *testing.T) {
	const n, log = 64, 6
	for i := range n {
		for j := i; j < n; j++ {
			var data []byte
			for k := range n {
				word := "good"
				if k == i || k == j {
					word = "bad"
				}
				data = fmt.Appendf(data, "%d %s\n", k, word)
			}
			dest, rejects := refusing(), &fakeRejects{}
			e := opened(t, dest, oneBatch(n, rejects))
			if err := e.Add(t.Context(), Block{Data: data, Records: n, At: Position{Line: 1}}); err != nil {
				t.Fatal(err)
			}
			bad, most := 2, 2*(2*log+1)
			if i == j {
				bad, most = 1, 2*log+1
			}
			if len(rejects.got) != bad || len(dest.attempts) > most || len(dest.stored) != n-bad {
				t.Fatalf("bad %d and %d: %d rejected and %d stored in %d deliveries; want %d and %d in at most %d",
					i, j, len(rejects.got), len(dest.stored), len(dest.attempts), bad, n-bad, most)
			}
		}
	}
}

// A batch that is refused only as a whole loses no record.
func TestCompanyCondemnsNobody(t *testing.T) {
	dest := &fakeDest{deliver: func(_ context.Context, b *Batch) error {
		if b.Records > 2 {
			return &Suspect{Reason: errors.New("too large together")}
		}
		return nil
	}}
	e := opened(t, dest, oneBatch(8, nil))
	if err := e.Add(t.Context(), block("0", "1", "2", "3", "4", "5", "6", "7")); err != nil {
		t.Fatal(err)
	}
	wantLines(t, "stored", dest.stored, "0", "1", "2", "3", "4", "5", "6", "7")
	wantBooks(t, e, 8, 0, 0, 0)
}

func TestNamedRefusals(t *testing.T) {
	refuse := func(stored bool) *fakeDest {
		return &fakeDest{deliver: func(_ context.Context, b *Batch) error {
			r := &Rejected{Stored: stored}
			i := 0
			for _, line := range b.All() {
				if bytes.Contains(line, []byte("bad")) && (stored || len(r.Records) == 0) {
					r.Records = append(r.Records, Refusal{Index: i, Reason: errors.New("bad word")})
				}
				i++
			}
			if r.Records == nil {
				return nil
			}
			return r
		}}
	}
	lines := []string{"0", "1bad", "2", "3bad"}
	for _, test := range []struct {
		name     string
		dest     *fakeDest
		attempts []string
	}{
		{"the others were stored", refuse(true), []string{"0 1bad 2 3bad"}},
		{"none was stored", refuse(false), []string{"0 1bad 2 3bad", "0 2 3bad", "0 2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rejects := &fakeRejects{}
			e := opened(t, test.dest, oneBatch(4, rejects))
			if err := e.Add(t.Context(), block(lines...)); err != nil {
				t.Fatal(err)
			}
			wantLines(t, "attempts", test.dest.attempts, test.attempts...)
			wantLines(t, "rejects", rejects.got, "1@2:1bad", "3@9:3bad")
			wantBooks(t, e, 2, 2, 0, 0)
			if got := e.Counts().AckedBytes; got != 4 {
				t.Errorf("acked bytes %d; want 4", got)
			}
		})
	}
}

func TestNowhereToPutRejects(t *testing.T) {
	dest := refusing()
	e := opened(t, dest, oneBatch(4, nil))
	err := e.Add(t.Context(), block("0", "1bad", "2bad", "3"))
	wantStatus(t, err, exit.Input)
	wantText(t, err, "fake: record 1 (line 2, byte 2) was refused: bad word")
	var refused *RecordError
	if !errors.As(err, &refused) || refused.At.Ordinal != 1 {
		t.Errorf("error %#v; want a *RecordError of record 1", err)
	}
	wantLines(t, "attempts", dest.attempts, "0 1bad 2bad 3", "0 1bad", "0", "1bad")
	wantBooks(t, e, 1, 0, 0, 3)
	wantUnresolved(t, e, "1-3")
}

func TestRejectsThatCannotBeStored(t *testing.T) {
	full := exit.With(exit.IO, errors.New("disk full"))
	enough := exit.With(exit.Input, errors.New("more than 1 reject"))
	second := func(settled bool, err error) func(int) (bool, error) {
		return func(n int) (bool, error) {
			if n == 1 {
				return settled, err
			}
			return true, nil
		}
	}
	for _, test := range []struct {
		name       string
		rejects    *fakeRejects
		status     int
		rejected   int64
		unresolved string
	}{
		{"the second can't be written", &fakeRejects{putErr: second(false, full)}, exit.IO, 1, "1-3"},
		{"the second is one too many", &fakeRejects{putErr: second(true, enough)}, exit.Input, 2, "2-3"},
		{"the sync fails", &fakeRejects{syncErr: full}, exit.IO, 0, "0-3"},
		{"the sync fails after enough", &fakeRejects{putErr: second(true, enough), syncErr: full}, exit.IO, 0, "0-3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dest := &fakeDest{deliver: func(_ context.Context, b *Batch) error {
				r := &Rejected{Stored: true}
				for i := range b.Records {
					r.Records = append(r.Records, Refusal{Index: i, Reason: errors.New("no")})
				}
				return r
			}}
			e := opened(t, dest, oneBatch(4, test.rejects))
			err := e.Add(t.Context(), block("0", "1", "2", "3"))
			wantStatus(t, err, test.status)
			wantBooks(t, e, 0, test.rejected, 0, 4-test.rejected)
			wantUnresolved(t, e, test.unresolved)
		})
	}
}

// A destination that breaks the rules of Rejected must not break the books.
func TestSenselessRefusals(t *testing.T) {
	for name, refused := range map[string][]Refusal{
		"none":         nil,
		"beyond":       {{Index: 2}},
		"negative":     {{Index: -1}},
		"twice":        {{Index: 0}, {Index: 0}},
		"not in order": {{Index: 1}, {Index: 0}},
	} {
		dest := &fakeDest{deliver: func(context.Context, *Batch) error { return &Rejected{Records: refused} }}
		e := opened(t, dest, oneBatch(2, &fakeRejects{}))
		err := e.Add(t.Context(), block("0", "1"))
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		wantText(t, err, "defect")
		wantBooks(t, e, 0, 0, 0, 2)
	}
}
