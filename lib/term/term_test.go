package term

import (
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 200)
	for _, c := range []struct {
		text string
		at   int
		want string
	}{
		{`{"a" x 1}`, 5, "  {\"a\" x 1}\n       ^\n"},
		{"", 0, "  \n  ^\n"},
		{"ab", 9, "  ab\n    ^\n"},
		{"one\ntwo\nthree", 5, "  two\n   ^\n"},
		{"é\tx", 3, "  é x\n    ^\n"},
		{"\x01\xff\"", 2, "  \\x01\\xff\"\n          ^\n"},
		{long, 100, "  …" + long[:50] + long[:28] + "…\n  " + strings.Repeat(" ", 51) + "^\n"},
	} {
		if got := Excerpt([]byte(c.text), c.at); got != c.want {
			t.Errorf("Excerpt(%q, %d) =\n%s; want\n%s", c.text, c.at, got, c.want)
		}
	}
}

func TestColumn(t *testing.T) {
	for _, c := range []struct {
		text         string
		at           int
		line, column int
	}{
		{"", 0, 1, 1}, {"abc", 2, 1, 3}, {"a\nbc", 3, 2, 2}, {"éa", 2, 1, 2}, {"ab", 99, 1, 3},
	} {
		if line, column := Column([]byte(c.text), c.at); line != c.line || column != c.column {
			t.Errorf("Column(%q, %d) = %d, %d; want %d, %d", c.text, c.at, line, column, c.line, c.column)
		}
	}
}

func TestSay(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	term := New(w, "tool")
	term.Say("no such file: %s", Quote("a\x1bb"))
	term.Hint("try %s", "b")
	term.Progress("50 %")
	term.EndProgress()
	w.Close()
	got, _ := io.ReadAll(r)
	want := "tool: no such file: \"a\\x1bb\"\ntool: hint: try b\ntool: 50 %\n"
	if string(got) != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

// A terminal that can't wipe gets lines, and one that does not tell its size is
// taken for a usual one.
func TestProgressOnSimpleTerminals(t *testing.T) {
	long := strings.Repeat("x", 100)
	for terminal, want := range map[string]string{
		"dumb":  "tool: " + long + "\n",
		"xterm": wipe + strings.Repeat("x", usualColumns-2) + "…" + wipe,
	} {
		t.Setenv("TERM", terminal)
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		term := &Term{fd: int(w.Fd()), name: "tool", tty: true}
		term.Progress(long)
		term.EndProgress()
		w.Close()
		if got, _ := io.ReadAll(r); string(got) != want {
			t.Errorf("%s: got %q; want %q", terminal, got, want)
		}
	}
}

// What comes from outside can't drive the terminal, in whatever it is printed.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain é\u65e5":                 "plain é\u65e5",
		"two\n\tlines":                  "two\n\tlines",
		"\x1b[31mred\r\x7f":             `\x1b[31mred\x0d\x7f`,
		"\xff\xc2":                      `\xff\xc2`,
		"bidi \u202e \U000e0001 \ufffd": `bidi \u202e \U000e0001 ` + "\ufffd",
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q; want %q", in, got, want)
		}
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		line := strings.ReplaceAll(want, "\n", `\n`) // a name can't begin a message of its own
		voice := New(w, "t")
		voice.Say("%s", in)
		voice.Hint("%s", in)
		voice.Show(in)
		w.Close()
		if got, _ := io.ReadAll(r); string(got) != "t: "+line+"\nt: hint: "+line+"\n"+want {
			t.Errorf("%q said is %q; want %q", in, got, line)
		}
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":                            `""`,
		"a\"b\n":                      `"a\"b\n"`,
		"\x1b\xff":                    `"\x1b\xff"`,
		strings.Repeat("a", 81):       `"` + strings.Repeat("a", 77) + `..."`,
		strings.Repeat("é", 41):       `"` + strings.Repeat("é", 38) + `..."`,
		"a" + strings.Repeat("é", 40): `"a` + strings.Repeat("é", 38) + `..."`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%q) = %s; want %s", in, got, want)
		}
	}
}

// A terminal that somebody else made non-blocking loses no message.
func TestNonBlocking(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	voice := New(w, "tool")
	if err := unix.SetNonblock(voice.fd, true); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("words and words and ", 20_000) // more than a pipe holds
	all := make(chan string)
	go func() { b, _ := io.ReadAll(r); all <- string(b) }()
	voice.Say("%s", long)
	w.Close()
	if got := <-all; got != "tool: "+long+"\n" {
		t.Errorf("%d bytes arrived; want %d", len(got), len(long)+7)
	}
}

// A voice that nobody hears any more must not end the process.
func TestReaderGone(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	New(w, "tool").Say("hello")
}

func TestPlural(t *testing.T) {
	for n, want := range map[int64]string{-1: "-1 records", 0: "0 records", 1: "1 record", 2: "2 records"} {
		if got := Plural(n, "record", "records"); got != want {
			t.Errorf("Plural(%d) = %q; want %q", n, got, want)
		}
	}
}
