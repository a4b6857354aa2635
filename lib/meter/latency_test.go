package meter

import (
	"math"
	"sync"
	"testing"
	"time"
)

func TestLatency(t *testing.T) {
	l := NewLatency()
	for i := range 1000 {
		l.Record(time.Duration(i+1) * time.Millisecond)
	}
	s := l.Summary()
	for _, c := range []struct {
		name      string
		got, want time.Duration
	}{
		{"p50", s.P50, 500 * time.Millisecond},
		{"p90", s.P90, 900 * time.Millisecond},
		{"p99", s.P99, 990 * time.Millisecond},
		{"p99.9", s.P999, 999 * time.Millisecond},
	} {
		if off := math.Abs(float64(c.got-c.want)) / float64(c.want); off > 0.001 {
			t.Errorf("%s: got %v; want %v within three digits", c.name, c.got, c.want)
		}
	}
	if s.Count != 1000 || s.Max != time.Second || (s.Mean-500500*time.Microsecond).Abs() > time.Microsecond {
		t.Errorf("got count %d, max %v, mean %v; want 1000, 1s, 500.5ms", s.Count, s.Max, s.Mean)
	}
}

func TestLatencyBounds(t *testing.T) {
	for _, c := range []struct {
		name     string
		d        time.Duration
		p50, max time.Duration
	}{
		{"negative", -time.Second, 0, 0},
		{"zero", 0, 0, 0},
		{"below the finest", 200, 200, 200},
		{"a microsecond", time.Microsecond, time.Microsecond, time.Microsecond},
		{"three hours", 3 * time.Hour, time.Hour, 3 * time.Hour},
	} {
		l := NewLatency()
		l.RecordN(c.d, 5)
		l.RecordN(time.Hour, 0)
		l.RecordN(time.Hour, -3)
		s := l.Summary()
		if off := math.Abs(float64(s.P50 - c.p50)); off > float64(c.p50)/1000 || s.Max != c.max || s.Count != 5 {
			t.Errorf("%s: got p50 %v, max %v, count %d; want %v, %v, 5", c.name, s.P50, s.Max, s.Count, c.p50, c.max)
		}
	}
}

func TestLatencyField(t *testing.T) {
	l := NewLatency()
	f := l.Summary().Field("latency")
	if got, want := string(appendFields(nil, []Field{f})),
		`"latency":{"count":0,"mean_s":null,"p50_s":null,"p90_s":null,"p99_s":null,"p999_s":null,"max_s":null}`; got != want {
		t.Errorf("empty: got %s; want %s", got, want)
	}
	l.RecordN(2*time.Millisecond, 3)
	f = l.Summary().Field("latency")
	if got, want := string(appendFields(nil, []Field{f})),
		`"latency":{"count":3,"mean_s":0.002000,"p50_s":0.002000,"p90_s":0.002000,"p99_s":0.002000,"p999_s":0.002000,"max_s":0.002000}`; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

func TestLatencyFromTwoGoroutines(t *testing.T) {
	l := NewLatency()
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 10_000 {
			l.Record(time.Millisecond)
		}
	})
	for range 20 {
		if s := l.Summary(); s.Count > 0 && s.Max != time.Millisecond {
			t.Fatalf("got max %v; want 1ms", s.Max)
		}
	}
	wg.Wait()
	if got := l.Summary().Count; got != 10_000 {
		t.Errorf("got %d; want 10000", got)
	}
}

func BenchmarkRecord(b *testing.B) {
	l := NewLatency()
	for b.Loop() {
		l.Record(1234 * time.Microsecond)
	}
}

func BenchmarkSummary(b *testing.B) {
	l := NewLatency()
	for i := range 10_000 {
		l.Record(time.Duration(i) * time.Millisecond)
	}
	for b.Loop() {
		l.Summary()
	}
}
