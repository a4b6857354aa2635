package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ndjsontools/lib/flow"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/term"
	"ndjsontools/lib/units"
)

// report is the report as NDJSON: an object a stage, and one of the whole run.
func report(result *pipeline.Result, seen *account) (text []byte) {
	for i := range result.Stages {
		fields := append(stageFields(i, &result.Stages[i], seen.stage(i)), seenFields(seen, i)...)
		text = append(meter.AppendObject(text, fields...), '\n')
	}
	blamed, reason := meter.Null("blamed"), meter.Null("reason")
	if result.Blamed >= 0 {
		blamed = meter.Int("blamed", int64(result.Blamed+1))
	}
	if result.Reason != nil {
		reason = meter.String("reason", result.Reason.Text)
	}
	return append(meter.AppendObject(text, meter.Bool("final", true), meter.Int("status", int64(result.Status)), blamed, reason,
		meter.Seconds("elapsed_s", elapsed(result)), meter.Int("lost_bytes", result.Lost), seen.slow()), '\n')
}

// slow is the bottleneck: a stage, or what is around the pipeline.
func (a *account) slow() meter.Field {
	const name = "bottleneck"
	switch {
	case a == nil || a.bottleneck.Stage == flow.Nowhere:
		return meter.Null(name)
	case a.bottleneck.Stage == flow.AtInput:
		return meter.String(name, "input")
	case a.bottleneck.Stage == flow.AtOutput:
		return meter.String(name, "output")
	}
	return meter.Int(name, int64(a.bottleneck.Stage+1))
}

func stageFields(i int, v *pipeline.View, seen *flow.Stage) []meter.Field {
	signal, failure, unread, peak := meter.Null("signal"), meter.Null("error"), meter.Null("unread_bytes"), meter.Null("peak_rss_bytes")
	if v.Status.Signal != 0 {
		signal = meter.String("signal", strings.TrimPrefix(v.Status.String(), "signal "))
	}
	if v.Err != nil {
		failure = meter.String("error", v.Err.Error())
	}
	if v.Unread >= 0 {
		unread = meter.Int("unread_bytes", v.Unread)
	}
	if n := peakRSS(v, seen); n > 0 {
		peak = meter.Int("peak_rss_bytes", n)
	}
	fields := []meter.Field{
		meter.Bool("final", false), meter.Int("stage", int64(i+1)), meter.String("name", v.Name), meter.Strings("command", v.Args),
		meter.String("verdict", v.Verdict.String()),
	}
	if v.Started.IsZero() {
		return append(fields, meter.Int("status", int64(v.Status.Exit())), failure)
	}
	return append(fields,
		meter.Int("status", int64(v.Status.Exit())), signal, failure,
		meter.Int("pid", int64(v.PID)), meter.Seconds("elapsed_s", v.Ended.Sub(v.Started)),
		meter.Seconds("user_s", v.Usage.User), meter.Seconds("system_s", v.Usage.System),
		peak, unread)
}

// seenFields are what was seen of a stage while it ran. What nobody saw is null.
func seenFields(a *account, i int) []meter.Field {
	seen := a.stage(i)
	number := func(name string, n int64, known bool) meter.Field {
		if !known {
			return meter.Null(name)
		}
		return meter.Int(name, n)
	}
	if seen == nil {
		seen = &flow.Stage{}
	}
	ratio := func(name string, share float64, known bool) meter.Field {
		if !known {
			return meter.Null(name)
		}
		return meter.Float(name, math.Round(1e4*share)/1e4)
	}
	t := seen.Times
	share := func(name string, part time.Duration) meter.Field { return ratio(name, t.Share(part), t.Sum() > 0) }
	fill, known := a.fill(i)
	return []meter.Field{
		number("bytes_in", seen.In, seen.Counted), number("bytes_out", seen.Out, seen.Counted),
		number("records_in", seen.RecordsIn, seen.Exact), number("records_out", seen.RecordsOut, seen.Exact),
		share("running", t.Running), share("starved", t.Starved), share("blocked", t.Blocked),
		share("limited", t.Limited), share("waiting", t.Waiting),
		ratio("pipe_fill", fill, known),
	}
}

// peakRSS is the most memory of a stage, by its own word or the system's, or else
// the most that was seen; 0 when nobody knows.
func peakRSS(v *pipeline.View, seen *flow.Stage) int64 {
	switch {
	case seen != nil && seen.Exact && seen.PeakRSS > 0, seen != nil && v.Usage.PeakRSS == 0:
		return seen.PeakRSS
	}
	return v.Usage.PeakRSS
}

// elapsed is the time from the start of the first stage to the end of the last.
func elapsed(result *pipeline.Result) time.Duration {
	var begun, ended time.Time
	for _, v := range result.Stages {
		if !v.Started.IsZero() && (begun.IsZero() || v.Started.Before(begun)) {
			begun = v.Started
		}
		if v.Ended.After(ended) {
			ended = v.Ended
		}
	}
	if begun.IsZero() {
		return 0
	}
	return ended.Sub(begun)
}

