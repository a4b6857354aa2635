package cmd_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// atOnce are the values of --concurrency that the tests below are run with.
func atOnce() []string { return []string{"1", "4"} }

// A server that is cut off and comes back costs time, and no record.
func TestServicePostgresRestart(t *testing.T) {
	db := startPostgres(t)
	for _, c := range []struct{ stream, concurrency string }{{"", "1"}, {"s", "1"}, {"", "4"}, {"t", "4"}} {
		db.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigint)")
		args := []string{"--rate", "50000/s", "-b", "500", "--concurrency", c.concurrency, "--table", "t", "--columns", "id=.id"}
		if c.stream != "" {
			args = append(args, "--stream", c.stream)
		}
		cmd, stats := delivery{args: append(args, db.URL()), input: numbers(many)}.command(t)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		until(t, "the first rows", func() bool { return db.sql("SELECT count(*) > 20000 FROM t") == "t" })
		db.must(db.Stop())
		db.must(db.Start())
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		got := readBooks(t, stats)
		if got.Retried == 0 || got.Acknowledged != many {
			t.Errorf("%+v: %+v; want retries, and all acknowledged", c, got)
		}
		db.want("SELECT count(DISTINCT id) FROM t", fmt.Sprint(many))
		db.want(fmt.Sprintf("SELECT count(*) - %d BETWEEN 0 AND %d FROM t", many, got.Duplicates), "t")
		if c.stream != "" && got.Duplicates > 0 {
			t.Errorf("%+v: %+v; with a stream nothing is in doubt", c, got)
		}
	}
}

// With a stream each record is in the table once, whenever the sink was killed,
// from a file and from a pipe, over one connection and over several.
func TestServicePostgresKill(t *testing.T) {
	for name, concurrency := range map[string]func(i int) string{
		"one":     func(int) string { return "1" },
		"four":    func(int) string { return "4" },
		"varying": func(i int) string { return []string{"4", "1", "auto"}[i%3] },
	} {
		t.Run(name, func(t *testing.T) {
			db := startPostgres(t)
			in := filepath.Join(t.TempDir(), "in")
			if err := os.WriteFile(in, numbers(many), 0o600); err != nil {
				t.Fatal(err)
			}
			// Batches take as long as they like, so that they end in another order.
			db.sql(`CREATE TABLE t (id bigint);
				CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END';
				CREATE TRIGGER doze AFTER INSERT ON t EXECUTE FUNCTION doze()`)
			run := func(i int) *exec.Cmd {
				r := delivery{args: []string{"--table", "t", "--columns", "id=.id", "--stream", "k", "--concurrency", concurrency(i), "-b", "200", db.URL()}, stdin: open(t, in)}
				if i%2 == 0 {
					r.stdin, r.input = nil, numbers(many)
				}
				cmd, _ := r.command(t)
				return cmd
			}
			killed, beyond := 0, 0
			for range 5 {
				killed += kills(t, 10, 150*time.Millisecond, run)
				if name != "one" {
					var found int
					fmt.Sscan(db.sql(`SELECT count(*) FROM rate_sink_lane l WHERE next_ordinal > (
						SELECT max((checkpoint->'next'->>'ordinal')::bigint) FROM (SELECT checkpoint FROM rate_sink_lane UNION ALL SELECT checkpoint FROM rate_sink_checkpoint) c)`), &found)
					beyond += found
				}
			}
			db.sql("DROP TRIGGER doze ON t")
			if out, err := run(1).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			db.want("SELECT count(*), count(DISTINCT id), min(id), max(id) FROM t", fmt.Sprintf("%d|%[1]d|0|%d", many, many-1))
			db.want("SELECT next_ordinal FROM rate_sink_checkpoint", fmt.Sprint(many))
			t.Logf("%s: %d killed, which left %d batches beyond a checkpoint", name, killed, beyond)
		})
	}
}

// Of two sinks that deliver one stream at the same time the later one goes on,
// and each record is stored once.
func TestServicePostgresTwins(t *testing.T) {
	db := startPostgres(t)
	for i, one := range atOnce() {
		for j, other := range atOnce() {
			db.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigint)")
			var twins []*exec.Cmd
			for _, concurrency := range []string{one, other} {
				cmd, _ := delivery{
					args: []string{"-q", "--table", "t", "--columns", "id=.id", "--stream", fmt.Sprint("k", i, j),
						"--rate", "200000/s", "--concurrency", concurrency, "-b", "1000", db.URL()},
					input: numbers(many),
				}.command(t)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				twins = append(twins, cmd)
			}
			done := 0
			for _, cmd := range twins {
				cmd.Wait()
				switch cmd.ProcessState.ExitCode() {
				case 0:
					done++
				case 75:
				default:
					t.Errorf("a twin ended with %v; want 0 or 75", cmd.ProcessState)
				}
			}
			if done != 1 {
				t.Errorf("%s and %s at once: %d of them came to the end; want 1", one, other, done)
			}
			db.want("SELECT count(*), count(DISTINCT id) FROM t", fmt.Sprintf("%d|%[1]d", many))
		}
	}
}

