package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func fifo(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "in")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// drained waits until the pipe is empty.
func drained(t *testing.T, pipe *os.File) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		if n, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ); err != nil || n == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("nobody reads the pipe")
		}
	}
}

// fullPipe is a pipe that nobody reads, and that is full.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	fd := int(w.Fd()) // once: it makes the descriptor a blocking one
	unix.SetNonblock(fd, true)
	for {
		if _, err := unix.Write(fd, make([]byte, 4096)); err != nil {
			break
		}
	}
	unix.SetNonblock(fd, false)
	return w
}

// brokenPipe is a pipe without a reader.
func brokenPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	return w
}

// A sink is not held up by a standard error that nobody reads, nor killed by one
// that is closed: what it took is settled, and its status is the same.
func TestSinkWithoutStderr(t *testing.T) {
	const records = 2000
	var input bytes.Buffer
	for i := range records {
		fmt.Fprintln(&input, i)
	}
	for name, stderr := range map[string]func(*testing.T) *os.File{"full": fullPipe, "broken": brokenPipe} {
		for _, how := range []struct {
			signal syscall.Signal
			status int // by the end of the input
		}{{0, 5}, {syscall.SIGTERM, -1}} {
			t.Run(fmt.Sprintf("%s %v", name, how.signal), func(t *testing.T) {
				dir := t.TempDir()
				bad := filepath.Join(dir, "bad")
				stats := filepath.Join(dir, "stats")
				words := stderr(t)
				defer words.Close()
				// Words for single records, for attempts and at the end.
				cmd := exec.Command(filepath.Join(bin, "rate-sink"), "-v", "--progress", "always", "--rejects", bad, "-b", "10",
					"--stats", stats, "sim:latency=1ms,errors=1%,rejects=5%")
				cmd.Stderr = words
				r, in, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				cmd.Stdin = r
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				over := time.AfterFunc(60*time.Second, func() { cmd.Process.Kill() })
				defer over.Stop()
				if _, err := in.Write(input.Bytes()); err != nil {
					t.Fatal(err)
				}
				if how.signal != 0 {
					drained(t, r)
					cmd.Process.Signal(how.signal)
				} else {
					in.Close()
				}
				cmd.Wait()
				if how.signal != 0 {
					in.Close()
					if got := cmd.ProcessState.Sys().(syscall.WaitStatus); got.Signal() != how.signal {
						t.Errorf("ended with %v; want the signal", cmd.ProcessState)
					}
				} else if got := cmd.ProcessState.ExitCode(); got != how.status {
					t.Errorf("ended with %v; want status %d", cmd.ProcessState, how.status)
				}
				wantBooks(t, stats, records)
			})
		}
	}
}

// wantBooks checks that the statistics settle so many records.
func wantBooks(t *testing.T, stats string, records float64) {
	t.Helper()
	told := struct{ Acknowledged, Rejects, Unresolved float64 }{Unresolved: -1}
	text, err := os.ReadFile(stats)
	if err == nil {
		err = json.Unmarshal(text, &told)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := told.Acknowledged + told.Rejects; got != records || told.Unresolved != 0 {
		t.Errorf("acknowledged and rejected %v, unresolved %v; want %v and none", got, told.Unresolved, records)
	}
}

// A record over the maximum that was read, and not yet looked at, when the signal
// came is a reject like any other, and those behind it are delivered.
func TestOverlongInAStoppingSink(t *testing.T) {
	dir := t.TempDir()
	in, err := os.OpenFile(fifo(t, dir), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, bad := filepath.Join(dir, "out"), filepath.Join(dir, "bad")
	cmd := exec.Command(filepath.Join(bin, "rate-sink"), "-r", "1/h", "--max-record", "10", "--rejects", bad, "--append", "file:"+out)
	cmd.Stdin = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	fmt.Fprintf(in, "1\n2\n%s\n3\n", strings.Repeat("x", 100))
	drained(t, in)
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	if got := cmd.ProcessState.Sys().(syscall.WaitStatus); got.Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v; want SIGTERM", cmd.ProcessState)
	}
	if data, err := os.ReadFile(out); string(data) != "1\n2\n3\n" {
		t.Errorf("delivered %q, %v; want the three that are not too long", data, err)
	}
	if data, err := os.ReadFile(bad); !bytes.Contains(data, []byte(`"ordinal":2,"line":3,"offset":4,`)) || bytes.Count(data, []byte("\n")) != 1 {
		t.Errorf("rejects %s, %v; want the long record", data, err)
	}
}

// The second signal ends a drain at once.
func TestSecondSignal(t *testing.T) {
	dir := t.TempDir()
	in, err := os.OpenFile(fifo(t, dir), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd := exec.Command(filepath.Join(bin, "rate-sink"), "--drain-timeout", "1h", "-b", "1", "sim:hang=100%")
	cmd.Stdin = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	fmt.Fprintln(in, "1")
	drained(t, in)
	cmd.Process.Signal(syscall.SIGTERM)
	gone := make(chan struct{})
	go func() { cmd.Wait(); close(gone) }()
	for { // as often as it takes: two signals that arrive soon after each other are one
		select {
		case <-gone:
			if got := cmd.ProcessState.Sys().(syscall.WaitStatus); got.Signal() != syscall.SIGTERM {
				t.Errorf("ended with %v; want SIGTERM", cmd.ProcessState)
			}
			return
		case <-time.After(50 * time.Millisecond):
			cmd.Process.Signal(syscall.SIGTERM)
		}
	}
}
