package cmd_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Where standard error is full and nobody reads it, everything is delivered and
// the status is the same, whatever there is to say.
func TestSinkUnheard(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args   string
		status int
	}{
		{"-v file:out", 0},
		{"-v --progress always --append file:out2", 0},
		{"-v --rejects bad sim:rejects=5%", 5},
		{"-v -b 200 sim:errors=10%", 0},
		{"-v sim:rejects=5%", 65},
		{"-v exec -- false-command-that-is-not-there", 78},
		{"-v --check file:out", 0},
		{"--insecure --check --connect-timeout 10ms https://127.0.0.1:1/", 69},
		{"--append file:no/such/folder", 74},
	} {
		cmd := exec.Command(filepath.Join(bin, "rate-sink"), strings.Fields(c.args)...)
		cmd.Dir, cmd.Stderr = dir, fullPipe(t)
		cmd.Stdin = strings.NewReader(strings.Repeat("1\n", 2000))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		limit := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		if ended, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
			t.Errorf("%s: %v", c.args, err)
		} else if status := cmd.ProcessState.ExitCode(); status != c.status {
			t.Errorf("%s: %v; want status %d", c.args, ended, c.status)
		}
		limit.Stop()
	}
	for _, name := range []string{"out", "out2"} {
		if data, err := os.ReadFile(filepath.Join(dir, name)); len(data) != 4000 || err != nil {
			t.Errorf("%s: %d bytes, %v; want all 4000", name, len(data), err)
		}
	}
}
