// Package term owns standard error: every word that a tool says goes through
// it.
//
// The rules of the interface:
//   - standard output is data; words go to standard error
//   - a message is "tool: what went wrong", lower case, without a full stop
//   - what is wrong with a text is shown: the line, and a caret under the place
//   - where there is a next step, a hint says it
//   - a progress line is drawn only for a person; a message first wipes it
//   - what comes from outside (a file's name, a record) can't drive the
//     terminal: control characters in messages are shown as escapes
//
// Writes go to the descriptor directly and their errors are dropped: a tool
// must settle what it took even when nobody listens any more, while a failing
// write through os.Stderr would end a Go program by SIGPIPE.
package term

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/stdio"
)

// Term is one tool's voice. Its methods may be called from any goroutine.
type Term struct {
	mu    sync.Mutex
	fd    int
	name  string
	tty   bool
	drawn bool // a progress line or a picture stands on the terminal
	tall  bool // it is a picture

	impatient bool
	patience  time.Duration
	lost      int64 // messages since there was no room

	since atomic.Int64 // when the write began that is going on, as UnixNano; 0 for none
}

// Stuck is for how long the present write has been going on, 0 when there is
// none. A terminal that was stopped with Ctrl-S holds one for ever.
func (t *Term) Stuck() time.Duration {
	if since := t.since.Load(); since != 0 {
		return time.Since(time.Unix(0, since))
	}
	return 0
}

// New makes the voice of the tool called name, on f.
func New(f *os.File, name string) *Term {
	return &Term{fd: int(f.Fd()), name: name, tty: stdio.IsTerminal(f)}
}

// IsTerminal says whether somebody may be reading along.
func (t *Term) IsTerminal() bool { return t.tty }

// Foreground says whether we may draw on the terminal: nothing else is in its
// foreground.
func (t *Term) Foreground() bool {
	if !t.tty {
		return false
	}
	group, err := unix.IoctlGetInt(t.fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// Say prints one message, "tool: …", on one line.
func (t *Term) Say(format string, args ...any) {
	t.print(t.name + ": " + words(fmt.Sprintf(format, args...)) + "\n")
}

// Hint prints a next step under a message, on one line.
func (t *Term) Hint(format string, args ...any) {
	t.print(t.name + ": hint: " + words(fmt.Sprintf(format, args...)) + "\n")
}

// Show prints lines of an excerpt (see Excerpt).
func (t *Term) Show(text string) { t.print(printable(text)) }

func (t *Term) print(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.write(t.wiped() + s)
}

// wiped takes down what is drawn, and answers what does that.
func (t *Term) wiped() string {
	drawn, tall := t.drawn, t.tall
	t.drawn, t.tall = false, false
	switch {
	case tall:
		return wipeBelow
	case drawn:
		return wipe
	}
	return ""
}

const wipe = "\r\x1b[K"

// Progress draws line over the progress line before, cut to the terminal's
// width; where there is no terminal that could wipe it, it prints a line of its own.
func (t *Term) Progress(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.CanMove() {
		t.write(t.name + ": " + line + "\n")
		return
	}
	columns, _ := t.Size()
	line = Cut(line, columns-1)
	before := t.wiped() // of a picture, more than the line
	t.drawn = true
	t.write(before + wipe + line)
}

// EndProgress wipes the progress line or the picture.
func (t *Term) EndProgress() { t.Aside(func() {}) }

// Aside wipes what is drawn and calls f, while nothing is written: for what the
// terminal is somebody else's meanwhile.
func (t *Term) Aside(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.wiped(); s != "" {
		t.write(s)
	}
	f()
}

// Impatient has every message wait for room for at most d, where nobody reads
// the pipe or the terminal; then it and those behind it are dropped, and counted,
// until there is room. It is for tools whose work must not wait for words.
func (t *Term) Impatient(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.impatient, t.patience = true, d
}

// write writes all of s or gives up without a word. Where somebody made the
// descriptor non-blocking, as some programs do to a terminal that they share
// with us, it waits for room all the same.
func (t *Term) write(s string) {
	t.since.Store(time.Now().UnixNano())
	defer t.since.Store(0)
	if t.impatient && !t.room() {
		t.lost++
		return
	}
	if t.lost > 0 {
		s = fmt.Sprintf("%s: %s lost here: nobody read them\n", t.name, Plural(t.lost, "message was", "messages were")) + s
		t.lost = 0
	}
	for p := []byte(s); len(p) > 0; {
		part := p
		if t.impatient {
			part = p[:min(len(p), roomy)]
		}
		n, err := unix.Write(t.fd, part)
		switch err {
		case nil, unix.EINTR:
		case unix.EAGAIN:
			if !t.impatient {
				unix.Poll([]unix.PollFd{{Fd: int32(t.fd), Events: unix.POLLOUT}}, -1)
			}
		default:
			return
		}
		if p = p[max(n, 0):]; len(p) > 0 && t.impatient && !t.room() {
			t.lost++ // the rest of it
			return
		}
	}
}

// roomy is what a pipe that poll(2) calls writable takes without blocking on any
// system: the least PIPE_BUF that POSIX allows.
const roomy = 512

// room waits until something can be written, for as long as our patience lasts;
// where words have been lost already, not at all.
func (t *Term) room() bool {
	wait := t.patience
	if t.lost > 0 {
		wait = 0
	}
	for end := time.Now().Add(wait); ; {
		fds := []unix.PollFd{{Fd: int32(t.fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(fds, int(max(0, time.Until(end).Milliseconds())))
		if err != unix.EINTR {
			return err != nil || n > 0 // an error of the descriptor is the write's to find
		}
	}
}

// Plural is "1 record", "2 records".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Quote names an argument in a message: in quotes, with what is not printable
// escaped, and short.
func Quote(s string) string {
	if len(s) > 80 {
		cut := 77
		for cut > 77-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "..."
	}
	return strconv.Quote(s)
}
