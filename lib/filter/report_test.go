package filter

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/meter"
	"ndjsontools/lib/tally"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/tooltest"
)

type stats struct {
	Tool                  string
	Final                 bool
	RecordsIn             int64 `json:"records_in"`
	RecordsOut            int64 `json:"records_out"`
	BytesIn               int64 `json:"bytes_in"`
	BytesOut              int64 `json:"bytes_out"`
	Rejects               int64
	Elapsed               float64 `json:"elapsed_s"`
	BlockedIn, BlockedOut float64
	Extra                 *int64
}

func parseStats(t *testing.T, text string) (all []stats) {
	t.Helper()
	for line := range strings.Lines(text) {
		var s stats
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, s)
	}
	return all
}

// There is one last object, with the last figures, however the run ended.
func TestStats(t *testing.T) {
	for _, c := range []struct {
		name, stdin string
		args        []string
		out         string
		want        stats
	}{
		{"fine", "1\n2\n", nil, "", stats{RecordsIn: 2, RecordsOut: 2, BytesIn: 4, BytesOut: 4}},
		{"empty", "", nil, "", stats{}},
		{"rejects", "x\n2\n", nil, "", stats{RecordsIn: 2, RecordsOut: 1, BytesIn: 4, BytesOut: 2, Rejects: 1}},
		{"stop", "1\nx\n2\n", []string{"--on-error", "stop"}, "", stats{RecordsIn: 2, RecordsOut: 1, BytesIn: 6, BytesOut: 2, Rejects: 1}},
		{"full", "1\n", nil, "/dev/full", stats{RecordsIn: 1, RecordsOut: 1, BytesIn: 2}},
		{"missing", "", []string{"/no/such"}, "", stats{}},
		{"no rejects file", "1\n", []string{"--rejects", "/no/such/file"}, "", stats{}},
	} {
		file := path(t, "an earlier run's, which was longer than that of this one "+strings.Repeat("x", 1000))
		e := edges{stdin: c.stdin}
		if c.out != "" {
			e.out = devFull(t)
		}
		new(try).run1(t, e, append(c.args, "--stats", file)...)
		all := parseStats(t, text(file))
		if len(all) != 1 {
			t.Errorf("%s: %d objects; want 1", c.name, len(all))
			continue
		}
		got := all[0]
		got.Elapsed = 0
		if c.want.Tool, c.want.Final = "try", true; got != c.want {
			t.Errorf("%s: %+v; want %+v", c.name, got, c.want)
		}
	}
}

// A panic ends the run with 70, its figures and its words; so does one in the
// tool's own part of the reports.
func TestStatsAfterPanic(t *testing.T) {
	file := path(t, "")
	f := &try{each: func(life *Life) {
		if life.Meter.RecordsIn.Load() == 2 {
			panic("oh")
		}
	}}
	r := f.run1(t, edges{stdin: "1\n2\n3\n"}, "--stats", file, "-v")
	all := parseStats(t, text(file))
	if r.status != 70 || len(all) != 1 || !all[0].Final || all[0].RecordsIn != 2 || !strings.Contains(r.stderr, "try: defect: oh\n") || !strings.Contains(r.stderr, "2 records, ") {
		t.Errorf("status %d, statistics %+v, %q", r.status, all, r.stderr)
	}
}

// Objects come while the work goes on, with the tool's own fields. The work
// waits until it sees one.
func TestStatsEvery(t *testing.T) {
	file := path(t, "")
	f := &try{
		begun: func(_ *tool.Env, life *Life) {
			life.Refresh = func() { life.Meter.RecordsOut.Store(42) }
			life.Extra = func() []meter.Field { return []meter.Field{meter.Int("extra", 7)} }
		},
		each: func(*Life) {
			for strings.Count(text(file), "\n") < 2 {
				time.Sleep(time.Millisecond)
			}
		},
	}
	f.run1(t, edges{stdin: "1\n"}, "--stats", file, "--stats-every", "5ms")
	all := parseStats(t, text(file))
	if len(all) < 3 {
		t.Fatalf("%d objects; want at least 3", len(all))
	}
	for i, s := range all {
		if s.Final != (i == len(all)-1) || s.Extra == nil || *s.Extra != 7 || i > 0 && s.Elapsed < all[i-1].Elapsed || s.RecordsOut != 42 {
			t.Errorf("object %d of %d: %+v", i, len(all), s)
		}
	}
}

