package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ndjsontools/lib/tooltest/database"
)

// files are the races of rate-sink into a file. That of the article compresses
// very well, that of the event as logs do.
func (p plan) files(in inputs) []race {
	out := filepath.Join(p.dir, "out")
	races := []race{{"write a file", []contender{
		in.article.whole.through("rate-sink", "rate-sink", "file:"+out),
		in.article.whole.through("cat", "sh", "-c", `cat > "$0"`, out),
		in.article.whole.through("dd", "dd", "status=none", "bs=256k", "iflag=fullblock", "of="+out),
	}, p.rounds}}
	for _, of := range []struct {
		name string
		file file
	}{{"article", in.article.whole}, {"event", in.event.whole}} {
		races = append(races, race{"write a file, zstd, " + of.name + "s", []contender{
			of.file.through("rate-sink", "rate-sink", "-z", "zstd:1", "file:"+out),
			of.file.through("zstd -1", "zstd", "-q", "-f", "-1", "--single-thread", "-o", out),
		}, p.rounds})
	}
	return races
}

// The cases of PostgreSQL, and the statements that psql runs there: those of
// rate-sink, but in one transaction.
const (
	intoPostgres = "into PostgreSQL, staged"
	staged       = `
BEGIN;
CREATE TEMPORARY TABLE staging (doc jsonb) ON COMMIT DROP;
\copy staging (doc) FROM pstdin WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
INSERT INTO bench (doc) SELECT doc FROM staging ON CONFLICT DO NOTHING;
COMMIT;
`
)

// tables runs the race into a database of our own, or notes why not.
func (p plan) tables(w io.Writer, in inputs) (err error) {
	if !p.only.MatchString(intoPostgres) {
		return nil
	}
	c, err := database.New()
	if errors.Is(err, database.ErrMissing) {
		_, err = fmt.Fprintf(w, "%s: not measured: %v\n", intoPostgres, err)
		return err
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if _, err := c.SQL("CREATE TABLE bench (doc jsonb)"); err != nil {
		return err
	}
	script := filepath.Join(p.dir, "staged.sql")
	if err := os.WriteFile(script, []byte(staged), 0o600); err != nil {
		return err
	}
	psql := filepath.Join(c.Bin, "psql")
	// Each run begins with an empty table, and with a psql.
	emptied := func(command string) []string {
		return []string{"sh", "-c", `"$0" -qXc "TRUNCATE bench" "$1" && exec ` + command, psql, c.URL(), script}
	}
	events := in.event.part
	r := race{intoPostgres, []contender{
		events.through("rate-sink", emptied(`rate-sink --table bench --on-conflict nothing "$1"`)...),
		events.through("psql", emptied(`"$0" -qX -v ON_ERROR_STOP=1 -f "$2" "$1"`)...),
	}, p.rounds}
	return p.race(w, r)
}
