package sink

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// places makes checkpoints in path, going on from what is there.
func places(t testing.TB, path string, every time.Duration, clock Clock) (*Checkpoints, *Checkpoint) {
	t.Helper()
	last, err := LoadCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	from := FirstCheckpoint("run", "fake")
	if last != nil {
		from = *last
	}
	lock, err := LockCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lock.Close() })
	c, err := NewCheckpoints(lock, every, clock, from)
	if err != nil {
		t.Fatal(err)
	}
	return c, last
}

// The checkpoint is what is settled: not what is held, and not what failed.
func TestCheckpointIsOfTheSettled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ck")
	clock := &fakeClock{}
	c, _ := places(t, path, 0, clock)
	bad := false
	dest := &fakeDest{deliver: func(context.Context, *Batch) error {
		if bad {
			return exit.With(exit.Refused, errors.New("no"))
		}
		return nil
	}}
	e := opened(t, dest, Options{Limits: Limits{4, 100, time.Hour}, Clock: clock, Places: c})
	at := func(ordinal, offset int64) {
		t.Helper()
		got, err := LoadCheckpoint(path)
		if err != nil || got == nil || got.Next.Ordinal != ordinal || got.Next.Offset != offset || got.Next.Line != ordinal+1 {
			t.Errorf("checkpoint %+v, %v; want ordinal %d, offset %d", got, err, ordinal, offset)
		}
	}
	if err := e.Add(t.Context(), numbered(0, 6)); err != nil {
		t.Fatal(err)
	}
	at(4, 40)
	if err := e.Add(t.Context(), numbered(6, 2)); err != nil {
		t.Fatal(err)
	}
	at(8, 80)
	bad = true
	wantStatus(t, e.Add(t.Context(), numbered(8, 5)), exit.Refused)
	e.Stop(t.Context())
	at(8, 80)
}

