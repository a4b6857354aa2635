package pipeline

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain makes the test binary the keeper when a run starts it as that.
func TestMain(m *testing.M) {
	if os.Args[0] == keeperName {
		os.Exit(Keep(os.Args))
	}
	os.Exit(m.Run())
}

const keeperName = "test-keeper"

// plan is a plan of shell scripts, and what the last of them writes.
func plan(t *testing.T, scripts ...string) (*Plan, *os.File) {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := newPipe(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close(); r.Close(); w.Close() })
	p := &Plan{
		Stdin: null, Stdout: w, Stderr: os.Stderr, Groups: true, Grace: 5 * time.Second,
		Keeper: Keeper{Path: "/proc/self/exe", Name: keeperName},
	}
	for _, script := range scripts {
		p.Stages = append(p.Stages, Command{Name: "sh", Path: shell, Args: []string{"sh", "-c", script}})
	}
	return p, r
}

// start starts a plan; a run that hangs is ended.
func start(t *testing.T, p *Plan) *Run {
	t.Helper()
	r, err := Start(p)
	if err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(30*time.Second, func() {
		r.End(Reason{Text: "hangs", Status: 99})
		r.End(Reason{})
	})
	t.Cleanup(func() { watchdog.Stop() })
	return r
}

// TestWatch: an observer is told what happens in its order, and may look at a
// run at any time.
func TestWatch(t *testing.T) {
	p, out := plan(t, "printf 12345; read go; exit 0", "read x; cat; exit 3")
	in, gate, err := newPipe(0)
	if err != nil {
		t.Fatal(err)
	}
	p.Stdin = in
	p.Rules.Accept = []int{3}
	var events []string
	p.Observe = func(e Event) {
		if e.Kind == Ending && e.Run.Stages()[e.Stage].PID == 0 {
			t.Error("a stage that ends has no number")
		}
		events = append(events, fmt.Sprint([...]string{"started", "ending", "exited", "judged", "opened"}[e.Kind], " ", e.Stage+1))
	}
	r := start(t, p)
	stages := r.Stages()
	if !stages[0].Running() || stages[1].PID == 0 || stages[1].Group != stages[1].PID || stages[0].Verdict != Pending {
		t.Errorf("after the start: %+v", stages)
	}
	for deadline := time.Now().Add(10 * time.Second); ; { // until the reader has taken all of it
		queued := -1
		held := r.Pipe(0).Look(func(fd int) { queued, _ = unix.IoctlGetInt(fd, unix.TIOCINQ) })
		if !held || time.Now().After(deadline) {
			t.Fatalf("%d bytes are in the pipe, held %v", queued, held)
		}
		if queued == 0 {
			break
		}
	}
	in.Close()
	gate.Close()
	result := r.Wait()
	if result.Status != 3 || result.Blamed != 1 || result.Reason != nil {
		t.Errorf("got %+v", result)
	}
	if v := result.Stages[1]; v.Verdict != Accepted || v.Unread != 0 || v.Ended.Before(v.Started) {
		t.Errorf("got %+v", v)
	}
	want := "started 1,started 2,ending 1,exited 1,judged 1,opened 1,ending 2,exited 2,judged 2"
	if got := strings.Join(events, ","); got != want {
		t.Errorf("got %s; want %s", got, want)
	}
	if r.Pipe(0).Look(func(int) {}) {
		t.Error("the pipe can be looked at after the end")
	}
	p.Stdout.Close()
	if rest, _ := io.ReadAll(out); len(rest) > 0 {
		t.Errorf("got %q", rest)
	}
}

// TestEnd: an end from outside is the reason, whatever the stages make of it.
func TestEnd(t *testing.T) {
	p, _ := plan(t, "exec sleep 60", "trap 'exit 0' TERM; while :; do sleep 0.01; done")
	r := start(t, p)
	r.End(Reason{Text: "stalled", Status: 124})
	result := r.Wait()
	if result.Status != 124 || result.Reason.Text != "stalled" || result.Blamed >= 0 {
		t.Errorf("got %+v", result)
	}
	for i, v := range result.Stages {
		if v.Verdict != Ended {
			t.Errorf("stage %d is %v", i+1, v.Verdict)
		}
	}
	r.End(Reason{}) // too late, and harmless
	r.Send(syscall.SIGUSR1)
}

