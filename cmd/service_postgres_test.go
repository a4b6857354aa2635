package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"ndjsontools/lib/tooltest"
)

// Each bad record of many is refused alone, whatever is wrong with it, and all
// the others are there once.
func TestServicePostgresRejects(t *testing.T) {
	db := startPostgres(t)
	db.sql(`CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL, level int CHECK (level < 7))`)
	var input bytes.Buffer
	bad := map[int]bool{}
	for i := range many {
		if i%100 != 42 {
			fmt.Fprintf(&input, "{\"id\":%d,\"name\":\"record %[1]d\",\"level\":%d}\n", i, i%7)
			continue
		}
		bad[i] = true
		fmt.Fprintf(&input, []string{
			"{\"id\":%d,\"level\":1}\n",                     // no name
			"{\"id\":%d,\"name\":\"x\",\"level\":7}\n",      // against the check
			"{\"id\":\"%d\",\"name\":\"x\",\"level\":[]}\n", // not an integer
			"{\"id\":%d,\"name\":\"\\u0000\"}\n",            // what no text can hold
			"{\"id\":%d,\"name\":\"x\"\n",                   // not JSON
			"{\"id\":0,\"name\":\"%d\"}\n",                  // there already
		}[i/100%6], i)
	}
	rejects := filepath.Join(t.TempDir(), "rejects")
	got, _ := delivery{
		args:  []string{"-q", "--table", "t", "--columns", "id=.id,name=.name,level=.level", "--rejects", rejects, "--max-rejects", "2%", db.URL()},
		input: input.Bytes(), status: 5,
	}.run(t)
	if got.Rejects != len(bad) || got.Acknowledged != many-len(bad) {
		t.Errorf("%+v; want %d rejects", got, len(bad))
	}
	if got.Peak > 40<<20 { // a few batches of 10,000 records, which have 0.5 MB
		t.Errorf("it took %d bytes of memory", got.Peak)
	}
	db.want("SELECT count(*), count(DISTINCT id) FROM t WHERE id % 100 <> 42", fmt.Sprintf("%d|%[1]d", many-len(bad)))
	for _, at := range ordinals(t, rejects) {
		if !bad[at] {
			t.Errorf("record %d was rejected for another", at)
		}
		delete(bad, at)
	}
	if len(bad) > 0 {
		t.Errorf("%d bad records are no rejects", len(bad))
	}
	t.Logf("%.1f s", got.Elapsed)
}

// A batch of nothing but bad records is settled little by little, even where one
// attempt has no time for all of them.
func TestServicePostgresAllBad(t *testing.T) {
	db := startPostgres(t)
	db.sql("CREATE TABLE t (id int)")
	const records = 5000
	rejects := filepath.Join(t.TempDir(), "rejects")
	got, _ := delivery{
		args: []string{"-q", "--table", "t", "--columns", "id=.name", "--timeout", "300ms",
			"--rejects", rejects, "--max-rejects", "100%", db.URL()},
		input: numbers(records), status: 5,
	}.run(t)
	if got.Rejects != records || len(ordinals(t, rejects)) != records {
		t.Errorf("%+v; want %d rejects", got, records)
	}
	t.Logf("%.1f s", got.Elapsed)
}

// ordinals are those in a file of rejects.
func ordinals(t *testing.T, name string) (all []int) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var reject struct{ Ordinal int }
		if err := json.Unmarshal(line, &reject); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, reject.Ordinal)
	}
	return all
}

