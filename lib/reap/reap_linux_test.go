package reap

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// children are the numbers and states of the children of this process.
func children(t *testing.T) (states []string) {
	t.Helper()
	folders, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		stat, err := os.ReadFile("/proc/" + f.Name() + "/stat")
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(stat), ") ")
		var state string
		var parent int
		if fmt.Sscan(after, &state, &parent); parent == os.Getpid() {
			states = append(states, f.Name()+state)
		}
	}
	return states
}

// Own children keep their statuses, however many strangers end among them, and
// no zombie stays. It runs in a process of its own, whose children are all its.
func TestOrphans(t *testing.T) {
	if os.Getenv("REAP_TEST") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestOrphans$", "-test.v")
		cmd.Env = append(os.Environ(), "REAP_TEST=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	var o Orphans
	go o.Run()
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			for i := range 25 {
				want := (25*n + i) % 100
				// One stranger that ends before its parent, and one after.
				cmd := exec.Command("sh", "-c", fmt.Sprintf("(true & exit 0); (sleep 0.02 & exit 0); exit %d", want))
				if err := o.Start(func() (int, error) {
					err := cmd.Start()
					if err != nil {
						return 0, err
					}
					return cmd.Process.Pid, nil
				}); err != nil {
					t.Error(err)
					return
				}
				cmd.Wait()
				o.Done(cmd.Process.Pid)
				if got := cmd.ProcessState.ExitCode(); got != want {
					t.Errorf("status %d; want %d", got, want)
				}
			}
		})
	}
	all.Wait()
	for end := time.Now().Add(20 * time.Second); len(children(t)) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("children are left: %v", children(t))
		}
	}
}

func TestStartThatFails(t *testing.T) {
	var o Orphans
	if err := o.Start(func() (int, error) { return 0, os.ErrNotExist }); err != os.ErrNotExist || len(o.ours) != 0 {
		t.Errorf("Start: %v, ours %v", err, o.ours)
	}
}
