package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/flow"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/term"
)

// seenRun is a run of two stages, and what was seen of the first one.
func seenRun() (*pipeline.Result, *account) {
	s := time.Second
	r := &pipeline.Result{Blamed: -1, Stages: []pipeline.View{
		{Name: "gen", Started: time.Unix(0, 0), Ended: time.Unix(2, 0), Verdict: pipeline.OK, Unread: -1},
		{Name: "sink", Started: time.Unix(0, 0), Ended: time.Unix(2, 0), Verdict: pipeline.OK},
	}}
	a := &account{commands: []string{"gen", "sink"}, bottleneck: flow.Bottleneck{Stage: 1}, view: flow.View{Stages: []flow.Stage{
		{Begun: true, Counted: true, Exact: true, Out: 5 * mb, RecordsOut: 7, PeakRSS: 3 * mb, Times: flow.Times{Running: s / 2, Blocked: 3 * s / 2}},
		{},
	}}}
	return r, a
}

// The summary fits where it can, and loses the least columns first.
func TestTableWidth(t *testing.T) {
	r, a := seenRun()
	wide := table(r, a, 0)
	for _, want := range []string{"stage", "verdict", "starved", "unread"} {
		if !strings.Contains(wide[0], want) {
			t.Errorf("%q lacks %s", wide[0], want)
		}
	}
	for _, want := range []string{"1 gen", "3.0 MB", "5.0 MB", "75 %", "25 %", "0 %"} {
		if !strings.Contains(wide[1], want) {
			t.Errorf("%q lacks %s", wide[1], want)
		}
	}
	last := len(strings.Fields(wide[0]))
	for width := term.Width(wide[0]); width > 30; width-- {
		lines := table(r, a, width)
		n := len(strings.Fields(lines[0]))
		if n > last || term.Width(lines[0]) > width {
			t.Errorf("%d columns: %q", width, lines[0])
		}
		last = n
	}
	if got := strings.Join(strings.Fields(table(r, a, 72)[0]), " "); got != "stage verdict ended by time out starved blocked running" {
		t.Errorf("in 72 columns: %s", got)
	}
}

// The report has what was seen, and null where nothing was.
func TestReportSeen(t *testing.T) {
	for _, watched := range []bool{true, false} {
		r, a := seenRun()
		if !watched {
			a = nil
		}
		lines := strings.Split(strings.TrimSpace(string(report(r, a))), "\n")
		var objects [3]map[string]any
		for i, line := range lines {
			if err := json.Unmarshal([]byte(line), &objects[i]); err != nil {
				t.Fatal(err)
			}
		}
		want := map[string]any{"bytes_out": 5e6, "records_out": 7., "running": .25, "blocked": .75, "starved": 0., "peak_rss_bytes": 3e6}
		for name, value := range want {
			if got, there := objects[0][name]; !there || watched && got != value || !watched && got != nil {
				t.Errorf("watched %v: %s is %v; want %v", watched, name, got, value)
			}
			if got, there := objects[1][name]; !there || got != nil {
				t.Errorf("watched %v: %s of a stage that nobody saw is %v", watched, name, got)
			}
		}
		if got := objects[2]["bottleneck"]; watched && got != 2. || !watched && got != nil {
			t.Errorf("watched %v: the bottleneck is %v", watched, got)
		}
	}
}