// A checkpoint bounds what has been sent, and the bound is there before the
// records go: with each one as many again may go. The last one is exact, and what
// a run takes over counts as its own.
func TestCheckpointBound(t *testing.T) {
	for _, most := range []int{1, 2} {
		path := filepath.Join(t.TempDir(), "ck")
		clock := &fakeClock{}
		c, _ := places(t, path, time.Hour, clock)
		written := 0
		var last *Checkpoint
		dest := &fakeDest{traits: Traits{Parallel: true}, deliver: func(_ context.Context, b *Batch) error {
			now, err := LoadCheckpoint(path)
			if err != nil || now.Until <= b.Last() {
				t.Errorf("record %d is sent when the checkpoint says %+v, %v", b.Last(), now, err)
			}
			if last == nil || now.Until != last.Until {
				written++
			}
			last = now
			if b.First.Ordinal == 900 {
				return &Transient{Err: errors.New("down")}
			}
			return nil
		}}
		e := opened(t, dest, Options{Limits: Limits{10, 1 << 20, time.Hour}, Clock: clock, Places: c, Concurrency: Concurrency{Most: most}})
		if n := e.Counts().Duplicates; n != 0 {
			t.Errorf("a first run begins with %d duplicates", n)
		}
		wantStatus(t, errors.Join(e.Add(t.Context(), numbered(0, 1000)), e.Stop(t.Context())), exit.Incomplete)
		if written > 10 {
			t.Errorf("%d checkpoints for 90 batches; want one for each doubling", written)
		}
		now, err := LoadCheckpoint(path)
		if err != nil || now.Next.Ordinal != 900 || now.Until < 910 || now.Until > 930 || most == 1 && now.Until != 910 {
			t.Errorf("at most %d: at the end %+v, %v; want it at 900, with what was sent behind that", most, now, err)
		}

		if c, err = NewCheckpoints(c.lock, time.Hour, clock, *now); err != nil {
			t.Fatal(err)
		}
		e = opened(t, &fakeDest{}, Options{Limits: Limits{10, 1 << 20, time.Hour}, Clock: clock, Places: c})
		if n := e.Counts().Duplicates; n != now.Twice() || n < 10 {
			t.Errorf("another run begins with %d duplicates; want %d", n, now.Twice())
		}
		if err := errors.Join(e.Add(t.Context(), numbered(900, 100)), e.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		if now, _ = LoadCheckpoint(path); now.Twice() != 0 {
			t.Errorf("after a clean end %d may come twice", now.Twice())
		}
	}
}

// It is written at the beginning, no more often than it should be, and at the end.
func TestCheckpointInterval(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ck")
	clock := &fakeClock{}
	c, _ := places(t, path, time.Second, clock)
	e := opened(t, &fakeDest{}, Options{Limits: Limits{1, 100, time.Hour}, Clock: clock, Places: c})
	add := func(from int, want int64) {
		t.Helper()
		if err := e.Add(t.Context(), numbered(from, 1)); err != nil {
			t.Fatal(err)
		}
		if got, err := LoadCheckpoint(path); err != nil || got.Next.Ordinal != want {
			t.Errorf("after record %d: %+v, %v; want ordinal %d", from, got, err, want)
		}
	}
	add(0, 0)
	add(1, 0)
	clock.Advance(time.Second)
	add(2, 3)
	add(3, 3)
	clock.Advance(400 * time.Millisecond)
	if again, err := e.Idle(t.Context()); again != 600*time.Millisecond || err != nil {
		t.Errorf("Idle: %v, %v; want 600ms", again, err)
	}
	clock.Advance(600 * time.Millisecond)
	if again, err := e.Idle(t.Context()); again != 0 || err != nil {
		t.Errorf("Idle: %v, %v; want no more", again, err)
	}
	add(4, 4)
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, _ := LoadCheckpoint(path); got.Next.Ordinal != 5 {
		t.Errorf("at the end %+v; want ordinal 5", got)
	}
}

// Whatever ends a run, and whenever the next ones end, every record is stored in
// the end; and those that come twice came after the last checkpoint.
func TestCheckpointResumes(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		dir := t.TempDir()
		path, input := filepath.Join(dir, "ck"), filepath.Join(dir, "in")
		var text strings.Builder
		n := 1 + rnd.IntN(200)
		for i := range n {
			fmt.Fprintf(&text, "%0*d\n", 1+rnd.IntN(12)*rnd.IntN(2), i)
		}
		whole := text.String()
		data := whole
		if rnd.IntN(2) == 0 {
			data = strings.TrimSuffix(data, "\n")
		}
		if err := os.WriteFile(input, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		times := make([]int, n)
		for range 1000 {
			if done := oneRun(t, rnd, path, input, times); done {
				break
			}
		}
		for i, k := range times {
			if k == 0 {
				t.Fatalf("seed %d: record %d of %d was never stored", seed, i, n)
			}
		}
	}
}

// oneRun goes on from the checkpoint until the end or an accident. Times counts
// how often each record was stored.
func oneRun(t *testing.T, rnd *rand.Rand, path, input string, times []int) (done bool) {
	t.Helper()
	clock := &fakeClock{}
	c, last := places(t, path, time.Duration(rnd.IntN(2))*time.Second, clock)
	defer c.lock.Close()
	f, err := os.Open(input)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := Position{Line: 1}
	if last != nil {
		if err := last.Seek(f); err != nil {
			t.Fatal(err)
		}
		at = last.Next
	}
	all, err := os.ReadFile(input)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(all), "\n") {
		all = append(all, '\n')
	}
	dest := &fakeDest{deliver: func(_ context.Context, b *Batch) error {
		if rnd.IntN(20) == 0 {
			return exit.With(exit.Refused, errors.New("an accident"))
		}
		for at := range b.All() {
			times[at.Ordinal]++
		}
		return nil
	}}
	e := opened(t, dest, Options{Limits: Limits{1 + rnd.IntN(9), 64, time.Hour}, Clock: clock, Places: c})
	rest := string(all[at.Offset:])
	for rest != "" {
		blk := Block{At: at}
		for line := range strings.Lines(rest) {
			blk.Data = append(blk.Data, line...)
			if blk.Records++; rnd.IntN(6) == 0 {
				break
			}
		}
		rest = rest[len(blk.Data):]
		at = at.after(blk.Records, len(blk.Data))
		if err := e.Add(t.Context(), blk); err != nil {
			if rnd.IntN(2) == 0 {
				e.Stop(t.Context())
			}
			return false
		}
		if rnd.IntN(15) == 0 { // killed
			return false
		}
		clock.Advance(time.Duration(rnd.IntN(600)) * time.Millisecond)
	}
	return e.Close(t.Context()) == nil
}

