package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/sink"
)

// checkpoints is the table of the streams, in the schema of the table that they
// go to. A stream that begins anew is one whose row was deleted.
const checkpoints = "rate_sink_checkpoint"

var _ sink.Keeper = (*destination)(nil)

func (d *destination) streams() string { return d.table.beside(checkpoints).sql() }

// Last reads the stream's row. One that another sink is writing at the moment,
// the rest of a killed one perhaps, is waited for.
func (d *destination) Last(ctx context.Context) (*sink.Checkpoint, error) {
	var text []byte
	err := sink.Reach(ctx, d.Clock, d.ConnectTimeout, func(ctx context.Context) error {
		err := d.connect(ctx)
		if err == nil {
			text, err = d.session.last(ctx)
		}
		return d.after(ctx, d.judgeSetup(err))
	})
	switch {
	case exit.Status(err) == exit.Unreachable:
		return nil, exit.With(exit.Incomplete, fmt.Errorf("stream %q: its row can't be had, another one may be writing it: %w", d.Stream, err))
	case err != nil:
		return nil, fmt.Errorf("stream %q: %w", d.Stream, err)
	case text == nil:
		return nil, nil
	}
	c, err := sink.ParseCheckpoint(text, fmt.Sprintf("what %s has for stream %q", checkpoints, d.Stream))
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(c.Destination, " "+d.table.String()) {
		return nil, usagef("stream %q is one for %s", d.Stream, c.Destination)
	}
	d.kept = c.Next.Ordinal
	return c, nil
}

// last is the checkpoint of the row, nil if there is none.
func (s *session) last(ctx context.Context) ([]byte, error) {
	there, err := s.query(ctx, "SELECT to_regclass("+literal(s.d.streams())+")")
	if err == nil && there[0][0] == nil {
		_, err = s.query(ctx, "CREATE TABLE IF NOT EXISTS "+s.d.streams()+
			" (stream text PRIMARY KEY, next_ordinal bigint NOT NULL, checkpoint jsonb NOT NULL, updated timestamptz NOT NULL)")
	}
	if err != nil {
		return nil, err
	}
	// Alone, a statement is its own transaction: the lock is gone with the answer.
	row, err := s.query(ctx, "SELECT checkpoint FROM "+s.d.streams()+" WHERE stream = "+literal(s.d.Stream)+" FOR UPDATE")
	if err != nil || len(row) == 0 {
		return nil, err
	}
	return row[0][0], nil
}

// move is the statement that writes the stream's row, if it is as we left it. It
// returns a row if it did.
func (d *destination) move(place *sink.Checkpoint) (string, error) {
	text, err := json.Marshal(place)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`INSERT INTO %s AS c (stream, next_ordinal, checkpoint, updated) VALUES (%s, %d, %s, now())
		ON CONFLICT (stream) DO UPDATE SET next_ordinal = EXCLUDED.next_ordinal, checkpoint = EXCLUDED.checkpoint, updated = now()
		WHERE c.next_ordinal = %d RETURNING 1`, d.streams(), literal(d.Stream), place.Next.Ordinal, literal(string(text)), d.kept), nil
}

// overtaken finds out why the stream's row was not as we left it: an attempt of
// ours was committed without an answer, or another sink delivers the same
// records; both have stored those before place. Anything else ends us.
func (s *session) overtaken(ctx context.Context, place *sink.Checkpoint) error {
	row, err := s.query(ctx, "SELECT next_ordinal, checkpoint->>'sha256' FROM "+s.d.streams()+" WHERE stream = "+literal(s.d.Stream))
	if err == nil {
		err = s.rollback(ctx)
	}
	if err != nil {
		return err
	}
	if len(row) == 1 && string(row[0][0]) == fmt.Sprint(place.Next.Ordinal) && string(row[0][1]) == place.Hash {
		s.d.kept = place.Next.Ordinal
		return nil
	}
	return exit.With(exit.Incomplete, fmt.Errorf("stream %q: another one delivers it at the same time: let that end, and run this again", s.d.Stream))
}

// Keep writes the stream's row alone. It tries for as long as Open would.
func (d *destination) Keep(c *sink.Checkpoint) error {
	err := sink.Reach(context.Background(), d.Clock, d.ConnectTimeout, func(ctx context.Context) error { return d.keep(ctx, c) })
	if exit.Status(err) == exit.Unreachable { // it was there once
		return exit.With(exit.Incomplete, err)
	}
	return err
}

func (d *destination) keep(ctx context.Context, c *sink.Checkpoint) error {
	err := d.connect(ctx)
	if err != nil {
		return err
	}
	stored, err := d.session.begin(ctx, c)
	if err == nil && !stored {
		err = d.session.commit(ctx, c)
	}
	if err = d.after(ctx, err); d.ended {
		d.drop()
	}
	return err
}
