package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ndjsontools/lib/tool"
)

// bad makes some hundred KiB of records, of which some are no good: in several
// ways, in runs, and beside blank lines.
func bad(rnd *rand.Rand, lines int) string {
	var b strings.Builder
	for i := range lines {
		switch rnd.IntN(40) {
		case 0:
			b.WriteString("{\"a\":tru}\n")
		case 1:
			b.WriteString("\n \t\r\n")
		case 2:
			b.WriteString("[1,2]\r\n")
		case 3:
			fmt.Fprintf(&b, `{"a":"%s"}`+"\n", strings.Repeat("long", 300+rnd.IntN(300)))
		case 4:
			b.WriteString("{\"a\":\"\xff\"}\n")
		default:
			fmt.Fprintf(&b, `{"a":%d,"b":{"c":%q},"d":[%d,{}]}`+"\n", i, strings.Repeat("x", rnd.IntN(50)), rnd.IntN(1000))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ran is all that a run leaves behind.
type ran struct {
	stdout, stderr, rejects, counts string
	status, copied, deferred        int
	sig                             syscall.Signal
}

// runMap runs the tool in this process. What comes from a pipe comes in pieces
// of any size.
func runMap(t testing.TB, stdin string, piped bool, args ...string) (r ran) {
	t.Helper()
	return newMapper().try(t, stdin, piped, args...)
}

// try is runMap with a mapper of the caller's.
func (m *mapper) try(t testing.TB, stdin string, piped bool, args ...string) (r ran) {
	t.Helper()
	dir := quickDir(t)
	file := func(name, text string) *os.File {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(dir, name))
		return string(text)
	}
	in, out, words := file("in", stdin), file("out", ""), file("words", "")
	if piped {
		rd, wr, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer rd.Close()
		in = rd
		go func() {
			defer wr.Close()
			rnd := rand.New(rand.NewPCG(uint64(len(stdin)), 1))
			for rest := stdin; len(rest) > 0; {
				n := min(len(rest), 1+rnd.IntN(20_000))
				if _, err := wr.WriteString(rest[:n]); err != nil {
					return
				}
				rest = rest[n:]
			}
		}()
	}
	args = append([]string{"ndjson-map", "--stats", filepath.Join(dir, "stats"), "--rejects", filepath.Join(dir, "rejects")}, args...)
	r.status, r.sig = tool.Run(m.command(), args, in, out, words)
	r.stdout, r.stderr, r.rejects = read("out"), read("words"), read("rejects")
	for _, field := range strings.Split(read("stats"), ",") {
		for _, name := range []string{`"records_in"`, `"records_out"`, `"bytes_out"`, `"rejects"`} {
			if strings.HasPrefix(field, name) {
				r.counts += field + " "
			}
		}
		fmt.Sscanf(field, `"records_on_bytes":%d`, &r.copied)
		fmt.Sscanf(field, `"records_deferred":%d`, &r.deferred)
	}
	return r
}

// quickDir is a folder in memory where there is one: rejects are synced to the
// disk at the end of each run.
func quickDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "ndjson-map-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// jobsRuns are programs and options, each with an effect of its own that has a
// place in the order of the input.
var jobsRuns = [][]string{
	{`.a`}, {`.`}, {`. + {z:1}`}, {`def f: .; f | .b.c`}, {`.d[]`}, {`.a, (.b | keys)`, "-q"}, {`empty`},
	{`"\(input_line_number) \(input_filename)"`, "-r"}, {`.b.c`, "-j"}, {`.a | debug`}, {`.a | stderr | select(. == 7)`},
	{`if .a == 900 then halt else .a end`}, {`if .a == 901 then "bye\n" | halt_error(3) else (.a | debug) end`},
	{`if .a == 902 then {a: 1} | halt_error else .a end`, "--on-error", "stop"},
	{`.a`, "--on-error", "stop"}, {`.a == 3`, "--on-error", "stop", "-e"},
	{`.a`, "--max-rejects", "3"}, {`.a`, "--max-rejects", "50"}, {`.a`, "--max-rejects", "1%"}, {`.a`, "--max-rejects", "60%"}, {`.a`, "--rejects-ok"},
	{`.a == 5`, "-e"}, {`select(.a == 5) | null`, "-e"}, {`empty`, "-e"}, {`.zz`, "-e"}, {`.a > -1`, "-e"}, {`. as $x | 1`, "-e"},
	{`.b.c`, "--max-record", "40"}, {`.b.c`, "--max-record", "40", "--rejects-ok"}, {`error`}, {`.a | error`, "-q"},
	{`.a, (.a | select(. == 77) | range(400000))`}, {`.a as $a | if $a == 50 then range(100) | debug else $a end`},
	{`.a`, "-z", "gzip"}, {`.`, "-z", "zstd:1"},
	{`.`, "-R"}, {`length`, "-R"}, {`.b`, "--tab"}, {`.`, "-S"}, {`.b.c`, "-a"}, {`.a`, "--raw-output0"}, {`.a, (.b | keys)`, "--atomic"}, {`.a`, "--utf8", "replace"}, {`.b.c`, "--strict"}, {`.a`, "--unbuffered"},
}

// TestJobs checks that any number of jobs leaves the same behind as one.
func TestJobs(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	good := strings.Repeat("{\"a\":1,\"b\":{\"c\":\"x\"}}\n", 3)
	inputs := []string{"", "\n", "{\"a\":7}", good, bad(rnd, 50), bad(rnd, 1500), good + bad(rnd, 15_000), strings.Repeat("x\n", 300_000)}
	if testing.Short() {
		inputs = inputs[:6]
	}
	for _, args := range jobsRuns {
		for i, in := range inputs {
			want := runMap(t, in, false, args...)
			for _, jobs := range []string{"1", "2", "3", "8"} {
				got := runMap(t, in, rnd.IntN(2) == 0, append(args[:len(args):len(args)], "-P", jobs)...)
				if got.copied, got.deferred = want.copied, want.deferred; got != want { // each job has its own memory of forms
					t.Errorf("%q with %s jobs over input %d: got %s\nwant %s", args, jobs, i, got, want)
				}
			}
			if t.Failed() {
				return
			}
		}
	}
}

func (r ran) String() string {
	clip := func(s string) string { return fmt.Sprintf("%d bytes %.200q", len(s), s) }
	return fmt.Sprintf("status %d, signal %v, %s\nstdout %s\nstderr %s\nrejects %s", r.status, r.sig, r.counts, clip(r.stdout), clip(r.stderr), clip(r.rejects))
}

// TestJobsFiles has several inputs, of which some can't be read: what is said of
// these has its place among what is said of records, and may never be said.
func TestJobsFiles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	dir := t.TempDir()
	var files []string
	for i := range 4 {
		files = append(files, filepath.Join(dir, fmt.Sprint(i)))
		if err := os.WriteFile(files[i], []byte(bad(rnd, 2000)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cut := filepath.Join(dir, "cut.gz")
	packed := runMap(t, bad(rnd, 3000), false, ".", "-z", "gzip").stdout
	if err := os.WriteFile(cut, []byte(packed[:len(packed)*2/3]), 0o600); err != nil {
		t.Fatal(err)
	}
	operands := []string{files[0], filepath.Join(dir, "missing"), files[1], cut, "-", dir, files[2], files[3]}
	for _, args := range [][]string{
		{`[.a, input_line_number, input_filename] | debug`},
		{`.a`}, {`.a`, "--max-rejects", "150"}, {`.a`, "--max-rejects", "300"}, {`.a`, "--on-error", "stop"},
		{`if input_filename == "` + files[1] + `" and .a == 1000 then halt else .a end`},
		{`if input_filename == "` + files[0] + `" and .a == 1000 then halt else .a end`},
	} {
		args = append(args, operands...)
		want := runMap(t, "{\"a\":\"from stdin\"}\n", false, args...)
		for _, jobs := range []string{"2", "3", "8"} {
			got := runMap(t, "{\"a\":\"from stdin\"}\n", false, append([]string{"-P" + jobs}, args...)...)
			if got.copied, got.deferred = want.copied, want.deferred; got != want {
				t.Errorf("%q with %s jobs: got %s\nwant %s", args[0], jobs, got, want)
			}
		}
	}
}

// pipes are a run between two pipes.
func pipes(t *testing.T, args ...string) (to, from *os.File, end chan ran) {
	t.Helper()
	open := func() (r, w *os.File) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close(); w.Close() })
		return r, w
	}
	in, to := open()
	from, out := open()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close() })
	end = make(chan ran, 1)
	go func() {
		status, sig := tool.Run(command(), append([]string{"ndjson-map"}, args...), in, out, null)
		out.Close()
		end <- ran{status: status, sig: sig}
	}()
	return to, from, end
}

