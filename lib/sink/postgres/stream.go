package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/sink"
)

// The tables of streams, in the schema of the table that they go to.
//
// checkpoints has a row for each stream. With one delivery at a time each
// transaction moves it. A stream that begins anew is one whose row was deleted.
//
// lanes has rows while a stream is delivered by several transactions at once:
// there each one writes the row of its lane, which no other one touches, because
// a row that all of them write would have each wait for the one before. See
// sink.Place. In the end the row in checkpoints tells all again.
//
// holder is the run that may write a row; whoever begins later takes over.
const (
	checkpoints = "rate_sink_checkpoint"
	lanes       = "rate_sink_lane"
)

var _ sink.Keeper = (*destination)(nil)

func (d *destination) streams() string { return d.table.beside(checkpoints).sql() }
func (d *destination) lanes() string   { return d.table.beside(lanes).sql() }

// stream is the condition for rows of the stream.
func (d *destination) stream() string { return "stream = " + literal(d.Stream) }

// Begin waits for the transactions of an earlier run, killed ones too, because
// they hold locks on the rows until the server has ended them.
func (d *destination) Begin(ctx context.Context, fresh sink.Checkpoint) (last sink.Checkpoint, err error) {
	err = sink.Reach(ctx, d.Clock, d.ConnectTimeout, func(ctx context.Context) error {
		s, err := d.session(ctx)
		if err != nil {
			return err
		}
		if _, err = s.query(ctx, "BEGIN"); err == nil {
			last, err = s.takeOver(ctx, fresh)
		}
		if err == nil {
			err = s.commit(ctx)
		}
		return d.after(ctx, s, d.judgeSetup(err))
	})
	switch {
	case exit.Status(err) == exit.Unreachable:
		return last, exit.With(exit.Incomplete, fmt.Errorf("stream %q: its row can't be had, another one may be writing it: %w", d.Stream, err))
	case err != nil && exit.Status(err) != exit.Usage:
		return last, fmt.Errorf("stream %q: %w", d.Stream, err)
	}
	return last, err
}

// takeOver makes the stream ours, in the transaction that is open. The order is
// that of every transaction: the stream's row first, then those of its lanes.
func (s *session) takeOver(ctx context.Context, fresh sink.Checkpoint) (last sink.Checkpoint, err error) {
	d := s.d
	hasLanes, err := s.makeStreams(ctx)
	if err != nil {
		return last, err
	}
	text, err := d.text(fresh)
	if err == nil {
		_, err = s.query(ctx, fmt.Sprintf("INSERT INTO %s (stream, next_ordinal, checkpoint, updated) VALUES (%s, 0, %s, now()) ON CONFLICT DO NOTHING",
			d.streams(), literal(d.Stream), text))
	}
	if err != nil {
		return last, err
	}
	kept, err := s.places(ctx, "SELECT checkpoint FROM "+d.streams()+" WHERE "+d.stream()+" FOR UPDATE")
	if err != nil {
		return last, err
	}
	if len(kept) == 0 {
		return last, errors.New("the row is gone: somebody deleted it just now")
	}
	if where := kept[0].Destination; !strings.HasSuffix(where, " "+d.table.String()) {
		return last, usagef("stream %q is one for %s", d.Stream, where)
	}
	if hasLanes {
		more, err := s.places(ctx, "DELETE FROM "+d.lanes()+" WHERE "+d.stream()+" RETURNING checkpoint, first_ordinal, next_ordinal, sha256")
		if err != nil {
			return last, err
		}
		for _, p := range more {
			if p.RunID == kept[0].RunID { // else the stream began anew, and these were left
				kept = append(kept, p)
			}
		}
	}
	last = sink.Latest(kept)
	if text, err = d.text(last); err == nil {
		_, err = s.query(ctx, fmt.Sprintf("UPDATE %s SET next_ordinal = %d, checkpoint = %s, updated = now() WHERE %s", d.streams(), last.Next.Ordinal, text, d.stream()))
	}
	if err == nil && d.Concurrency > 1 {
		_, err = s.query(ctx, fmt.Sprintf("INSERT INTO %s SELECT %s, lane, %s, %d, %[4]d, '', %[5]s, now() FROM generate_series(0, %[6]d) AS lane",
			d.lanes(), literal(d.Stream), literal(d.holder), last.Next.Ordinal, text, d.Concurrency))
	}
	return last, err
}

// makeStreams makes the tables that are needed and not there. hasLanes says
// whether there is one for lanes, needed or not.
func (s *session) makeStreams(ctx context.Context) (hasLanes bool, err error) {
	d := s.d
	there, err := s.query(ctx, "SELECT to_regclass("+literal(d.streams())+"), to_regclass("+literal(d.lanes())+")")
	if err != nil {
		return false, err
	}
	if there[0][0] == nil {
		_, err = s.query(ctx, "CREATE TABLE IF NOT EXISTS "+d.streams()+
			" (stream text PRIMARY KEY, next_ordinal bigint NOT NULL, checkpoint jsonb NOT NULL, updated timestamptz NOT NULL)")
	}
	if hasLanes = there[0][1] != nil; err == nil && !hasLanes && d.Concurrency > 1 {
		hasLanes = true
		_, err = s.query(ctx, "CREATE TABLE IF NOT EXISTS "+d.lanes()+
			" (stream text REFERENCES "+d.streams()+" ON DELETE CASCADE, lane int, holder text NOT NULL, first_ordinal bigint NOT NULL,"+
			" next_ordinal bigint NOT NULL, sha256 text NOT NULL, checkpoint jsonb NOT NULL, updated timestamptz NOT NULL, PRIMARY KEY (stream, lane))")
	}
	return hasLanes, err
}

