package filter

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/draft"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
)

// claim is a file that this run writes besides its output.
type claim struct {
	what string
	info os.FileInfo
}

// create opens the file that an option names, in place of what it held. A file
// that the run also reads or writes is refused before a byte of it is lost.
func (l *Life) create(option, name string) (*os.File, error) { return l.createOr(option, name, false) }

// createOr is create, or with goOn opens the file to add to the lines that it
// holds. The beginning of one that a kill left at its end is cut off.
func (l *Life) createOr(option, name string, goOn bool) (*os.File, error) {
	flags := os.O_WRONLY | os.O_CREATE
	if goOn {
		flags = os.O_RDWR | os.O_CREATE | os.O_APPEND // reading is for the last line alone
	}
	f, err := l.openSide(name, flags)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		if what := l.alsoUsedAs(info); what != "" {
			f.Close()
			return nil, tool.Usagef("--%s: %s is also %s", option, term.Quote(name), what)
		}
		l.claims = append(l.claims, claim{"the file of --" + option, info})
		if goOn {
			_, err = draft.CutLine(f)
		} else {
			err = f.Truncate(0)
		}
	}
	if err != nil {
		f.Close()
		return nil, exit.With(exit.IO, err)
	}
	return f, nil
}

// fifoRetry is how often a FIFO is tried that nobody reads yet.
const fifoRetry = 20 * time.Millisecond

// openSide opens a file for writing. A FIFO is waited for until it has a reader,
// as open(2) does, but so that a signal ends the wait.
func (l *Life) openSide(name string, flags int) (*os.File, error) {
	if info, err := os.Stat(name); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		f, err := os.OpenFile(name, flags, 0o666)
		return f, exit.With(exit.IO, err)
	}
	for {
		fd, err := unix.Open(name, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		switch err {
		case nil:
			// The open file is ours alone, so its flags are ours to set.
			return os.NewFile(uintptr(fd), name), exit.With(exit.IO, unix.SetNonblock(fd, false))
		case unix.ENXIO, unix.EINTR:
		default:
			return nil, exit.With(exit.IO, &os.PathError{Op: "open", Path: name, Err: err})
		}
		var nobody *stdio.Out
		if err := nobody.Sleep(fifoRetry, l.env.Signals.Waker); err != nil {
			return nil, err
		}
	}
}

// alsoUsedAs is what a file is to this run already, "" for nothing. An operand
// that happens to be no file name is none.
func (l *Life) alsoUsedAs(info os.FileInfo) string {
	for _, std := range []struct {
		f    *os.File
		used bool
		what string
	}{
		{l.env.Stdin, l.uses.Input, "standard input"}, {l.env.Stdout, l.uses.Output, "standard output"},
		{l.env.Stderr, true, "standard error"},
	} {
		if other, err := std.f.Stat(); std.used && err == nil && os.SameFile(info, other) {
			return std.what
		}
	}
	for _, name := range append(l.uses.Files, l.env.Args...) {
		if other, err := os.Stat(name); err == nil && os.SameFile(info, other) {
			return term.Quote(name) + ", which this run reads or writes"
		}
	}
	for _, c := range l.claims {
		if os.SameFile(info, c.info) {
			return c.what
		}
	}
	return ""
}

// sideError is a failure of what is written besides the output. That its reader
// is gone is a failure like others: only the reader of standard output ends the
// process quietly.
func sideError(what string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, stdio.ErrReaderGone) {
		err = errors.New("nobody reads them any more")
	}
	return exit.With(exit.IO, fmt.Errorf("%s: %w", what, err))
}

// Side opens the file that an option names for a tool's own words, in place of
// what it held; a file that the run also reads or writes is refused. The caller
// closes it, which writes what is buffered.
func (l *Life) Side(option, name string) (*stdio.Out, error) {
	f, err := l.create(option, name)
	if err != nil {
		return nil, err
	}
	return stdio.NewOut(f, name, 64<<10), nil
}