// TestEndLate: a run that is ended for a failure is not given another reason.
func TestEndLate(t *testing.T) {
	p, _ := plan(t, "exit 3", "trap '' TERM; while :; do sleep 0.01; done")
	p.Grace = 200 * time.Millisecond
	r := start(t, p)
	for deadline := time.Now().Add(10 * time.Second); r.Stages()[0].Verdict != Failed; {
		if time.Now().After(deadline) {
			t.Fatal("the first stage does not fail")
		}
	}
	r.End(Reason{Text: "timed out", Status: 124})
	if result := r.Wait(); result.Status != 3 || result.Reason != nil {
		t.Errorf("got %+v; want the failure", result)
	}
}

// TestFiles: a stage gets what its command names besides the standard streams.
func TestFiles(t *testing.T) {
	p, out := plan(t, `echo "$WORD" >&$FD`)
	p.Stages[0].Env = []string{"WORD=hello", "FD=3"}
	p.Stages[0].Files = []*os.File{p.Stdout}
	if result := start(t, p).Wait(); result.Status != 0 {
		t.Fatalf("got %+v", result)
	}
	p.Stdout.Close()
	if got, _ := io.ReadAll(out); string(got) != "hello\n" {
		t.Errorf("got %q", got)
	}
}

// TestCannotStart: a stage that can't be executed fails the run, and a keeper
// that can't be is an error before anything runs.
func TestCannotStart(t *testing.T) {
	p, _ := plan(t, "exec sleep 60", "exec cat", "exec cat")
	p.Stages[1].Path = "/no/such/program"
	result := start(t, p).Wait()
	var got []Verdict
	for _, v := range result.Stages {
		got = append(got, v.Verdict)
	}
	if want := []Verdict{Ended, Failed, Unstarted}; result.Status != 127 || !slices.Equal(got, want) {
		t.Errorf("got %v, status %d; want %v, 127", got, result.Status, want)
	}
	p.Keeper.Path = "/no/such/program"
	if _, err := Start(p); err == nil || !strings.Contains(err.Error(), "keeper") {
		t.Errorf("got %v; want that the keeper can't be started", err)
	}
	if _, err := Start(&Plan{}); err == nil {
		t.Error("a pipeline of no stages starts")
	}
}

// TestPeakMemory: what is told is the stage's own, or nothing.
func TestPeakMemory(t *testing.T) {
	p, _ := plan(t, "x=$(head -c 100000000 /dev/zero | tr '\\0' x)", "exec cat")
	stages := start(t, p).Wait().Stages
	if peak := stages[0].Usage.PeakRSS; peak < 50e6 {
		t.Errorf("a stage that held 100 MB had %d bytes", peak)
	}
	if peak := stages[1].Usage.PeakRSS; peak != 0 {
		t.Errorf("cat had %d bytes; that can't be known", peak)
	}
}

