package main

import (
	"fmt"
	"strings"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/term"
	"ndjsontools/lib/units"
)

// times are the two durations of a delivery.
type times struct {
	service *meter.Latency // of an attempt, pauses not included
	settle  *meter.Latency // of a record, from its coming until its fate is known
}

func newTimes() times { return times{meter.NewLatency(), meter.NewLatency()} }

// report adds the engine's books to the statistics, the progress line and the
// summary. A reject counts once it is safe.
func (d *delivery) report() {
	life := d.life
	life.Refresh = func() {
		c := d.engine.Counts()
		life.Meter.RecordsIn.Store(c.Taken + d.tooLong.Load())
		life.Meter.Rejects.Store(c.Rejected + d.tooLong.Load())
		life.Meter.RecordsOut.Store(c.Acked)
		if life.Out == nil {
			life.Meter.BytesOut.Store(c.AckedBytes)
		}
		life.Meter.BlockedOut.Store(d.blocked.Load()) // an echo is written while a delivery is entered
	}
	life.Extra, life.Line, life.Lines = d.fields, d.line, d.lines
}

// fields are what the statistics have besides those of all tools.
func (d *delivery) fields() []meter.Field {
	c := d.engine.Counts()
	now, most := d.engine.Allowed()
	return []meter.Field{
		meter.Int("acknowledged", c.Acked), meter.Int("held", c.Held), meter.Int("unresolved", c.Unresolved),
		meter.Int("batches", c.Batches), meter.Int("attempts", c.Attempts), meter.Int("retried", c.Retried),
		meter.Int("ambiguous", c.Ambiguous), meter.Int("duplicates_at_most", c.Duplicates),
		meter.Int("concurrency", int64(now)), meter.Int("concurrency_peak", int64(most)),
		d.times.service.Summary().Field("delivery"),
		d.times.settle.Summary().Field("settle"),
	}
}

// line is what the progress line has besides.
func (d *delivery) line() string {
	c := d.engine.Counts()
	line := "delivery p50 " + units.HumanDuration(d.times.service.Summary().P50)
	if d.concurrency.Auto {
		now, _ := d.engine.Allowed()
		line += fmt.Sprintf("  %d at once", now)
	}
	if c.Retried > 0 {
		line += fmt.Sprintf("  %d retries", c.Retried)
	}
	return line
}

// lines are what the summary has besides.
func (d *delivery) lines() []string {
	c := d.engine.Counts()
	books := fmt.Sprintf("%s acknowledged, %s rejected, %s unresolved; %s in %s, %d retried",
		units.HumanCount(c.Acked), units.HumanCount(c.Rejected+d.tooLong.Load()), units.HumanCount(c.Unresolved),
		term.Plural(c.Batches, "batch", "batches"), term.Plural(c.Attempts, "attempt", "attempts"), c.Retried)
	if c.Duplicates > 0 {
		books += fmt.Sprintf(", at most %s duplicates", units.HumanCount(c.Duplicates))
	}
	if d.concurrency.Auto {
		_, most := d.engine.Allowed()
		books += fmt.Sprintf(", at most %d at once", most)
	}
	lines := append(d.resume.words(), books)
	return append(lines, append(spread("delivery", d.times.service), spread("settled after", d.times.settle)...)...)
}

// spread is a line on a distribution, none on an empty one.
func spread(name string, l *meter.Latency) []string {
	s := l.Summary()
	if s.Count == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s p50 %s, p90 %s, p99 %s, p99.9 %s, max %s", name,
		units.HumanDuration(s.P50), units.HumanDuration(s.P90), units.HumanDuration(s.P99),
		units.HumanDuration(s.P999), units.HumanDuration(s.Max))}
}

// rejects gives the records that the destination refused to the judge. Those that
// can't be saved the engine counts as unresolved, so the judge must not count
// them.
type rejects struct {
	judge   *filter.Judge
	dest    string
	pending int64 // put since the last Sync
}

func (r *rejects) Put(reject sink.Reject) (settled bool, err error) {
	rec := &ndjson.Record{
		Data: reject.Record, Line: reject.At.Line, Offset: reject.At.Offset, Ordinal: reject.At.Ordinal,
	}
	err = r.judge.Reject(rec, filter.Fault{
		Input: "stdin", Reason: reject.Reason.Error(), At: -1,
		Delivery: &filter.Delivery{Destination: r.dest, Status: reject.Status, Attempts: reject.Attempts, Key: reject.Key},
	})
	if err != nil && exit.Status(err) == exit.IO {
		r.judge.Retract(1)
		return false, err
	}
	r.pending++
	return true, err
}

func (r *rejects) Sync() error {
	err := r.judge.Sync()
	if err != nil {
		r.judge.Retract(r.pending)
	}
	r.pending = 0
	return err
}

// unresolvedError names the records whose fate is open. It adds words to an
// error, which gives the status; alone it is that of an incomplete run.
type unresolvedError struct {
	ranges []sink.Range
	count  int64
	status int
	spill  string // the file that has them, or ""
}

// shownRanges is how many runs of unresolved ordinals a message names.
const shownRanges = 5

func (e *unresolvedError) ExitStatus() int { return e.status }

func (e *unresolvedError) Error() string {
	var names []string
	for i, r := range e.ranges {
		if i == shownRanges {
			names = append(names, fmt.Sprintf("and %d more runs", len(e.ranges)-i))
			break
		}
		names = append(names, r.String())
	}
	saved := ""
	if e.spill != "" {
		saved = ", and saved in " + term.Quote(e.spill)
	}
	return fmt.Sprintf("%s unresolved, by ordinal: %s%s", term.Plural(e.count, "record is", "records are"), strings.Join(names, ", "), saved)
}
