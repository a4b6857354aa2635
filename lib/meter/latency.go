package meter

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latency is a distribution of durations: percentiles to three digits between
// a microsecond and an hour, whatever the shape, in 180 KB. What is shorter or
// longer counts as the nearest of the two; the count, the mean and the maximum
// are exact. Any goroutine may record while another summarises.
type Latency struct {
	mu    sync.Mutex
	hist  *hdrhistogram.Histogram
	count int64
	sum   float64 // seconds; a sum of nanoseconds overflows after 292 years of waiting, soon with many in flight
	max   time.Duration
}

const (
	shortest = time.Microsecond
	longest  = time.Hour
)

// NewLatency returns an empty distribution.
func NewLatency() *Latency {
	return &Latency{hist: hdrhistogram.New(1, int64(longest/shortest), 3)}
}

// Record notes one duration. Negative ones count as zero.
func (l *Latency) Record(d time.Duration) { l.RecordN(d, 1) }

// RecordN notes the same duration n times, as for the records of one batch. It
// costs the same for any n.
func (l *Latency) RecordN(d time.Duration, n int64) {
	if n <= 0 {
		return
	}
	d = max(d, 0)
	v := int64(min(max(d, shortest), longest) / shortest)
	l.mu.Lock()
	defer l.mu.Unlock()
	// A value inside the histogram's bounds is never refused.
	_ = l.hist.RecordValues(v, n)
	l.count += n
	l.sum += d.Seconds() * float64(n)
	l.max = max(l.max, d)
}

// Summary is what is said of a distribution. All but Count are zero while Count
// is.
type Summary struct {
	Count               int64
	Sum                 float64 // seconds
	Mean                time.Duration
	P50, P90, P99, P999 time.Duration
	Max                 time.Duration
}

// Summary returns the figures so far.
func (l *Latency) Summary() Summary {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count == 0 {
		return Summary{}
	}
	p := l.hist.ValueAtPercentilesSlice([]float64{50, 90, 99, 99.9})
	at := func(i int) time.Duration { return min(time.Duration(p[i])*shortest, l.max) }
	return Summary{
		Count: l.count,
		Sum:   l.sum,
		Mean:  time.Duration(l.sum / float64(l.count) * float64(time.Second)),
		P50:   at(0), P90: at(1), P99: at(2), P999: at(3),
		Max: l.max,
	}
}

// Field is the summary as an object in seconds, for Snapshot.AppendJSON; the
// figures are null while nothing was recorded.
func (s Summary) Field(name string) Field {
	seconds := Seconds
	if s.Count == 0 {
		seconds = func(name string, _ time.Duration) Field { return Null(name) }
	}
	return Object(name,
		Int("count", s.Count),
		seconds("mean_s", s.Mean),
		seconds("p50_s", s.P50),
		seconds("p90_s", s.P90),
		seconds("p99_s", s.P99),
		seconds("p999_s", s.P999),
		seconds("max_s", s.Max),
	)
}
