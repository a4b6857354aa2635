package postgres

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/sink"
)

// class says what an error of the server means to the Engine.
type class int

const (
	unknown   class = iota // three tries
	record                 // some record is bad
	passing                // deliver again
	forbidden              // the database won't have us, whatever the record
)

// classOf sorts SQLSTATEs, by the appendix "PostgreSQL Error Codes" of its manual:
// whole codes before their classes, which are the first two characters.
func classOf(code string) class {
	switch code {
	case "25006", // read only: the server may be a standby for the moment
		"25P03", // idle in transaction for too long
		"55P03", // a lock can't be had
		"57P01", "57P02", "57P03", "57P05":
		return passing
	case "44000", // against WITH CHECK OPTION
		"54000", // too large for an index
		"21000": // two rows for one key
		return record
	}
	if len(code) < 2 {
		return unknown
	}
	switch code[:2] {
	case "22", "23",
		"P0", // PL/pgSQL: RAISE, ASSERT or STRICT in a trigger
		"45": // the standard's class for exceptions that users define
		return record
	case "08", "40", "53", "58":
		return passing
	case "0A", "25", "28", "3D", "3F", "42":
		return forbidden
	}
	if code == "57P04" { // the database was dropped
		return forbidden
	}
	return unknown
}

func asPgError(err error) *pgconn.PgError {
	refusal, _ := errors.AsType[*pgconn.PgError](err)
	return refusal
}

// class is classOf, for a whole error: a row that a policy of row-level security
// forbids has the code of a missing right, but comes from where options of views
// are checked as well.
func (e explained) class() class {
	if e.Code == "42501" && e.Routine == "ExecWithCheckOptions" {
		return record
	}
	return classOf(e.Code)
}

// judge turns an error of a session, which may be nil, into the Engine's terms.
func (d *destination) judge(s *session, err error) error {
	var status exit.Statuser
	if err == nil || errors.As(err, &status) {
		return err
	}
	if _, ok := errors.AsType[*sink.Transient](err); ok {
		return err
	}
	refusal := asPgError(err)
	if refusal == nil {
		return &sink.Transient{Err: err, Clean: d.clean(s)}
	}
	said := explained{refusal}
	err = said
	switch said.class() {
	case record:
		return &sink.Suspect{Reason: err, Status: refusal.Code, Clean: d.clean(s)}
	case passing:
		return &sink.Transient{Err: err, Clean: d.clean(s)}
	case forbidden:
		return exit.With(exit.Refused, err)
	}
	return &sink.Transient{Err: err, Clean: d.clean(s), Tries: 3}
}

// clean says that nothing of a failed attempt can be stored twice.
func (d *destination) clean(s *session) bool {
	certain := s == nil || !s.doubt
	return certain || d.Stream != "" || d.OnConflict != "error" && len(d.Key) > 0
}

// judgeConnect judges why there is no connection. A server that can't be asked
// may come; one that does not trust us, or that we don't trust, won't.
func (d *destination) judgeConnect(err error) error {
	if asPgError(err) != nil {
		return d.judgeSetup(err)
	}
	err = flat{err}
	if sink.Distrusted(err) {
		return exit.With(exit.Refused, err)
	}
	return &sink.Transient{Err: err, Clean: true}
}

// judgeSetup judges an error of statements that carry no record, of which none
// can be the fault. Two sinks that make one table at the same time collide in the
// system's tables, for example.
func (d *destination) judgeSetup(err error) error {
	err = d.judge(nil, err)
	if suspect, ok := errors.AsType[*sink.Suspect](err); ok {
		return &sink.Transient{Err: suspect.Reason, Clean: true, Tries: 3}
	}
	return err
}

// collided says that a transaction had to make way for another one.
func collided(err error) bool {
	refusal := asPgError(err)
	return refusal != nil && (refusal.Code == "40P01" || refusal.Code == "40001")
}

// flat is an error on one line.
type flat struct{ error }

func (e flat) Error() string {
	return strings.Join(strings.Fields(e.error.Error()), " ")
}
func (e flat) Unwrap() error { return e.error }

// explained is what the server said, with what helps.
type explained struct{ *pgconn.PgError }

func (e explained) Error() string {
	words := e.Message
	if e.Detail != "" {
		words += ": " + e.Detail
	}
	if e.Hint != "" {
		words += " (" + e.Hint + ")"
	}
	words = strings.ToValidUTF8(strings.Join(strings.Fields(words), " "), "\ufffd")
	return fmt.Sprintf("%s (SQLSTATE %s)", words, e.Code)
}
func (e explained) Unwrap() error { return e.PgError }

// refusedLine is the line, from 1, that a COPY could not take, if the error names
// one. Its context has a line such as
//
//	COPY events, line 3, column id: "x"
//
// in the language of the server: the first number after the table's name is it.
// The values that a context shows could look like another one, so two of them are
// none, and the Engine finds the record by halving.
func (d *destination) refusedLine(err error) (line int, ok bool) {
	refusal := asPgError(err)
	if refusal == nil || classOf(refusal.Code) != record {
		return 0, false
	}
	table := d.table.Name
	if d.OnConflict != "error" {
		table = staging
	}
	for context := range strings.Lines(refusal.Where) {
		rest, found := strings.CutPrefix(context, "COPY "+table)
		if !found {
			continue
		}
		if ok {
			return 0, false
		}
		line, ok = firstNumber(rest)
	}
	return line, ok
}

// firstNumber is the first run of digits in text, if it stands before any quote.
func firstNumber(text string) (n int, ok bool) {
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9' && n < 1<<40:
			n, ok = n*10+int(r-'0'), true
		case ok:
			return n, true
		case strings.ContainsRune("\"«»„“”「", r):
			return 0, false
		}
	}
	return n, ok
}
