package tool

import (
	"fmt"
	"strings"

	"ndjsontools/lib/exit"
)

// A UsageError says that the arguments are wrong: exit status 2, with a hint.
type UsageError struct {
	Err  error
	Next string // the hint; by default the way to the help
}

func (e *UsageError) Error() string   { return e.Err.Error() }
func (e *UsageError) Unwrap() error   { return e.Err }
func (e *UsageError) ExitStatus() int { return exit.Usage }
func (e *UsageError) Hint() string    { return e.Next }

// Usagef makes a UsageError.
func Usagef(format string, args ...any) error {
	return &UsageError{Err: fmt.Errorf(format, args...)}
}

// usage makes err a UsageError that points to the help.
func (c *Command) usage(err error) error {
	u, ok := err.(*UsageError)
	if !ok {
		u = &UsageError{Err: err}
	}
	if u.Next == "" {
		u.Next = "usage: " + c.Name + " " + c.Synopsis[0] + "; see " + c.Name + " --help"
	}
	return u
}

// Help is the text of --help: the forms, the options, where to read on.
func (c *Command) Help(options []Option) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s - %s\n\n", c.Name, c.Summary)
	for i, form := range c.Synopsis {
		label := "Usage:"
		if i > 0 {
			label = "      "
		}
		fmt.Fprintf(&b, "%s %s %s\n", label, c.Name, form)
	}
	b.WriteString("\nOptions:\n")
	for _, o := range options {
		left := "      "
		if o.Short != "" {
			left = "  -" + o.Short + ", "
		}
		left += "--" + o.Name
		switch {
		case o.Bare != "":
			left += "[=" + o.Arg + "]"
		case o.Arg != "":
			left += " " + o.Arg
		}
		if len(left) > helpColumn-2 {
			fmt.Fprintf(&b, "%s\n%*s", left, helpColumn, "")
		} else {
			fmt.Fprintf(&b, "%-*s", helpColumn, left)
		}
		b.WriteString(o.Usage)
		if d := o.DefaultText(); d != "" {
			fmt.Fprintf(&b, " [%s]", d)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\nThe manual: man %s, man 7 ndjson-tools\n", c.Name)
	return b.String()
}

// helpColumn is where the descriptions of options begin.
const helpColumn = 30
