package cmd_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// TestRunNoFalseEnd runs pipelines made at random of stages that pass all on, stop
// early, fail at once, in the middle or at the end, or die. What must always hold:
// a stage that sees the end of its input has a complete one before it; the run
// succeeds when no stage failed, and is blamed on the first that did.
func TestRunNoFalseEnd(t *testing.T) {
	sources := []string{
		"seq 1000", "seq 100000", "seq 1000; exit 3", "seq 100000; exit 3", "exit 4", ":", "seq 10; kill -SEGV $$",
		"trap '' PIPE; seq 100000 2>/dev/null || exit 120",
	}
	stages := []string{
		"cat && echo end %d >&2", "cat && echo end %d >&2", "cat && echo end %d >&2", "tr 0 1 && echo end %d >&2; exit 5",
		"head -n 1", "head -n 1; exit 6", "read x; kill -TERM $$", "exit 0", "exec <&-; sleep 0.01", "sed 3q",
	}
	runs := 150
	if testing.Short() {
		runs = 30
	}
	rnd := rand.New(rand.NewPCG(7, 7))
	report := filepath.Join(t.TempDir(), "report")
	for range runs {
		scripts := []string{sources[rnd.IntN(len(sources))]}
		for i := range 1 + rnd.IntN(4) {
			script := stages[rnd.IntN(len(stages))]
			if strings.Contains(script, "%d") { // what saw an end is named by the stage before it
				script = fmt.Sprintf(script, i+1)
			}
			scripts = append(scripts, script)
		}
		args := []string{"-q", "--report", report}
		for i, script := range scripts {
			if i > 0 {
				args = append(args, ":::")
			}
			args = append(args, "sh", "-c", script)
		}
		s := supervise(t, nil, args...)
		how, words := s.end()
		checkEnds(t, fmt.Sprintf("%q", scripts), how, words, readRunReport(t, report))
	}
}

// checkEnds checks what must hold of a run.
func checkEnds(t *testing.T, name, how, words string, report []stageReport) {
	t.Helper()
	last := report[len(report)-1]
	verdicts, first := []string{}, 0
	for i, stage := range report[:len(report)-1] {
		verdicts = append(verdicts, stage.Verdict)
		if stage.Verdict == "failed" && first == 0 {
			first = i + 1
		}
		sawEnd := strings.Contains(words, fmt.Sprintf("end %d\n", i+1))
		if sawEnd && stage.Verdict != "ok" && stage.Verdict != "cut" {
			t.Errorf("%s: stage %d saw an end although stage %d is %s", name, i+2, i+1, stage.Verdict)
		}
	}
	blamed := 0
	if last.Blamed != nil {
		blamed = *last.Blamed
	}
	if blamed != first || (last.Status == 0) != (first == 0) || how != fmt.Sprint("status ", last.Status) {
		t.Errorf("%s: %v, ended by %s, reported %d, blamed %d; want %d", name, verdicts, how, last.Status, blamed, first)
	}
}
