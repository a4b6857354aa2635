// Package database starts PostgreSQL for tests and benchmarks: a cluster of its
// own in a folder of its own, that nobody else uses and that leaves nothing.
//
// It is not a client: statements go through psql. The server writes everything
// through to the disk, as one that people rely on does, and listens on a socket
// in its folder alone. It never runs as root: then it is another user's.
package database

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ErrMissing says that PostgreSQL's server programs are not installed.
var ErrMissing = errors.New("PostgreSQL's initdb is not installed")

// A Cluster is a server. Its role tester may do everything, without a password.
type Cluster struct {
	Dir string // where its socket is
	Bin string // where PostgreSQL's programs are, psql too

	privilege *syscall.SysProcAttr
}

// New makes a cluster and starts it. Close it in the end.
func New() (*Cluster, error) {
	c := &Cluster{Bin: programs()}
	if c.Bin == "" {
		return nil, ErrMissing
	}
	var err error
	if c.Dir, err = os.MkdirTemp("", "pg"); err != nil { // short: it is part of a socket's name
		return nil, err
	}
	if err := c.create(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.Dir))
	}
	return c, nil
}

func (c *Cluster) create() error {
	if os.Getuid() == 0 {
		if err := c.renounce(); err != nil {
			return err
		}
	}
	if err := c.run("initdb", "-D", c.data(), "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-locale"); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = on\n", c.Dir)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return c.Start()
}

// programs is the folder of the newest PostgreSQL: Debian keeps its programs for
// servers away from PATH.
func programs() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // its pattern is right
	newest, best := "", 0.0
	for _, name := range found {
		version, err := strconv.ParseFloat(filepath.Base(filepath.Dir(filepath.Dir(name))), 64)
		if err == nil && version > best {
			newest, best = filepath.Dir(name), version
		}
	}
	if name, err := exec.LookPath("initdb"); newest == "" && err == nil {
		newest = filepath.Dir(name)
	}
	return newest
}

// renounce makes another user the owner.
func (c *Cluster) renounce() error {
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	c.privilege = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return errors.Join(os.Chown(c.Dir, uid, gid), os.Chmod(c.Dir, 0o755))
}

func (c *Cluster) data() string { return filepath.Join(c.Dir, "data") }

// run runs a program of PostgreSQL's as the cluster's owner.
func (c *Cluster) run(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(c.Bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = c.Dir, c.privilege
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// Start starts a server that was stopped, and returns when it takes connections.
func (c *Cluster) Start() error {
	return c.run("pg_ctl", "-D", c.data(), "-l", filepath.Join(c.Dir, "log"), "-w", "start")
}

// Stop ends the server as a power cut would: nothing is finished or said.
func (c *Cluster) Stop() error {
	return c.run("pg_ctl", "-D", c.data(), "-m", "immediate", "-w", "stop")
}

// Close ends the server, if it runs, and removes all that there was.
func (c *Cluster) Close() error {
	var err error
	if _, running := os.Stat(filepath.Join(c.data(), "postmaster.pid")); running == nil {
		err = c.Stop()
	}
	return errors.Join(err, os.RemoveAll(c.Dir))
}

// URL is where clients find it.
func (c *Cluster) URL() string { return "postgres://tester@/postgres?host=" + c.Dir }

// SQL runs statements and returns what they print, columns parted by a bar.
func (c *Cluster) SQL(statements string) (string, error) {
	cmd := exec.Command(filepath.Join(c.Bin, "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", c.URL(), "-c", statements)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", statements, err, &stderr)
	}
	return strings.TrimSpace(string(out)), nil
}
