package cmd_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// runDeadline is when a pipeline that hangs is given up.
const runDeadline = time.Minute

// A supervised is a pipe-run that runs, without a controlling terminal. All of
// its processes hold its standard error, so that this is at its end when none of
// them is left.
type supervised struct {
	*exec.Cmd
	t     *testing.T
	words *bufio.Reader
}

// supervise starts pipe-run, or the command wrap with pipe-run behind it.
func supervise(t *testing.T, wrap []string, args ...string) *supervised {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("pipe-run needs Linux")
	}
	words, stderr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { words.Close() })
	defer stderr.Close()
	words.SetReadDeadline(time.Now().Add(runDeadline))
	all := append(append(wrap, filepath.Join(bin, "pipe-run")), args...)
	s := &supervised{Cmd: exec.Command(all[0], all[1:]...), t: t, words: bufio.NewReader(words)}
	s.Stderr = stderr
	s.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() }) // and the keeper does the rest
	return s
}

// expect waits for a line.
func (s *supervised) expect(line string) {
	s.t.Helper()
	if got, err := s.words.ReadString('\n'); got != line+"\n" {
		s.t.Fatalf("got %q, %v; want %q", got, err, line)
	}
}

// await waits for a line, and skips others.
func (s *supervised) await(line string) {
	s.t.Helper()
	for {
		switch got, err := s.words.ReadString('\n'); {
		case err != nil:
			s.t.Fatalf("got %q, %v; want %q", got, err, line)
		case got == line+"\n":
			return
		}
	}
}

// rest waits until none of the processes is left, and answers what they still
// said.
func (s *supervised) rest() string {
	s.t.Helper()
	rest, err := io.ReadAll(s.words)
	if err != nil {
		s.t.Fatalf("a process is left: %v (%q)", err, rest)
	}
	return string(rest)
}

// end waits until none of the processes is left, and answers how pipe-run ended
// and what was still said.
func (s *supervised) end() (how, rest string) {
	s.t.Helper()
	rest = s.rest()
	s.Wait()
	status := s.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return "signal " + status.Signal().String(), rest
	}
	return fmt.Sprint("status ", status.ExitStatus()), rest
}

// A stageReport is what the report has of a stage, or of the run.
type stageReport struct {
	Final   bool
	Verdict string
	Status  int
	Blamed  *int
	Elapsed float64 `json:"elapsed_s"`
	PeakRSS *int64  `json:"peak_rss_bytes"`
	Unread  *int64  `json:"unread_bytes"`
	Lost    int64   `json:"lost_bytes"`
	PID     int
}

func readRunReport(t *testing.T, path string) (all []stageReport) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var one stageReport
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, one)
	}
	return all
}

// TestRunTellsAtOnce: when a stage fails the others are told within 50 ms. On a
// busy machine chance may add to that; the least of some runs counts.
func TestRunTellsAtOnce(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report")
	least := time.Hour
	for range 5 {
		s := supervise(t, nil, "--report", report, "sleep", "60", ":::", "sh", "-c", "read x; exit 3", ":::", "sleep", "60", ":::", "sh", "-c", "sleep 0.1; exit 7")
		if how, rest := s.end(); how != "status 7" {
			t.Fatalf("ended by %s: %s", how, rest)
		}
		stages := readRunReport(t, report)
		longest := 0.0
		for _, stage := range stages[:3] {
			longest = max(longest, stage.Elapsed-stages[3].Elapsed)
		}
		least = min(least, time.Duration(longest*float64(time.Second)))
	}
	if least > 50*time.Millisecond {
		t.Errorf("the last stage was there for another %v; want 50ms", least)
	}
}

// TestRunLeaksNothing starts and stops pipelines of all kinds, and looks for what
// they leave: a process would hold their standard error. PIPE_RUN_STARTS is how
// many, 1000 by default.
func TestRunLeaksNothing(t *testing.T) {
	starts := 1000
	if n := os.Getenv("PIPE_RUN_STARTS"); n != "" {
		fmt.Sscan(n, &starts)
	}
	if testing.Short() {
		starts = 100
	}
	dir := t.TempDir()
	kinds := []struct {
		how  string
		args []string
	}{
		{"status 0", []string{"true"}},
		{"status 0", []string{"echo", "x", ":::", "cat", ":::", "cat"}},
		{"status 0", []string{"-o", filepath.Join(dir, "out"), "yes", ":::", "head", "-n", "1"}},
		{"status 3", []string{"-q", "-o", filepath.Join(dir, "out"), "sleep", "60", ":::", "sh", "-c", "exit 3"}},
		{"status 3", []string{"-q", "sh", "-c", "exit 3", ":::", "sh", "-c", "sleep 60; exit 1"}},
		{"status 0", []string{"sh", "-c", "sleep 60 & echo x", ":::", "head", "-n", "1"}},
		{"status 127", []string{"-q", "sleep", "60", ":::", filepath.Join(dir, "wrong")}},
		{"status 127", []string{"-q", "no-such-command"}},
		{"status 124", []string{"-q", "--timeout", "1ms", "sleep", "60", ":::", "cat"}},
	}
	if err := os.WriteFile(filepath.Join(dir, "wrong"), []byte("#!/no/such/interpreter\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for i := range starts {
		kind := kinds[i%len(kinds)]
		s := supervise(t, nil, kind.args...)
		if how, rest := s.end(); how != kind.how {
			t.Fatalf("%q: ended by %s; want %s (%s)", kind.args, how, kind.how, rest)
		}
	}
	t.Logf("%d starts in %v", starts, time.Since(begun))
	for _, pattern := range []string{"*", ".*"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range names {
			if base := filepath.Base(name); base != "out" && base != "wrong" {
				t.Errorf("%s is left", base)
			}
		}
	}
}

// TestRunDescriptors: a stage has its standard streams, and no other descriptor
// that is ours but, where the pipeline is watched, that of the counters.
func TestRunDescriptors(t *testing.T) {
	const list = "ls /proc/self/fd"
	none, err := exec.Command("sh", "-c", list+" | cat").Output() // what a shell's stage has
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	for _, watched := range []bool{false, true} {
		args := []string{"-o", out, "sh", "-c", list, ":::", "sh", "-c", "cat; " + list, ":::", "cat"}
		want := string(none)
		if watched {
			args = append([]string{"--report", filepath.Join(dir, "report")}, args...)
			lines := append(strings.Fields(want), "64")
			slices.Sort(lines) // as ls does
			want = strings.Join(lines, "\n") + "\n"
		}
		s := supervise(t, nil, args...)
		if how, rest := s.end(); how != "status 0" {
			t.Fatalf("ended by %s: %s", how, rest)
		}
		got, err := os.ReadFile(out)
		if want = strings.Repeat(want, 2); err != nil || string(got) != want {
			t.Errorf("watched %v: got %q, %v; want %q", watched, got, err, want)
		}
	}
}
