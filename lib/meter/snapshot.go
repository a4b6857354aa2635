package meter

import "time"

// Snapshot is the state of a run at one moment.
type Snapshot struct {
	Tool  string
	PID   int
	Final bool // nothing follows: the run is over

	Elapsed    time.Duration
	RecordsIn  int64
	RecordsOut int64
	BytesIn    int64
	BytesOut   int64
	Rejects    int64
	BlockedIn  time.Duration
	BlockedOut time.Duration
	Limited    time.Duration
	PeakRSS    int64 // bytes; 0 when the system does not tell
}

// AppendJSON appends the snapshot as one JSON object without a newline, and
// returns the extended slice. The fields have a fixed order; those of the tool
// follow in theirs. A quantity that is not known is null, so that every object
// of a tool has the same fields. A name in extra that is already taken makes
// a duplicate key; the caller chooses others.
func (s Snapshot) AppendJSON(dst []byte, extra ...Field) []byte {
	rss := Int("peak_rss_bytes", s.PeakRSS)
	if s.PeakRSS <= 0 {
		rss = Null("peak_rss_bytes")
	}
	fixed := [...]Field{
		String("tool", s.Tool),
		Int("pid", int64(s.PID)),
		Bool("final", s.Final),
		Seconds("elapsed_s", s.Elapsed),
		Int("records_in", s.RecordsIn),
		Int("records_out", s.RecordsOut),
		Int("bytes_in", s.BytesIn),
		Int("bytes_out", s.BytesOut),
		Int("rejects", s.Rejects),
		Seconds("blocked_in_s", s.BlockedIn),
		Seconds("blocked_out_s", s.BlockedOut),
		Seconds("limited_s", s.Limited),
		rss,
	}
	dst = appendFields(append(dst, '{'), append(fixed[:], extra...))
	return append(dst, '}')
}
