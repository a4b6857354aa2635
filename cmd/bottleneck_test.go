package cmd_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// slowStages are stages that take 50 records a second, in several languages: as a
// source, and as a filter or sink; and what they do meanwhile. The shell takes 10,
// since it starts a program for each, which takes its time on a busy machine.
var slowStages = []struct {
	name, program, flag string
	source, filter      string
	does                string // the share of the report that is greatest
}{
	{"ours", "throttle", "-r", "", "50/s", "limited"},
	{"a shell that pauses", "sh", "-c", "while :; do echo x; sleep 0.1; done", `while read -r x; do echo "$x"; sleep 0.1; done`, "waiting"},
	{"python that pauses", "python3", "-c",
		"import time\nwhile True: print('x', flush=True); time.sleep(0.02)",
		"import sys, time\nfor line in sys.stdin: print(line, end='', flush=True); time.sleep(0.02)", "waiting"},
	{"python that works", "python3", "-c",
		"import time\nwhile True:\n print('x', flush=True)\n end = time.monotonic() + 0.02\n while time.monotonic() < end: pass",
		"import sys, time\nfor line in sys.stdin:\n print(line, end='', flush=True)\n end = time.monotonic() + 0.02\n while time.monotonic() < end: pass", "running"},
}

// TestBottleneck slows one stage of three down and looks who is named for it.
func TestBottleneck(t *testing.T) {
	for _, slow := range slowStages {
		for place := range 3 {
			stages := [3][]string{{"yes"}, {"cat"}, {"cat"}}
			switch {
			case place > 0:
				stages[place] = []string{slow.program, slow.flag, slow.filter}
			case slow.source != "":
				stages[0] = []string{slow.program, slow.flag, slow.source}
			default:
				stages[0] = []string{"ndjson-gen", slow.flag, slow.filter}
			}
			t.Run(slow.name+", stage "+string(rune('1'+place)), func(t *testing.T) {
				t.Parallel() // what is slow does little
				if slow.program == "python3" {
					stages[place][0] = python(t)
				}
				named, shares := bottleneck(t, stages)
				if named != place+1 {
					t.Errorf("stage %d is named, of %q", named, stages)
				}
				for name, share := range shares {
					if share > shares[slow.does] {
						t.Errorf("it is %s %v and %s %v of the time; want mostly the latter", name, share, slow.does, shares[slow.does])
					}
				}
			})
		}
	}
}

// python is the interpreter itself: its name may be a script that looks for it.
func python(t *testing.T) string {
	t.Helper()
	name, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Skip("python3 is not installed")
	}
	return strings.TrimSpace(string(name))
}

// bottleneck runs stages for a while, and answers which of them is named, from 1
// on, and how that spent its time.
func bottleneck(t *testing.T, stages [3][]string) (named int, shares map[string]float64) {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report")
	args := []string{"--report", report, "--timeout", "1500ms"}
	for i, stage := range stages {
		if i > 0 {
			args = append(args, ":::")
		}
		args = append(args, stage...)
	}
	run := exec.CommandContext(t.Context(), "pipe-run", args...)
	if out, _ := run.CombinedOutput(); run.ProcessState.ExitCode() != 124 {
		t.Fatalf("%q: %v\n%s", stages, run.ProcessState, out)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var objects []map[string]any
	for line := range strings.Lines(string(text)) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
	place, _ := objects[3]["bottleneck"].(float64)
	if place < 1 {
		t.Fatalf("nobody is named: %s", text)
	}
	shares = map[string]float64{}
	for _, name := range []string{"running", "starved", "blocked", "limited", "waiting"} {
		shares[name], _ = objects[int(place)-1][name].(float64)
	}
	return int(place), shares
}
