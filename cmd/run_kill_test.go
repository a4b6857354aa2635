package cmd_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sinkScript is a last stage that takes the end of its input for the end of the
// data, and says so.
const sinkScript = "echo sink >&2; cat >/dev/null; echo COMMITTED >&2"

// TestRunKilled: a pipe-run that is killed at any moment leaves no stage behind,
// and none of them takes its death for the end of the input.
func TestRunKilled(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	early := 0
	for range kills {
		s := supervise(t, nil, "sh", "-c", "while :; do echo x; done", ":::", "cat", ":::", "sh", "-c", sinkScript)
		time.Sleep(time.Duration(rnd.IntN(20_000)) * time.Microsecond)
		s.Process.Kill()
		how, rest := s.end()
		if how != "signal killed" || strings.Contains(rest, "COMMITTED") {
			t.Fatalf("ended by %s; the stages said %q", how, rest)
		}
		if rest == "" {
			early++
		}
	}
	if early == kills {
		t.Error("no stage was there at any kill: the test tests nothing")
	}
}

// TestRunKilledFamily: descendants go as well, those that gave up all pipes
// included.
func TestRunKilledFamily(t *testing.T) {
	s := supervise(t, nil,
		"sh", "-c", "(setsid sleep 600 </dev/null >/dev/null & sleep 600 & echo ready >&2; wait) & wait", ":::",
		"sh", "-c", "sh -c '"+sinkScript+"'; exit 0")
	lines := []string{}
	for range 2 { // one of each
		line, _ := s.words.ReadString('\n')
		lines = append(lines, line)
	}
	s.Process.Kill()
	if how, rest := s.end(); how != "signal killed" || rest != "" {
		t.Errorf("ended by %s; after %q the stages said %q", how, lines, rest)
	}
}

// TestRunKeeperKilled: the keeper is started again, and the run goes on.
func TestRunKeeperKilled(t *testing.T) {
	s := supervise(t, nil, "sh", "-c", "exec cat /dev/zero", ":::", "sh", "-c", sinkScript)
	s.expect("sink")
	first := keeperOf(t, s.Process.Pid)
	syscall.Kill(first, syscall.SIGKILL)
	for keeperOf(t, s.Process.Pid) == first {
	}
	s.Process.Kill()
	if how, rest := s.end(); how != "signal killed" || rest != "" {
		t.Errorf("ended by %s; the stages said %q", how, rest)
	}
}

// TestRunKeeperGone: one that can't be kept alive is told.
func TestRunKeeperGone(t *testing.T) {
	s := supervise(t, nil, "sh", "-c", "exec cat /dev/zero", ":::", "sh", "-c", sinkScript)
	s.expect("sink")
	for last, killed := 0, 0; killed < 3; {
		if keeper := keeperOf(t, s.Process.Pid); keeper != last {
			syscall.Kill(keeper, syscall.SIGKILL)
			last = keeper
			killed++
		}
	}
	s.expect("pipe-run: the keeper is gone and does not come back: were pipe-run killed now, the commands would see an end")
	s.Process.Signal(syscall.SIGTERM)
	s.end()
}

// keeperOf is the keeper of a pipe-run: the child that is not a stage.
func keeperOf(t *testing.T, pid int) int {
	t.Helper()
	for deadline := time.Now().Add(runDeadline); time.Now().Before(deadline); {
		children, err := exec.Command("pgrep", "-P", strconv.Itoa(pid)).Output()
		if err != nil && len(children) == 0 {
			t.Skipf("pgrep: %v", err)
		}
		for _, child := range strings.Fields(string(children)) {
			words, _ := os.ReadFile(filepath.Join("/proc", child, "cmdline"))
			if strings.HasPrefix(string(words), "pipe-keeper\x00") {
				n, _ := strconv.Atoi(child)
				return n
			}
		}
	}
	t.Fatal("there is no keeper")
	return 0
}

// TestRunKilledByName: who kills by the name of the program leaves the keeper.
func TestRunKilledByName(t *testing.T) {
	s := supervise(t, nil, "sh", "-c", "exec cat /dev/zero", ":::", "sh", "-c", sinkScript)
	s.expect("sink")
	keeper := keeperOf(t, s.Process.Pid)
	for deadline := time.Now().Add(runDeadline); ; {
		name, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(keeper), "comm"))
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the keeper is called %q (%v)", name, err)
		}
		if string(name) == "pipe-keeper\n" {
			break
		}
	}
	s.Process.Kill()
	s.end()
}
