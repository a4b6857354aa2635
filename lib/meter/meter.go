// Package meter counts what went by: records and bytes, time lost to a slow
// neighbour, rates, latencies, and the memory that all of it took. It turns
// them into the statistics object that every tool writes with --stats.
//
// It is not for pacing (that is package pace), it draws nothing, it measures no
// blocking call itself, and it is not a metrics registry: a tool has one Meter.
//
// Decisions and their price:
//
//   - Counters are atomics that the pipeline's goroutine adds to once a block,
//     not once a record. The price is that a reader is behind by at most one
//     block; the last Snapshot is exact, because it is taken after the work.
//   - The counters of one Snapshot are read one after the other, not at one
//     instant. Those of the output are read before those of the input, so that
//     a snapshot never shows more records leaving than had come.
//   - The clock is a function, so that tests own the time.
//   - Peak memory is asked of the kernel when a Snapshot is taken and costs
//     some tens of microseconds; take snapshots a few times a second, not more.
package meter

import (
	"os"
	"sync/atomic"
	"time"
)

// Meter holds the counters of one tool's run. The counters may be added to by
// any goroutine while another takes snapshots. A Meter must not be copied.
type Meter struct {
	RecordsIn  atomic.Int64 // records read, bad ones included
	RecordsOut atomic.Int64 // records delivered
	BytesIn    atomic.Int64 // bytes read, before decompression
	BytesOut   atomic.Int64 // bytes delivered, after compression
	Rejects    atomic.Int64 // records that were rejected
	BlockedIn  atomic.Int64 // nanoseconds spent waiting for input
	BlockedOut atomic.Int64 // nanoseconds spent waiting for the output to take more
	Limited    atomic.Int64 // nanoseconds spent waiting for a rate of the tool's own

	tool  string
	now   func() time.Duration
	start time.Duration
}

// New returns a meter that starts at zero now. tool is the name that snapshots
// carry; now is a monotonic clock with any zero.
func New(tool string, now func() time.Duration) *Meter {
	return &Meter{tool: tool, now: now, start: now()}
}

// Elapsed is the time since New.
func (m *Meter) Elapsed() time.Duration { return m.now() - m.start }

// Snapshot reads every counter. Final is left false; the caller sets it in the
// snapshot that it takes after the work.
func (m *Meter) Snapshot() Snapshot {
	s := m.Totals()
	s.PID, s.PeakRSS = os.Getpid(), PeakRSS()
	return s
}

// Totals is Snapshot without what only the system knows, which costs more than all
// the rest.
func (m *Meter) Totals() Snapshot {
	s := Snapshot{Tool: m.tool}
	s.RecordsOut, s.BytesOut = m.RecordsOut.Load(), m.BytesOut.Load()
	s.Rejects = m.Rejects.Load()
	s.RecordsIn, s.BytesIn = m.RecordsIn.Load(), m.BytesIn.Load()
	s.BlockedIn = time.Duration(m.BlockedIn.Load())
	s.BlockedOut = time.Duration(m.BlockedOut.Load())
	s.Limited = time.Duration(m.Limited.Load())
	s.Elapsed = m.Elapsed()
	return s
}
