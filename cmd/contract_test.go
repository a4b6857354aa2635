package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A party is a tool that keeps the contract, and how to have it do something.
type party struct {
	name string
	work string // options and operands for a short work on what it reads
	wait string // for a work that does not end before its input does
	side string // the option of its NDJSON besides the data
	data bool   // it writes data to standard output itself
}

var allParties = []party{
	{"ndjson-gen", "-n 3", "-r 1/h", "--stats", true},
	{"ndjson-map", ".", ".", "--stats", true},
	{"throttle", "-r 1M/s", "-r 1M/s", "--stats", true},
	{"rate-sink", "null:", "null:", "--stats", false},
	{"pipe-run", "cat ::: cat", "cat ::: cat", "--report", false},
}

// parties are those that run here.
func parties() []party {
	if runtime.GOOS != "linux" {
		return allParties[:len(allParties)-1]
	}
	return allParties
}

// fill puts a party into a line of a shell.
func (p *party) fill(line string) string {
	return strings.NewReplacer("TOOL", p.name, "WORK", p.work, "SIDE", p.side).Replace(line)
}

// wordsForm is what every line on standard error looks like but those that show a
// place: the tool, and words that begin small and end without a full stop.
var wordsForm = regexp.MustCompile(`^[a-z-]+: [^A-Z].*[^.]$`)

// An ending is how a line of a shell ended.
type ending struct {
	status         int
	stdout, stderr string
}

