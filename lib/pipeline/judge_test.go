package pipeline

import (
	"strings"
	"syscall"
	"testing"
)

// words are the facts of the tables below, after github/go-pipe's table of how
// errors rank (pipeline_test.go, TestErrors), where E is an error of a stage's
// own, P a write to a pipe without a reader, and F an end before that of the
// input. The others are ours.
var words = map[string]fact{
	".":  {ended: true},
	"E":  {ended: true, status: Status{Code: 1}},
	"E2": {ended: true, status: Status{Code: 2}},
	"P":  {ended: true, status: Status{Signal: syscall.SIGPIPE}, brokenPipe: true},
	"PX": {ended: true, status: Status{Code: 141}, brokenPipe: true}, // as a shell ends
	"P1": {ended: true, status: Status{Code: 1}, brokenPipe: true},   // as Python ends
	"F":  {ended: true, early: true},

	"S":  {ended: true, status: Status{Signal: syscall.SIGPIPE}},  // of a pipe inside it
	"O":  {ended: true, status: Status{Code: 23}, outlived: true}, // as curl ends
	"T":  {ended: true, told: toEnd, status: Status{Code: 1}},     // ended by us
	"T0": {ended: true, told: toEnd},                              // and it says all is well
	"A":  {ended: true, status: Status{Code: 5}},                  // accepted
	"A7": {ended: true, status: Status{Code: 7}},                  // accepted too
	"AF": {ended: true, status: Status{Code: 5}, early: true},     // and early
	"D":  {ended: true, told: toDrain, status: Status{Signal: syscall.SIGTERM}},
	"D1": {ended: true, told: toDrain, status: Status{Code: 143}}, // a shell's way to say so
	"DE": {ended: true, told: toDrain, status: Status{Code: 1}},   // it failed to
	"N":  {ended: true, told: toStop, status: Status{Signal: syscall.SIGTERM}},
	"r":  {}, // runs
	"-":  {absent: true},
}

func judgeWords(t *testing.T, text string, rules Rules) ([]Verdict, int) {
	t.Helper()
	var facts []fact
	for _, w := range strings.Fields(text) {
		f, ok := words[w]
		if !ok {
			t.Fatalf("%q: no such word %q", text, w)
		}
		facts = append(facts, f)
	}
	return judge(facts, &rules)
}

func TestJudgeRanksErrors(t *testing.T) {
	for _, c := range []struct {
		stages string
		blamed int // from 1 on; 0: none
	}{
		{". . .", 0},
		{"E", 1},
		{". E .", 2},
		{". E E2 .", 2},
		{". P E .", 3},
		{". E P .", 2},
		{". E . E2 .", 2},
		{". F . F .", 0},
		{"E F", 1},
		{"F E", 2},
		{"P F", 0},
		{"P F F", 0},
		{"P P F", 0},
		{"P . F", 1},
		{"F P", 2},
		{"E P F", 1},
		{"P E F", 2},
	} {
		if _, blamed := judgeWords(t, c.stages, Rules{}); blamed != c.blamed-1 {
			t.Errorf("%s: blamed %d; want %d", c.stages, blamed+1, c.blamed)
		}
	}
}

func TestJudge(t *testing.T) {
	accept := Rules{Accept: []int{5, 7}}
	immediate := Rules{Immediate: true}
	early := Rules{EarlyFails: true, Accept: []int{5}}
	for _, c := range []struct {
		stages, want string
		blamed       int
		rules        Rules
	}{
		{"r r r", "pending pending pending", 0, Rules{}},
		{". r r", "ok pending pending", 0, Rules{}},
		{"P r r", "pending pending pending", 0, Rules{}},
		{"P1 F .", "cut ok ok", 0, Rules{}},
		{"P1 E r", "ended failed pending", 2, Rules{}},
		{"P P1 T", "ended ended ended", 0, Rules{}},
		{"S r", "failed pending", 1, Rules{}},
		{"r S r", "pending failed pending", 2, Rules{}},
		{"O F", "cut ok", 0, Rules{}},
		{"O O F", "cut cut ok", 0, Rules{}},
		{"E T0 T", "failed ended ended", 1, Rules{}},
		{"E - -", "failed unstarted unstarted", 1, Rules{}},
		{"A .", "failed ok", 1, Rules{}},
		{"A .", "accepted ok", 1, accept},
		{". A7 A", "ok accepted accepted", 2, accept},
		{"A . E", "accepted ok failed", 3, accept},
		{"P AF", "cut accepted", 2, accept},
		{"D .", "drained ok", 0, Rules{}},
		{"D1 r", "drained pending", 0, Rules{}},
		{"DE r", "failed pending", 1, Rules{}},
		{"N F", "cut ok", 0, Rules{}},
		{"P F", "ended failed", 2, early},
		{"r F", "pending failed", 2, early},
		{"A AF", "accepted failed", 2, early},
		{". . .", "ok ok ok", 0, early},
		{"P .", "cut ok", 0, immediate}, // reaped before its reader
		{"P P .", "cut cut ok", 0, immediate},
		{"P E", "ended failed", 2, immediate},
		{"PX .", "failed ok", 1, immediate},
	} {
		verdicts, blamed := judgeWords(t, c.stages, c.rules)
		var got []string
		for _, v := range verdicts {
			got = append(got, v.String())
		}
		if strings.Join(got, " ") != c.want || blamed != c.blamed-1 {
			t.Errorf("%s: got %s, blamed %d; want %s, %d", c.stages, strings.Join(got, " "), blamed+1, c.want, c.blamed)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		status Status
		exit   int
		text   string
	}{
		{Status{}, 0, "status 0"},
		{Status{Code: 3}, 3, "status 3"},
		{Status{Signal: syscall.SIGTERM}, 143, "signal TERM"},
	} {
		if c.status.Exit() != c.exit || c.status.String() != c.text {
			t.Errorf("got %d and %q; want %d and %q", c.status.Exit(), c.status, c.exit, c.text)
		}
	}
}
