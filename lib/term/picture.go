package term

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Size is how many columns and rows the terminal has, 0 where there is none or
// it does not tell.
func (t *Term) Size() (columns, rows int) {
	ws, err := unix.IoctlGetWinsize(t.fd, unix.TIOCGWINSZ)
	if !t.tty || err != nil {
		return 0, 0
	}
	return int(ws.Col), int(ws.Row)
}

// CanMove says whether the terminal understands how to move the cursor, which a
// picture needs.
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
