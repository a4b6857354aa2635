package procstat

import (
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// stage is a process between two pipes.
type stage struct {
	cmd   *exec.Cmd
	feed  *os.File // the input's end to write to
	drain *os.File // the output's end to read
	gate  *os.File // the output's end to write to
	in    *os.File // the process's own end
	group *Group
}

func start(t *testing.T, name string, args ...string) *stage {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(err)
	}
	s := &stage{cmd: exec.Command(name, args...)}
	pipe := func() (r, w *os.File) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close(); w.Close() })
		return r, w
	}
	s.in, s.feed = pipe()
	s.drain, s.gate = pipe()
	s.cmd.Stdin, s.cmd.Stdout = s.in, s.gate
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		s.cmd.Wait()
	})
	s.in.Close()
	s.group = NewGroup(s.cmd.Process.Pid, PipeInode(int(s.feed.Fd())), PipeInode(int(s.gate.Fd())))
	t.Cleanup(s.group.Close)
	return s
}

func (s *stage) sample() Sample {
	return s.group.Sample(LevelOf(int(s.feed.Fd())), LevelOf(int(s.gate.Fd())))
}

// until samples until the stage is as it should be.
func (s *stage) until(t *testing.T, what string, is func(Sample) bool) Sample {
	t.Helper()
	var got Sample
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if got = s.sample(); is(got) {
			return got
		}
	}
	t.Errorf("%s: it is %+v", what, got)
	return got
}

func (s *stage) untilState(t *testing.T, what string, state State, cause Cause) Sample {
	t.Helper()
	return s.until(t, what, func(s Sample) bool { return s.State == state && s.Cause == cause })
}

// fill writes lines until nothing more fits and the stage takes no more.
func (s *stage) fill(t *testing.T) {
	t.Helper()
	go func() {
		line := []byte("a line of some length, so that the pipe is soon full\n")
		for {
			if _, err := s.feed.Write(line); err != nil {
				return
			}
		}
	}()
}

// What a stage waits for is named, whoever wrote it.
func TestStates(t *testing.T) {
	const python = "import sys\nfor line in sys.stdin: sys.stdout.write(line)"
	const node = "process.stdin.pipe(process.stdout)"
	for _, c := range []struct{ name, program, argument string }{
		{"read and write", "cat", "-"},
		{"poll and splice", "pv", "-q"},
		{"poll", "pv", "-qC"},
		{"a shell's child", "sh", "cat; true"},
		{"pipes inside", "sh", "cat | cat | cat; true"},
		{"python", "python3", python},
		{"node", "node", node},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := []string{c.argument}
			switch c.program {
			case "sh", "python3":
				args = []string{"-c", c.argument}
			case "node":
				args = []string{"-e", c.argument}
			}
			s := start(t, c.program, args...)
			s.until(t, "at work", func(s Sample) bool { return s.State == Starved })
			s.fill(t)
			s.until(t, "with a reader that takes nothing", func(s Sample) bool { return s.State == Blocked })
		})
	}
}

// Who was seen to read and to write is told from who splices.
func TestCalls(t *testing.T) {
	for _, c := range []struct {
		args   []string
		counts bool
	}{{[]string{"cat"}, true}, {[]string{"pv", "-q"}, false}} {
		s := start(t, c.args[0], c.args[1:]...)
		s.until(t, "at work", func(s Sample) bool { return s.State == Starved && s.Reads == c.counts })
		s.fill(t)
		got := s.until(t, "at the end", func(s Sample) bool { return s.State == Blocked && (s.Writes || !c.counts) })
		if got.Reads != c.counts || got.Writes != c.counts {
			t.Errorf("%s was seen to read: %v, to write: %v", c.args[0], got.Reads, got.Writes)
		}
	}
}

// What is neither starved nor blocked is told apart.
func TestCauses(t *testing.T) {
	for _, c := range []struct {
		name, script string
		state        State
		cause        Cause
	}{
		{"busy", "while :; do :; done", Running, Unknown},
		{"a pause", "while read x; do sleep 100; done", Waiting, Sleep},
		{"a pause in a pipe", "while read x; do sleep 100; done | cat; true", Waiting, Sleep},
		{"stopped", "kill -STOP $$", Waiting, Stopped},
		{"gone", "exit 3", Gone, Unknown},
	} {
		s := start(t, "sh", "-c", c.script)
		s.fill(t)
		s.untilState(t, c.name, c.state, c.cause)
	}
}