// Where COPY can't tell the line, halving finds the record: behind a staging
// table, and for foreign keys and deferred constraints, which are checked late.
func TestServicePostgresConflicts(t *testing.T) {
	db := startPostgres(t)
	db.sql(`CREATE TABLE kind (id int PRIMARY KEY); INSERT INTO kind SELECT generate_series(0, 9);
		CREATE TABLE t (id bigint UNIQUE, v text CHECK (v <> 'bad'), kind int REFERENCES kind DEFERRABLE INITIALLY DEFERRED)`)
	base := []string{"-q", "--table", "t", "--columns", "id=.id,v=.v,kind=.k", "--rejects", filepath.Join(t.TempDir(), "rejects")}
	with := func(more ...string) []string { return append(append(more, base...), db.URL()) }
	for _, c := range []struct {
		name, input  string
		args         []string
		status       int
		want, reject string
	}{
		{"error", `{"id":1,"v":"a","k":1} {"id":2,"v":"b","k":10} {"id":1,"v":"c","k":1} {"id":3,"v":"d","k":2}`,
			with(), 5, "1a1 3d2", "[2 1]"},
		{"nothing", `{"id":1,"v":"x","k":1} {"id":4,"v":"e","k":3} {"id":5,"v":"bad","k":3} {"id":4,"v":"f","k":3} {"v":"g"} {"v":"g"}`,
			with("--on-conflict", "nothing", "--key", "id"), 5, "1a1 3d2 4e3 g g", "[2]"},
		{"update", `{"id":1,"v":"y","k":1} {"id":6,"v":"h","k":1} {"id":1,"v":"z","k":4} {"id":7,"v":"i","k":11} {"v":"j"} {"v":"j"}`,
			with("--on-conflict", "update", "--key", "id"), 5, "1z4 3d2 4e3 6h1 g g j j", "[3]"},
	} {
		got, _ := delivery{args: c.args, input: []byte(strings.ReplaceAll(c.input, " ", "\n")), status: c.status}.run(t)
		if got.Duplicates > 0 {
			t.Errorf("%s: %+v; a transaction that fails leaves nothing", c.name, got)
		}
		db.want("SELECT string_agg(concat(id, v, kind), ' ' ORDER BY id, v) FROM t", c.want)
		if got := fmt.Sprint(ordinals(t, base[len(base)-1])); got != c.reject {
			t.Errorf("%s: rejected %s; want %s", c.name, got, c.reject)
		}
	}
}

// What can be known before the first record is read is said then.
func TestServicePostgresOpen(t *testing.T) {
	db := startPostgres(t)
	db.sql(`CREATE TABLE t (id bigint, doc jsonb); CREATE ROLE guest LOGIN; CREATE ROLE locked;
		CREATE TABLE readable (doc jsonb); GRANT SELECT ON readable TO guest;
		CREATE TABLE made (doc jsonb, n int GENERATED ALWAYS AS (1) STORED);
		CREATE TABLE guarded (doc jsonb); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; GRANT INSERT ON guarded TO guest;
		CREATE POLICY numbers ON guarded WITH CHECK (doc <> '13')`)
	guest := strings.Replace(db.URL(), "tester", "guest", 1)
	for _, c := range []struct {
		args   []string
		url    string
		status int
		words  string
	}{
		{[]string{"--table", "nowhere"}, db.URL(), 78, `relation "nowhere" does not exist`},
		{[]string{"--table", "t", "--column", "dok"}, db.URL(), 78, "no column dok (did you mean doc?)"},
		{[]string{"--table", "t", "--columns", "id=.id", "--on-conflict", "nothing", "--key", "id"}, db.URL(), 78, "no unique or exclusion constraint"},
		{[]string{"--table", "made", "--columns", "doc=.,n=.n"}, db.URL(), 78, "column n is generated"},
		{[]string{"--table", "guarded"}, guest, 78, "row-level security"},
		{[]string{"--table", "guarded", "--on-conflict", "nothing"}, guest, 0, ""},
		{[]string{"--table", "readable"}, guest, 78, "no right to insert"},
		{[]string{"--table", "t"}, strings.Replace(db.URL(), "tester", "locked", 1), 78, "not permitted to log in"},
		{[]string{"--table", "t"}, strings.Replace(db.URL(), "/postgres?", "/nodb?", 1), 78, `"nodb" does not exist`},
		{[]string{"--table", "t", "--connect-timeout", "300ms"}, "postgres://tester@/postgres?host=" + t.TempDir(), 69, "could not be reached within 300ms"},
		{[]string{"--table", "t", "--stream", "s"}, db.URL(), 0, ""},
		{[]string{"--table", "t", "--column", "doc", "--stream", "s"}, db.URL(), 65, "not the one of the checkpoint"},
	} {
		input := []byte("{}\n")
		if c.status == 65 {
			input = []byte("[]\n")
		}
		r := delivery{args: append(c.args, c.url), input: input}
		cmd, _ := r.command(t)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != c.status || !strings.Contains(stderr.String(), c.words) {
			t.Errorf("%q ended with %d; want %d and %q in\n%s", r.args, got, c.status, c.words, &stderr)
		}
	}
	db.want("SELECT count(*) FROM t", "1")
}

// A check sees what a run would, and changes nothing.
func TestServicePostgresCheck(t *testing.T) {
	db := startPostgres(t)
	db.sql("CREATE TABLE t (id bigint PRIMARY KEY)")
	for _, c := range []struct {
		args   []string
		status int
	}{
		{[]string{"--table", "new", "--create-table", "--stream", "s"}, 0},
		{[]string{"--table", "t", "--columns", "id=.id", "--on-conflict", "nothing", "--key", "id"}, 0},
		{[]string{"--table", "t"}, 78},
		{[]string{"--table", "new"}, 78},
	} {
		cmd := exec.Command(filepath.Join(bin, "rate-sink"), append(append([]string{"--check"}, c.args...), db.URL())...)
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != c.status || (len(out) > 0) != (c.status > 0) {
			t.Errorf("%q ended with %d; want %d\n%s", c.args, got, c.status, out)
		}
	}
	db.want("SELECT string_agg(relname, ' ') FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace", "t")
}

