package cmd_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A peer is a way to run three commands of a shell joined by pipes.
type peer struct {
	name string
	args func(stages [3]string) []string
}

var peers = []peer{
	{"pipe-run", func(s [3]string) []string {
		return []string{"pipe-run", "sh", "-c", s[0], ":::", "sh", "-c", s[1], ":::", "sh", "-c", s[2]}
	}},
	{"bash", func(s [3]string) []string { return []string{"bash", "-c", inShell(s)} }},
	{"pipefail", func(s [3]string) []string { return []string{"bash", "-o", "pipefail", "-c", inShell(s)} }},
	{"pipexec", func(s [3]string) []string {
		return []string{"pipexec", "--",
			"[", "A", "/bin/sh", "-c", s[0], "]", "[", "B", "/bin/sh", "-c", s[1], "]", "[", "C", "/bin/sh", "-c", s[2], "]",
			"{A:1>B:0}", "{B:1>C:0}"}
	}},
	{"execline", func(s [3]string) []string {
		return []string{"execlineb", "-S3", "-c", "pipeline { sh -c $1 } pipeline { sh -c $2 } sh -c $3", s[0], s[1], s[2]}
	}},
	// It runs two commands.
	{"mispipe", func(s [3]string) []string { return []string{"mispipe", s[0], "(" + s[1] + ") | (" + s[2] + ")"} }},
}

func inShell(s [3]string) string { return "(" + s[0] + ") | (" + s[1] + ") | (" + s[2] + ")" }

// The stages of the pipelines below. The source works for a while after its only
// line, and says so when it could finish; the sink commits at the end of its
// input, as a loader of a database does.
const (
	source = "echo 1; sleep 2; echo >ran"
	sink   = "cat >data; echo >committed"
)

// quickly is much less than the source takes.
const quickly = 1200 * time.Millisecond

// An outcome is what can be seen from outside.
type outcome struct {
	status    int  // as a shell shows it
	committed bool // the sink did
	ran       bool // the source went on to its end
	gone      bool // all stages had gone quickly
}

func (o outcome) String() string {
	yes := map[bool]string{true: "yes", false: "no"}
	return fmt.Sprintf("status %d, committed: %s, the source finished: %s, all gone quickly: %s",
		o.status, yes[o.committed], yes[o.ran], yes[o.gone])
}

// TestPipelinePeers runs the same pipelines under pipe-run and what else is
// installed to run pipelines. Where stages fail, ours must differ: nothing is
// committed, nobody works on in vain, nobody is left; where none does, it must
// not.
func TestPipelinePeers(t *testing.T) {
	for _, c := range []struct {
		name   string
		stages [3]string
		signal bool // SIGTERM to the supervisor alone, once the source works
		want   map[string]outcome
	}{
		{"all complete", [3]string{"echo 1", "cat", sink}, false, map[string]outcome{
			"pipe-run": {0, true, false, true}, "bash": {0, true, false, true}, "pipefail": {0, true, false, true},
			"pipexec": {0, true, false, true}, "mispipe": {0, true, false, true}, "execline": {0, true, false, true},
		}},
		{"the first fails after half of its output", [3]string{"echo 1; exit 3", "cat", sink}, false, map[string]outcome{
			"pipe-run": {3, false, false, true}, "bash": {0, true, false, true}, "pipefail": {3, true, false, true},
			"pipexec": {1, true, false, true}, "mispipe": {3, true, false, true}, "execline": {0, true, false, true},
		}},
		{"the middle one fails", [3]string{source, "read x; exit 7", sink}, false, map[string]outcome{
			"pipe-run": {7, false, false, true}, "bash": {0, true, true, false}, "pipefail": {7, true, true, false},
			"pipexec": {1, true, true, false}, "mispipe": {0, true, true, false}, "execline": {0, true, true, false},
		}},
		{"the middle one crashes", [3]string{source, "read x; kill -SEGV $$", sink}, false, map[string]outcome{
			"pipe-run": {139, false, false, true},
		}},
		{"the reader has had enough", [3]string{"yes", "head -n 1", sink}, false, map[string]outcome{
			"pipe-run": {0, true, false, true}, "bash": {0, true, false, true}, "pipefail": {141, true, false, true},
			"pipexec": {1, true, false, true}, "mispipe": {141, true, false, true}, "execline": {0, true, false, true},
		}},
		{"the last one fails", [3]string{source, "cat", "read x; exit 5"}, false, map[string]outcome{
			"pipe-run": {5, false, false, true}, "bash": {5, false, true, false}, "pipefail": {5, false, true, false},
			"pipexec": {1, false, true, false}, "mispipe": {0, false, true, false}, "execline": {5, false, true, false},
		}},
		// The source is ended, the others drain. bash and mispipe die alone; execline
		// has become the last stage.
		{"SIGTERM", [3]string{source, "cat", sink}, true, map[string]outcome{
			"pipe-run": {143, true, false, true}, "bash": {143, true, true, false}, "pipefail": {143, true, true, false},
			"mispipe": {143, true, true, false}, "execline": {143, false, true, false},
		}},
	} {
		for _, p := range peers {
			want, known := c.want[p.name]
			if !known {
				continue
			}
			t.Run(c.name+"/"+p.name, func(t *testing.T) {
				if _, err := exec.LookPath(p.args(c.stages)[0]); err != nil {
					missing(t, err.Error())
				}
				t.Parallel()
				if got := outcomeOf(t, p.args(c.stages), c.signal); got != want {
					t.Errorf("%v\nwant %v", got, want)
				}
			})
		}
	}
}

// outcomeOf runs a pipeline in a folder of its own. Its stages hold the end of a
// pipe, so it is known when the last of them has gone.
func outcomeOf(t *testing.T, args []string, signal bool) (o outcome) {
	t.Helper()
	dir := t.TempDir()
	alive, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	ctx, cancel := context.WithTimeout(t.Context(), exampleTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.ExtraFiles = dir, []*os.File{held}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	begun := time.Now()
	err = cmd.Start()
	held.Close()
	if err != nil {
		t.Fatal(err)
	}
	if signal {
		awaitLine(t, filepath.Join(dir, "data"))
		begun = time.Now()
		cmd.Process.Signal(syscall.SIGTERM)
	}
	cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if o.status = status.ExitStatus(); status.Signaled() {
		o.status = 128 + int(status.Signal())
	}
	alive.SetReadDeadline(time.Now().Add(exampleTime))
	if _, err := io.Copy(io.Discard, alive); err != nil {
		t.Errorf("somebody is still there: %v", err)
	}
	o.gone = time.Since(begun) < quickly
	exists := func(name string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }
	o.committed, o.ran = exists("committed"), exists("ran")
	return o
}

// awaitLine waits for a file to have something in it.
func awaitLine(t *testing.T, name string) {
	t.Helper()
	for deadline := time.Now().Add(exampleTime); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), "1\n") {
			return
		}
	}
	t.Fatalf("%s stays empty", name)
}
