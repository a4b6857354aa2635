package flow

import (
	"testing"
	"time"

	"ndjsontools/lib/tally"
)

// The tools inside of a stage count for the ends that they have, also when there
// have been more of them than there are slots.
func TestTools(t *testing.T) {
	const in, out, inner = 11, 22, 33
	s := &watched{pid: 1, in: in, out: out}
	var v Stage
	at := time.Duration(0)
	show := func(figures ...tally.Figures) {
		at += time.Second
		for i := range figures {
			figures[i].Final = true
		}
		s.figures = figures
		s.tools(&v, at)
	}
	show(tally.Figures{PID: 5, Stdin: in, Stdout: inner, BytesIn: 100, BytesOut: 90},
		tally.Figures{PID: 6, Stdin: inner, Stdout: out, BytesIn: 90, BytesOut: 80})
	if s.read() != 100 || s.written() != 80 || v.Exact {
		t.Errorf("two tools: %d in, %d out, exact %v; want 100, 80, false", s.read(), s.written(), v.Exact)
	}
	show(tally.Figures{PID: 7, Stdin: in, Stdout: inner, BytesIn: 10},
		tally.Figures{PID: 8, Stdin: inner, Stdout: out, BytesOut: 7})
	show(tally.Figures{PID: 7, Stdin: in, Stdout: inner, BytesIn: 11},
		tally.Figures{PID: 8, Stdin: inner, Stdout: out, BytesOut: 8})
	if s.read() != 111 || s.written() != 88 {
		t.Errorf("two more in their slots: %d in, %d out; want 111, 88", s.read(), s.written())
	}

	s, v = &watched{pid: 1, in: in, out: out}, Stage{}
	show(tally.Figures{PID: 1, NoInput: true, NoOutput: true, Stdout: out, BytesIn: 50, BytesOut: 40, RecordsIn: 3, Elapsed: 9, BlockedOut: 4})
	if s.read() != 0 || s.written() != 0 || !v.Exact || !v.NoOutput || v.RecordsIn != 3 || v.Times != (Times{Running: 5, Blocked: 4}) {
		t.Errorf("a sink that reads a file: %d in, %d out, %+v", s.read(), s.written(), v)
	}
}
