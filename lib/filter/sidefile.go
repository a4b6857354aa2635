package filter

import (
	"errors"
	"fmt"
	"os"

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

// createOr is create, or with goOn opens the file to add to what it holds.
func (l *Life) createOr(option, name string, goOn bool) (*os.File, error) {
	flags := os.O_WRONLY | os.O_CREATE
	if goOn {
		flags |= os.O_APPEND
	}
	f, err := os.OpenFile(name, flags, 0o666)
	if err != nil {
		return nil, exit.With(exit.IO, err)
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		if what := l.alsoUsedAs(info); what != "" {
			f.Close()
			return nil, tool.Usagef("--%s: %s is also %s", option, term.Quote(name), what)
		}
		l.claims = append(l.claims, claim{"the file of --" + option, info})
		if !goOn {
			err = f.Truncate(0)
		}
	}
	if err != nil {
		f.Close()
		return nil, exit.With(exit.IO, err)
	}
	return f, nil
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
	for _, operand := range l.env.Args {
		if other, err := os.Stat(operand); err == nil && os.SameFile(info, other) {
			return "the operand " + term.Quote(operand)
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
