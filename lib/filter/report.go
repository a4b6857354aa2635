package filter

import (
	"fmt"
	"strings"
	"time"

	"ndjsontools/lib/meter"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/units"
)

// drawEvery is how often the progress line is drawn.
const drawEvery = 250 * time.Millisecond

// startReports starts the one goroutine that draws the progress line, writes
// statistics and shows the counters while the work goes on, if any of that is
// wanted. That is as late as it can be, so that the tool has set its own part of
// them.
func (l *Life) startReports() {
	if l.reporting {
		return
	}
	l.reporting = true
	l.env.Signals.Abandon(l.stuck, l.abandon)
	draw := l.drawsProgress()
	every := time.Duration(l.common.StatsEvery)
	if !draw && every == 0 && l.pen == nil {
		return
	}
	l.quit, l.drawn = make(chan struct{}), make(chan struct{})
	l.env.Go(func() { l.reports(draw, every) })
}

func (l *Life) stopReports() {
	if l.quit != nil {
		close(l.quit)
		<-l.drawn
		l.quit = nil
		l.Term.EndProgress()
	}
}

// drawsProgress decides whether a progress line is drawn. By itself it is only
// where somebody watches, we are in the foreground, and the stage of a pipeline
// that we are is the last: three lines on one terminal are none. A supervisor
// draws for all of its stages.
func (l *Life) drawsProgress() bool {
	switch {
	case l.common.Quiet || l.common.Progress == "never":
		return false
	case l.common.Progress == "always":
		return true
	case l.supervised:
		return false
	}
	if !l.Term.CanMove() || !l.Term.Foreground() {
		return false
	}
	return !l.uses.Output || !stdio.IsPipe(l.env.Stdout) && !stdio.IsTerminal(l.env.Stdout)
}

func (l *Life) reports(draw bool, every time.Duration) {
	defer close(l.drawn)
	var drawTick, statsTick, showTick <-chan time.Time
	if draw {
		t := time.NewTicker(l.drawInterval())
		defer t.Stop()
		drawTick = t.C
	}
	if every > 0 {
		t := time.NewTicker(every)
		defer t.Stop()
		statsTick = t.C
	}
	if l.pen != nil {
		l.show(false)
		t := time.NewTicker(showEvery)
		defer t.Stop()
		showTick = t.C
	}
	records, bytes := meter.NewWindow(3*time.Second), meter.NewWindow(3*time.Second)
	records.Observe(0, 0) // the first rate that is shown is the one since the start
	bytes.Observe(0, 0)
	for {
		select {
		case <-drawTick:
			s := l.snapshot()
			records.Observe(s.Elapsed, max(s.RecordsIn, s.RecordsOut))
			bytes.Observe(s.Elapsed, max(s.BytesIn, s.BytesOut))
			// Since the start it may have been continued in the background.
			if l.common.Progress == "always" || l.Term.Foreground() {
				l.Term.Progress(l.progress(s, records.PerSecond(), bytes.PerSecond()))
			}
		case <-statsTick:
			if err := l.writeStats(l.snapshot()); err != nil {
				l.Term.Say("%v", err)
				statsTick = nil
			}
		case <-showTick:
			l.show(false)
		case <-l.quit:
			return
		}
	}
}

// drawInterval is how often to draw; into a file (--progress=always) less.
func (l *Life) drawInterval() time.Duration {
	if l.Term.CanMove() {
		return drawEvery
	}
	return 4 * drawEvery
}

func (l *Life) progress(s meter.Snapshot, records, bytes float64) string {
	parts := []string{
		units.HumanDuration(s.Elapsed),
		units.HumanBytes(max(s.BytesIn, s.BytesOut)),
		units.HumanRate(bytes, units.Bytes),
	}
	if !l.uses.BytesOnly {
		parts = append(parts, humanRecords(max(s.RecordsIn, s.RecordsOut)), units.HumanRate(records, units.Records))
	}
	parts = append(parts, "memory "+units.HumanBytes(s.PeakRSS))
	if s.Rejects > 0 {
		parts = append(parts, units.HumanCount(s.Rejects)+" rejected")
	}
	if l.Line != nil {
		if extra := l.Line(); extra != "" {
			parts = append(parts, extra)
		}
	}
	return strings.Join(parts, "  ")
}

// Snapshot is the state of the run now. Any goroutine may ask for it.
func (l *Life) Snapshot() meter.Snapshot { return l.snapshot() }

// snapshot is the meter's, with what the edges know.
func (l *Life) snapshot() meter.Snapshot {
	l.gather()
	return l.Meter.Snapshot()
}

// gather brings the meter up to date.
func (l *Life) gather() {
	if l.Out != nil {
		l.Meter.BytesOut.Store(l.Out.Bytes())
		l.Meter.BlockedOut.Store(int64(l.Out.Blocked()))
	}
	bytes, blocked := l.inflow.total()
	l.Meter.BytesIn.Store(bytes)
	l.Meter.BlockedIn.Store(int64(blocked))
	if l.Refresh != nil {
		l.Refresh()
	}
}

// summary prints what went by: one line of totals, one of where time went.
func (l *Life) summary(s meter.Snapshot) {
	records, bytes := s.RecordsIn, s.BytesIn
	if !l.uses.Input {
		records, bytes = s.RecordsOut, s.BytesOut
	}
	seconds := s.Elapsed.Seconds()
	line := units.HumanBytes(bytes) + " in " + units.HumanDuration(s.Elapsed)
	rate := units.HumanRate(float64(bytes)/seconds, units.Bytes)
	if !l.uses.BytesOnly {
		line = humanRecords(records) + ", " + line
		rate = units.HumanRate(float64(records)/seconds, units.Records) + ", " + rate
	}
	if seconds > 0 {
		line += " (" + rate + ")"
	}
	if l.uses.Input && l.uses.Output && s.RecordsOut != s.RecordsIn {
		line += "; " + humanRecords(s.RecordsOut) + ", " + units.HumanBytes(s.BytesOut) + " out"
	}
	l.Term.Say("%s", line)
	var waits []string
	if l.uses.Input {
		waits = append(waits, "blocked on input "+share(s.BlockedIn, s.Elapsed))
	}
	waits = append(waits, "blocked on output "+share(s.BlockedOut, s.Elapsed))
	if s.Limited > 0 {
		waits = append(waits, "waited for its rate "+share(s.Limited, s.Elapsed))
	}
	if s.PeakRSS > 0 {
		waits = append(waits, "peak memory "+units.HumanBytes(s.PeakRSS))
	}
	l.Term.Say("%s", strings.Join(waits, ", "))
	if l.Lines != nil {
		for _, line := range l.Lines() {
			l.Term.Say("%s", line)
		}
	}
}

func humanRecords(n int64) string {
	if n == 1 {
		return "1 record"
	}
	return units.HumanCount(n) + " records"
}

// share is a duration and how much of the whole it is.
func share(part, whole time.Duration) string {
	if whole <= 0 {
		return units.HumanDuration(part)
	}
	return fmt.Sprintf("%s (%.0f %%)", units.HumanDuration(part), 100*part.Seconds()/whole.Seconds())
}
