package filter

import (
	"bytes"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/ndjson"
)

// badInput says that the input is not what it should be.
type badInput struct{ text, hint string }

func (e *badInput) Error() string   { return e.text }
func (e *badInput) Hint() string    { return e.hint }
func (e *badInput) ExitStatus() int { return exit.Input }

// guess is what an input may be of which all records are bad, by the last one.
func (j *Judge) guess(rec *ndjson.Record, f Fault) string {
	data := bytes.TrimSpace(rec.Data)
	switch {
	case rec.Err != nil:
		return "is it NDJSON? nothing ends in a newline within --max-record"
	case jsonscan.Valid(data) == nil:
		return "the records are JSON, but each one fails: is it the right file?"
	case len(data) > 0 && (rec.Data[0] == ' ' || rec.Data[0] == '\t' || bytes.IndexByte([]byte(`{}[]"`), data[0]) >= 0):
		return "is it JSON that is printed over several lines? make one line of each value with: jq -c ."
	case bytes.IndexByte(data, ',') > 0 || bytes.IndexByte(data, '\t') > 0 || bytes.IndexByte(data, ';') > 0:
		return "is it CSV? a record is one JSON value a line; Miller converts: mlr --icsv --ojsonl cat"
	}
	return "a record is one JSON value a line: is it the right file?"
}
