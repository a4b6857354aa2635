package filter

import (
	"time"

	"ndjsontools/lib/meter"
	"ndjsontools/lib/tally"
)

// showEvery is how often the counters are shown to a supervisor, which looks
// about as often itself. It takes a goroutine some 5 µs.
const showEvery = 20 * time.Millisecond

// show publishes the counters for the process that started us, if it wants
// them. final says that they are the last ones.
func (l *Life) show(final bool) {
	if l.pen == nil {
		return
	}
	l.gather()
	s := l.Meter.Totals()
	if final {
		s.PeakRSS = meter.PeakRSS()
	}
	l.pen.Write(tally.Figures{
		Final: final, NoInput: !l.readsStdin.Load(), NoOutput: !l.uses.Output,
		RecordsIn: s.RecordsIn, BytesIn: s.BytesIn, RecordsOut: s.RecordsOut, BytesOut: s.BytesOut, Rejects: s.Rejects,
		BlockedIn: s.BlockedIn, BlockedOut: s.BlockedOut, Limited: s.Limited, Elapsed: s.Elapsed, PeakRSS: s.PeakRSS,
	})
}
