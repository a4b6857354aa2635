package flow

import (
	"time"

	"ndjsontools/lib/tally"
)

// tools takes over what the tools of a stage show. One that is the stage itself
// tells all of it; tools inside of a stage tell of the ends that they have. What
// a tool reads instead of the pipe in front of it is not counted as come from
// there; the first stage may read what it likes.
func (s *watched) tools(v *Stage, now time.Duration) {
	in, out := s.past.in, s.past.out
	for i := range s.figures {
		t := &s.traces[i]
		if t.known && t.new.PID != s.figures[i].PID { // the slot has got another tool
			last := t.new
			read, written := s.ends(&last)
			in.add(read)
			out.add(written)
			s.past.in.add(read)
			s.past.out.add(written)
		}
		t.show(&s.figures[i], now)
		f := t.at(now)
		read, written := s.ends(&f)
		in.add(read)
		out.add(written)
		if f.PID == s.pid {
			v.Exact, v.Counted, v.NoOutput = true, true, f.NoOutput
			v.RecordsIn, v.RecordsOut = f.RecordsIn, f.RecordsOut
			v.PeakRSS = max(v.PeakRSS, f.PeakRSS)
			rest := f.Elapsed - f.BlockedIn - f.BlockedOut - f.Limited
			v.Times = Times{Running: max(0, rest), Starved: f.BlockedIn, Blocked: f.BlockedOut, Limited: f.Limited}
		}
	}
	s.exactIn, s.exactOut = in.known, out.known
	s.toolIn, s.toolOut = max(s.toolIn, in.bytes), max(s.toolOut, out.bytes)
}

// A count is of bytes, and whether somebody counts them.
type count struct {
	bytes int64
	known bool
}

func (c *count) add(d count) { c.bytes, c.known = c.bytes+d.bytes, c.known || d.known }

// ends is what a tool in the stage says of the bytes at the stage's ends.
func (s *watched) ends(f *tally.Figures) (in, out count) {
	own := f.PID == s.pid
	in.known, out.known = own, own
	if own && (s.first || s.in == 0) || s.in != 0 && f.Stdin == s.in {
		in = count{f.BytesIn, true}
	}
	if own && s.out == 0 || s.out != 0 && f.Stdout == s.out && !f.NoOutput {
		out = count{f.BytesOut, true}
	}
	return in, out
}
