package main

import (
	"errors"
	"strings"
	"time"

	"ndjsontools/lib/sink"
	"ndjsontools/lib/sink/postgres"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// tableOptions are what can be told about a table in postgres:.
type tableOptions struct {
	postgres.Config
	column      string
	columnGiven bool
}

func newTableOptions() tableOptions {
	return tableOptions{Config: postgres.Config{OnConflict: postgres.Conflicts()[0]}, column: "doc"}
}

// options are for postgres: alone.
func (t *tableOptions) options(b *bounds) []tool.Option {
	only := func(o tool.Option) tool.Option { return b.only(o, "postgres:") }
	return []tool.Option{
		only(tool.Option{Name: "table", Arg: "NAME", Usage: "insert into the table NAME, or SCHEMA.NAME", Value: tool.String(&t.Table)}),
		only(tool.Option{Name: "column", Arg: "NAME", Usage: "put whole records into the column NAME", Value: tool.Given(tool.String(&t.column), &t.columnGiven)}),
		only(tool.Option{Name: "columns", Arg: "LIST", Usage: "put fields into columns instead: id=.id,name=.user.name", Value: tool.Func("", t.setColumns)}),
		only(tool.Option{Name: "on-conflict", Arg: "ACTION", Usage: "what to do about a row that is there: error (reject), nothing or update", Value: tool.Choice(&t.OnConflict, postgres.Conflicts()...), Choices: postgres.Conflicts()}),
		only(tool.Option{Name: "key", Arg: "LIST", Usage: "the columns that tell which row that is", Value: tool.Func("", t.setKey)}),
		only(tool.Option{Name: "create-table", Usage: "make the table if it is not there", Value: tool.Bool(&t.CreateTable)}),
		only(tool.Option{Name: "stream", Arg: "NAME", Usage: "keep the checkpoint in the database under NAME, and go on from there", Value: tool.Func("", t.setStream)}),
	}
}

func (t *tableOptions) setColumns(text string) (err error) {
	t.Columns, err = postgres.ParseColumns(text)
	return err
}

func (t *tableOptions) setKey(text string) (err error) {
	t.Key, err = postgres.ParseKey(text)
	return err
}

func (t *tableOptions) setStream(name string) error {
	if t.Stream = name; name == "" {
		return errors.New("a stream without a name is none")
	}
	return nil
}

// make is what makes the destination; the times are those of http: too.
func (t *tableOptions) make(timeout, connectTimeout units.Duration) func(dest string) (sink.Destination, error) {
	return func(dest string) (sink.Destination, error) {
		c := t.Config
		c.Timeout, c.ConnectTimeout = time.Duration(timeout), time.Duration(connectTimeout)
		switch {
		case c.Table == "":
			return nil, tool.Usagef("a database has many tables: name one, --table NAME")
		case c.Columns != nil && t.columnGiven:
			return nil, tool.Usagef("--column and --columns contradict each other: whole records are a column too, %s=.", t.column)
		case c.Columns == nil:
			c.Columns = []postgres.Column{{Name: t.column}}
		}
		return postgres.New(dest, c)
	}
}

// A transaction costs a write to the server's disk, so a batch has more records
// there than elsewhere, unless an option says how many.
const (
	tableRecords = 10_000
	tableBytes   = 4 << 20
)

// scheme is the destination as options that are for some of them call it: a
// table has several spellings.
func scheme(where string) string {
	for _, prefix := range []string{"postgres:", "postgresql:", "env:"} {
		if strings.HasPrefix(where, prefix) {
			return "postgres:"
		}
	}
	return where
}

// sizes say which limits of a batch were given.
type sizes struct{ records, bytes bool }

// grow sets the limits that were not.
func (g sizes) grow(records *units.Count, bytes *units.Size) {
	if !g.records {
		*records = tableRecords
	}
	if !g.bytes {
		*bytes = tableBytes
	}
}