// The URL may have a password in a variable; a server that starts later than we
// do is waited for.
func TestServicePostgresLate(t *testing.T) {
	db := startPostgres(t)
	db.sql("CREATE TABLE t (doc jsonb)")
	db.must(db.Stop())
	cmd, _ := delivery{
		args: []string{"--table", "t", "--connect-timeout", "30s", "env:SERVICE_URL"}, input: []byte("1\n2\n"),
		env: []string{"SERVICE_URL=" + strings.Replace(db.URL(), "tester@", "tester:secret@", 1)},
	}.command(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	db.must(db.Start())
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	db.want("SELECT count(*) FROM t", "2")
}

// After a signal what was read is delivered, in a transaction like any other.
func TestServicePostgresTerm(t *testing.T) {
	db := startPostgres(t)
	db.sql("CREATE TABLE t (doc jsonb)")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cmd, stats := delivery{args: []string{"--table", "t", "-b", "2", "--batch-age", "1h", db.URL()}, stdin: r}.command(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, "1\n2\n3\n")
	until(t, "the first batch", func() bool { return db.sql("SELECT count(*) FROM t") == "2" })
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	if got := cmd.ProcessState.Sys().(syscall.WaitStatus); got.Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v; want by SIGTERM", cmd.ProcessState)
	}
	if got := readBooks(t, stats); got.Acknowledged != 3 {
		t.Errorf("%+v; want 3 acknowledged", got)
	}
	db.want("SELECT count(*) FROM t", "3")
}

// The manual's examples that need a database run here.
func TestServicePostgresExamples(t *testing.T) {
	db := startPostgres(t)
	t.Setenv("PGHOST", db.Dir)
	t.Setenv("PGUSER", "tester")
	t.Setenv("PGDATABASE", "postgres")
	t.Setenv("PATH", os.Getenv("PATH")+string(os.PathListSeparator)+db.Bin)
	dir, ran := sampleDir(t), 0
	for _, path := range pages(t, "[17]") {
		examples, err := tooltest.Examples(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range examples {
			if e.Needs == "postgres" {
				runExample(t, dir, e)
				ran++
			}
		}
	}
	if ran == 0 {
		t.Error("no page has an example for a database")
	}
}

// A connection that breaks while the answer to a COMMIT is under way leaves a
// doubt: a stream's row, or a key, resolves it; else the copies are counted.
func TestServicePostgresDoubt(t *testing.T) {
	db := startPostgres(t)
	const records, batch = 3000, 500
	for _, c := range []struct {
		name         string
		args         []string
		rows, copies int
	}{
		{"stream", []string{"--stream", "s"}, records, 0},
		{"key", []string{"--on-conflict", "nothing", "--key", "id"}, records, 0},
		{"neither", nil, records + batch, batch},
	} {
		db.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigint)")
		if c.name == "key" {
			db.sql("ALTER TABLE t ADD PRIMARY KEY (id)")
		}
		url := "postgres://tester@/postgres?host=" + forgetful(t, db.Dir)
		args := append([]string{"-q", "-b", fmt.Sprint(batch), "--table", "t", "--columns", "id=.id"}, c.args...)
		got, _ := delivery{args: append(args, url), input: numbers(records)}.run(t)
		if got.Retried != 1 || got.Duplicates != c.copies {
			t.Errorf("%s: %+v; want 1 retried and at most %d duplicates", c.name, got, c.copies)
		}
		if got, want := db.sql("SELECT count(*), count(DISTINCT id) FROM t"), fmt.Sprintf("%d|%d", c.rows, records); got != want {
			t.Errorf("%s: rows and different ones are %s; want %s", c.name, got, want)
		}
	}
}

