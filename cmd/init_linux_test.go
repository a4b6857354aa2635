package cmd_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// first starts a command as process 1 of a namespace of its own, and skips the
// test where that is not allowed.
func first(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	if os.Getuid() != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWPID | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		}
	}
	if err := cmd.Start(); errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		t.Skipf("no namespaces here: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// zombies counts the children of a process that nobody has reaped.
func zombies(t *testing.T, parent int) (n int) {
	t.Helper()
	folders, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		stat, _ := os.ReadFile("/proc/" + f.Name() + "/stat")
		_, after, _ := strings.Cut(string(stat), ") ")
		var state string
		var of int
		if fmt.Sscan(after, &state, &of); of == parent && state == "Z" {
			n++
		}
	}
	return n
}

// As process 1, rate-sink reaps what its commands leave behind, and only that.
func TestSinkReapsOrphans(t *testing.T) {
	const deliveries = 20
	dir := t.TempDir()
	cmd := exec.Command(filepath.Join(bin, "rate-sink"), "--batch-age", "1ms", "-b", "1", "--concurrency", "2", "exec", "--",
		"sh", "-c", `(sleep 0.05; : > $0/$RATE_SINK_FIRST) & exit 0`, dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	first(t, cmd)
	for i := range deliveries {
		fmt.Fprintln(stdin, i)
	}
	end := time.Now().Add(30 * time.Second)
	for {
		done, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if left := zombies(t, cmd.Process.Pid); len(done) == deliveries && left == 0 {
			break
		} else if time.Now().After(end) {
			t.Fatalf("%d of %d have done their work, and %d are zombies", len(done), deliveries, left)
		}
		time.Sleep(5 * time.Millisecond)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("rate-sink: %v; want status 0", err)
	}
}

// As process 1 it can't die of a signal; it settles what it holds and says so by
// its status.
func TestSinkDrainsAsInit(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	cmd := exec.Command(filepath.Join(bin, "rate-sink"), "--batch-age", "1h", "exec", "--", "sh", "-c", "cat >> "+out)
	in, err := os.OpenFile(fifo(t, dir), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd.Stdin = in
	first(t, cmd)
	fmt.Fprintln(in, "1")
	drained(t, in) // it has read the record
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 143 {
		t.Errorf("status %d; want 143", got)
	}
	if data, _ := os.ReadFile(out); string(data) != "1\n" {
		t.Errorf("delivered %q; want the record that was held", data)
	}
}