func TestCheckpointKnowsItsInput(t *testing.T) {
	dir := t.TempDir()
	path, input := filepath.Join(dir, "ck"), filepath.Join(dir, "in")
	c, _ := places(t, path, 0, &fakeClock{})
	e := opened(t, &fakeDest{}, Options{Limits: Limits{2000, 1 << 20, time.Hour}, Places: c})
	if err := errors.Join(e.Add(t.Context(), numbered(0, 1000)), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	last, err := LoadCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	if last.Tail.Length < tailSize-20 || last.Tail.Length > tailSize || last.Tail.Offset+last.Tail.Length != last.Next.Offset {
		t.Errorf("tail %+v; want up to %d bytes before %d", last.Tail, tailSize, last.Next.Offset)
	}
	good := string(numbered(0, 1000).Data)
	for _, test := range []struct {
		name, text, fault string
	}{
		{"the same", good, ""},
		{"it grew", good + "more\n", ""},
		{"its last newline is missing", strings.TrimSuffix(good, "\n"), ""},
		{"it is shorter", good[:len(good)-2], "is shorter"},
		{"it is empty", "", "is shorter"},
		{"others of the same length", strings.ReplaceAll(good, "9", "8"), "are others"},
		{"the last line went on", strings.TrimSuffix(good, "\n") + "x\n", "are others"},
	} {
		if err := os.WriteFile(input, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(input)
		if err != nil {
			t.Fatal(err)
		}
		err = last.Seek(f)
		f.Close()
		t.Log(test.name)
		if test.fault == "" {
			wantStatus(t, err, exit.OK)
		} else {
			wantStatus(t, err, exit.Input)
			wantText(t, err, test.fault)
		}
	}
	skip := last.Skip()
	skip.Write([]byte(good))
	wantStatus(t, skip.End(1000), exit.OK)
	wantText(t, last.Skip().End(999), "ended after 999 of the 1000")
	skip = last.Skip()
	skip.Write([]byte(strings.Replace(good, "1", "2", 1))) // a seek would not notice
	wantStatus(t, skip.End(1000), exit.Input)
}

func TestLoadCheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ck")
	if c, err := LoadCheckpoint(path); c != nil || err != nil {
		t.Errorf("%v, %v; want none", c, err)
	}
	for _, text := range []string{"\n", "{}", "nonsense", `{"v":2,"run_id":"x"}`, `{"v":1,"run_id":"x","next":{"ordinal":7},"sha256":"00","state":"AAAA"}`, `{"v":1,"run_id":"x","next":{"ordinal":7}}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadCheckpoint(path)
		wantStatus(t, err, exit.Input)
	}
}

// A checkpoint that can't be written ends the sink: it would promise too much.
func TestCheckpointFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "soon gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, before := range []bool{true, false} {
		c, _ := places(t, filepath.Join(dir, "ck"), 0, &fakeClock{})
		dest := &fakeDest{}
		e := New(dest, Options{Limits: Limits{1, 1, time.Hour}, Places: c})
		if !before {
			if err := e.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if before {
			wantStatus(t, e.Open(t.Context()), exit.IO)
			if dest.ended != "abort " {
				t.Errorf("the destination is left with %q", dest.ended)
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			continue
		}
		wantStatus(t, e.Add(t.Context(), numbered(0, 1)), exit.IO)
	}
}

// Rows of files settle when a file gets its name.
func TestCheckpointOfRows(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ck")
	c, _ := places(t, path, 0, &fakeClock{})
	e := opened(t, Rotating(filepath.Join(dir, "f{seq}"), Rotate{Records: 3}, nil, &fakeClock{}, nil), Options{Places: c})
	if err := e.Add(t.Context(), numbered(0, 8)); err != nil {
		t.Fatal(err)
	}
	last, err := LoadCheckpoint(path)
	if err != nil || last.Next.Ordinal != 6 || last.Next.Offset != 60 {
		t.Errorf("checkpoint %+v, %v; want ordinal 6", last, err)
	}
	e.Stop(t.Context())
	skip := last.Skip()
	skip.Write(numbered(0, 6).Data)
	wantStatus(t, skip.End(6), exit.OK)
}