// Batches that come over several connections and touch the same rows in other
// orders make way for each other: no attempt counts for it, and none is lost.
func TestServicePostgresCollisions(t *testing.T) {
	db := startPostgres(t)
	db.sql("ALTER ROLE tester SET deadlock_timeout = '20ms'") // not a second
	const records, rows = 20_000, 300
	rnd := rand.New(rand.NewPCG(5, 6))
	var input bytes.Buffer
	for i := range records {
		fmt.Fprintf(&input, "{\"id\":%d,\"other\":%d,\"n\":%d}\n", rnd.IntN(rows), rnd.IntN(rows), i)
	}
	// The trigger touches rows in no order that we know of.
	db.sql(`CREATE TABLE hits (id int PRIMARY KEY, n int); INSERT INTO hits SELECT generate_series(0, 299), 0;
		CREATE FUNCTION hit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE hits SET n = n + 1 WHERE id = NEW.other; RETURN NEW; END'`)
	for _, action := range []string{"update", "nothing", "error"} {
		db.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id int, other int, n int); UPDATE hits SET n = 0; CREATE TRIGGER hit AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION hit()")
		args := []string{"-q", "--concurrency", "8", "-b", "250", "--max-elapsed", "0s", "--stream", action, "--table", "t", "--columns", "id=.id,other=.other,n=.n"}
		if action != "error" {
			db.sql("ALTER TABLE t ADD PRIMARY KEY (id)")
			args = append(args, "--on-conflict", action, "--key", "id")
		}
		before := deadlocks(db)
		got, _ := delivery{args: append(args, db.URL()), input: input.Bytes()}.run(t)
		if got.Acknowledged != records || got.Retried > 0 {
			t.Errorf("%s: %+v; want all acknowledged, and no retries", action, got)
		}
		switch action {
		case "error":
			db.want("SELECT count(*), count(DISTINCT n) FROM t", fmt.Sprintf("%d|%[1]d", records))
			db.want("SELECT sum(n) FROM hits", fmt.Sprint(records))
		default:
			db.want("SELECT count(*) FROM t", fmt.Sprint(rows))
		}
		until(t, "the statistics", func() bool { return deadlocks(db) > before || action != "error" })
		t.Logf("%s: %d deadlocks", action, deadlocks(db)-before)
	}
}

func deadlocks(db server) (n int) {
	fmt.Sscan(db.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'"), &n)
	return n
}

// Bad rows that come over several connections are refused alone, each once,
// and all others are there once, though the server is cut off in the middle.
func TestServicePostgresRejectsAtOnce(t *testing.T) {
	db := startPostgres(t)
	db.sql("CREATE TABLE t (id bigint, level int CHECK (level < 7))")
	var input bytes.Buffer
	for i := range many {
		fmt.Fprintf(&input, "{\"id\":%d,\"level\":%d}\n", i, []int{1, 7}[min(1, i%2500/2499)])
	}
	rejects := filepath.Join(t.TempDir(), "rejects")
	cmd, stats := delivery{args: []string{"-q", "--concurrency", "4", "-b", "500", "--rate", "100000/s", "--stream", "s", "--table", "t",
		"--columns", "id=.id,level=.level", "--rejects", rejects, db.URL()}, input: input.Bytes()}.command(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the first rows", func() bool { return db.sql("SELECT count(*) > 20000 FROM t") == "t" })
	db.must(db.Stop())
	db.must(db.Start())
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 5 {
		t.Errorf("ended with %d; want 5", got)
	}
	const bad = many / 2500
	if got := readBooks(t, stats); got.Rejects != bad || got.Acknowledged != many-bad {
		t.Errorf("%+v; want %d rejects", got, bad)
	}
	db.want("SELECT count(*), count(DISTINCT id) FROM t", fmt.Sprintf("%d|%[1]d", many-bad))
	at := ordinals(t, rejects)
	for i, ordinal := range at {
		if ordinal != 2500*i+2499 {
			t.Fatalf("rejects are %v; want each 2500th, in order", at)
		}
	}
}

// The memory of several connections is within what the manual says.
func TestServicePostgresMemory(t *testing.T) {
	db := startPostgres(t)
	db.sql("CREATE TABLE t (doc jsonb)")
	input := bytes.Repeat([]byte(`{"text":"`+strings.Repeat("x", 1000)+`"}`+"\n"), 60_000)
	for _, concurrency := range []int{1, 4} {
		const batch = 4 << 20
		got, _ := delivery{args: []string{"--concurrency", fmt.Sprint(concurrency), "--table", "t", db.URL()}, input: input}.run(t)
		if most := 2*(concurrency+2)*batch + 40<<20; got.Peak > most {
			t.Errorf("%d connections took %d bytes; want at most %d", concurrency, got.Peak, most)
		}
		t.Logf("%d connections: %.1f MB", concurrency, float64(got.Peak)/1e6)
	}
}
