package filter

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/units"
)

// bad is n bad records, then good ones.
func bad(n, good int) string { return strings.Repeat("x\n", n) + strings.Repeat("1\n", good) }

func TestRejectWords(t *testing.T) {
	for _, c := range []struct {
		name, stdin, args, stdout, stderr string
		status                            int
	}{
		{"none", "1\n2", "", "1\n2\n", "", 0},
		{"one", "1\n {\"a\" 1}\r\n2\n", "", "1\n2\n",
			"try: stdin:2:7: invalid character '1' after object key\n   {\"a\" 1}\n        ^\ntry: 1 of 3 records rejected\n", 5},
		{"hint", "\"fail\"\n", "", "", "try: stdin:1: it failed\ntry: hint: do not\ntry: 1 of 1 record rejected\n", 5},
		{"quiet", "1\nx\n", "-q", "1\n", "", 5},
		{"stop", "1\n\nx\n2\n", "--on-error stop", "1\n",
			"try: stdin:3:1: invalid character 'x' where a value is wanted\n  x\n  ^\ntry: stopped at the first bad record, stdin:3, as --on-error=stop says\n", 65},
		{"quiet stop", "1\nx\n", "--on-error stop -q", "1\n", "try: stopped at the first bad record, stdin:2, as --on-error=stop says\n", 65},
		{"too long", "1\n1234567890\n2\n", "--max-record 5", "1\n2\n",
			"try: stdin:2: record of 10 bytes is longer than the maximum of 5\ntry: 1 of 3 records rejected\n", 5},
	} {
		r := runTry(t, c.stdin, strings.Fields(c.args)...)
		if r.stdout != c.stdout || r.stderr != c.stderr || r.status != c.status {
			t.Errorf("%s: status %d, %q and\n%s; want %d, %q and\n%s", c.name, r.status, r.stdout, r.stderr, c.status, c.stdout, c.stderr)
		}
	}
}

// Of many bad records ten are shown; the count is exact.
func TestMessageLimit(t *testing.T) {
	for n, further := range map[int]int{10: 0, 11: 1, 60: 1} {
		r := runTry(t, bad(n, 100))
		if got := strings.Count(r.stderr, "try: stdin:"); got != messageLimit {
			t.Errorf("%d bad: %d shown; want %d", n, got, messageLimit)
		}
		if got := strings.Count(r.stderr, "further bad records are counted, not shown\n"); got != further {
			t.Errorf("%d bad: it says so %d times; want %d", n, got, further)
		}
		if want := fmt.Sprintf("try: %d of %d records rejected\n", n, n+100); !strings.HasSuffix(r.stderr, want) {
			t.Errorf("%d bad: ends with %q; want %q", n, r.stderr, want)
		}
	}
}

func TestLimits(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved")
	for _, c := range []struct {
		name, stdin, args string
		status            int
		say               string
	}{
		{"99 bad at first", bad(99, 1), "", 5, "99 of 100 records rejected"},
		{"100 bad at first", bad(100, 50), "", 65, "the first 100 records are all bad"},
		{"100 bad later", "1\n" + bad(100, 50), "", 5, "100 of 151 records rejected"},
		{"saving does not help", bad(100, 50), "--rejects-ok", 65, "the first 100 records are all bad"},
		{"none allowed", "1\nx\n2\n", "--max-rejects 0", 65, "stopped: more than 0 rejected, as --max-rejects says (1 of 2)"},
		{"as many as allowed", bad(2, 5), "--max-rejects 2", 5, "2 of 7 records rejected"},
		{"one more", bad(3, 5), "--max-rejects 2", 65, "stopped: more than 2 rejected, as --max-rejects says (3 of 3)"},
		{"a share, soon", bad(11, 2000), "--max-rejects 1%", 65, "stopped: more than 1% rejected, as --max-rejects says (11 of 11)"},
		{"a share, at the end", bad(1, 9), "--max-rejects 9%", 65, "more than 9% rejected, as --max-rejects says (1 of 10)"},
		{"a share, exactly", bad(1, 9), "--max-rejects 10%", 5, "1 of 10 records rejected"},
		{"a share, saved", bad(1, 9), "--max-rejects 9% --rejects-ok", 65, "more than 9% rejected"},
		{"a number, saved", bad(3, 9), "--max-rejects 2 --rejects-ok", 65, "more than 2 rejected"},
		{"allowed and saved", bad(2, 9), "--max-rejects 2 --rejects-ok", 0, ""},
		{"a head is not the record", "1\n" + strings.Repeat("9", 100) + "\n", "--max-record 10 --rejects-ok", 5,
			"1 of 2 records rejected, 1 of them too long to be saved whole"},
	} {
		args := strings.Fields(c.args)
		if strings.Contains(c.args, "--rejects-ok") {
			args = append(args, "--rejects", saved)
		}
		r := runTry(t, c.stdin, args...)
		if r.status != c.status || !strings.Contains(r.stderr, c.say) {
			t.Errorf("%s: status %d, %q; want %d, %q", c.name, r.status, r.stderr, c.status, c.say)
		}
		if n := strings.Count(r.stderr, "rejected"); n > 1 {
			t.Errorf("%s: says %d times what was rejected: %q", c.name, n, r.stderr)
		}
		if len(args) > 0 && args[len(args)-1] == saved {
			if got, want := strings.Count(text(saved), "\n"), strings.Count(c.stdin, "x\n"); c.status == 0 && got != want {
				t.Errorf("%s: %d saved; want %d", c.name, got, want)
			}
		}
	}
}

