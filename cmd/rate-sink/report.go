package main

import (
	"fmt"
	"strings"
	"sync/atomic"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/term"
	"ndjsontools/lib/units"
)

// report adds the engine's books to the statistics, the progress line and the
// summary.
//
// A reject counts once it is safe, and tooLong are those that the engine never
// saw.
func report(life *filter.Life, engine *sink.Engine, l *meter.Latency, tooLong *atomic.Int64) {
	life.Refresh = func() {
		c := engine.Counts()
		life.Meter.Rejects.Store(c.Rejected + tooLong.Load())
		life.Meter.RecordsOut.Store(c.Acked)
		life.Meter.BytesOut.Store(c.AckedBytes)
	}
	life.Extra = func() []meter.Field {
		c := engine.Counts()
		return []meter.Field{
			meter.Int("acknowledged", c.Acked), meter.Int("held", c.Held), meter.Int("unresolved", c.Unresolved),
			meter.Int("batches", c.Batches), meter.Int("attempts", c.Attempts), meter.Int("retried", c.Retried),
			meter.Int("duplicates_at_most", c.Duplicates),
			l.Summary().Field("delivery"),
		}
	}
	life.Line = func() string {
		c := engine.Counts()
		line := "delivery p50 " + units.HumanDuration(l.Summary().P50)
		if c.Retried > 0 {
			line += fmt.Sprintf("  %d retries", c.Retried)
		}
		return line
	}
	life.Lines = func() []string {
		c, d := engine.Counts(), l.Summary()
		books := fmt.Sprintf("%s acknowledged, %s rejected, %s unresolved; %s in %s, %d retried",
			units.HumanCount(c.Acked), units.HumanCount(c.Rejected), units.HumanCount(c.Unresolved),
			term.Plural(c.Batches, "batch", "batches"), term.Plural(c.Attempts, "attempt", "attempts"), c.Retried)
		if c.Duplicates > 0 {
			books += fmt.Sprintf(", at most %s duplicates", units.HumanCount(c.Duplicates))
		}
		lines := []string{books}
		if d.Count > 0 {
			lines = append(lines, fmt.Sprintf("delivery p50 %s, p90 %s, p99 %s, p99.9 %s, max %s",
				units.HumanDuration(d.P50), units.HumanDuration(d.P90), units.HumanDuration(d.P99),
				units.HumanDuration(d.P999), units.HumanDuration(d.Max)))
		}
		return lines
	}
}

// rejects gives the records that the destination refused to the judge.
type rejects struct{ judge *filter.Judge }

func (r *rejects) Put(reject sink.Reject) (settled bool, err error) {
	rec := &ndjson.Record{
		Data: reject.Record, Line: reject.At.Line, Offset: reject.At.Offset, Ordinal: reject.At.Ordinal,
	}
	err = r.judge.Reject(rec, filter.Fault{Input: "stdin", Reason: reject.Reason.Error(), At: -1})
	return err == nil || exit.Status(err) != exit.IO, err
}

func (r *rejects) Sync() error { return r.judge.Sync() }

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
