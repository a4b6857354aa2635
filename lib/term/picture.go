package term

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// What a terminal is taken for that does not tell its size, as a serial line does.
const (
	usualColumns = 80
	usualRows    = 24
)

// Size is how many columns and rows the terminal has, 0 where there is none.
func (t *Term) Size() (columns, rows int) {
	if !t.tty {
		return 0, 0
	}
	ws, err := unix.IoctlGetWinsize(t.fd, unix.TIOCGWINSZ)
	if err != nil || ws.Col == 0 || ws.Row == 0 {
		return usualColumns, usualRows
	}
	return int(ws.Col), int(ws.Row)
}

// CanMove says whether the terminal understands how to move the cursor and to wipe,
// which a picture and a line that is drawn over need.
func (t *Term) CanMove() bool { return t.tty && os.Getenv("TERM") != "dumb" }

// Colourful says whether colours are welcome: on a terminal that has them, and
// whose user has not set NO_COLOR (no-color.org).
func (t *Term) Colourful() bool { return t.CanMove() && os.Getenv("NO_COLOR") == "" }

// Picture draws lines over the picture before. No line may be wider than the
// terminal, nor may there be more of them than rows.
//
// Other processes write to the terminal too, between two pictures. So the cursor
// is left above the picture, on a line of its own: what they say stands there,
// stays, and the next picture is drawn below it. With the cursor under the
// picture, the next one would be drawn over their words.
func (t *Term) Picture(lines []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drawn, t.tall = true, true
	var b strings.Builder
	b.WriteString(wipeBelow)
	for _, line := range lines {
		b.WriteString("\r\n" + line)
	}
	b.WriteString("\r")
	for range lines {
		b.WriteString("\x1b[A")
	}
	t.write(b.String())
}

const wipeBelow = "\r\x1b[J"
