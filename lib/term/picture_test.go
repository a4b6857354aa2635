package term

import (
	"os"
	"strings"
	"testing"
)

// screen is a terminal, as far as pictures need one.
type screen struct {
	lines  []string
	row    int
	column int
}

func (s *screen) put(text string) {
	for len(text) > 0 {
		for len(s.lines) <= s.row {
			s.lines = append(s.lines, "")
		}
		switch {
		case strings.HasPrefix(text, "\x1b[A"):
			s.row, text = max(0, s.row-1), text[3:]
			continue
		case strings.HasPrefix(text, "\x1b[J"):
			s.lines, text = s.lines[:s.row+1], text[3:]
			s.lines[s.row] = s.lines[s.row][:s.column]
			continue
		case strings.HasPrefix(text, "\x1b[K"):
			s.lines[s.row], text = s.lines[s.row][:s.column], text[3:]
			continue
		case text[0] == '\r':
			s.column = 0
		case text[0] == '\n': // a terminal makes a return of it too
			s.row, s.column = s.row+1, 0
		default:
			line := s.lines[s.row]
			line += strings.Repeat(" ", max(0, s.column+1-len(line)))
			s.lines[s.row] = line[:s.column] + text[:1] + line[s.column+1:]
			s.column++
		}
		text = text[1:]
	}
}

func (s *screen) String() string { return strings.TrimRight(strings.Join(s.lines, "|"), "|") }

// What other processes say between two pictures stays, and so do our own words;
// the pictures do not.
func TestPicture(t *testing.T) {
	t.Setenv("TERM", "xterm")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	term := &Term{fd: int(w.Fd()), name: "tool", tty: true}
	s := &screen{}
	show := func() {
		b := make([]byte, 1<<16)
		n, err := r.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		s.put(string(b[:n]))
	}
	step := func(what, want string) {
		t.Helper()
		if got := s.String(); got != want {
			t.Fatalf("%s: the screen shows %q; want %q", what, got, want)
		}
	}
	s.put("$ tool\n")
	term.Picture([]string{"one", "two"})
	show()
	step("a picture", "$ tool||one|two")
	term.Picture([]string{"three", "four", "five"})
	show()
	step("the next one", "$ tool||three|four|five")
	s.put("cat: no\n")
	term.Picture([]string{"six", "seven"})
	show()
	step("a word from outside", "$ tool|cat: no||six|seven")
	term.Say("yes")
	show()
	step("a word of ours", "$ tool|cat: no|tool: yes")
	term.Picture([]string{"eight"})
	show()
	step("again", "$ tool|cat: no|tool: yes||eight")
	term.Progress("nine") // the terminal has become too small
	show()
	step("a line instead", "$ tool|cat: no|tool: yes|nine")
	term.Picture([]string{"ten"})
	show()
	step("a picture again", "$ tool|cat: no|tool: yes||ten")
	term.EndProgress()
	show()
	step("the end", "$ tool|cat: no|tool: yes")
	term.EndProgress() // once
	term.Say("end")
	show()
	step("after it", "$ tool|cat: no|tool: yes|tool: end")
}

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 3, "größe": 5, "日本": 4, "e\u0301": 1, "한글": 4, "█▌": 2, "ＡＢ": 4, "📦": 2, "…": 1,
	} {
		if got := Width(text); got != want {
			t.Errorf("%q is %d wide; want %d", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"日本語", 6, "日本語"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"},
		{"abc", 1, "…"}, {"abc", 0, ""}, {"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		if got := Cut(c.text, c.columns); got != c.want || Width(got) > max(0, c.columns) {
			t.Errorf("%q in %d columns is %q; want %q", c.text, c.columns, got, c.want)
		}
	}
}

func TestOneLine(t *testing.T) {
	if got, want := OneLine("a\x1b[31m\nb\tc\xff"), `a\x1b[31m b c\xff`; got != want {
		t.Errorf("%q; want %q", got, want)
	}
}

// NO_COLOR and a dumb terminal are respected.
func TestColourful(t *testing.T) {
	for _, c := range []struct {
		terminal, no  string
		tty           bool
		moves, colour bool
	}{
		{"xterm", "", true, true, true}, {"xterm", "1", true, true, false}, {"dumb", "", true, false, false},
		{"xterm", "", false, false, false}, {"", "", true, true, true},
	} {
		t.Setenv("TERM", c.terminal)
		t.Setenv("NO_COLOR", c.no)
		term := &Term{tty: c.tty}
		if term.CanMove() != c.moves || term.Colourful() != c.colour {
			t.Errorf("%+v: moves %v, colours %v", c, term.CanMove(), term.Colourful())
		}
	}
}