// A column is one of the summary's.
type column struct {
	title string
	left  bool // words stand on the left, numbers on the right
	rank  int  // where the terminal is narrow, those of the highest rank go first
	cell  func(i int, v *pipeline.View, seen *flow.Stage) string
}

// columns of the summary.
func columns() []column {
	share := func(part func(flow.Times) time.Duration) func(int, *pipeline.View, *flow.Stage) string {
		return func(_ int, _ *pipeline.View, seen *flow.Stage) string {
			if seen == nil || seen.Times.Sum() == 0 {
				return "-"
			}
			return percent(seen.Times.Share(part(seen.Times)))
		}
	}
	bytes := func(total func(*flow.Stage) int64) func(int, *pipeline.View, *flow.Stage) string {
		return func(_ int, _ *pipeline.View, seen *flow.Stage) string {
			if seen == nil || !seen.Counted {
				return "-"
			}
			return units.HumanBytes(total(seen))
		}
	}
	return []column{
		{"stage", true, 0, func(i int, v *pipeline.View, _ *flow.Stage) string { return strconv.Itoa(i+1) + " " + v.Name }},
		{"verdict", true, 0, func(_ int, v *pipeline.View, _ *flow.Stage) string { return v.Verdict.String() }},
		{"ended by", true, 0, func(_ int, v *pipeline.View, _ *flow.Stage) string { return v.Status.String() }},
		{"time", false, 1, func(_ int, v *pipeline.View, _ *flow.Stage) string {
			return units.HumanDuration(v.Ended.Sub(v.Started))
		}},
		{"CPU", false, 6, func(_ int, v *pipeline.View, _ *flow.Stage) string {
			return units.HumanDuration(v.Usage.User + v.Usage.System)
		}},
		{"memory", false, 4, func(_ int, v *pipeline.View, seen *flow.Stage) string { return size(peakRSS(v, seen)) }},
		{"in", false, 7, bytes(func(v *flow.Stage) int64 { return v.In })},
		{"out", false, 3, bytes(func(v *flow.Stage) int64 { return v.Out })},
		{"starved", false, 2, share(func(t flow.Times) time.Duration { return t.Starved })},
		{"blocked", false, 2, share(func(t flow.Times) time.Duration { return t.Blocked })},
		{"running", false, 2, share(func(t flow.Times) time.Duration { return t.Running })},
		{"waiting", false, 5, share(func(t flow.Times) time.Duration { return t.Limited + t.Waiting })},
		{"unread", false, 8, func(_ int, v *pipeline.View, _ *flow.Stage) string { return size(v.Unread) }},
	}
}

// size is a size that is known when it is above zero.
func size(n int64) string {
	if n <= 0 {
		return "-"
	}
	return units.HumanBytes(n)
}

// table is the summary: a line a stage under a line of titles, no wider than the
// columns of the terminal, as far as that is possible; 0 is any width.
func table(result *pipeline.Result, seen *account, width int) []string {
	shown := columns()
	for {
		lines := make([]string, len(result.Stages)+1)
		highest := 0
		for i, c := range shown {
			pad(lines, c.cells(result, seen), c.left)
			if c.rank > shown[highest].rank {
				highest = i
			}
		}
		if width <= 0 || term.Width(lines[0]) <= width || shown[highest].rank == 0 {
			for i := range lines {
				lines[i] = strings.TrimRight(lines[i], " ")
			}
			return lines
		}
		shown = slices.Delete(shown, highest, highest+1)
	}
}

// cells are the column's, the title first.
func (c *column) cells(result *pipeline.Result, seen *account) []string {
	cells := []string{c.title}
	for i := range result.Stages {
		text := "-"
		if v := &result.Stages[i]; c.left || !v.Started.IsZero() {
			text = c.cell(i, v, seen.stage(i))
		}
		cells = append(cells, text)
	}
	return cells
}

// pad adds a column of cells to lines.
func pad(lines, cells []string, left bool) {
	width := 0
	for _, c := range cells {
		width = max(width, term.Width(c))
	}
	for i, c := range cells {
		if lines[i] != "" {
			lines[i] += "  "
		}
		if left {
			lines[i] += fit(c, width)
		} else {
			lines[i] += right(c, width)
		}
	}
}

// blame says why a run failed, "" when it did not.
func blame(result *pipeline.Result) string {
	if r := result.Reason; r != nil {
		if result.Lost > 0 {
			return r.Text + "; " + units.HumanBytes(result.Lost) + " were left in the pipes"
		}
		return r.Text
	}
	if result.Blamed < 0 {
		return ""
	}
	v := &result.Stages[result.Blamed]
	name := fmt.Sprintf("stage %d, %s", result.Blamed+1, term.Quote(v.Name))
	switch {
	case v.Verdict == pipeline.Accepted:
		return ""
	case v.Err != nil:
		return name + ": " + v.Err.Error()
	case v.Status == (pipeline.Status{}):
		return name + " ended before its input did"
	}
	return name + " failed: " + v.Status.String()
}
