// Package postgres delivers records to a table of PostgreSQL.
//
// A batch is one transaction: COPY takes its records to the server, which reads
// their values with the input functions of the columns' types, and a COMMIT is
// the acknowledgement. With Config.Stream the checkpoint is a row that the same
// transaction writes, so that each record is delivered once, whatever is killed.
//
// It is for inserting, not for any other statement. One connection delivers batch
// after batch in order; with Config.Concurrency there are several, each with a
// transaction of its own, and the server decides which of them is first.
//
// Decisions and their price:
//
//   - A COPY names the line that it could not take, so a bad record is refused by
//     name at no cost of halving. Where rows that are there already are to be
//     passed over or replaced, COPY has no words for it: then it fills a
//     temporary table, and an INSERT moves the rows. What a constraint refuses
//     there has no line, and the Engine halves the batch.
//   - A batch with bad records is sent again without them: once to find all that
//     COPY refuses, once for good. A refused record must be safe as a reject before
//     the checkpoint passes it, so nothing is stored while one is not.
//   - Several transactions at once may be in each other's way. Rows go to the key's
//     index in its order, so that most never are; one that must make way is repeated
//     alone. The price is a sort, and that the others wait for it.
//     Four connections to a server beside us, on two cores, took 1.2 to 1.3 times
//     as many rows a second as one; what is won is the wait for a disk or a line.
//   - COMMIT is a request of its own, one more trip to the server. Only a
//     connection that breaks in that moment leaves a doubt, and with a stream,
//     whose row tells what happened, not even this. The server's txid_status does
//     not tell it: the number of a transaction that a crash undid is given to
//     another one, whose yes would be taken for ours, and records would be lost.
//   - The package imports pgconn, which speaks the protocol, and not the rest of
//     pgx, which would decode values that nobody asks for.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/sink"
)

// Config says what of the records goes where.
type Config struct {
	Table   string   // a name, or schema.name; see ParseTable
	Columns []Column // at least one

	OnConflict string   // what is done about a row that is there already: see Conflicts
	Key        []string // the columns that tell which row that is; for "nothing" they may be left out

	CreateTable bool   // make the table if it is not there, with the key as its primary key
	Stream      string // the name under which the checkpoint is kept in the database; "" for none

	Concurrency int // the most deliveries at once, each over a connection of its own; 0 is 1

	Timeout        time.Duration // of an attempt
	ConnectTimeout time.Duration // of Open, which asks again until then

	Clock sink.Clock // nil: sink.SystemClock
}

// Conflicts are the values of Config.OnConflict: refuse the record, pass it over,
// or replace what the row has in the other columns.
func Conflicts() []string { return []string{"error", "nothing", "update"} }