func TestGuess(t *testing.T) {
	pretty := "{\n" + strings.Repeat("  \"a\": [\n    1,\n    \"b\",\n  ],\n", 30) + "}\n"
	for _, c := range []struct{ stdin, want string }{
		{strings.Repeat("a,b,c\n", 100), "is it CSV?"},
		{strings.Repeat("\"a b\",\"c\"\n", 100), "is it CSV?"},
		{strings.Repeat("a;b\n", 100), "is it CSV?"},
		{strings.Repeat("a\tb\n", 100), "is it CSV?"},
		{pretty, "printed over several lines"},
		{strings.Repeat("\"key\": 1,\n", 100), "printed over several lines"},
		{strings.Repeat("\t1,\n", 100), "printed over several lines"},
		{strings.Repeat("\"fail\"\n", 100), "is it the right file?"},
		{strings.Repeat("hello world\n", 100), "a record is one JSON value a line"},
		{strings.Repeat("{\x00\"\x00a\x00\n", 100), "UTF-16"},
		{strings.Repeat(strings.Repeat("x", 20)+"\n", 100), "--max-record"},
	} {
		r := runTry(t, c.stdin, "--max-record", "19")
		if r.status != exit.Input || !strings.Contains(r.stderr, "hint: ") || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%.20q: status %d, %q; want %q", c.stdin, r.status, r.stderr[max(0, len(r.stderr)-200):], c.want)
		}
	}
}

// What can't be saved is not lost silently, and it is said once.
func TestRejectsFail(t *testing.T) {
	devFull(t)
	for _, n := range []int{1, 50, 5000} { // at the end, and in the middle
		r := runTry(t, "1\n"+bad(n, 0), "-q", "--rejects", "/dev/full")
		if r.status != exit.IO || r.stderr != "try: rejects: write /dev/full: no space left on device\n" || r.stdout != "1\n" {
			t.Errorf("%d rejects into a full disk: status %d, %q, %q", n, r.status, r.stdout, r.stderr)
		}
	}
	// That the reader of the rejects is gone is not that of the output.
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o666); err != nil {
		t.Skip(err)
	}
	for _, n := range []int{1, 5000} {
		gone := make(chan error, 1)
		go func() {
			f, err := os.Open(fifo)
			if err == nil {
				f.Close()
			}
			gone <- err
		}()
		f := &try{begun: nil}
		f.each = func(*Life) {
			if gone != nil {
				<-gone
				gone = nil
			}
		}
		r := f.run1(t, edges{stdin: "1\n" + bad(n, 0)}, "-q", "--rejects", fifo)
		if r.status != exit.IO || r.sig != 0 || r.stderr != "try: rejects: nobody reads them any more\n" || r.stdout != "1\n" {
			t.Errorf("%d rejects that nobody reads: status %d, signal %v, %q, %q", n, r.status, r.sig, r.stdout, r.stderr)
		}
	}
}

// A file for rejects that can't be had ends the tool before it reads.
func TestRejectsCannotOpen(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"/no/such/folder/file", dir, ""} {
		in := temp(t, "1\n")
		r := new(try).run1(t, edges{in: in}, "--rejects="+name)
		if name == "" {
			if r.status != exit.Usage {
				t.Errorf("no name: status %d, %q; want 2", r.status, r.stderr)
			}
			continue
		}
		if at, _ := in.Seek(0, io.SeekCurrent); r.status != exit.IO || at != 0 || r.stdout != "" || !strings.Contains(r.stderr, name) {
			t.Errorf("%s: status %d after reading %d, %q; want 74 after 0", name, r.status, at, r.stderr)
		}
	}
}

