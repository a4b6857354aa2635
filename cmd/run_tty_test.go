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

// newScreen shows a prompt, and answers a folder for what the stages write.
func newScreen(t *testing.T) (s *screen, dir string) {
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
	s = &screen{t: t, master: master}
	s.expect("$ ")
	return s, t.TempDir()
}

// keys types.
func (s *screen) keys(text string) {
	s.t.Helper()
	if _, err := s.master.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
}

// expect waits until the text is shown, and answers what was shown before it.
func (s *screen) expect(text string) (before string) {
	s.t.Helper()
	buf := make([]byte, 4096)
	for {
		if before, after, found := strings.Cut(s.seen.String(), text); found {
			s.seen.Reset()
			s.seen.WriteString(after)
			return before
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
	s, dir := newScreen(t)
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
	s, dir := newScreen(t)
	s.keys("pipe-run sh -c 'echo $$ > " + dir + "/1; sleep 600; true' ::: sh -c 'echo $$ > " + dir + "/2; cat; true' &\n")
	pids := stagesOn(t, dir, 2)
	s.keys("kill $!; wait $!; echo sta''tus $?\n")
	s.expect("status 143")
	gone(t, pids)
}

// TestRunTerminalKilled: with a terminal the stages have no groups of their own,
// and the keeper finds them and their children all the same.
func TestRunTerminalKilled(t *testing.T) {
	s, dir := newScreen(t)
	s.keys("cd " + dir + "; pipe-run sh -c 'sh -c \"echo \\$\\$ > 0; exec sleep 600\"; true' ::: sh -c 'echo $$ > 1; cat >/dev/null; echo > committed' &\n")
	pids := stagesOn(t, dir, 2)
	s.keys("kill -KILL $!\n")
	gone(t, pids)
	if _, err := os.Stat(filepath.Join(dir, "committed")); err == nil {
		t.Error("the last stage has committed")
	}
}

// TestRunTerminalAlone: SIGINT to pipe-run alone is passed on where it can be told
// from the key, which a stage would have died of. Where all take measures against
// it, what is there after the grace is ended all the same.
func TestRunTerminalAlone(t *testing.T) {
	for _, c := range []struct{ name, options, first, last string }{
		{"told", "--grace 10m", "", "INT"},
		{"not told", "--grace 200ms", "trap \"\" INT; ", "TERM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, dir := newScreen(t)
			s.keys("pipe-run " + c.options + " sh -c '" + c.first + "echo $PPID > " + dir + "/0; exec sleep 600' ::: " +
				"sh -c 'trap \"\" INT; trap \"echo ended; exit\" " + c.last + "; echo $$ > " + dir + "/1; while :; do sleep 0.01; done'\n")
			pids := stagesOn(t, dir, 2)
			parent, err := strconv.Atoi(pids[0])
			if err != nil {
				t.Fatal(err)
			}
			syscall.Kill(parent, syscall.SIGINT)
			s.expect("\r\nended")
			s.keys("echo sta''tus $?\n")
			s.expect("status 130")
		})
	}
}

// TestRunTerminalStranger: the key does not reach a stage that has left the session,
// so it is passed on.
func TestRunTerminalStranger(t *testing.T) {
	s, dir := newScreen(t)
	s.keys("pipe-run --grace 10m setsid -w sh -c 'echo $$ > " + dir + "/1; exec sleep 600' ::: cat\n")
	pids := stagesOn(t, dir, 1)
	s.keys("\x03")
	s.keys("echo sta''tus $?\n")
	s.expect("status 130")
	gone(t, pids)
}

// TestRunTerminalPicture: Ctrl-Z takes the picture down before the shell speaks, fg
// draws it anew, and in the background none is drawn.
func TestRunTerminalPicture(t *testing.T) {
	s, dir := newScreen(t)
	const wiped, title = "\x1b[J", "starved"
	stop := func() {
		t.Helper()
		s.expect(title)
		s.keys("\x1a")
		// The key flushes what the terminal has not shown yet, in the middle of a picture.
		shown := s.expect("Stopped")
		if at := strings.LastIndex(shown, wiped); at < max(0, strings.Index(shown, "^Z")) || strings.Contains(shown[at:], title) {
			t.Errorf("the terminal shows %q; want no picture when it has stopped", shown)
		}
	}
	s.keys("stty columns 100 rows 30; TERM=xterm pipe-run sh -c 'echo $$ > " + dir + "/1; exec sleep 600' ::: cat > " + dir + "/out\n")
	stop()
	s.keys("fg\n")
	stop()
	s.keys("bg; sleep 0.8; echo qui''et; kill $!; wait; echo sta''tus $?\n")
	if shown := s.expect("quiet"); strings.Contains(shown, title) {
		t.Errorf("the terminal shows %q; want nothing from the background", shown)
	}
	s.expect("status")
	if text, err := os.ReadFile(dir + "/1"); err == nil {
		gone(t, []string{strings.TrimSpace(string(text))})
	}
}

// TestRunTerminalGone: when the terminal goes, all go, and none takes that for
// the end of its input.
func TestRunTerminalGone(t *testing.T) {
	s, dir := newScreen(t)
	s.keys("pipe-run sh -c 'echo $$ > " + dir + "/1; exec sleep 600' ::: sh -c 'cd " + dir + "; echo $$ > 2; cat; echo > committed'\n")
	pids := stagesOn(t, dir, 2)
	s.master.Close()
	gone(t, pids)
	if _, err := os.Stat(filepath.Join(dir, "committed")); err == nil {
		t.Error("the last stage has committed")
	}
}