// Where a unique index finds the rows of such a COMMIT, they are rejected though
// they are there, and the rejects say why. Nothing is lost, and nothing is twice.
func TestServicePostgresDoubtUnique(t *testing.T) {
	db := startPostgres(t)
	const records, batch = 3000, 500
	for _, unique := range []string{"UNIQUE", "UNIQUE DEFERRABLE INITIALLY DEFERRED"} {
		db.sql("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigint " + unique + ")")
		rejects := filepath.Join(t.TempDir(), "rejects")
		got, _ := delivery{args: []string{"-q", "-b", fmt.Sprint(batch), "--table", "t", "--columns", "id=.id", "--rejects", rejects, "--max-rejects", "100%",
			"postgres://tester@/postgres?host=" + forgetful(t, db.Dir)}, input: numbers(records), status: 5}.run(t)
		if got.Rejects != batch || got.Acknowledged != records-batch {
			t.Errorf("%s: %+v; want a batch of %d rejected", unique, got, batch)
		}
		db.want("SELECT count(*), count(DISTINCT id) FROM t", fmt.Sprintf("%d|%[1]d", records))
		if n := bytes.Count(readFile(t, rejects), []byte("COMMIT had no answer")); n != batch {
			t.Errorf("%s: %d of %d rejects say that they may be there", unique, n, batch)
		}
	}
}

// A database that won't have us any more has stored nothing of that batch.
func TestServicePostgresForbidden(t *testing.T) {
	db := startPostgres(t)
	db.sql(`CREATE TABLE t (id int); CREATE FUNCTION close() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN IF NEW.id = 1234 THEN RAISE EXCEPTION 'closed' USING ERRCODE = '42501'; END IF; RETURN NEW; END $$;
		CREATE TRIGGER close BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION close()`)
	got, _ := delivery{args: []string{"-q", "-b", "100", "--table", "t", "--columns", "id=.id", db.URL()}, input: numbers(3000), status: 78}.run(t)
	if got.Acknowledged != 1200 || got.Duplicates != 0 {
		t.Errorf("%+v; want 1200 acknowledged, and none in doubt", got)
	}
	db.want("SELECT count(*) FROM t", "1200")
}

// forgetful stands before a database and keeps the answer to the third COMMIT to
// itself, and the connection's end with it. It returns the folder of its socket.
func forgetful(t *testing.T, behind string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	const socket = ".s.PGSQL.5432"
	l, err := net.Listen("unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var commits atomic.Int32
	pass := func(client net.Conn) {
		server, err := net.Dial("unix", filepath.Join(behind, socket))
		if err != nil {
			client.Close()
			return
		}
		var deaf atomic.Bool // to the server
		go func() {
			defer client.Close()
			for buf := make([]byte, 64<<10); ; {
				n, err := server.Read(buf)
				if err != nil || deaf.Load() {
					return
				}
				client.Write(buf[:n])
			}
		}()
		defer server.Close()
		for buf := make([]byte, 64<<10); ; {
			n, err := client.Read(buf)
			if err != nil {
				return
			}
			if bytes.Contains(buf[:n], []byte("COMMIT\x00")) && commits.Add(1) == 3 {
				deaf.Store(true)
			}
			server.Write(buf[:n])
		}
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go pass(client)
		}
	}()
	return dir
}

// What a policy, a trigger or a partition has against a record is the record's
// fault, and it alone is rejected.
func TestServicePostgresRules(t *testing.T) {
	db := startPostgres(t)
	db.sql(`CREATE ROLE guest LOGIN;
		CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF NEW.id = 3 THEN RAISE EXCEPTION 'no threes' USING ERRCODE = '45000'; END IF;
			ASSERT NEW.id <> 4; RETURN NEW; END $$;
		CREATE TABLE policy (id int); ALTER TABLE policy ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON policy WITH CHECK (id NOT IN (3, 4));
		CREATE TABLE trigger (id int); CREATE TRIGGER judge BEFORE INSERT ON trigger FOR EACH ROW EXECUTE FUNCTION judge();
		CREATE TABLE late (id int); CREATE CONSTRAINT TRIGGER judge AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION judge();
		CREATE TABLE parts (id int) PARTITION BY LIST (id); CREATE TABLE known PARTITION OF parts FOR VALUES IN (0, 1, 2, 5, 6, 7);
		GRANT ALL ON policy, trigger, late, parts TO guest`)
	for _, table := range []string{"policy", "trigger", "late", "parts"} {
		rejects := filepath.Join(t.TempDir(), "rejects")
		delivery{
			args: []string{"-q", "--on-conflict", "nothing", "--concurrency", "2", "-b", "5", "--rejects", rejects,
				"--table", table, "--columns", "id=.id", strings.Replace(db.URL(), "tester", "guest", 1)},
			input: numbers(8), status: 5,
		}.run(t)
		db.want("SELECT string_agg(id::text, ' ' ORDER BY id) FROM "+table, "0 1 2 5 6 7")
		if got := fmt.Sprint(ordinals(t, rejects)); got != "[3 4]" {
			t.Errorf("%s: rejected %s; want [3 4]", table, got)
		}
	}
}
