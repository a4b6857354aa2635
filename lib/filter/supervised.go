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
	m := l.Meter
	f := tally.Figures{Final: final, NoInput: !l.readsStdin.Load(), NoOutput: !l.uses.Output}
	if final {
		f.PeakRSS = meter.PeakRSS() // which costs more than all the rest
	}
	f.RecordsOut, f.BytesOut = m.RecordsOut.Load(), m.BytesOut.Load()
	f.Rejects = m.Rejects.Load()
	f.RecordsIn, f.BytesIn = m.RecordsIn.Load(), m.BytesIn.Load()
	f.BlockedIn = time.Duration(m.BlockedIn.Load())
	f.BlockedOut = time.Duration(m.BlockedOut.Load())
	f.Limited = time.Duration(m.Limited.Load())
	f.Elapsed = m.Elapsed()
	l.pen.Write(f)
}
