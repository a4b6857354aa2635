package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/spell"
)

// staging is the temporary table that COPY fills where conflicts are no errors.
const staging = "rate_sink_staging"

// closing is how long a goodbye may take.
const closing = time.Second

// A session is a connection and what it knows of the table.
type session struct {
	d       *destination
	conn    *pgconn.PgConn
	columns []column
	copy    string // the statement that takes the rows
	insert  string // the statement that moves them on from staging; "" for none
	doubt   bool   // a COMMIT has had no answer
}

// dial makes a session that knows nothing yet.
func (d *destination) dial(ctx context.Context) (*session, error) {
	conn, err := pgconn.ConnectConfig(ctx, d.server)
	if err != nil {
		return nil, d.judgeConnect(err)
	}
	return &session{d: d, conn: conn}, nil
}

// prepare looks at the table and makes what the session needs.
func (s *session) prepare(ctx context.Context) error {
	d := s.d
	if d.CreateTable && !d.opened {
		if err := s.createTable(ctx); err != nil {
			return err
		}
	}
	if err := s.look(ctx); err != nil {
		return err
	}
	into := d.table.sql()
	if d.OnConflict != "error" {
		into = "pg_temp." + staging
		fields := make([]string, len(s.columns))
		for i, c := range s.columns {
			fields[i] = quote(c.Name) + " " + c.kind
		}
		if _, err := s.query(ctx, fmt.Sprintf("CREATE TEMPORARY TABLE %s (%s) ON COMMIT DELETE ROWS", staging, strings.Join(fields, ", "))); err != nil {
			return err
		}
		s.insert = d.insertion()
		if _, err := s.query(ctx, "EXPLAIN "+s.insert); err != nil { // says whether the key has its index
			return err
		}
	}
	form := "FORMAT text"
	if isRaw(s.columns) {
		form = `FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'`
	}
	s.copy = fmt.Sprintf("COPY %s (%s) FROM STDIN WITH (%s)", into, list(d.names(), "%s"), form)
	return nil
}

// names are those of the columns.
func (d *destination) names() []string {
	names := make([]string, len(d.Columns))
	for i, c := range d.Columns {
		names[i] = c.Name
	}
	return names
}

func (s *session) createTable(ctx context.Context) error {
	d := s.d
	there, err := s.query(ctx, "SELECT to_regclass("+literal(d.table.sql())+")")
	if err != nil || there[0][0] != nil { // who may not create may still insert
		return err
	}
	var parts []string
	for _, c := range d.Columns {
		kind := c.Type
		switch {
		case kind != "":
		case len(c.Path) == 0:
			kind = "jsonb"
		default:
			kind = "text"
		}
		parts = append(parts, quote(c.Name)+" "+kind)
	}
	if len(d.Key) > 0 {
		parts = append(parts, "PRIMARY KEY ("+list(d.Key, "%s")+")")
	}
	_, err = s.query(ctx, fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s)", d.table.sql(), strings.Join(parts, ", ")))
	return err
}

// look finds the types of the columns.
func (s *session) look(ctx context.Context) error {
	table := literal(s.d.table.sql()) + "::regclass"
	found, err := s.query(ctx, `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
		coalesce(nullif(t.typbasetype, 0), t.oid) IN ('pg_catalog.json'::regtype, 'pg_catalog.jsonb'::regtype),
		has_column_privilege(a.attrelid, a.attnum, 'INSERT'),
		coalesce(to_jsonb(a)->>'attgenerated', '') <> '', -- servers before 12 have none
		row_security_active(a.attrelid)
		FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
		WHERE a.attrelid = `+table+` AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`)
	if err != nil {
		return err
	}
	var names []string
	for _, row := range found {
		names = append(names, string(row[0]))
	}
	for _, c := range s.d.Columns {
		i := indexOf(names, c.Name)
		switch {
		case i < 0:
			return exit.With(exit.Refused, fmt.Errorf("the table has no column %s%s", plain(c.Name), spell.DidYouMean(c.Name, names, "", "")))
		case string(found[i][3]) != "t":
			return exit.With(exit.Refused, fmt.Errorf("the role has no right to insert into column %s", plain(c.Name)))
		case string(found[i][4]) == "t":
			return exit.With(exit.Refused, fmt.Errorf("column %s is generated: the server makes its values", plain(c.Name)))
		case string(found[i][5]) == "t" && s.d.OnConflict == "error":
			return exit.With(exit.Refused, errors.New("the table has row-level security for this role, which COPY does not pass: with --on-conflict nothing an INSERT does"))
		}
		s.columns = append(s.columns, column{c, string(found[i][2]) == "t", string(found[i][1])})
	}
	return nil
}

