package pace

import (
	"math"
	"testing"
	"time"

	"ndjsontools/lib/units"
)

func unitsRate(perSecond int64) units.Rate {
	return units.Rate{N: perSecond, Per: time.Second}
}

func TestLimitsHoldToTheTightest(t *testing.T) {
	for _, c := range []struct {
		name  string
		size  int64 // of every record
		count int64 // records in 10 s, the first at once
	}{
		{"records are the tighter limit", 10, 10*1000 + 1},
		{"bytes are the tighter limit", 10_000, 10*100 + 1},
		{"one record takes longer than the run", 100_000_000, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := NewLimits(New(mustRate(t, "1000/s"), 0), New(mustRate(t, "1MB/s"), 0))
			if got := drain(l, 0, 10*time.Second, c.size); got != c.count {
				t.Errorf("got %d records; want %d", got, c.count)
			}
		})
	}
}

// drain sends records of one size from now to end and counts them.
func drain(l *Limits, now, end time.Duration, size int64) (sent int64) {
	for ; now <= end; now = max(now+us, l.Next(now)) {
		records, bytes := l.Due(now)
		n := int64(0)
		for n < records && n*size < bytes {
			n++
		}
		l.Take(now, n, n*size)
		sent += n
	}
	return sent
}

// TestWaitingForOneLimitSavesNothingForAnother: ten seconds of long records,
// which bytes hold back, must not buy a faster run of short ones.
func TestWaitingForOneLimitSavesNothingForAnother(t *testing.T) {
	l := NewLimits(New(mustRate(t, "1000/s"), 0), New(mustRate(t, "1MB/s"), 0))
	drain(l, 0, 10*time.Second, 100_000)
	start := 10*time.Second + 200*ms // the last one's debt is over
	l.Next(10 * time.Second)
	l.Due(start)
	l.Idle(10*time.Second+100*ms, start)
	if got := drain(l, start, start+time.Second, 10); got > 1001 {
		t.Errorf("in the second after: got %d short records; want 1001 at most", got)
	}
}

// TestLatenessIsRepaidThroughLimits: the limit that causes a wait keeps what it
// has to make up for.
func TestLatenessIsRepaidThroughLimits(t *testing.T) {
	l := NewLimits(New(mustRate(t, "1000/s"), 0), New(mustRate(t, "1GB/s"), 0))
	sent := drain(l, 0, 0, 10)
	l.Next(0)
	sent += drain(l, 40*ms, 2*time.Second+us, 10) // woken 39 ms late
	if sent != 2001 {
		t.Errorf("got %d records in two seconds; want 2001", sent)
	}
}

// TestWaitIsSettledOnlyUpToNow: a limit that goes away in the middle of its
// wait does not leave the others waiting for its end.
func TestWaitIsSettledOnlyUpToNow(t *testing.T) {
	bytes := New(mustRate(t, "1B/s"), 0)
	l := NewLimits(New(mustRate(t, "1000/s"), 0), bytes)
	drain(l, 0, 0, 100)
	if got, want := l.Next(0), 100*time.Second; got != want {
		t.Fatalf("next: got %v; want %v", got, want)
	}
	bytes.SetRate(time.Second, units.Rate{})
	if records, _ := l.Due(time.Second); records != 1 {
		t.Errorf("after the slow limit went: got %d records due; want 1", records)
	}
}

func TestIdleReachesEveryLimit(t *testing.T) {
	l := NewLimits(New(mustRate(t, "1000/s"), 0), New(mustRate(t, "1MB/s"), 0))
	drain(l, 0, 0, 10)
	l.Idle(0, time.Minute)
	if records, bytes := l.Due(time.Minute); records != 1 || bytes != 1 {
		t.Errorf("got %d records, %d bytes; want 1 and 1", records, bytes)
	}
}

func TestNoLimits(t *testing.T) {
	l := NewLimits()
	if r, b := l.Due(3); r != math.MaxInt64 || b != math.MaxInt64 {
		t.Errorf("got %d, %d; want no limit", r, b)
	}
	if got := l.Next(3); got != 3 {
		t.Errorf("next: got %v; want now", got)
	}
}

// TestForfeit: what one limit would have let go while another did not is lost, and
// our own lateness is not.
func TestForfeit(t *testing.T) {
	l := NewLimits(New(mustRate(t, "1000/s"), 0), New(mustRate(t, "1MB/s"), 0))
	for now := time.Duration(0); now <= time.Second; now += 10 * ms { // late each time
		records, bytes := l.Due(now)
		n := min(records, (bytes+9)/10)
		l.Take(now, n, 10*n)
		l.Forfeit(now)
	}
	if got := l.pacers[0].schedule.full(); got < time.Second || got > time.Second+ms {
		t.Errorf("the record after a second is due at %v", got)
	}
	if _, bytes := l.Due(time.Second + ms); bytes > 6000 {
		t.Errorf("%d bytes are due after a second in which records were the limit", bytes)
	}
}
