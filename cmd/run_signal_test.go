package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Stages for the tests of signals. Each says when it is ready; those that run a
// loop do so that the shell sees the signal.
const (
	endless  = "echo one; echo ready >&2; exec sleep 600"
	stubborn = "trap 'echo again >&2' TERM; echo ready >&2; while :; do sleep 0.01; done"
	settles  = "trap 'echo settled >&2; exit 0' TERM; echo ready >&2; while :; do sleep 0.01; done"
	collects = "echo ready >&2; cat; echo end"
	lingers  = "echo ready >&2; cat; echo again >&2; exec sleep 600"
)

// echoTime is how far apart two signals must be to be two, and a little more.
const echoTime = 120 * time.Millisecond

// TestRunSignals: what a signal to pipe-run alone means for the stages, for the
// output, and for pipe-run.
func TestRunSignals(t *testing.T) {
	const TERM, INT, HUP, QUIT = syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT
	for _, c := range []struct {
		name    string
		options string
		stages  []string
		signals []syscall.Signal
		how     string
		output  string
		words   string // must be among what is said; empty means that nothing else is
	}{
		{"drain", "", []string{endless, collects}, []syscall.Signal{TERM},
			"signal terminated", "one\nend\n", "ended by signal TERM"},
		{"drain with a status", "", []string{settles, collects}, []syscall.Signal{TERM},
			"signal terminated", "end\n", "settled"},
		{"the first has left one behind", "", []string{"sleep 600 & echo one; echo ready >&2", collects}, []syscall.Signal{TERM},
			"signal terminated", "one\nend\n", "ended by signal TERM"},
		{"the first does not end", "--grace 200ms", []string{stubborn, collects}, []syscall.Signal{TERM},
			"signal terminated", "", "ended by signal TERM"},
		{"the last does not end", "--grace 200ms", []string{endless, lingers}, []syscall.Signal{TERM},
			"signal terminated", "one\n", "ended by signal TERM"},
		{"what is lost is told", "--grace 100ms",
			[]string{"head -c 1000 /dev/zero; echo ready >&2; exec sleep 600", "echo ready >&2; exec sleep 600"}, []syscall.Signal{TERM},
			"signal terminated", "", "ended by signal TERM; 1.0 kB were left in the pipes"},
		{"a second one", "", []string{endless, lingers}, []syscall.Signal{TERM, TERM},
			"signal terminated", "one\n", "ended by signal TERM"},
		{"a third one", "", []string{stubborn, stubborn}, []syscall.Signal{TERM, TERM, TERM},
			"signal terminated", "", "ended by signal TERM"},
		{"kill", "--on-term kill", []string{endless, collects}, []syscall.Signal{TERM},
			"signal terminated", "one\n", "ended by signal TERM"},
		{"kill, within the grace", "--on-term kill", []string{settles, settles}, []syscall.Signal{TERM},
			"signal terminated", "", "settled"},
		{"the first has left a daemon behind", "", []string{"setsid sleep 600 & echo one; echo ready >&2", collects}, []syscall.Signal{TERM},
			"signal terminated", "one\nend\n", "ended by signal TERM"},
		{"the first has a daemon", "", []string{"(setsid sleep 600 &); echo one; echo ready >&2; exec sleep 600", collects}, []syscall.Signal{TERM},
			"signal terminated", "one\nend\n", "ended by signal TERM"},
		{"one stage", "", []string{settles}, []syscall.Signal{TERM},
			"signal terminated", "", "settled"},
		{"interrupt", "", []string{endless, collects}, []syscall.Signal{INT},
			"signal interrupt", "one\n", "ended by signal INT"},
		{"hang up", "", []string{endless, collects}, []syscall.Signal{HUP},
			"signal hangup", "one\n", "ended by signal HUP"},
		{"quit", "", []string{endless, collects}, []syscall.Signal{QUIT},
			"status 131", "one\n", "ended by signal QUIT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			args := strings.Fields(c.options)
			for i, stage := range c.stages {
				if i > 0 {
					args = append(args, ":::")
				}
				args = append(args, "sh", "-c", stage)
			}
			s := supervise(t, []string{"sh", "-c", `exec "$@" > ` + out, "sh"}, args...)
			for range c.stages {
				s.expect("ready")
			}
			// "one" must have come through: a signal may overtake it otherwise.
			for deadline := time.Now().Add(runDeadline); strings.Contains(c.output, "one"); {
				if text, _ := os.ReadFile(out); len(text) > 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatal("nothing came out")
				}
			}
			for i, sig := range c.signals {
				if i > 0 { // the same signal twice at once is one
					s.await("again")
					time.Sleep(echoTime)
				}
				s.Process.Signal(sig)
			}
			begun := time.Now()
			how, rest := s.end()
			text, _ := os.ReadFile(out)
			if how != c.how || string(text) != c.output || !strings.Contains(rest, c.words) {
				t.Errorf("ended by %s with %q, %q; want %s, %q, %q", how, text, rest, c.how, c.output, c.words)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestRunSignalCommitsNothing: after a signal no file gets its name, although all
// stages have come to their end.
func TestRunSignalCommitsNothing(t *testing.T) {
	dir := t.TempDir()
	s := supervise(t, nil, "-o", filepath.Join(dir, "out"), "sh", "-c", endless, ":::", "sh", "-c", collects)
	s.expect("ready")
	s.expect("ready")
	s.Process.Signal(syscall.SIGTERM)
	s.end()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is there", left)
	}
}

// TestRunNested: a pipeline within a pipeline does not drain when the outer one
// fails: its last stage must not take that for the end.
func TestRunNested(t *testing.T) {
	inner := "exec pipe-run sleep 600 ::: sh -c 'exec 3>&1; " + strings.Replace(sinkScript, ";", "; echo x >&3;", 1) + "'"
	s := supervise(t, nil, "sh", "-c", inner, ":::", "sh", "-c", "read x; exit 3")
	s.expect("sink")
	if how, rest := s.end(); how != "status 3" || strings.Contains(rest, "COMMITTED") {
		t.Errorf("ended by %s; the stages said %q", how, rest)
	}
}

// TestRunPassesSignals: others than those that end are the stages' own.
func TestRunPassesSignals(t *testing.T) {
	const waits = "trap 'echo got >&2; exit 0' USR1; echo ready >&2; while :; do sleep 0.01; done"
	s := supervise(t, nil, "sh", "-c", waits, ":::", "sh", "-c", waits)
	s.expect("ready")
	s.expect("ready")
	s.Process.Signal(syscall.SIGUSR1)
	if how, rest := s.end(); how != "status 0" || rest != "got\ngot\n" { // the children of the stages are not told
		t.Errorf("ended by %s, %q", how, rest)
	}
}

// TestRunStops: without a terminal, SIGTSTP stops pipe-run and its stages, and
// SIGCONT continues all.
func TestRunStops(t *testing.T) {
	s := supervise(t, nil, "sh", "-c", "echo $$ >&2; exec cat /dev/zero", ":::", "cat")
	line, err := s.words.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	stage := strings.TrimSpace(line)
	states := func(stopped bool) {
		t.Helper()
		for _, pid := range []string{stage, strconv.Itoa(s.Process.Pid)} {
			for deadline := time.Now().Add(runDeadline); ; {
				if (processState(pid) == 'T') == stopped {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("process %s is in state %c", pid, processState(pid))
				}
			}
		}
	}
	states(false)
	s.Process.Signal(syscall.SIGTSTP)
	states(true)
	s.Process.Signal(syscall.SIGCONT)
	states(false)
	s.Process.Signal(syscall.SIGINT)
	if how, _ := s.end(); how != "signal interrupt" {
		t.Errorf("ended by %s", how)
	}
}

// processState is the letter of a process's state, 0 when it is gone.
func processState(pid string) byte {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return 0
	}
	return stat[strings.LastIndexByte(string(stat), ')')+2]
}

// process1 is the command that makes what follows it process 1.
func process1(t *testing.T) []string {
	t.Helper()
	unshare := []string{"unshare", "--pid", "--fork", "--mount-proc", "--kill-child"}
	if os.Geteuid() != 0 {
		unshare = append(unshare, "--user", "--map-root-user")
	}
	if err := exec.Command(unshare[0], append(unshare[1:], "true")...).Run(); err != nil {
		t.Skipf("%s: %v", strings.Join(unshare, " "), err)
	}
	return unshare
}

// TestRunProcess1: as the first process of a container it obeys signals, which
// the kernel would drop, reaps what is left to it, and ends whatever it leaves.
func TestRunProcess1(t *testing.T) {
	unshare := process1(t)
	s := supervise(t, unshare, "-v", "sh", "-c", "echo $PPID >&2; (setsid sleep 600 >/dev/null &); (true &); exec sleep 600", ":::", "sh", "-c", collects)
	var pid []string
	for range 2 {
		line, _ := s.words.ReadString('\n')
		pid = append(pid, line)
	}
	if !strings.Contains(strings.Join(pid, ""), "1\n") {
		t.Fatalf("the stages said %q: it is not process 1", pid)
	}
	syscall.Kill(onlyChild(t, s.Process.Pid), syscall.SIGTERM) // of unshare
	if how, rest := s.end(); how != "status 143" || !strings.Contains(rest, "drained") {
		t.Errorf("ended by %s: %s", how, rest)
	}
}

// TestRunForeignProc: where /proc is that of another namespace its numbers mean
// nothing here, and nobody is ended by them.
func TestRunForeignProc(t *testing.T) {
	unshare := slices.DeleteFunc(process1(t), func(word string) bool { return word == "--mount-proc" })
	s := supervise(t, unshare, "sleep", "600", ":::", "sh", "-c", "exit 3")
	if how, rest := s.end(); how != "status 3" || !strings.Contains(rest, "stage 2") {
		t.Errorf("ended by %s: %s", how, rest)
	}
	// A stage that fails after its reader may have failed for that.
	late := []string{"sh", "-c", "trap '' PIPE; while echo; do :; done 2>/dev/null; exit 120", ":::", "head", "-n", "1"}
	s = supervise(t, unshare, late...)
	if how, rest := s.end(); how != "status 0" || rest != "" {
		t.Errorf("a stage that was cut: ended by %s: %s", how, rest)
	}
}

// TestRunProcess1Killed: a kill from outside takes the whole namespace along, and
// still nobody sees an end.
func TestRunProcess1Killed(t *testing.T) {
	unshare := process1(t)
	for range 20 {
		s := supervise(t, unshare, "sh", "-c", "while :; do echo x; done", ":::", "sh", "-c", sinkScript)
		s.expect("sink")
		syscall.Kill(onlyChild(t, s.Process.Pid), syscall.SIGKILL)
		if _, rest := s.end(); strings.Contains(rest, "COMMITTED") {
			t.Fatalf("the stages said %q", rest)
		}
	}
}

// onlyChild is the number of a process's first child.
func onlyChild(t *testing.T, pid int) int {
	t.Helper()
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		t.Skip(err)
	}
	first, _, _ := strings.Cut(string(children), " ")
	n, err := strconv.Atoi(first)
	if err != nil {
		t.Fatalf("process %d has the children %q", pid, children)
	}
	return n
}

// TestRunStuckWords: words that nobody reads keep nobody from ending it.
func TestRunStuckWords(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := w.Write(make([]byte, 1<<20)); err == nil {
		t.Fatal("a pipe takes a megabyte")
	}
	cmd := exec.Command(filepath.Join(bin, "pipe-run"), "-v", "sh", "-c", "echo done")
	cmd.Stderr, cmd.SysProcAttr = w, &syscall.SysProcAttr{Setsid: true}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(runDeadline, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	defer w.Close()
	if _, err := stdout.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	for processWaits(cmd.Process.Pid) {
	}
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("ended by %v; want the signal", cmd.ProcessState)
	}
}

// processWaits says whether a process still has children.
func processWaits(pid int) bool {
	out, _ := exec.Command("pgrep", "-P", strconv.Itoa(pid)).Output()
	return len(out) > 0
}
