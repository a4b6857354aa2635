package cmd_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/tooltest"
)

// onTerminal runs a command on a terminal of its own, 100 by 30, and answers all
// that it showed. A nil stdout is the terminal too.
func onTerminal(t *testing.T, stdout *os.File, env []string, args ...string) string {
	t.Helper()
	master, tty, err := tooltest.Terminal()
	if err != nil {
		t.Skip(err)
	}
	defer master.Close()
	unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: 100, Row: 30})
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(append(os.Environ(), "TERM=xterm", "NO_COLOR="), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, stdout, tty
	if stdout == nil {
		cmd.Stdout = tty
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	limit := time.AfterFunc(exampleTime, func() { cmd.Process.Kill() })
	defer limit.Stop()
	shown, _ := io.ReadAll(master) // its end is an error: the terminal is gone
	if err := cmd.Wait(); err != nil {
		t.Errorf("%q: %v\n%s", args, err, shown)
	}
	return string(shown)
}

// On a terminal pipe-run alone draws, takes the picture down at the end, and
// leaves the summary.
func TestPictureOnTerminal(t *testing.T) {
	const picture, wiped, colour = "bottleneck: stage 2, ", "\r\x1b[J", "\x1b[1m"
	pipeline := []string{"ndjson-gen", "-n", "13000", ":::", "rate-sink", "-r", "20000/s"}
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		name, option  string
		stdout        *os.File
		env           string
		pipeline      []string
		draws, colour bool
	}{
		{"a file", "-v", file, "", pipeline, true, true},
		{"a file, without colours", "-v", file, "NO_COLOR=1", pipeline, true, false},
		{"a file, and a dumb terminal", "-v", file, "TERM=dumb", pipeline, false, false},
		{"the terminal, and a sink", "-v", nil, "", pipeline, true, true},
		{"the terminal, and who writes to it", "-v", nil, "", append(pipeline[:4:4], "throttle", "-n", "1"), false, false},
		{"never", "--progress=never", file, "", pipeline, false, false},
		{"within another one", "-v", file, "NDJSONTOOLS_TALLY=", pipeline, false, false},
	} {
		shown := onTerminal(t, c.stdout, []string{c.env}, append([]string{"pipe-run", c.option}, c.pipeline...)...)
		drawn, rest, _ := cutLast(shown, wiped)
		if got := strings.Contains(drawn, "behind"); got != c.draws {
			t.Errorf("%s: draws %v; want %v\n%q", c.name, got, c.draws, shown)
		}
		if got := strings.Contains(drawn, colour); got != c.colour {
			t.Errorf("%s: colours %v; want %v\n%q", c.name, got, c.colour, shown)
		}
		if !strings.Contains(rest, "pipe-run: stage") || strings.Contains(rest, "behind") {
			t.Errorf("%s: it leaves %q; want the summary", c.name, rest)
		}
		if strings.Contains(shown, "ndjson-gen: ") || strings.Contains(shown, "rate-sink: ") {
			t.Errorf("%s: a stage speaks too: %q", c.name, shown)
		}
		if c.draws && !strings.Contains(drawn, picture) {
			t.Errorf("%s: no bottleneck in %q", c.name, drawn)
		}
	}
}

// cutLast parts s around the last separator.
func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return "", s, false
}

// A terminal with fewer lines than the picture gets one line.
func TestPictureTooTall(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	args := []string{"pipe-run", "ndjson-gen", "-n", "60000", "-r", "30000/s"}
	for range 20 {
		args = append(args, ":::", "cat")
	}
	shown := onTerminal(t, file, nil, args...)
	if strings.Contains(shown, "behind") || !strings.Contains(shown, "\r\x1b[K") || !strings.Contains(shown, "ndjson-gen ") {
		t.Errorf("%q", shown)
	}
	if lines := strings.Count(shown, "\n"); lines > 30 {
		t.Error(fmt.Sprint(lines, " lines"))
	}
}