// New makes the destination of a URL, postgres://HOST/DATABASE, or of env:NAME,
// where the variable has that URL. What the URL does not say is in libpq's
// variables and files, whose meaning is that of pgx. A password in an argument is
// refused. Errors are of status exit.Usage; nothing is opened.
func New(dest string, c Config) (sink.Destination, error) {
	if c.Clock == nil {
		c.Clock = sink.SystemClock()
	}
	where, err := locate(dest)
	if err != nil {
		return nil, err
	}
	d := &destination{Config: c, holder: sink.NewRunID()}
	if d.table, err = ParseTable(c.Table); err != nil {
		return nil, usagef("%w", err)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if d.server, err = pgconn.ParseConfig(where); err != nil {
		if inner := errors.Unwrap(err); inner != nil { // without the URL
			err = inner
		}
		return nil, usagef("%s: %w", dest, err)
	}
	session := d.server.RuntimeParams
	session["client_encoding"], session["standard_conforming_strings"] = "UTF8", "on"
	if session["application_name"] == "" {
		session["application_name"] = "rate-sink"
	}
	return d, nil
}

// locate is the URL of a destination.
func locate(dest string) (where string, err error) {
	name, secret := strings.CutPrefix(dest, "env:")
	if secret {
		if where = os.Getenv(name); where == "" {
			return "", usagef("%s: the variable is empty or not set: it holds a URL, postgres://HOST/DATABASE", dest)
		}
	} else {
		where = dest
	}
	u, err := url.Parse(where)
	switch {
	case err != nil && secret:
		return "", usagef("%s: the variable holds no URL", dest)
	case err != nil:
		return "", usagef("the destination is not a URL: %w", errors.Unwrap(err)) // which may have a password
	case u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Opaque != "":
		return "", usagef("%s: not a URL of the form postgres://HOST/DATABASE", dest)
	}
	_, password := u.User.Password()
	for _, name := range []string{"password", "sslpassword"} {
		password = password || u.Query().Has(name)
	}
	if password && !secret {
		return "", usagef("a password in the URL is seen by all who list processes: put it into PGPASSWORD or the file of PGPASSFILE (~/.pgpass), or the URL into a variable and say env:NAME")
	}
	return where, nil
}

func (c *Config) check() error {
	names := map[string]bool{}
	for _, column := range c.Columns {
		if err := checkName(column.Name); err != nil {
			return usagef("column: %w", err)
		}
		if names[column.Name] {
			return usagef("column %s is named twice", column.Name)
		}
		names[column.Name] = true
		if column.Type != "" && !c.CreateTable {
			return usagef("the type of column %s is the table's own: a type is for a table that is made", column.Name)
		}
	}
	for _, key := range c.Key {
		if !names[key] {
			return usagef("the key %s is none of the columns", key)
		}
	}
	switch {
	case len(c.Columns) == 0:
		return usagef("no column is named")
	case c.OnConflict == "update" && len(c.Key) == 0:
		return usagef("to update a row takes a key that tells which")
	case c.OnConflict == "update" && len(c.Key) == len(c.Columns):
		return usagef("all columns are the key: there is nothing to update")
	case c.OnConflict == "error" && len(c.Key) > 0 && !c.CreateTable:
		return usagef("a key says nothing where a conflict is an error, unless the table is to be made")
	case strings.ContainsRune(c.Stream, 0), !utf8.ValidString(c.Stream):
		return usagef("the name of a stream is text: no zero byte, and UTF-8")
	}
	return nil
}

type destination struct {
	Config
	table  Table
	server *pgconn.Config

	pool   pool
	opened bool        // once; later sessions come back to a table that was there
	holder string      // this run, as rows of its stream name it
	lost   atomic.Bool // the stream, to another run
	doubts doubts

	together sync.RWMutex // held for writing by a delivery that must be alone
}

// Name shows where, and neither the user nor the parameters.
func (d *destination) Name() string {
	host := d.server.Host
	if strings.HasPrefix(host, "/") {
		host = ""
	} else if d.server.Port != 5432 {
		host = fmt.Sprintf("%s:%d", host, d.server.Port)
	}
	return fmt.Sprintf("postgres://%s/%s %s", host, d.server.Database, d.table)
}

// Traits: a transaction is dear, so it waits for the age of its batch.
func (d *destination) Traits() sink.Traits { return sink.Traits{Parallel: d.Concurrency > 1} }

// Open connects, asking again until the time for it is over, for the server may
// be starting together with us. Then all that could refuse every record is
// looked for: the table, its columns, the right to insert, the key's index.
func (d *destination) Open(ctx context.Context) error {
	err := sink.Reach(ctx, d.Clock, d.ConnectTimeout, func(ctx context.Context) error {
		s, err := d.session(ctx)
		if err == nil {
			d.pool.put(s)
		}
		return err
	})
	d.opened = err == nil
	return err
}

// Check does what Open and Begin do in a transaction that never ends: what it
// makes is gone with the connection.
func (d *destination) Check(ctx context.Context) error {
	return sink.Reach(ctx, d.Clock, d.ConnectTimeout, func(ctx context.Context) error {
		s, err := d.dial(ctx)
		if err != nil {
			return err
		}
		defer s.close()
		_, err = s.query(ctx, "BEGIN")
		if err == nil {
			err = s.prepare(ctx)
		}
		if err == nil && d.Stream != "" {
			_, err = s.takeOver(ctx, sink.FirstCheckpoint("check", d.Name()))
		}
		return d.judgeSetup(err)
	})
}

// Deliver stores the batch in one transaction, or finds what COPY refuses of it.
// Our own transactions may be in each other's way, on a unique index for example.
// One that had to make way is repeated while no other one of ours is under way:
// if it fails like that again it is not our doing, and the Engine's retries count.
func (d *destination) Deliver(ctx context.Context, b *sink.Batch) error {
	d.together.RLock()
	err := d.attempt(ctx, b)
	d.together.RUnlock()
	if d.Concurrency > 1 && collided(err) && ctx.Err() == nil {
		d.together.Lock()
		defer d.together.Unlock()
		err = d.attempt(ctx, b)
	}
	return err
}

func (d *destination) attempt(ctx context.Context, b *sink.Batch) error {
	limited, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	var refused []sink.Refusal
	s, err := d.session(limited)
	if err == nil {
		refused, err = s.deliver(limited, b)
	}
	late := err != nil && ctx.Err() == nil && limited.Err() != nil
	if late {
		err = &sink.Transient{Err: fmt.Errorf("no answer within %v: %w", d.Timeout, err), Clean: d.clean(s)}
	}
	clean := d.clean(s)
	err = d.after(ctx, s, err)
	if _, final := errors.AsType[exit.Statuser](err); final && clean {
		err = &sink.Clean{Err: err}
	}
	if !clean {
		d.doubts.add(b, d.Concurrency)
	}
	d.doubts.explain(b, refused, err)
	if len(refused) > 0 && (err == nil || late) {
		// Late or not, that is progress: a batch of bad records over a slow line
		// must not begin again and again.
		return &sink.Rejected{Records: refused}
	}
	return err
}

// deliver is Deliver with the errors as they came.
func (s *session) deliver(ctx context.Context, b *sink.Batch) (refused []sink.Refusal, err error) {
	rows := newRows(s.columns, b)
	place := b.Place
	for {
		stored, err := s.store(ctx, rows, place)
		if line, bad := s.d.refusedLine(err); bad && rows.refuse(line, asPgError(err)) {
			place = nil // from here on we only look
			err = s.rollback(ctx)
		}
		if stored || err != nil || !rows.goOn() {
			return rows.end(), err
		}
	}
}

func (d *destination) Commit(context.Context) error { return d.Abort() }

// Abort says goodbye; what a transaction that is open holds was never there.
func (d *destination) Abort() error {
	d.pool.drain(true)
	return nil
}

func usagef(format string, args ...any) error {
	return exit.With(exit.Usage, fmt.Errorf(format, args...))
}
