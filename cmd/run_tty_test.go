package cmd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ndjsontools/lib/tooltest"
)

// A screen is a terminal with a shell that has job control.
type screen struct {
	t      *testing.T
	master *os.File
	seen   bytes.Buffer // what was shown and not yet expected
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	master, tty, err := tooltest.Terminal()
	if err != nil {
		t.Skip(err)
	}
	defer tty.Close()
	shell := exec.Command(bash, "--norc", "--noprofile", "-i")
	shell.Stdin, shell.Stdout, shell.Stderr = tty, tty, tty
	shell.Env = append(os.Environ(), "PS1=$ ", "TERM=dumb", "HISTFILE=")
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(runDeadline, func() { shell.Process.Kill(); master.Close() })
	t.Cleanup(func() {
		shell.Process.Kill()
		shell.Wait()
		watchdog.Stop()
		master.Close()
	})
	return &screen{t: t, master: master}
}

// keys types.
func (s *screen) keys(text string) {
	s.t.Helper()
	if _, err := s.master.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
}

// expect waits until the text is shown.
func (s *screen) expect(text string) {
	s.t.Helper()
	buf := make([]byte, 4096)
	for {
		if _, after, found := bytes.Cut(s.seen.Bytes(), []byte(text)); found {
			rest := bytes.Clone(after)
			s.seen.Reset()
			s.seen.Write(rest)
			return
		}
		n, err := s.master.Read(buf)
		if err != nil {
			s.t.Fatalf("%v; the terminal shows %q; want %q", err, s.seen.String(), text)
		}
		s.seen.Write(buf[:n])
	}
}

// await waits until all processes of the stages are stopped, or none is.
func await(t *testing.T, pids []string, stopped bool) {
	t.Helper()
	for _, pid := range pids {
		for deadline := time.Now().Add(runDeadline); (processState(pid) == 'T') != stopped; {
			if time.Now().After(deadline) {
				t.Fatalf("process %s is in state %c", pid, processState(pid))
			}
		}
	}
}

// gone waits until none of the processes lives. One that its new parent, which is
// none of ours, has not reaped yet does not.
func gone(t *testing.T, pids []string) {
	t.Helper()
	for _, pid := range pids {
		deadline := time.Now().Add(runDeadline)
		for state := processState(pid); state != 0 && state != 'Z'; state = processState(pid) {
			if time.Now().After(deadline) {
				t.Fatalf("process %s is left, in state %c", pid, state)
			}
		}
	}
}

// stagesOn are the processes of a pipeline that writes their numbers into files.
func stagesOn(t *testing.T, dir string, count int) (pids []string) {
	t.Helper()
	for deadline := time.Now().Add(runDeadline); len(pids) < count; {
		if time.Now().After(deadline) {
			t.Fatalf("only %d of %d stages are there", len(pids), count)
		}
		pids = nil
		names, _ := filepath.Glob(filepath.Join(dir, "*"))
		for _, name := range names {
			if text, err := os.ReadFile(name); err == nil && len(text) > 0 {
				pids = append(pids, strings.TrimSpace(string(text)))
			}
		}
	}
	return pids
}

// TestRunTerminal: with a terminal the pipeline is one job of the shell: Ctrl-Z
// stops it, fg continues it, and Ctrl-C ends it.
func TestRunTerminal(t *testing.T) {
	s := newScreen(t)
	dir := t.TempDir()
	s.expect("$ ")
	s.keys("pipe-run sh -c 'echo $PPID > " + dir + "/0; echo $$ > " + dir + "/1; exec sleep 600' ::: sh -c 'echo $$ > " + dir + "/2; exec cat'\n")
	pids := stagesOn(t, dir, 3)
	await(t, pids, false)
	s.keys("\x1a")
	s.expect("Stopped")
	await(t, pids, true)
	s.keys("fg\n")
	await(t, pids, false)
	s.keys("\x03")
	s.keys("echo sta''tus $?\n")
	s.expect("status 130")
	gone(t, pids)
}

// TestRunTerminalKill: a job in the background that is ended by its number ends
// whole.
func TestRunTerminalKill(t *testing.T) {
	s := newScreen(t)
	dir := t.TempDir()
	s.expect("$ ")
	s.keys("pipe-run sh -c 'echo $$ > " + dir + "/1; sleep 600; true' ::: sh -c 'echo $$ > " + dir + "/2; cat; true' &\n")
	pids := stagesOn(t, dir, 2)
	s.keys("kill $!; wait $!; echo sta''tus $?\n")
	s.expect("status 143")
	gone(t, pids)
}

// TestRunTerminalKilled: with a terminal the stages have no groups of their own,
// and the keeper finds them and their children all the same.
func TestRunTerminalKilled(t *testing.T) {
	s := newScreen(t)
	dir := t.TempDir()
	s.expect("$ ")
	s.keys("cd " + dir + "; pipe-run sh -c 'sh -c \"echo \\$\\$ > 0; exec sleep 600\"; true' ::: sh -c 'echo $$ > 1; cat >/dev/null; echo > committed' &\n")
	pids := stagesOn(t, dir, 2)
	s.keys("kill -KILL $!\n")
	gone(t, pids)
	if _, err := os.Stat(filepath.Join(dir, "committed")); err == nil {
		t.Error("the last stage has committed")
	}
}

// TestRunTerminalAlone: SIGINT to pipe-run alone can't be told from the key; what
// is there after the grace is ended all the same.
func TestRunTerminalAlone(t *testing.T) {
	s := newScreen(t)
	dir := t.TempDir()
	s.expect("$ ")
	s.keys("pipe-run --grace 200ms sh -c 'echo $PPID > " + dir + "/0; exec sleep 600' ::: sh -c 'trap \"echo ended\" TERM; echo $$ > " + dir + "/1; while :; do sleep 0.01; done'\n")
	pids := stagesOn(t, dir, 2)
	parent, err := strconv.Atoi(pids[0])
	if err != nil {
		t.Fatal(err)
	}
	syscall.Kill(parent, syscall.SIGINT)
	s.expect("\r\nended")
	s.keys("echo sta''tus $?\n")
	s.expect("status 130")
}

// TestRunTerminalGone: when the terminal goes, all go, and none takes that for
// the end of its input.
func TestRunTerminalGone(t *testing.T) {
	s := newScreen(t)
	dir := t.TempDir()
	s.expect("$ ")
	s.keys("pipe-run sh -c 'echo $$ > " + dir + "/1; exec sleep 600' ::: sh -c 'cd " + dir + "; echo $$ > 2; cat; echo > committed'\n")
	pids := stagesOn(t, dir, 2)
	s.master.Close()
	gone(t, pids)
	if _, err := os.Stat(filepath.Join(dir, "committed")); err == nil {
		t.Error("the last stage has committed")
	}
}
