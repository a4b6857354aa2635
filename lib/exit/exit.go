// Package exit is the table of exit statuses that all tools share, and the
// rule for which one wins.
//
// A library says what went wrong by returning an error; an error that deserves
// a status of its own carries it (see Error and Statuser). Nothing here ends a
// process: only lib/tool does. The table follows sysexits.h for 64 and above,
// jq for 1 to 5, and timeout(1) and the shell for 124 to 127; man page
// ndjson-tools(7) states it for users.
package exit

import "errors"

// The statuses. Signal deaths are not here: they are signals, or 128 plus the
// signal's number where a process can't die of one.
const (
	OK          = 0   // all input was read and the last byte of output was accepted
	Falsy       = 1   // ndjson-map -e: the last output was false or null
	Usage       = 2   // a flag or an argument is wrong
	Compile     = 3   // a program, schema or configuration does not compile
	NoOutput    = 4   // ndjson-map -e: there was no output
	Rejected    = 5   // complete, but at least one record was rejected
	Input       = 65  // stopped by the input
	Unreachable = 69  // the destination could not be reached; nothing was read
	Defect      = 70  // a defect of ours
	IO          = 74  // local input or output failed
	Incomplete  = 75  // incomplete; running it again may help
	Refused     = 78  // the destination refused us as such
	TimedOut    = 124 // pipe-run: timed out
	CannotExec  = 126 // pipe-run: a stage can't be executed
	NotFound    = 127 // pipe-run: a stage is not found
	Signal      = 128 // plus the number of the signal
)

// precedence lists the statuses from the one that wins over all others down.
// Those that are not here (usage, compile) end a tool before any of these can
// arise, so their place does not matter; they win.
var precedence = [...]int{Defect, IO, Refused, Incomplete, Unreachable, Input, Rejected, NoOutput, Falsy, OK}

// Statuser is an error that knows the exit status it deserves.
type Statuser interface {
	error
	ExitStatus() int
}

// Error gives an error an exit status. It prints as the error that it wraps.
type Error struct {
	Status int
	Err    error
}

func (e *Error) Error() string   { return e.Err.Error() }
func (e *Error) Unwrap() error   { return e.Err }
func (e *Error) ExitStatus() int { return e.Status }

// With wraps err so that Status(err) is status. A nil err stays nil.
func With(status int, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Status: status, Err: err}
}

// Status is the exit status of err: OK for nil; what the outermost Statuser in
// its chain says; IO for all others, for an error that nobody classified comes
// from a system call. Of joined errors the one that wins counts.
func Status(err error) int {
	if err == nil {
		return OK
	}
	if s, ok := err.(Statuser); ok {
		return s.ExitStatus()
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		status := OK
		for _, e := range j.Unwrap() {
			status = Worse(status, Status(e))
		}
		return status
	}
	if u := errors.Unwrap(err); u != nil {
		return Status(u)
	}
	return IO
}

// Worse is the one of two statuses that a tool must end with when both apply.
func Worse(a, b int) int {
	if rank(b) < rank(a) {
		return b
	}
	return a
}

func rank(status int) int {
	for i, s := range precedence {
		if s == status {
			return i
		}
	}
	return -1
}

// Reported is an error that was already told to the user: it only carries the
// status. It prints as nothing.
func Reported(status int) error { return reported(status) }

type reported int

func (r reported) Error() string   { return "" }
func (r reported) ExitStatus() int { return int(r) }
