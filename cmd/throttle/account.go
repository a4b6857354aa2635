package main

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/term"
	"ndjsontools/lib/units"
)

// A stopwatch adds up spells of time. One goroutine runs it, any may read it.
type stopwatch struct{ total, since atomic.Int64 }

func (w *stopwatch) begin(now time.Duration) { w.since.Store(int64(now) + 1) } // never 0
func (w *stopwatch) stop(now time.Duration) {
	w.total.Add(int64(now) + 1 - w.since.Load())
	w.since.Store(0)
}

// read includes the spell that lasts.
func (w *stopwatch) read(now time.Duration) time.Duration {
	total := w.total.Load()
	if since := w.since.Load(); since != 0 {
		total += int64(now) + 1 - since
	}
	return time.Duration(total)
}

// An account says what held the stream back, and how evenly it ran. A release
// is what leaves at one moment, and the largest one is the clump.
type account struct {
	life            *filter.Life
	records         bool // releases are counted in records, else in bytes
	limited, paused stopwatch
	held            stopwatch      // by the valve
	valve           *valve         // nil when there is none
	intervals       *meter.Latency // between one release and the next

	dropped      [reasons]atomic.Int64 // records that --shed dropped
	droppedBytes atomic.Int64          // theirs, with what ended them

	last        time.Duration // the last release; below 0 before the first
	clump       atomic.Int64
	unweighed   atomic.Int64 // records without the number of --cost
	size        int64        // of the whole stream in bytes; 0 when nobody knows
	count       int64        // of the whole stream in records; likewise
	recent      *meter.Window
	recentCount *meter.Window
}

// speedSpan is the time over which the bar's estimate takes the speed.
const speedSpan = 5 * time.Second

// newAccount hangs an account into the reports of a life.
func newAccount(life *filter.Life, records bool) *account {
	a := &account{
		life: life, records: records, intervals: meter.NewLatency(), last: -1,
		recent: meter.NewWindow(speedSpan), recentCount: meter.NewWindow(speedSpan),
	}
	life.Extra, life.Lines, life.Line = a.fields, a.lines, a.bar
	life.Refresh = func() { life.Meter.Limited.Store(int64(a.limited.read(life.Clock.Now()))) }
	return a
}

// released notes that so much left at now.
func (a *account) released(now time.Duration, n int64) {
	if a.last >= 0 {
		a.intervals.Record(now - a.last)
	}
	a.last = now
	if n > a.clump.Load() {
		a.clump.Store(n)
	}
}

// shares is how much of the time each of them held the stream back.
func (a *account) shares() (elapsed, starved, limited, blocked, paused time.Duration) {
	now := a.life.Clock.Now()
	m := a.life.Meter
	return m.Elapsed(), time.Duration(m.BlockedIn.Load()), a.limited.read(now),
		time.Duration(m.BlockedOut.Load()), a.paused.read(now)
}

func (a *account) fields() []meter.Field {
	elapsed, starved, limited, blocked, paused := a.shares()
	share := func(d time.Duration) float64 {
		if elapsed <= 0 {
			return 0
		}
		return math.Round(min(1, d.Seconds()/elapsed.Seconds())*1e4) / 1e4
	}
	perSecond := meter.Null("rate")
	if elapsed > 0 {
		n := a.life.Meter.BytesOut.Load()
		if a.records {
			n = a.life.Meter.RecordsOut.Load()
		}
		perSecond = meter.Float("rate", math.Round(float64(n)/elapsed.Seconds()*1000)/1000)
	}
	unit := units.Bytes
	if a.records {
		unit = units.Records
	}
	return []meter.Field{
		meter.Seconds("paused_s", paused),
		meter.Float("starved_share", share(starved)), meter.Float("limited_share", share(limited)),
		meter.Float("blocked_share", share(blocked)),
		meter.String("unit", unit.String()), perSecond,
		a.intervals.Summary().Field("interval_s"),
		meter.Int("largest_clump", a.clump.Load()),
		meter.Int("unweighed", a.unweighed.Load()),
		meter.Seconds("held_s", a.held.read(a.life.Clock.Now())),
		a.longest(),
		meter.Int("shed_bytes", a.droppedBytes.Load()),
		meter.Int("shed_over_rate", a.dropped[overRate].Load()),
		meter.Int("shed_over_queue", a.dropped[overQueue].Load()),
		meter.Int("shed_not_taken", a.dropped[notTaken].Load()),
	}
}

// longest is the longest queue that was seen behind, null when nobody looked.
func (a *account) longest() meter.Field {
	if a.valve == nil {
		return meter.Null("longest_queue")
	}
	return meter.Int("longest_queue", a.valve.longest.Load())
}

func (a *account) lines() []string {
	elapsed, starved, limited, blocked, paused := a.shares()
	percent := func(d time.Duration) string {
		if elapsed <= 0 {
			return "0 %"
		}
		return fmt.Sprintf("%.0f %%", 100*min(1, d.Seconds()/elapsed.Seconds()))
	}
	times := "starved " + percent(starved) + ", limited " + percent(limited) + ", blocked " + percent(blocked)
	if paused > 0 {
		times += ", paused " + percent(paused)
	}
	if a.valve != nil {
		times += ", held for the queue " + percent(a.held.read(a.life.Clock.Now())) +
			" (" + units.HumanBytes(a.valve.longest.Load()) + " at most)"
	}
	lines := []string{times}
	if s := a.intervals.Summary(); s.Count > 0 {
		lines = append(lines, fmt.Sprintf("between releases p50 %s, p99 %s; largest clump %s",
			units.HumanDuration(s.P50), units.HumanDuration(s.P99), a.clumpText()))
	}
	if n := a.unweighed.Load(); n > 0 {
		lines = append(lines, term.Plural(n, "record", "records")+" had no number to weigh by")
	}
	if line := a.shedLine(); line != "" {
		lines = append(lines, line)
	}
	return lines
}

func (a *account) clumpText() string {
	if a.records {
		return term.Plural(a.clump.Load(), "record", "records")
	}
	return units.HumanBytes(a.clump.Load())
}

const barWidth = 20

// bar is how far the stream has come and when it will be over, as far as that
// is known. Only the goroutine that draws calls it.
func (a *account) bar() string {
	m := a.life.Meter
	done, total, window := m.BytesOut.Load()+a.droppedBytes.Load(), a.size, a.recent
	if a.count > 0 {
		done, total, window = m.RecordsOut.Load(), a.count, a.recentCount
	}
	if total <= 0 {
		return ""
	}
	window.Observe(m.Elapsed(), done)
	return drawBar(done, total, window.PerSecond())
}

func drawBar(done, total int64, perSecond float64) string {
	part := min(1, float64(done)/float64(total))
	full := int(part * barWidth)
	line := fmt.Sprintf("[%s%s] %.0f %%", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*part)
	if left := float64(total-done) / perSecond; done < total && perSecond > 0 && left < float64(1000*time.Hour/time.Second) {
		line += "  ETA " + units.HumanDuration(time.Duration(left*float64(time.Second)))
	}
	return line
}

// expect tells the account what the whole stream is, for the bar; input is the
// size of a file that is read.
func (a *account) expect(t *throttle, input int64) {
	a.size = int64(t.size)
	if a.size == 0 {
		a.size = input
	}
	if t.limitBytes && (a.size == 0 || int64(t.most) < a.size) {
		a.size = int64(t.most)
	}
	if t.limitCount {
		a.count = int64(t.count)
	}
}