// TestJobsIdle: each record is answered before the next one is there.
func TestJobsIdle(t *testing.T) {
	to, from, end := pipes(t, "-P", "3", ".a")
	answers := bufio.NewReader(from)
	for i := range 200 {
		fmt.Fprintf(to, "{\"a\":%d}\n{\"a\":", i)
		if line, err := answers.ReadString('\n'); line != fmt.Sprintln(i) {
			t.Fatalf("got %q, %v; want %d", line, err, i)
		}
		fmt.Fprintf(to, "\"half\"}\n")
		if line, err := answers.ReadString('\n'); line != "\"half\"\n" {
			t.Fatalf("got %q, %v; want the other record", line, err)
		}
	}
	to.Close()
	if r := <-end; r.status != 0 {
		t.Errorf("status %d; want 0", r.status)
	}
}

// TestJobsReaderGone: when nobody reads any more the run ends as by SIGPIPE,
// also while a program makes outputs without end, in every lane, and while there
// is no input.
func TestJobsReaderGone(t *testing.T) {
	for _, c := range []struct {
		program string
		records int // before the reader leaves; the input stays open
	}{{`.`, 200_000}, {`repeat(.)`, 1000}, {`empty`, 0}, {`select(.a == 0)`, 1000}} {
		to, from, end := pipes(t, "-P", "2", c.program)
		fed := make(chan struct{})
		go func() {
			defer close(fed)
			w := bufio.NewWriter(to)
			for i := range c.records {
				fmt.Fprintf(w, "{\"a\":%d}\n", i)
			}
			w.Flush()
		}()
		if c.records > 0 {
			if line, err := bufio.NewReaderSize(from, 16).ReadString('\n'); line != "{\"a\":0}\n" {
				t.Errorf("%s: got %q, %v; want the first record", c.program, line, err)
			}
		}
		from.Close()
		if r := <-end; r.sig != syscall.SIGPIPE {
			t.Errorf("%s: status %d, %v; want SIGPIPE", c.program, r.status, r.sig)
		}
		to.Close()
		<-fed
	}
}