// A file that the run uses already is not overwritten.
func TestSameFile(t *testing.T) {
	in, out := temp(t, "1\n"), temp(t, "old\n")
	other := path(t, "2\n")
	words := temp(t, "")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	both := filepath.Join(t.TempDir(), "both")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--rejects", in.Name()}, "is also standard input"},
		{[]string{"--stats", in.Name()}, "is also standard input"},
		{[]string{"--rejects", out.Name()}, "is also standard output"},
		{[]string{"--stats", words.Name()}, "is also standard error"},
		{[]string{"--rejects", link, other}, "which this run reads or writes"},
		{[]string{"--stats", both, "--rejects", both}, "is also the file of --stats"},
		{[]string{"--stats", "fd:1"}, "descriptor 1 is standard output"},
	} {
		in.Seek(0, io.SeekStart)
		words.Truncate(0)
		words.Seek(0, io.SeekStart)
		out2, err := os.OpenFile(out.Name(), os.O_WRONLY|os.O_APPEND, 0) // the run closes it
		if err != nil {
			t.Fatal(err)
		}
		r := new(try).run1(t, edges{in: in, out: out2, words: words}, c.args...)
		if r.status != exit.Usage || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%q: status %d, %q; want 2, %q", c.args, r.status, r.stderr, c.want)
		}
	}
	if text(in.Name()) != "1\n" || text(other) != "2\n" || text(out.Name()) != "old\n" {
		t.Errorf("files are %q, %q, %q; want them as they were", text(in.Name()), text(other), text(out.Name()))
	}
}

// Where several things go wrong the contract's order decides, and each is said.
func TestPrecedence(t *testing.T) {
	full := devFull(t)
	term := func(life *Life) { // somebody sends it while a record is worked on
		if life.Stopped() {
			return
		}
		syscall.Kill(os.Getpid(), syscall.SIGTERM)
		for !life.Stopped() {
			runtime.Gosched()
		}
	}
	for _, c := range []struct {
		name, stdin string
		out         *os.File
		each        func(*Life)
		args        []string
		status      int
		sig         syscall.Signal
		say         []string
	}{
		{"rejects and full", bad(1, 5), full, nil, nil, 74, 0, []string{"1 of 6 records rejected", "write standard output: no space left"}},
		{"stop and full", "1\nx\n", full, nil, []string{"--on-error", "stop"}, 74, 0, []string{"stopped at the first", "no space left"}},
		{"rejects and missing", "x\n1\n", nil, nil, []string{"-", "/no/such"}, 74, 0, []string{"open /no/such", "1 of 2 records rejected"}},
		{"all", bad(1, 5), full, term, []string{"--rejects", "/dev/full", "/no/such", "-"}, 0, syscall.SIGTERM,
			[]string{"open /no/such", "rejects: write /dev/full: no space left"}},
		{"stats", "x\n1\n", nil, nil, []string{"--stats", "/dev/full"}, 74, 0, []string{"statistics: write /dev/full: no space left", "rejected"}},
	} {
		f := &try{each: c.each}
		out := c.out
		if out != nil {
			out = devFull(t) // each run closes its own
		}
		r := f.run1(t, edges{stdin: c.stdin, out: out}, c.args...)
		if r.status != c.status || r.sig != c.sig {
			t.Errorf("%s: status %d, signal %v; want %d, %v (%s)", c.name, r.status, r.sig, c.status, c.sig, r.stderr)
		}
		for _, want := range c.say {
			if strings.Count(r.stderr, want) != 1 {
				t.Errorf("%s: said\n%s; want %q in it once", c.name, r.stderr, want)
			}
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range []string{
		"--rejects-ok", "--stats-every 1s", "-qv", "-q --progress always", "--max-record 0",
		"--stats fd:x", "--stats fd:0", "--stats fd:-1", "--on-error go", "--max-rejects 101%", "--progress sometimes", "-z lz4",
	} {
		if r := runTry(t, "1\n", strings.Fields(args)...); r.status != exit.Usage || r.stdout != "" || !strings.HasPrefix(r.stderr, "try: ") {
			t.Errorf("%s: status %d, %q, %q; want 2", args, r.status, r.stdout, r.stderr)
		}
	}
}

// A sink may learn of an earlier record later: the share is of what was reached.
func TestLimitOutOfOrder(t *testing.T) {
	limit, err := units.ParseLimit("2%")
	if err != nil {
		t.Fatal(err)
	}
	j := &Judge{opts: &Records{MaxRejects: limit}, rejected: 100, reached: 5000}
	if err := j.verdict(&ndjson.Record{Ordinal: 7}, Fault{}); err != nil {
		t.Errorf("100 of 5000 are more than 2%%: %v", err)
	}
	j.rejected++
	if j.verdict(&ndjson.Record{Ordinal: 8}, Fault{}) == nil {
		t.Error("101 of 5000 are not more than 2%")
	}
}