func indexOf(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}

// insertion is the statement that moves rows from staging to the table. Of
// several rows for one key in a batch the last one counts, as if they had come
// one by one; rows whose key is NULL are never the same.
func (d *destination) insertion() string {
	columns := list(d.names(), "%s")
	insert := fmt.Sprintf("INSERT INTO %s (%s) SELECT ", d.table.sql(), columns)
	from := " FROM pg_temp." + staging
	key := list(d.Key, "%s")
	switch {
	case d.OnConflict == "update":
		var rest []string
		for _, name := range d.names() {
			if indexOf(d.Key, name) < 0 {
				rest = append(rest, name)
			}
		}
		unequal := "CASE WHEN " + strings.ReplaceAll(list(d.Key, "%s IS NULL"), ", ", " OR ") + " THEN ctid END"
		return insert + fmt.Sprintf("DISTINCT ON (%s, %s) %s%s ORDER BY %[1]s, %[2]s, ctid DESC ON CONFLICT (%[1]s) DO UPDATE SET %[5]s",
			key, unequal, columns, from, list(rest, "%s = EXCLUDED.%s"))
	case key != "":
		order := ""
		if d.Concurrency > 1 { // else two transactions could wait for each other's rows
			order = " ORDER BY " + key + ", ctid"
		}
		return insert + columns + from + order + " ON CONFLICT (" + key + ") DO NOTHING"
	}
	return insert + columns + from + " ON CONFLICT DO NOTHING"
}

// store runs the transaction of the rows. It commits only if none was refused.
func (s *session) store(ctx context.Context, r *rows, place *sink.Place) (stored bool, err error) {
	if stored, err = s.begin(ctx, place); stored || err != nil {
		return stored, err
	}
	tag, err := s.conn.CopyFrom(ctx, r, s.copy)
	if err != nil {
		return false, err
	}
	if len(r.refused) > 0 {
		return false, s.rollback(ctx)
	}
	if s.insert != "" {
		if tag.RowsAffected() != int64(r.next) {
			return false, fmt.Errorf("COPY took %d of %d rows: a defect of this destination", tag.RowsAffected(), r.next)
		}
		if _, err := s.query(ctx, s.insert); err != nil {
			return false, err
		}
	}
	err = s.commit(ctx)
	return err == nil, err
}

// commit ends the transaction. Until the answer nobody knows how.
func (s *session) commit(ctx context.Context) error {
	s.doubt = true
	tag, err := s.conn.Exec(ctx, "COMMIT").ReadAll()
	if refusal := asPgError(err); refusal != nil && refusal.SeverityUnlocalized == "ERROR" {
		s.doubt = false
	}
	if err != nil {
		return err
	}
	s.doubt = false
	if got := tag[0].CommandTag.String(); got != "COMMIT" {
		return fmt.Errorf("the server answered COMMIT with %s", got)
	}
	return nil
}

// rollback leaves the transaction that is open, if one is.
func (s *session) rollback(ctx context.Context) error {
	if s.conn.TxStatus() == 'I' {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, closing)
	defer cancel()
	_, err := s.query(limited, "ROLLBACK")
	return err
}

// query runs statements and returns the rows of the last one, in text form.
func (s *session) query(ctx context.Context, sql string) ([][][]byte, error) {
	results, err := s.conn.Exec(ctx, sql).ReadAll()
	if err != nil || len(results) == 0 {
		return nil, err
	}
	return results[len(results)-1].Rows, nil
}

func (s *session) broken() bool { return s.conn.IsClosed() }

func (s *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	s.conn.Close(ctx) // its errors change nothing: what is open is rolled back
}