// Bytes, CPU time and memory are those of all processes together, and stay when
// some have ended.
func TestTotals(t *testing.T) {
	s := start(t, "sh", "-c", "head -c 100000 | cat; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; cat")
	go s.feed.Write(make([]byte, 100000))
	if n, err := io.ReadFull(s.drain, make([]byte, 100000)); err != nil {
		t.Fatalf("%d bytes: %v", n, err)
	}
	got := s.until(t, "a line on", func(s Sample) bool { return s.CPU > 0 && s.State == Starved })
	// head and cat have both read and written them, and each its libraries.
	if !got.Counted || got.Read < 200000 || got.Read > 400000 || got.Written < 200000 || got.Written > 201000 {
		t.Errorf("it has read %d and written %d bytes; want 200,000 each, and some libraries", got.Read, got.Written)
	}
	if got.RSS < 100<<10 || got.RSS > 100<<20 || got.Processes != 2 || got.CPU > 10*time.Second {
		t.Errorf("%+v", got)
	}
	before := got
	if got := s.group.Glance(); got != before {
		t.Errorf("at a glance %+v; before %+v", got, before)
	}
	s.feed.Close()
	got = s.until(t, "at the end", func(s Sample) bool { return s.State == Gone })
	if got.Read < before.Read || got.Written < before.Written || got.CPU < before.CPU || !got.Counted || got.RSS != 0 && got.Processes == 0 {
		t.Errorf("after its end %+v; before %+v", got, before)
	}
	s.cmd.Wait()
	if after := s.sample(); after.State != Gone || after.Read != got.Read || after.CPU != got.CPU {
		t.Errorf("after it was waited for %+v; want %+v", after, got)
	}
}

// A process that ended and was not waited for yet still tells what it did.
func TestZombie(t *testing.T) {
	s := start(t, "sh", "-c", "read x; head -c 50000 </dev/zero")
	s.until(t, "before", func(s Sample) bool { return s.State == Starved })
	s.feed.Write([]byte("go on\n"))
	io.ReadFull(s.drain, make([]byte, 50000))
	if got := s.until(t, "at the end", func(s Sample) bool { return s.State == Gone }); got.Written != 50000 {
		t.Errorf("it wrote %d bytes; want 50,000", got.Written)
	}
}

// In steady state a look leaves no garbage, and sampling a pipeline at the rate
// that pipe-run does is far below one per cent of a core.
func TestCost(t *testing.T) {
	stages := []*stage{start(t, "cat"), start(t, "sh", "-c", "cat; true"), start(t, "sh", "-c", "while :; do :; done")}
	for _, s := range stages[:2] {
		s.untilState(t, "before", Starved, Unknown)
	}
	stages[2].untilState(t, "before", Running, Unknown)
	look := func() {
		for _, s := range stages {
			s.sample()
		}
	}
	look()
	if n := testing.AllocsPerRun(100, look); n > 0 {
		t.Errorf("%v allocations a look; want none", n)
	}
	const looks = 200
	begun := cpu()
	for range looks {
		look()
	}
	if each := (cpu() - begun) / looks; each > 2*time.Millisecond {
		t.Errorf("a look at 3 stages takes %v of CPU time; want some 0.1 ms, and less than 2", each)
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkSample(b *testing.B) {
	for _, c := range []struct {
		name string
		args []string
	}{
		{"one thread", []string{"sleep", "1000"}},
		{"a shell and its child", []string{"sh", "-c", "sleep 1000; true"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			cmd := exec.Command(c.args[0], c.args[1:]...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			if err := cmd.Start(); err != nil {
				b.Skip(err)
			}
			defer func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); cmd.Wait() }()
			g := NewGroup(cmd.Process.Pid, 0, 0)
			defer g.Close()
			for g.Sample(Level{}, Level{}).State != Waiting {
			}
			b.ReportAllocs()
			for b.Loop() {
				g.Sample(Level{}, Level{})
			}
		})
	}
}
