package flow

import (
	"testing"

	"ndjsontools/lib/procstat"
)

// Who counts by itself is believed; of two that the system counts the lower one,
// unless one of them moves its data by calls that do not count.
func TestMoved(t *testing.T) {
	const mb = 1 << 20
	foreign := func(read, written int64) *watched {
		return &watched{sample: procstat.Sample{Read: read, Written: written}}
	}
	ours := func(in, out int64) *watched {
		return &watched{exactIn: true, toolIn: in, exactOut: true, toolOut: out, sample: procstat.Sample{Read: 3 * mb, Written: 3 * mb}}
	}
	seen := foreign(9, 0)
	seen.sample.Reads = true
	for _, c := range []struct {
		name           string
		writer, reader *watched
		queued, base   int64
		want           int64
	}{
		{"both ours", ours(0, mb), ours(mb-5, 0), 5, 0, mb},
		{"the writer is", ours(0, mb), foreign(2*mb, 0), 0, 0, mb},
		{"the reader is", foreign(0, 2*mb), ours(mb, 0), 64, 0, mb + 64},
		{"neither", foreign(0, mb), foreign(mb-100, 0), 100, 0, mb},
		{"the writer writes elsewhere too", foreign(0, 2*mb), foreign(mb, 0), 0, 0, mb},
		{"the reader reads elsewhere too", foreign(0, mb), foreign(2*mb, 0), 0, 0, mb},
		{"the writer splices", foreign(0, 38), foreign(mb, 0), 10, 0, mb + 10},
		{"the reader splices", foreign(0, mb), foreign(7000, 0), 64 << 10, 0, mb},
		{"the reader was seen to read", foreign(0, 28*mb), seen, 0, 0, 9},
		{"libraries come first", foreign(0, 2*mb), foreign(mb+5000, 0), 0, 5000, mb},
		{"nothing yet", foreign(0, 0), foreign(5000, 0), 0, 5000, 0},
	} {
		if got := moved(c.writer, c.reader, c.queued, c.base); got != c.want {
			t.Errorf("%s: %d; want %d", c.name, got, c.want)
		}
	}
}
