package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// fence is a block of the README: its language and its text.
var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// readmeBlocks are the texts of the README's blocks in a language that begin so.
func readmeBlocks(t *testing.T, language, beginning string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		if m[1] == language && strings.HasPrefix(m[2], beginning) {
			blocks = append(blocks, m[2])
		}
	}
	if len(blocks) == 0 {
		t.Fatalf("README.md has no block in %s that begins with %q", language, beginning)
	}
	return blocks
}

// A step is a command of a transcript and what it should print.
type step struct{ command, want string }

// steps takes a transcript apart. A command follows "$ " and goes on while its
// lines end in a backslash.
func steps(block string) []step {
	var found []step
	more := false
	for line := range strings.Lines(block) {
		command, begins := strings.CutPrefix(line, "$ ")
		switch {
		case begins:
			found = append(found, step{command: command})
		case more:
			found[len(found)-1].command += line
		default:
			found[len(found)-1].want += line
		}
		more = (begins || more) && strings.HasSuffix(line, "\\\n")
	}
	return found
}

// pattern is a regexp for what a transcript shows, in which "..." stands for
// any text within a line, and for any lines where it stands alone.
func pattern(shown string) string {
	p := regexp.QuoteMeta(shown)
	p = regexp.MustCompile(`(?m)^\\\.\\\.\\\.\n`).ReplaceAllString(p, `(?:.*\n)*`)
	return `\A` + strings.ReplaceAll(p, `\.\.\.`, `.*`) + `\z`
}

// mark parts the outputs of a transcript's commands.
const mark = "-- next command --\n"

// TestReadmeTranscripts types what the README's transcripts type, each into a
// shell of its own, all in one folder, and compares what is printed.
func TestReadmeTranscripts(t *testing.T) {
	dir := t.TempDir()
	for _, block := range readmeBlocks(t, "sh", "$ ") {
		todo := steps(block)
		var script strings.Builder
		for _, s := range todo {
			// a transcript may ask for $?, which the mark must not change
			fmt.Fprintf(&script, "(s=$?; echo '%s'; exit $s)\n%s", strings.TrimSpace(mark), s.command)
		}
		ctx, cancel := context.WithTimeout(t.Context(), exampleTime)
		defer cancel()
		bash := exec.CommandContext(ctx, "bash", "-c", script.String())
		bash.Dir = dir
		out, err := bash.CombinedOutput()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
			t.Fatalf("%v, %v\n%s", err, ctx.Err(), block)
		}
		outputs := strings.Split(string(out), mark)[1:]
		if len(outputs) != len(todo) {
			t.Fatalf("%d of %d commands ran:\n%s", len(outputs), len(todo), out)
		}
		for i, s := range todo {
			if !regexp.MustCompile(pattern(s.want)).MatchString(outputs[i]) {
				t.Errorf("$ %sprints\n%sthe README shows\n%s", s.command, outputs[i], s.want)
			}
		}
	}
}

// TestReadmePattern checks that a transcript can be wrong.
func TestReadmePattern(t *testing.T) {
	for _, test := range []struct {
		shown, printed string
		want           bool
	}{
		{"a\n", "a\n", true},
		{"a\n", "a\nb\n", false},
		{"a.c\n", "abc\n", false},
		{"a ... c\n", "a b c\n", true},
		{"a ... c\n", "a\nb c\n", false},
		{"a\n...\nd\n", "a\nb\nc\nd\n", true},
		{"a\n...\nd\n", "a\nb\nc\n", false},
		{"", "a\n", false},
	} {
		if got := regexp.MustCompile(pattern(test.shown)).MatchString(test.printed); got != test.want {
			t.Errorf("%q for %q: got %v; want %v", test.printed, test.shown, got, test.want)
		}
	}
}

// TestReadmeMakefile runs the recipe for make on good input, and on bad input,
// which must leave no target behind.
func TestReadmeMakefile(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	makefile := readmeBlocks(t, "make", "errors.ndjson: ")[0]
	for _, test := range []struct{ events, want string }{
		{`{"id":1,"level":"info"}` + "\n" + `{"id":2,"level":"error"}` + "\n", `{"id":2,"level":"error"}` + "\n"},
		{`{"id":1,"level":"error"}` + "\n" + `{"id":2,`, ""},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"Makefile": makefile, "events.ndjson": test.events} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		run := exec.Command("make")
		run.Dir = dir
		out, failed := run.CombinedOutput()
		got, err := os.ReadFile(filepath.Join(dir, "errors.ndjson"))
		if (failed == nil) != (err == nil) || string(got) != test.want {
			t.Errorf("%q: make ended with %v and made %q (%v); want %q\n%s", test.events, failed, got, err, test.want, out)
		}
	}
}

// TestReadmeEntryPoint runs the container's entry point, sends it SIGTERM after
// its first delivery, and looks for what the README promises: every record that
// the source made is delivered, whole and in order, and the status is 143.
func TestReadmeEntryPoint(t *testing.T) {
	dir := t.TempDir()
	first := filepath.Join(dir, "delivered")
	if err := unix.Mkfifo(first, 0o600); err != nil {
		t.Fatal(err)
	}
	// open for both, so that no end of file comes between two deliveries
	told, err := os.OpenFile(first, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	const script = "#!/bin/sh\ncat >>out.ndjson && echo >delivered\n"
	if err := os.WriteFile(filepath.Join(dir, "deliver"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	line := strings.ReplaceAll(readmeBlocks(t, "dockerfile", "ENTRYPOINT ")[0], "\\\n", "")
	var command []string
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "ENTRYPOINT ")), &command); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), exampleTime)
	defer cancel()
	context.AfterFunc(ctx, func() { told.Close() })
	var stderr bytes.Buffer
	entry := exec.CommandContext(ctx, command[0], command[1:]...)
	entry.Dir, entry.Stderr = dir, &stderr
	entry.Cancel = func() error { return syscall.Kill(-entry.Process.Pid, syscall.SIGKILL) }
	entry.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := entry.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := told.Read(make([]byte, 1)); err != nil {
		t.Errorf("nothing was delivered: %v", err)
	}
	if err := entry.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	// Here it can die of the signal; as process 1 it exits with 143.
	entry.Wait()
	if status := entry.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("the entry point ended with %v; want SIGTERM\n%s", entry.ProcessState, stderr.String())
	}

	out, err := os.ReadFile(filepath.Join(dir, "out.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	ids := 0
	for line := range bytes.Lines(out) {
		var record struct{ ID int }
		if err := json.Unmarshal(line, &record); err != nil || record.ID != ids {
			t.Fatalf("line %d is %.60q; want the record with id %d (%v)", ids+1, line, ids, err)
		}
		ids++
	}
	stats, err := os.ReadFile(filepath.Join(dir, "source.stats"))
	var made struct {
		Records int `json:"records_out"`
	}
	if err = errors.Join(err, json.Unmarshal(stats, &made)); err != nil || made.Records != ids {
		t.Errorf("the source made %d records (%v), and %d were delivered", made.Records, err, ids)
	}
}
