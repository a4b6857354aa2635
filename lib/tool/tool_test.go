package tool

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/stdio"
)

// run runs c in process and answers what it printed and how it ended.
func run(t *testing.T, c *Command, args ...string) (stdout, stderr string, status int, sig syscall.Signal) {
	t.Helper()
	var files [3]*os.File
	for i := range files {
		f, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files[i] = f
	}
	status, sig = Run(c, append([]string{c.Name}, args...), files[0], files[1], files[2])
	var text [3]string
	for i, f := range files {
		f.Seek(0, io.SeekStart)
		b, _ := io.ReadAll(f)
		text[i] = string(b)
	}
	return text[1], text[2], status, sig
}

func TestRun(t *testing.T) {
	var count int64 = 7
	var mode = "auto"
	var pairs []string
	var answer error
	c := &Command{
		Name: "try", Summary: "tries things", Synopsis: []string{"[options] [FILE ...]"},
		Options: []Option{
			{Name: "count", Short: "n", Arg: "N", Usage: "how many", Value: Int(&count, 1)},
			{Name: "mode", Arg: "WHEN", Usage: "when", Value: Choice(&mode, "auto", "always")},
			{Name: "arg", Arg: "NAME VALUE", Usage: "sets $NAME", Value: Pair(func(a, b string) error {
				pairs = append(pairs, a+"="+b)
				return nil
			})},
		},
		Operands: [2]int{0, 1},
		Run: func(env *Env) error {
			if len(env.Args) > 0 && env.Args[0] == "panic" {
				panic("oh")
			}
			return answer
		},
	}
	for _, s := range []struct {
		args           string
		answer         error
		status         int
		sig            syscall.Signal
		stdout, stderr string // must be contained; empty means nothing may be printed
	}{
		{args: ""},
		{args: "-n5 --arg a b,c --arg d e"},
		{args: "help"},
		{args: "--help", stdout: "  -n, --count N               how many [7]\n"},
		{args: "-V", stdout: "try "},
		{args: "-n0", status: exit.Usage, stderr: "try: --count: \"0\" is not a whole number of at least 1\ntry: hint: usage: try [options] [FILE ...]; see try --help\n"},
		{args: "--mode alway", status: exit.Usage, stderr: `"alway" is not one of auto, always (did you mean always?)`},
		{args: "--cont 5", status: exit.Usage, stderr: "try: unknown option --cont (did you mean --count?)\n"},
		{args: "a b", status: exit.Usage, stderr: `unexpected operand "b"`},
		{args: "a", answer: errors.New("disk on fire"), status: exit.IO, stderr: "try: disk on fire\n"},
		{args: "a", answer: exit.With(exit.Input, errors.New("bad")), status: exit.Input, stderr: "try: bad\n"},
		{args: "a", answer: Usagef("no"), status: exit.Usage, stderr: "try: no\ntry: hint: usage"},
		{args: "a", answer: stdio.ErrReaderGone, sig: syscall.SIGPIPE},
		{args: "a", answer: errors.Join(errors.New("one"), exit.With(exit.Rejected, errors.New("two"))), status: exit.IO, stderr: "try: one\ntry: two\n"},
		{args: "a", answer: errors.Join(errors.New("disk full"), stdio.ErrReaderGone), sig: syscall.SIGPIPE, stderr: "try: disk full\n"},
		{args: "panic", status: exit.Defect, stderr: "try: defect: oh\n"},
	} {
		count, answer, pairs = 7, s.answer, nil
		stdout, stderr, status, sig := run(t, c, strings.Fields(s.args)...)
		if status != s.status || sig != s.sig {
			t.Errorf("%q: status %d, signal %v; want %d, %v", s.args, status, sig, s.status, s.sig)
		}
		if !strings.Contains(stdout, s.stdout) || s.stdout == "" && stdout != "" {
			t.Errorf("%q: stdout %q; want %q in it", s.args, stdout, s.stdout)
		}
		if !strings.Contains(stderr, s.stderr) || s.stderr == "" && stderr != "" {
			t.Errorf("%q: stderr %q; want %q in it", s.args, stderr, s.stderr)
		}
		if s.args == "-n5 --arg a b,c --arg d e" && (count != 5 || strings.Join(pairs, ";") != "a=b,c;d=e") {
			t.Errorf("count %d, pairs %q; want 5 and a=b,c;d=e", count, pairs)
		}
	}
}

// The help is for people and for the test of the manual: its form is fixed.
func TestHelp(t *testing.T) {
	var on bool
	var size string
	c := &Command{
		Name: "try", Summary: "tries things", Synopsis: []string{"[options] FILE", "[options] -- COMMAND"},
		Options: []Option{
			{Name: "quick", Short: "q", Usage: "be quick", Value: Bool(&on)},
			{Name: "size", Arg: "SIZE", Usage: "how large", Value: String(&size), Default: "as it comes"},
			{Name: "a-long-option-name", Arg: "WITH VALUES", Usage: "is described below", Value: Pair(nil)},
		},
		Run: func(*Env) error { panic("not for help") },
	}
	const want = `try - tries things

Usage: try [options] FILE
       try [options] -- COMMAND

Options:
  -q, --quick                 be quick
      --size SIZE             how large [as it comes]
      --a-long-option-name WITH VALUES
                              is described below
  -h, --help                  print this help
  -V, --version               print the version

The manual: man try, man 7 ndjson-tools
`
	for _, args := range [][]string{{"--help"}, {"-h"}, {"-qh", "x", "y"}} {
		stdout, stderr, status, sig := run(t, c, args...)
		if stdout != want || stderr != "" || status != exit.OK || sig != 0 {
			t.Errorf("%q: %d, %v, stderr %q, got\n%s; want\n%s", args, status, sig, stderr, stdout, want)
		}
	}
}

// What is printed on demand is data: a full disk is an error.
func TestHelpFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	c := &Command{Name: "try", Synopsis: []string{""}}
	if status, sig := Run(c, []string{"try", "--help"}, null, full, null); status != exit.IO || sig != 0 {
		t.Errorf("status %d, signal %v; want %d", status, sig, exit.IO)
	}
}

// A missing operand shows how the command is used.
func TestMissingOperand(t *testing.T) {
	c := &Command{Name: "try", Synopsis: []string{"PROGRAM"}, Operands: [2]int{1, -1}, Run: func(*Env) error { return nil }}
	if _, stderr, status, _ := run(t, c); status != exit.Usage || !strings.Contains(stderr, "usage: try PROGRAM") {
		t.Errorf("status %d, %q; want 2 and the usage", status, stderr)
	}
}