// places are what rows say: a checkpoint, and perhaps a stretch.
func (s *session) places(ctx context.Context, sql string) (places []sink.Place, err error) {
	rows, err := s.query(ctx, sql)
	for _, row := range rows {
		c, err := sink.ParseCheckpoint(row[0], fmt.Sprintf("what %s has for stream %q", checkpoints, s.d.Stream))
		if err != nil {
			return nil, err
		}
		p := sink.Place{Checkpoint: *c}
		if len(row) > 1 {
			first, firstErr := strconv.ParseInt(string(row[1]), 10, 64)
			next, nextErr := strconv.ParseInt(string(row[2]), 10, 64)
			if err := errors.Join(firstErr, nextErr); err != nil {
				return nil, err
			}
			p.Stretch = &sink.Stretch{First: first, Next: next, Hash: string(row[3])}
		}
		places = append(places, p)
	}
	return places, err
}

// text is a checkpoint as a constant, with the run that it belongs to.
func (d *destination) text(c sink.Checkpoint) (string, error) {
	text, err := json.Marshal(struct {
		sink.Checkpoint
		Holder string `json:"holder"`
	}{c, d.holder})
	return literal(string(text)), err
}

// A mark is the row that tells that a place was reached.
type mark struct {
	table, row string // row is a condition, for a row that is ours
	set        string
	next       int64
	hash       string // of what is before next, as the row has it
	hashed     string // and where
}

func (d *destination) mark(p *sink.Place) (mark, error) {
	text, err := d.text(p.Checkpoint)
	if p.Stretch == nil {
		return mark{
			d.streams(), d.stream() + " AND checkpoint->>'holder' = " + literal(d.holder),
			"checkpoint = " + text, p.Next.Ordinal, p.Hash, "checkpoint->>'sha256'",
		}, err
	}
	return mark{
		d.lanes(), fmt.Sprintf("%s AND lane = %d AND holder = %s", d.stream(), p.Lane, literal(d.holder)),
		fmt.Sprintf("checkpoint = %s, first_ordinal = %d, sha256 = %s", text, p.Stretch.First, literal(p.Stretch.Hash)),
		p.Stretch.Next, p.Stretch.Hash, "sha256",
	}, err
}

// move is the statement that moves the row on, if it is ours and has not passed
// there. It returns a row if it did.
func (m mark) move(than string) string {
	return fmt.Sprintf("UPDATE %s SET next_ordinal = %d, updated = now(), %s WHERE %s AND next_ordinal %s %d RETURNING 1",
		m.table, m.next, m.set, m.row, than, m.next)
}

// begin opens a transaction, which moves the row of its place first, so that
// another run has to wait for its end. stored says that an earlier attempt has
// done all of it.
func (s *session) begin(ctx context.Context, place *sink.Place) (stored bool, err error) {
	if place == nil {
		_, err := s.query(ctx, "BEGIN")
		return false, err
	}
	m, err := s.d.mark(place)
	if err != nil {
		return false, err
	}
	moved, err := s.query(ctx, "BEGIN; "+m.move("<"))
	if err != nil || len(moved) == 1 {
		return false, err
	}
	return true, s.overtaken(ctx, m)
}

// overtaken finds out why a row could not be moved: an attempt of ours was
// committed without an answer, or another run has taken over, which ends us.
func (s *session) overtaken(ctx context.Context, m mark) error {
	row, err := s.query(ctx, fmt.Sprintf("SELECT next_ordinal, %s FROM %s WHERE %s", m.hashed, m.table, m.row))
	if err == nil {
		err = s.rollback(ctx)
	}
	if err != nil {
		return err
	}
	if len(row) == 1 && string(row[0][0]) == fmt.Sprint(m.next) && string(row[0][1]) == m.hash {
		return nil
	}
	s.d.lost.Store(true)
	return exit.With(exit.Incomplete, fmt.Errorf("stream %q: another one has taken it over, or its row was deleted", s.d.Stream))
}

// Keep writes the stream's row alone, and removes lanes that say no more than it.
// It tries for as long as Open would. Who has lost the stream has nothing to say.
func (d *destination) Keep(ctx context.Context, c *sink.Checkpoint) error {
	if d.lost.Load() {
		return nil
	}
	err := sink.Reach(ctx, d.Clock, d.ConnectTimeout, func(ctx context.Context) error {
		s, err := d.session(ctx)
		if err != nil {
			return err
		}
		return d.after(ctx, s, s.keep(ctx, c))
	})
	if exit.Status(err) == exit.Unreachable { // it was there once
		return exit.With(exit.Incomplete, err)
	}
	return err
}

func (s *session) keep(ctx context.Context, c *sink.Checkpoint) error {
	d := s.d
	m, err := d.mark(&sink.Place{Checkpoint: *c})
	if err != nil {
		return err
	}
	moved, err := s.query(ctx, "BEGIN; "+m.move("<="))
	if err == nil && len(moved) == 0 {
		return s.overtaken(ctx, m)
	}
	if err == nil && d.Concurrency > 1 {
		_, err = s.query(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s AND next_ordinal <= %d", d.lanes(), d.stream(), c.Next.Ordinal))
	}
	if err == nil {
		err = s.commit(ctx)
	}
	return err
}