func TestStash(t *testing.T) {
	r, w, err := newPipe(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := newStash(w)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	ended := func() bool {
		polled := []unix.PollFd{{Fd: int32(r.Fd())}}
		unix.Poll(polled, 0)
		return polled[0].Revents&unix.POLLHUP != 0
	}
	if ended() {
		t.Error("the pipe is at its end although the stash holds it")
	}
	f, err := s.take()
	if err != nil || ended() {
		t.Fatalf("taken: %v, at its end: %v", err, ended())
	}
	if _, err := s.take(); err == nil {
		t.Error("it can be taken twice")
	}
	f.Close()
	if !ended() {
		t.Error("the pipe is not at its end although nobody holds it")
	}
	s.socket.Close()
}

func TestPipe(t *testing.T) {
	r, w, err := newPipe(4096)
	if err != nil {
		t.Fatal(err)
	}
	if size, _ := unix.FcntlInt(w.Fd(), unix.F_GETPIPE_SZ, 0); size != 4096 {
		t.Errorf("the size is %d", size)
	}
	p := &Pipe{gate: w}
	w.WriteString("123")
	if !p.held() || p.unread() != 3 || p.broken() {
		t.Errorf("held %v, unread %d, broken %v", p.held(), p.unread(), p.broken())
	}
	p.open()
	if p.held() || p.unread() != 3 || p.broken() {
		t.Errorf("open: held %v, unread %d, broken %v", p.held(), p.unread(), p.broken())
	}
	if got, err := io.ReadAll(r); string(got) != "123" || err != nil || p.unread() != 0 {
		t.Errorf("got %q, %v; left %d", got, err, p.unread())
	}
	p.close()
	if p.unread() != -1 {
		t.Errorf("closed: %d", p.unread())
	}
	r.Close()
	r, w, _ = newPipe(0)
	p = &Pipe{gate: w}
	r.Close()
	if !p.broken() {
		t.Error("a pipe without a reader is not broken")
	}
	p.abandon()
}

func TestEnviron(t *testing.T) {
	got := environ([]string{"A=1", "AB=2", "C", "A=3"}, []string{"A=4", "D=5"})
	if want := []string{"AB=2", "C", "A=4", "D=5"}; !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}

// TestPosture: what is known of a process and a signal, while it lives and after.
func TestPosture(t *testing.T) {
	for _, c := range []struct {
		script              string
		defenceless, waited bool
	}{
		{"echo ready; read x; exit 3", true, false},
		{"trap '' PIPE; echo ready; read x", false, false},
		{"trap : PIPE; echo ready; read x", false, false},
		{"sleep 0; echo ready; read x", true, true},
		{"trap '' PIPE; echo ready; read x; trap - PIPE; kill -PIPE $$", false, false}, // it has died of it
	} {
		cmd := exec.Command("sh", "-c", c.script)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Skip(err)
		}
		pid := cmd.Process.Pid
		io.ReadFull(stdout, make([]byte, len("ready\n")))
		if exiting(pid) || defenceless(pid, syscall.SIGPIPE) != c.defenceless {
			t.Errorf("%q: alive: exiting %v, defenceless %v", c.script, exiting(pid), defenceless(pid, syscall.SIGPIPE))
		}
		stdin.Close()
		var info unix.Siginfo
		for unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
		}
		if !exiting(pid) || defenceless(pid, syscall.SIGPIPE) != c.defenceless || waited(pid) != c.waited {
			t.Errorf("%q: ended: exiting %v, defenceless %v, waited %v", c.script, exiting(pid), defenceless(pid, syscall.SIGPIPE), waited(pid))
		}
		cmd.Wait()
		if !exiting(pid) || defenceless(pid, syscall.SIGPIPE) || !waited(pid) {
			t.Errorf("%q: gone: exiting %v, defenceless %v, waited %v", c.script, exiting(pid), defenceless(pid, syscall.SIGPIPE), waited(pid))
		}
	}
}

// TestHolds: a process holds the pipes that it has open, to write only those that it
// can write to.
func TestHolds(t *testing.T) {
	r, w, err := newPipe(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	name := pipeName(int(w.Fd()))
	if name == "" || name != pipeName(int(r.Fd())) {
		t.Fatalf("the ends are %q and %q", name, pipeName(int(r.Fd())))
	}
	pipes, us := map[string]bool{name: true}, os.Getpid()
	if !holds(us, pipes, true) || !holds(us, pipes, false) || holds(us, map[string]bool{"pipe:[0]": true}, false) {
		t.Error("who holds a pipe is not known")
	}
	w.Close()
	if holds(us, pipes, true) || !holds(us, pipes, false) {
		t.Error("what can only read a pipe is said to write to it")
	}
}

// TestDescendants: a name that looks like the end of a name does not mislead, and
// children are found below their parents.
func TestDescendants(t *testing.T) {
	dir := t.TempDir()
	odd := dir + "/a) Z 1 ("
	if err := os.Symlink("/bin/sh", odd); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(odd, "-c", "(sleep 60; true) & echo ready; wait")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	io.ReadFull(stdout, make([]byte, len("ready\n")))
	var found []relative
	for deadline := time.Now().Add(10 * time.Second); len(found) < 3 && time.Now().Before(deadline); { // sh, its subshell, sleep
		found = slices.DeleteFunc(descendants(os.Getpid()), func(p relative) bool { return p.group != cmd.Process.Pid })
	}
	if len(found) != 3 || found[0].pid != cmd.Process.Pid {
		t.Errorf("found %v; want 3 from %d on", found, cmd.Process.Pid)
	}
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	cmd.Wait()
	if parent, group := kinship(cmd.Process.Pid); parent != 0 || group != 0 {
		t.Errorf("a process that is gone has the parent %d and the group %d", parent, group)
	}
}