// fd:N is a descriptor that was inherited, never one of our own, and standard
// error is still there for the last words.
func TestStatsDescriptor(t *testing.T) {
	r, w := pipe(t)
	inherited, err := unix.Dup(int(w.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	runTry(t, "1\n", "--stats", fmt.Sprint("fd:", inherited)) // which closes it
	line, err := bufio.NewReader(r).ReadString('\n')
	if all := parseStats(t, line); err != nil || len(all) != 1 || !all[0].Final {
		t.Errorf("on a descriptor: %q, %v", line, err)
	}

	own := temp(t, "ours")
	if got := runTry(t, "1\n", "--stats", fmt.Sprint("fd:", own.Fd())); got.status != 74 || got.stdout != "" || text(own.Name()) != "ours" {
		t.Errorf("on a descriptor of our own: status %d, %q; want 74", got.status, got.stderr)
	}
	if got := runTry(t, "1\n", "--stats", "fd:987"); got.status != 74 || got.stderr != "try: --stats: descriptor 987 is not open\n" {
		t.Errorf("on a closed descriptor: status %d, %q; want 74", got.status, got.stderr)
	}
	got := runTry(t, "x\n", "--stats", "fd:2", "-v")
	if object, words, ok := strings.Cut(got.stderr, "}\n"); !ok || !strings.Contains(object, `{"tool":"try"`) || !strings.HasSuffix(words, "try: 1 of 1 record rejected\n") {
		t.Errorf("on standard error: %q; want an object, then the summary and the verdict", got.stderr)
	}
	// Nobody reads them: that is an error, not the end of the output's reader.
	broken, bw := pipe(t)
	fd, err := unix.Dup(int(bw.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	broken.Close()
	if got := runTry(t, "1\n", "--stats", fmt.Sprint("fd:", fd)); got.status != 74 || got.sig != 0 || got.stdout != "1\n" {
		t.Errorf("nobody reads the statistics: status %d, signal %v, %q; want 74 and the record", got.status, got.sig, got.stdout)
	}
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		stdin, args string
		want        []string
	}{
		{"1\n", "-v", []string{"try: 1 record, 2 B in ", "try: blocked on input ", ", blocked on output ", ", peak memory "}},
		{"1\n2\nx\n", "-v", []string{"try: 3 records, 6 B in ", "; 2 records, 4 B out\n"}},
		{"", "-v", []string{"try: 0 records, 0 B in "}},
		{"1\n", "", nil},
		{"1\n", "-q", nil},
	} {
		r := runTry(t, c.stdin, strings.Fields(c.args)...)
		for _, want := range c.want {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("%q, %s: %q; want %q in it", c.stdin, c.args, r.stderr, want)
			}
		}
		if c.want == nil && r.stderr != "" {
			t.Errorf("%q, %s: %q; want silence", c.stdin, c.args, r.stderr)
		}
	}
	f := &try{begun: func(_ *tool.Env, life *Life) { life.Lines = func() []string { return []string{"a line of its own"} } }}
	if r := f.run1(t, edges{}, "-v"); !strings.HasSuffix(r.stderr, "try: a line of its own\n") {
		t.Errorf("%q; want the tool's line at the end", r.stderr)
	}
}

// Into a file, --progress=always draws lines.
func TestProgressAlways(t *testing.T) {
	words := temp(t, "")
	f := &try{
		begun: func(_ *tool.Env, life *Life) { life.Line = func() string { return "and so on" } },
		each: func(*Life) {
			for !strings.Contains(text(words.Name()), "and so on\n") {
				time.Sleep(5 * time.Millisecond)
			}
		},
	}
	r := f.run1(t, edges{stdin: "1\n", words: words}, "--progress", "always")
	if !strings.HasPrefix(r.stderr, "try: ") || !strings.Contains(r.stderr, " 1 record ") || strings.Contains(r.stderr, "\x1b") {
		t.Errorf("%q; want plain lines", r.stderr)
	}
}

// helperVariable makes this test's binary write to an output that nobody reads,
// or print whether progress is drawn.
const helperVariable = "FILTER_TEST_USES"

// stuckSize is more than any pipe holds.
const stuckSize = 64 << 20

// A write that does not come back after a signal is given up: said, counted, and
// with the last figures.
func TestAbandon(t *testing.T) {
	file := path(t, "")
	r, w := pipe(t)
	var words strings.Builder
	cmd := exec.Command(os.Args[0], "--stats", file, "-v")
	cmd.Env = append(os.Environ(), helperVariable+"=stuck")
	cmd.Stdout, cmd.Stderr = w, &words
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.Read(make([]byte, 1)) // it writes
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v; want SIGTERM", cmd.ProcessState)
	}
	all := parseStats(t, text(file))
	if len(all) != 1 || !all[0].Final || all[0].BytesOut < 1 {
		t.Fatalf("statistics %+v; want a last object", all)
	}
	want := fmt.Sprintf("try: gave up a write to standard output that was still blocked after the signal, with up to %d bytes left of it\n", stuckSize-all[0].BytesOut)
	if !strings.HasPrefix(words.String(), want) || !strings.Contains(words.String(), "blocked on output") {
		t.Errorf("%q; want %q, and the summary", words.String(), want)
	}
}

func helper() {
	common := NewCommon()
	uses := Uses{Input: true, Output: os.Getenv(helperVariable) != "none"}
	if os.Getenv(helperVariable) == "stuck" {
		uses.Input = false
	}
	c := &tool.Command{
		Name: "try", Synopsis: []string{""}, Options: common.Options(), Settle: true,
		Run: func(env *tool.Env) error {
			life, err := common.Begin(env, uses)
			if err != nil {
				return err
			}
			if os.Getenv(helperVariable) == "stuck" {
				_, err := life.Out.Write(make([]byte, stuckSize))
				return life.End(err)
			}
			fmt.Fprintln(os.NewFile(3, "answer"), life.drawsProgress())
			return life.End(nil)
		},
	}
	os.Exit(tool.Main(c, os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// Only the last stage of a pipeline draws, on a terminal in whose foreground it
// is.
func TestProgressAuto(t *testing.T) {
	for _, c := range []struct {
		name           string
		uses, args     string
		stdout, stderr string
		foreground     bool
		want           string
	}{
		{"last stage, into a file", "output", "", "file", "tty", true, "true"},
		{"into a pipe", "output", "", "pipe", "tty", true, "false"},
		{"onto the terminal", "output", "", "tty", "tty", true, "false"},
		{"a sink in a pipe", "none", "", "pipe", "tty", true, "true"},
		{"a sink on the terminal", "none", "", "tty", "tty", true, "true"},
		{"not our terminal", "output", "", "file", "tty", false, "false"},
		{"a terminal that can't wipe", "dumb", "", "file", "tty", true, "false"},
		{"no terminal", "output", "", "file", "file", true, "false"},
		{"never", "output", "--progress=never", "file", "tty", true, "false"},
		{"quiet", "output", "-q", "file", "tty", true, "false"},
		{"always", "output", "--progress=always", "pipe", "file", false, "true"},
		{"supervised", "supervised", "", "file", "tty", true, "false"},
		{"supervised, always", "supervised", "--progress=always", "file", "tty", true, "true"},
	} {
		master, tty, err := tooltest.Terminal() // a session that ends takes its terminal along
		if err != nil {
			t.Skip(err)
		}
		defer master.Close() // not before: that would hang up
		defer tty.Close()
		_, pipeW := pipe(t)
		files := map[string]*os.File{"file": temp(t, ""), "pipe": pipeW, "tty": tty}
		cmd := exec.Command(os.Args[0], strings.Fields(c.args)...)
		cmd.Env = append(os.Environ(), helperVariable+"="+c.uses, "TERM=xterm")
		switch c.uses {
		case "supervised":
			cmd.Env = append(cmd.Env, tally.Variable+"=")
		case "dumb":
			cmd.Env = append(cmd.Env, "TERM=dumb")
		}
		answer, answerW := pipe(t)
		cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = tty, files[c.stdout], files[c.stderr], []*os.File{answerW}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: c.foreground}
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		answerW.Close()
		if got, _ := bufio.NewReader(answer).ReadString('\n'); got != c.want+"\n" {
			t.Errorf("%s: draws %q; want %s", c.name, got, c.want)
		}
	}
}
