package cmd_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A full disk ends the sink with 74, wherever it is that nothing fits: never
// with a record that nobody has and nobody names.
func TestServiceDiskFull(t *testing.T) {
	services(t)
	input := numbers(many)
	for _, c := range []struct {
		name   string
		args   []string // DISK is the full one
		status int
		left   string // what there may be on the disk afterwards
	}{
		{"file", []string{"file:DISK/out"}, 74, ""},
		{"compressed file", []string{"-z", "gzip:1", "file:DISK/out"}, 74, ""},
		{"rotated file", []string{"--rotate-records", "5000", "file:DISK/out-{seq}"}, 74, "out-"},
		{"appended file", []string{"--append", "file:DISK/out"}, 74, "out"},
		{"rejects", []string{"--rejects", "DISK/rejects", "--max-rejects", "100%", "sim:rejects=100%"}, 74, "rejects"},
		{"spill", []string{"--spill", "DISK/spill", "exec", "sh", "-c", "exit 78"}, 74, "spill"},
		{"checkpoint", []string{"--checkpoint", "DISK/full/ck", "--checkpoint-every", "0s", "null:"}, 74, "full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			disk := smallDisk(t)
			if err := os.Mkdir(filepath.Join(disk, "full"), 0o700); err != nil {
				t.Fatal(err)
			}
			if c.name == "checkpoint" { // it is too small to fill a disk
				fill(t, filepath.Join(disk, "full", "rest"))
			}
			args := []string{"-q"}
			for _, arg := range c.args {
				args = append(args, strings.ReplaceAll(arg, "DISK", disk))
			}
			b := input
			if c.name == "spill" { // a batch that was read, and does not fit
				args = append([]string{"-b", "1000000", "--batch-bytes", "8MiB"}, args...)
			}
			got, said := delivery{args: args, input: b, status: c.status}.run(t)
			if !strings.Contains(said, "no space left") {
				t.Errorf("it says:\n%s", said)
			}
			if got.Unresolved > 0 && !strings.Contains(said, "unresolved, by ordinal: ") {
				t.Errorf("%d are unresolved, and it says:\n%s", got.Unresolved, said)
			}
			entries, err := os.ReadDir(disk)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.Name() != "full" && (c.left == "" || !strings.HasPrefix(e.Name(), c.left)) {
					t.Errorf("%s is left behind", e.Name())
				}
			}
			switch c.name {
			case "appended file":
				// Whole records are there, at least those that are acknowledged.
				out := readFile(t, filepath.Join(disk, "out"))
				if n := bytes.Count(out, []byte("\n")); n < got.Acknowledged || got.Acknowledged == 0 || !bytes.HasPrefix(input, out) {
					t.Errorf("%d acknowledged, and the file has %d", got.Acknowledged, n)
				}
			case "rejects":
				saved := bytes.Count(readFile(t, filepath.Join(disk, "rejects")), []byte("\n"))
				if saved < got.Rejects || got.Unresolved == 0 {
					t.Errorf("%d rejects, %d saved, %d unresolved", got.Rejects, saved, got.Unresolved)
				}
			}
		})
	}
}

// smallDisk is a file system of 1 MiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("can't mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// space makes a tablespace of so many bytes.
func (d server) space(t *testing.T, name string, size int) {
	t.Helper()
	dir := filepath.Join(d.Dir, name)
	d.must(os.Mkdir(dir, 0o700))
	if err := unix.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skipf("can't mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := errors.Join(d.Stop(), unix.Unmount(dir, unix.MNT_DETACH)); err != nil {
			t.Error(err)
		}
	})
	info, err := os.Stat(d.Dir)
	d.must(err)
	owner := info.Sys().(*syscall.Stat_t)
	d.must(os.Chown(dir, int(owner.Uid), int(owner.Gid)))
	d.sql(fmt.Sprintf("CREATE TABLESPACE %s LOCATION '%s'", name, dir))
}

// fill takes all the room that is left.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{64 << 10, 4 << 10, 1} {
		for err == nil {
			_, err = f.Write(make([]byte, size))
		}
		err = nil
	}
}

// Much comes and little goes: memory stays flat, and after a signal the end is
// prompt and names what was read in vain.
func TestServiceFlood(t *testing.T) {
	services(t)
	gen := exec.Command(filepath.Join(bin, "ndjson-gen"), "-q", "--rate", "200000/s")
	pipe, err := gen.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"-v", "--receipts", "--drain-timeout", "1s", "-b", "1", "sim:latency=100ms"} // 10 records a second
	sink, stats := delivery{args: args, stdin: pipe.(*os.File)}.command(t)
	var said bytes.Buffer
	sink.Stderr = &said
	receipts, err := sink.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []*exec.Cmd{gen, sink} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	pipe.Close()
	lines := bufio.NewReader(receipts)
	var peaks []int64
	for range 2 {
		for range 20 {
			if _, err := lines.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		peaks = append(peaks, resident(t, sink.Process.Pid))
	}
	if peaks[1] > peaks[0]+1<<20 || peaks[1] > 24<<20 {
		t.Errorf("the sink took %d bytes, and %d later", peaks[0], peaks[1])
	}
	sink.Process.Signal(syscall.SIGTERM)
	begun := time.Now()
	io.Copy(io.Discard, lines)
	sink.Wait()
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the end took %v", took)
	}
	if got := sink.ProcessState.Sys().(syscall.WaitStatus); got.Signal() != syscall.SIGTERM {
		t.Errorf("the sink ended with %v; want by SIGTERM", sink.ProcessState)
	}
	gen.Wait() // its reader has gone
	got := readBooks(t, stats)
	if got.Unresolved == 0 || !strings.Contains(said.String(), "unresolved, by ordinal: ") {
		t.Errorf("%+v, and it says:\n%s", got, &said)
	}
	t.Logf("%.1f and %.1f MB, ended after %v\n%s", float64(peaks[0])/1e6, float64(peaks[1])/1e6, time.Since(begun), &said)
}

// resident is the memory that a process has now.
func resident(t *testing.T, pid int) int64 {
	t.Helper()
	fields := strings.Fields(string(readFile(t, fmt.Sprintf("/proc/%d/statm", pid))))
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
