package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ndjsontools/lib/meter"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/term"
	"ndjsontools/lib/units"
)

// report is the report as NDJSON: an object a stage, and one of the whole run.
func report(result *pipeline.Result) (text []byte) {
	for i := range result.Stages {
		text = append(meter.AppendObject(text, stageFields(i, &result.Stages[i])...), '\n')
	}
	blamed, reason := meter.Null("blamed"), meter.Null("reason")
	if result.Blamed >= 0 {
		blamed = meter.Int("blamed", int64(result.Blamed+1))
	}
	if result.Reason != nil {
		reason = meter.String("reason", result.Reason.Text)
	}
	return append(meter.AppendObject(text, meter.Bool("final", true), meter.Int("status", int64(result.Status)), blamed, reason,
		meter.Seconds("elapsed_s", elapsed(result)), meter.Int("lost_bytes", result.Lost)), '\n')
}

func stageFields(i int, v *pipeline.View) []meter.Field {
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
	if v.Usage.PeakRSS > 0 {
		peak = meter.Int("peak_rss_bytes", v.Usage.PeakRSS)
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
	cell  func(i int, v *pipeline.View) string
}

// columns of the summary.
func columns() []column {
	return []column{
		{"stage", true, func(i int, v *pipeline.View) string { return strconv.Itoa(i+1) + " " + v.Name }},
		{"verdict", true, func(_ int, v *pipeline.View) string { return v.Verdict.String() }},
		{"ended by", true, func(_ int, v *pipeline.View) string { return v.Status.String() }},
		{"time", false, func(_ int, v *pipeline.View) string { return units.HumanDuration(v.Ended.Sub(v.Started)) }},
		{"CPU", false, func(_ int, v *pipeline.View) string { return units.HumanDuration(v.Usage.User + v.Usage.System) }},
		{"memory", false, func(_ int, v *pipeline.View) string { return size(v.Usage.PeakRSS) }},
		{"unread", false, func(_ int, v *pipeline.View) string { return size(v.Unread) }},
	}
}

// size is a size that is known when it is above zero.
func size(n int64) string {
	if n <= 0 {
		return "-"
	}
	return units.HumanBytes(n)
}

// table is the summary: a line a stage under a line of titles.
func table(result *pipeline.Result) []string {
	lines := make([]string, len(result.Stages)+1)
	for _, c := range columns() {
		cells := []string{c.title}
		for i := range result.Stages {
			text := "-"
			if v := &result.Stages[i]; c.left || !v.Started.IsZero() {
				text = c.cell(i, v)
			}
			cells = append(cells, text)
		}
		pad(lines, cells, c.left)
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// pad adds a column of cells to lines.
func pad(lines, cells []string, left bool) {
	width := 0
	for _, c := range cells {
		width = max(width, len([]rune(c)))
	}
	for i, c := range cells {
		space := strings.Repeat(" ", width-len([]rune(c)))
		if lines[i] != "" {
			lines[i] += "  "
		}
		if left {
			lines[i] += c + space
		} else {
			lines[i] += space + c
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