func runLine(t *testing.T, line string) ending {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", line)
	cmd.Dir = t.TempDir()
	cmd.Stdin = strings.NewReader("{\"a\":1}\n{\"a\":2}\n")
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	watchdog := time.AfterFunc(exampleTime, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	cmd.Run()
	return ending{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// TestContractLines: what is asked for in the same words is answered alike.
func TestContractLines(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	const full = "no space left on device"
	for _, c := range []struct {
		line           string
		status         int
		stdout, stderr string // patterns; "" for nothing
	}{
		{"TOOL -h", 0, "^TOOL - [a-z](?s:.*)Usage: TOOL ", ""},
		{"cmp <(TOOL -h) <(TOOL --help)", 0, "", ""},
		{"TOOL -V", 0, "^TOOL [^ ]+\n$", ""},
		{"cmp <(TOOL -V) <(TOOL --version)", 0, "", ""},
		{"TOOL --help >/dev/full", 74, "", "^TOOL: .*" + full},
		{"TOOL --version >/dev/full", 74, "", "^TOOL: .*" + full},
		{"TOOL --verbos WORK", 2, "", `^TOOL: unknown option --verbos \(did you mean --verbose\?\)\nTOOL: hint: usage: TOOL .*; see TOOL --help\n$`},
		{"TOOL -% WORK", 2, "", "^TOOL: unknown option -%\n"},
		{"TOOL -q -v WORK", 2, "", "^TOOL: --quiet and --verbose contradict each other\n"},
		{"TOOL -qv WORK", 2, "", "^TOOL: --quiet and --verbose contradict each other\n"},
		{"TOOL --progress sometimes WORK", 2, "", `^TOOL: --progress: "sometimes" is not one of auto, always, never\n`},
		{"TOOL SIDE '' WORK", 2, "", "^TOOL: SIDE: the name of a file is empty\n"},
		{"TOOL SIDE fd:x WORK", 2, "", `^TOOL: SIDE: "fd:x" is no descriptor to write to\n`},
		{"exec 9>&-; TOOL SIDE fd:9 WORK", 74, "", "^TOOL: SIDE: descriptor 9 is not open\n$"},
		{"TOOL SIDE no/such/folder WORK", 74, "", "^TOOL: open no/such/folder: no such file or directory\n$"},
		{"TOOL SIDE . WORK", 74, "", "^TOOL: .*is a directory\n$"},
		{"TOOL -q WORK 2>&1 >/dev/null", 0, "", ""},
		{"TOOL WORK 2>&1 >/dev/null", 0, "", ""},
		{"TOOL -v WORK 2>&1 >/dev/null", 0, "^TOOL: (?s:.*)\n$", ""},
		{"TOOL -v WORK 2>/dev/full >/dev/null", 0, "", ""},
		{"TOOL -v WORK 2>&- >/dev/null", 0, "", ""},
		{"TOOL SIDE side WORK >/dev/null && tail -n 1 side", 0, `"final":true`, ""},
		{"TOOL SIDE fd:7 WORK 7>side >/dev/null && tail -n 1 side", 0, `"final":true`, ""},
		{"TOOL SIDE fd:2 WORK 2>side >/dev/null && tail -n 1 side", 0, `"final":true`, ""},
		{"TOOL SIDE /dev/full WORK >/dev/null", 74, "", "^TOOL: .*" + full},
	} {
		for _, p := range parties() {
			if _, err := os.Stat("/dev/full"); err != nil && strings.Contains(c.line, "/dev/full") {
				continue
			}
			line := p.fill(c.line)
			got := runLine(t, line)
			if got.status != c.status {
				t.Errorf("%s: status %d; want %d\n%s", line, got.status, c.status, got.stderr)
			}
			matchOrNothing(t, line, "standard output", p.fill(c.stdout), got.stdout)
			matchOrNothing(t, line, "standard error", p.fill(c.stderr), got.stderr)
			for words := range strings.Lines(got.stderr) {
				if words = strings.TrimSuffix(words, "\n"); !wordsForm.MatchString(words) {
					t.Errorf("%s: said %q; want small words without a full stop", line, words)
				}
			}
		}
	}
}

func matchOrNothing(t *testing.T, line, where, pattern, text string) {
	t.Helper()
	if pattern == "" && text != "" || !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("%s: %s is %q; want %q", line, where, text, pattern)
	}
}

// TestContractData: a full disk under the data is an error, whoever writes it.
func TestContractData(t *testing.T) {
	for _, p := range parties() {
		if !p.data {
			continue
		}
		if _, err := os.Stat("/dev/full"); err != nil {
			t.Skip(err)
		}
		if got := runLine(t, p.fill("TOOL WORK >/dev/full")); got.status != 74 || !strings.Contains(got.stderr, "standard output") {
			t.Errorf("%s: status %d, %q; want 74", p.name, got.status, got.stderr)
		}
		// A reader that is gone ends it quietly, help and version too.
		for _, args := range []string{p.wait, "--help", "--version"} {
			if how := withoutReader(t, p.name, args); how != "signal broken pipe" {
				t.Errorf("%s %s without a reader ended by %s", p.name, args, how)
			}
		}
	}
}

// withoutReader runs a tool whose input stays open, and whose output nobody reads.
func withoutReader(t *testing.T, name, args string) string {
	t.Helper()
	in, open, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer open.Close()
	r, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer out.Close()
	cmd := exec.Command(name, strings.Fields(args)...)
	cmd.Stdin, cmd.Stdout = in, out
	return endOf(t, cmd, nil, 0)
}

// endOf starts a command, sends it a signal, if any, when it is ready, and answers
// how it ended.
func endOf(t *testing.T, cmd *exec.Cmd, ready <-chan struct{}, sig syscall.Signal) string {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(exampleTime, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	if sig != 0 {
		<-ready
		cmd.Process.Signal(sig)
	}
	cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return "signal " + status.Signal().String()
	}
	return fmt.Sprint("status ", status.ExitStatus())
}

// TestContractSignals: every tool dies of the signal that ends it: at its start, when
// there is nothing to do, and under load.
func TestContractSignals(t *testing.T) {
	for _, p := range parties() {
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
			for _, load := range []bool{false, true} {
				in, out, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command(p.name, strings.Fields(p.wait)...)
				cmd.Stdin = in
				busy := make(chan struct{})
				if load && p.name != "ndjson-gen" { // which reads nothing
					go flood(out, busy)
				} else {
					close(busy)
				}
				if how, want := endOf(t, cmd, busy, sig), "signal "+sig.String(); how != want {
					t.Errorf("%s, under load: %v: ended by %s; want %s", p.name, load, how, want)
				}
				in.Close()
				out.Close()
			}
		}
	}
}

// flood writes records until nobody reads them any more, and says when somebody has
// read some.
func flood(out *os.File, busy chan<- struct{}) {
	block := []byte(strings.Repeat("{\"a\":1}\n", 10_000))
	for n := 0; ; n++ {
		if n == 20 { // more than a pipe holds
			close(busy)
		}
		if _, err := out.Write(block); err != nil {
			return
		}
	}
}

// TestContractStats: the objects come at their interval, and the last one is final.
func TestContractStats(t *testing.T) {
	for _, p := range parties() {
		if p.side != "--stats" {
			continue
		}
		stats := filepath.Join(t.TempDir(), "stats")
		line := map[string]string{
			"ndjson-gen": "ndjson-gen -n 300 -r 1000/s", "throttle": "ndjson-gen -n 300 | throttle -r 1000/s",
			"ndjson-map": "ndjson-gen -n 300 -r 1000/s | ndjson-map .", "rate-sink": "ndjson-gen -n 300 | rate-sink -r 1000/s",
		}[p.name] + " --stats-every 50ms --stats " + stats + " >/dev/null"
		if got := runLine(t, line); got.status != 0 || got.stderr != "" {
			t.Errorf("%s: status %d, %q", line, got.status, got.stderr)
		}
		text, err := os.ReadFile(stats)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		for i, object := range lines {
			var s struct {
				Tool  string
				Final bool
			}
			if err := json.Unmarshal([]byte(object), &s); err != nil || s.Tool != p.name || s.Final != (i == len(lines)-1) {
				t.Errorf("%s: object %d of %d is %s (%v)", p.name, i+1, len(lines), object, err)
			}
		}
		if len(lines) < 3 {
			t.Errorf("%s: %d objects in 300 ms at one in 50", p.name, len(lines))
		}
	}
}

// TestContractTerminal: what is drawn keeps to what the terminal can do, and to what
// was asked for.
func TestContractTerminal(t *testing.T) {
	for _, p := range parties() {
		line := map[string]string{
			"ndjson-gen": "ndjson-gen -n 400 -r 1000/s OPTIONS >/dev/null", "throttle": "ndjson-gen -q -n 400 | throttle -r 1000/s OPTIONS >/dev/null",
			"ndjson-map": "ndjson-gen -q -n 400 -r 1000/s | ndjson-map OPTIONS . >/dev/null", "rate-sink": "ndjson-gen -q -n 400 | rate-sink -r 1000/s OPTIONS",
			"pipe-run": "pipe-run OPTIONS ndjson-gen -n 400 ::: rate-sink -r 1000/s",
		}[p.name]
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []struct {
				options, env     string
				escapes, colours bool
			}{
				{"", "TERM=xterm", true, p.name == "pipe-run"},
				{"", "NO_COLOR=1", true, false},
				{"", "TERM=dumb", false, false},
				{"--progress never", "TERM=xterm", false, false},
				{"-q", "TERM=xterm", false, false},
			} {
				shown := onTerminal(t, nil, []string{c.env}, "sh", "-c", strings.Replace(line, "OPTIONS", c.options, 1))
				escapes, colours := strings.Contains(shown, "\x1b"), strings.Contains(shown, "\x1b[1m")
				if escapes != c.escapes || colours != c.colours {
					t.Errorf("%s, %s: escapes %v, colours %v; want %v, %v: %q", c.options, c.env, escapes, colours, c.escapes, c.colours, shown)
				}
				if quiet := c.options == "-q"; quiet != (shown == "") {
					t.Errorf("%s: shows %q", c.options, shown)
				}
			}
		})
	}
}
