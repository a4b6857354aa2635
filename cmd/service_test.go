package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
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

// A database is a cluster of PostgreSQL of our own, with fsync on. It listens on
// a socket in its folder and nowhere else.
type database struct {
	t         *testing.T
	dir, bin  string
	privilege *syscall.SysProcAttr // postgres does not run as root
}

func startPostgres(t *testing.T) *database {
	t.Helper()
	services(t)
	d := &database{t: t, bin: postgresBin()}
	if d.bin == "" {
		missing(t, "PostgreSQL's initdb is not installed")
	}
	var err error
	if d.dir, err = os.MkdirTemp("", "pg"); err != nil { // short: it is part of a socket's name
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(d.dir) })
	if os.Getuid() == 0 {
		d.privilege = unprivileged(t, d.dir)
	}
	d.run("initdb", "-D", d.data(), "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-locale")
	conf := fmt.Sprintf("listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = on\n", d.dir)
	f, err := os.OpenFile(filepath.Join(d.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(conf)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.command("pg_ctl", "-D", d.data(), "-m", "immediate", "stop").Run() })
	d.start()
	return d
}

// postgresBin is the folder of the newest PostgreSQL: Debian keeps its programs
// for servers away from PATH.
func postgresBin() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	newest, best := "", 0.0
	for _, name := range found {
		version, _ := strconv.ParseFloat(filepath.Base(filepath.Dir(filepath.Dir(name))), 64)
		if version > best {
			newest, best = filepath.Dir(name), version
		}
	}
	if name, err := exec.LookPath("initdb"); newest == "" && err == nil {
		newest = filepath.Dir(name)
	}
	return newest
}

// unprivileged is another user than root, to whom dir is given.
func unprivileged(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := errors.Join(os.Chown(dir, uid, gid), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func (d *database) data() string { return filepath.Join(d.dir, "data") }

func (d *database) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(d.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = d.dir, d.privilege
	return cmd
}

func (d *database) run(name string, args ...string) {
	d.t.Helper()
	if out, err := d.command(name, args...).CombinedOutput(); err != nil {
		d.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// start returns when the server takes connections.
func (d *database) start() {
	d.t.Helper()
	d.run("pg_ctl", "-D", d.data(), "-l", filepath.Join(d.dir, "log"), "-w", "start")
}

// stop ends the server as a power cut would: nothing is finished or said.
func (d *database) stop() {
	d.t.Helper()
	d.run("pg_ctl", "-D", d.data(), "-m", "immediate", "-w", "stop")
}

func (d *database) url() string { return "postgres://tester@/postgres?host=" + d.dir }

// sql runs statements and returns what the last one prints.
func (d *database) sql(statements string) string {
	d.t.Helper()
	cmd := exec.Command(filepath.Join(d.bin, "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", d.url(), "-c", statements)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", statements, err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

// want compares what a statement prints.
func (d *database) want(statement, want string) {
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
