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
func guess(rec *ndjson.Record) string {
	line, data := rec.Data, bytes.TrimSpace(rec.Data)
	switch {
	case rec.Err != nil:
		return "is it NDJSON? nothing ends in a newline within --max-record"
	case jsonscan.Valid(data) == nil:
		return "the records are JSON, but each one fails: is it the right file?"
	case bytes.IndexByte(line, 0) >= 0:
		return "is it binary, or UTF-16? records are UTF-8; iconv converts: iconv -f UTF-16 -t UTF-8"
	case bytes.HasPrefix(line, []byte(`"`)) && !bytes.Contains(line, []byte(`":`)) && bytes.ContainsAny(line, ",;\t"):
		return hintCSV // a quoted first field; a key has its colon, and an element is indented
	case len(line) > 0 && bytes.IndexByte([]byte(" \t{}[]\""), line[0]) >= 0:
		return "is it JSON that is printed over several lines? make one line of each value with: ndjson-map --concat ."
	case bytes.ContainsAny(data, ",;\t"):
		return hintCSV
	}
	return "a record is one JSON value a line: is it the right file?"
}

const hintCSV = "is it CSV? a record is one JSON value a line; Miller converts: mlr --icsv --ojsonl cat"
