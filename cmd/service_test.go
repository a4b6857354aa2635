package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ndjsontools/lib/tooltest/database"
)

// The tests called TestService run rate-sink against real servers, which they
// start themselves, in folders of their own, and end. `make test-services` runs
// them.

// many is how many records go to each service.
const many = 200_000

// services skips a test of servers that nobody asked for.
func services(t *testing.T) {
	t.Helper()
	if os.Getenv("TEST_SERVICES") == "" {
		t.Skip("needs servers: run it by make test-services")
	}
}

// missing skips a test whose program is not there; CI has to have it.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// A server is a cluster of PostgreSQL whose errors end the test.
type server struct {
	*database.Cluster
	t *testing.T
}

func startPostgres(t *testing.T) server {
	t.Helper()
	services(t)
	c, err := database.New()
	if errors.Is(err, database.ErrMissing) {
		missing(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return server{c, t}
}

// must ends the test for an error.
func (d server) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// sql runs statements and returns what they print.
func (d server) sql(statements string) string {
	d.t.Helper()
	out, err := d.SQL(statements)
	d.must(err)
	return out
}

// want compares what a statement prints.
func (d server) want(statement, want string) {
	d.t.Helper()
	if got := d.sql(statement); got != want {
		d.t.Errorf("%s prints %q; want %q", statement, got, want)
	}
}

// A delivery is one run of rate-sink.
type delivery struct {
	args   []string
	input  []byte
	stdin  *os.File // instead of input
	env    []string
	status int // that it must end with
}

// books are the statistics that a run ends with.
type books struct {
	In           int     `json:"records_in"`
	Acknowledged int     `json:"acknowledged"`
	Rejects      int     `json:"rejects"`
	Unresolved   int     `json:"unresolved"`
	Retried      int     `json:"retried"`
	Duplicates   int     `json:"duplicates_at_most"`
	Concurrency  int     `json:"concurrency"`
	AtOnce       int     `json:"concurrency_peak"`
	Peak         int     `json:"peak_rss_bytes"`
	Elapsed      float64 `json:"elapsed_s"`
}

// command is the process, not yet started; its statistics go to the file.
func (r delivery) command(t *testing.T) (cmd *exec.Cmd, stats string) {
	stats = filepath.Join(t.TempDir(), "stats")
	cmd = exec.Command(filepath.Join(bin, "rate-sink"), append([]string{"--stats", stats}, r.args...)...)
	cmd.Env = append(os.Environ(), r.env...)
	if r.stdin != nil {
		cmd.Stdin = r.stdin
	} else {
		cmd.Stdin = bytes.NewReader(r.input)
	}
	return cmd, stats
}

// run delivers, and returns the books and what was said. The books must be
// balanced whatever the status.
func (r delivery) run(t *testing.T) (books, string) {
	t.Helper()
	cmd, stats := r.command(t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != r.status {
		t.Errorf("rate-sink %q: %v; want status %d\n%s", r.args, err, r.status, &stderr)
	}
	return readBooks(t, stats), stderr.String()
}

func readBooks(t *testing.T, stats string) (b books) {
	t.Helper()
	data, err := os.ReadFile(stats)
	if err == nil {
		err = json.Unmarshal(data, &b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if b.Acknowledged+b.Rejects+b.Unresolved != b.In {
		t.Errorf("the books are not balanced: %+v", b)
	}
	return b
}

// numbers are records with an id from 0.
func numbers(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "{\"id\":%d,\"name\":\"record %[1]d\",\"level\":%d}\n", i, i%7)
	}
	return b.Bytes()
}

// open writes an input to a file, for standard input that can be sought.
func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// until asks again and again, for the state of another process can't be waited
// for.
func until(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ready(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s in vain", what)
		}
	}
}
