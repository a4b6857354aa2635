package postgres

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/sink"
)

func TestJudge(t *testing.T) {
	d := &destination{Config: Config{OnConflict: "error"}}
	for code, want := range map[string]string{
		"22P02": "suspect", "23505": "suspect", "P0001": "suspect", "P0004": "suspect", "45000": "suspect", "54000": "suspect",
		"08006": "again", "40001": "again", "40P01": "again", "53300": "again", "55P03": "again", "57P01": "again", "57P03": "again",
		"57014": "three", "XX000": "three", "": "three",
		"28P01": "refused", "3D000": "refused", "42P01": "refused", "42501": "refused", "0A000": "refused", "57P04": "refused",
	} {
		if got := verdict(d.judge(nil, fmt.Errorf("query: %w", &pgconn.PgError{Code: code}))); got != want {
			t.Errorf("%s: %s; want %s", code, got, want)
		}
	}
	policy := &pgconn.PgError{Code: "42501", Routine: "ExecWithCheckOptions"}
	if got := verdict(d.judge(nil, policy)); got != "suspect" {
		t.Errorf("a row against a policy: %s; want suspect", got)
	}
	if got := verdict(d.judge(nil, io.ErrUnexpectedEOF)); got != "again" {
		t.Errorf("a broken connection: %s; want again", got)
	}
}

func verdict(err error) string {
	var passing *sink.Transient
	var suspect *sink.Suspect
	switch {
	case errors.As(err, &suspect):
		return "suspect"
	case errors.As(err, &passing) && passing.Tries == 3:
		return "three"
	case errors.As(err, &passing):
		return "again"
	case exit.Status(err) == exit.Refused:
		return "refused"
	}
	return fmt.Sprint(err)
}

// Only a COMMIT without an answer may have stored something, and not if a key or
// a stream tells.
func TestClean(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		doubt  bool
		want   bool
	}{
		{"before the commit", Config{OnConflict: "error"}, false, true},
		{"in the commit", Config{OnConflict: "error"}, true, false},
		{"without a key", Config{OnConflict: "nothing"}, true, false},
		{"with a key", Config{OnConflict: "nothing", Key: []string{"id"}}, true, true},
		{"a key of a new table alone", Config{OnConflict: "error", Key: []string{"id"}}, true, false},
		{"with a stream", Config{OnConflict: "error", Stream: "s"}, true, true},
	} {
		d := &destination{Config: c.config}
		if got := d.clean(&session{doubt: c.doubt}); got != c.want {
			t.Errorf("%s: %v; want %v", c.name, got, c.want)
		}
	}
}

// The contexts are those of PostgreSQL 15, in some of its languages.
func TestRefusedLine(t *testing.T) {
	d := &destination{table: Table{"log", "t2"}, Config: Config{OnConflict: "error"}}
	for where, want := range map[string]int{
		`COPY t2, line 3, column doc: "{"id":`:                                     3,
		"JSON data, line 1: {\"a\":x\nCOPY t2, line 12, column doc: \"{\"a\":x}\"": 12,
		"COPY t2, Zeile 7, Spalte id: »5«":                                         7,
		"COPY t2、行 4、列 id: \"9\"":                                                  4,
		"SQL statement \"SELECT 1 FROM ONLY x\"":                                   0,
		"":                                                                         0,
		"COPY t3, line 3":                                                          0,
		"COPY t2, line 3, column s: \"x\nCOPY t2, line 4, column s: y\"": 0,
		"COPY t2, column \"5\"": 0,
		"PL/pgSQL function f() line 5 at RAISE\nCOPY t2, line 2: \"x\"": 2,
	} {
		got, ok := d.refusedLine(&pgconn.PgError{Code: "22P02", Where: where})
		if got != want || ok != (want > 0) {
			t.Errorf("%q: line %d, %v; want %d", where, got, ok, want)
		}
	}
	if _, ok := d.refusedLine(&pgconn.PgError{Code: "53100", Where: "COPY t2, line 3"}); ok {
		t.Error("a full disk is the fault of a record")
	}
}
