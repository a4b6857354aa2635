package flow

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"ndjsontools/lib/procstat"
)

// run is a pipeline of foreign programs that a test watches.
type run struct {
	watch *Watch
	gates []*os.File // the ends to write to, as a supervisor holds them
	cmds  []*exec.Cmd
}

// shells starts a pipeline, each stage a shell's script.
func shells(t *testing.T, scripts ...string) *run {
	t.Helper()
	begun := time.Now()
	r := &run{watch: New(len(scripts), nil, func() time.Duration { return time.Since(begun) })}
	t.Cleanup(r.watch.Close)
	in, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	var inode uint64
	for i, script := range scripts {
		out, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		var next *os.File
		if i+1 < len(scripts) {
			next, out, err = os.Pipe()
		}
		if err != nil {
			t.Fatal(err)
		}
		r.gates = append(r.gates, out)
		cmd := exec.Command("sh", "-c", script)
		cmd.Stdin, cmd.Stdout = in, out
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			cmd.Wait()
			out.Close()
		})
		in.Close()
		r.watch.Begin(i, cmd.Process.Pid, inode, procstat.PipeInode(int(out.Fd())))
		in, inode = next, procstat.PipeInode(int(out.Fd()))
		r.cmds = append(r.cmds, cmd)
	}
	return r
}

func (r *run) look() time.Duration {
	levels := make([]procstat.Level, len(r.gates)+1)
	for i, gate := range r.gates[:len(r.gates)-1] {
		levels[i+1] = procstat.LevelOf(int(gate.Fd()))
	}
	return r.watch.Look(levels)
}

// lookFor looks for a time, as often as it is asked to.
func (r *run) lookFor(d time.Duration) View {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(r.look())
	}
	var v View
	r.watch.View(&v)
	return v
}

// A slow stage is found wherever it is, whether it pauses or works.
func TestWatchBottleneck(t *testing.T) {
	const (
		fast  = `yes "a line of some length, as records are"`
		pass  = "cat"
		pause = `while read -r x; do echo "$x"; sleep 0.05; done`
		work  = `while read -r x; do echo "$x"; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; done`
		slow  = `while :; do echo x; sleep 0.05; done`
	)
	for _, c := range []struct {
		name   string
		stages string
		want   int
		what   Doing
	}{
		{"first pauses", slow + "\n" + pass + "\n" + pass, 0, Waits},
		{"middle pauses", fast + "\n" + pause + "\n" + pass, 1, Waits},
		{"last pauses", fast + "\n" + pass + "\n" + pause, 2, Waits},
		{"middle works", fast + "\n" + work + "\n" + pass, 1, Runs},
	} {
		r := shells(t, strings.Split(c.stages, "\n")...)
		var got Bottleneck
		var v View
		// Another process may have this machine for a moment: so not at a set time,
		// but soon.
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
			v = r.lookFor(300 * time.Millisecond)
			if got = BottleneckOf(&View{}, &v); got.Stage == c.want && got.Share > .7 && got.Why.What == c.what {
				break
			}
		}
		if got.Stage != c.want || got.Why.What != c.what || c.what == Waits && got.Why.Cause != procstat.Sleep {
			t.Errorf("%s: %+v; want stage %d, %v\n%+v", c.name, got, c.want, c.what, v)
		}
	}
}

// Bytes, a full pipe and the end are seen.
func TestWatchBytes(t *testing.T) {
	r := shells(t, "head -c 300000 /dev/zero", "cat", "read x; cat")
	var v View
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		r.look()
		if r.watch.View(&v); v.Pipes[1].Level.Full && v.Pipes[0].Level.Full && v.Stages[0].State == procstat.Blocked {
			break
		}
	}
	// Of what /dev/zero gives there is no line, so read takes it byte by byte and
	// ends at the end; it may have taken some.
	if v.Stages[0].Out < 64<<10 || v.Stages[0].Out > 300000 || v.Stages[1].In > v.Stages[0].Out || v.Pipes[0].Level.Share() != 1 {
		t.Errorf("%+v", v)
	}
	if v.Stages[2].Out != 0 || v.Stages[0].Times.Sum() <= 0 || v.Stages[0].RSS <= 0 {
		t.Errorf("%+v", v.Stages)
	}
	for i, cmd := range r.cmds {
		cmd.Process.Kill()
		cmd.Wait()
		r.watch.End(i)
	}
	before := v
	r.watch.View(&v)
	for i := range v.Stages {
		if s := v.Stages[i]; !s.Ended || s.State != procstat.Gone || s.Out < before.Stages[i].Out {
			t.Errorf("stage %d at its end: %+v", i, s)
		}
	}
}

// Looking costs less than one per cent of a core: what a look takes decides when
// the next one comes.
func TestWatchCost(t *testing.T) {
	r := shells(t, "yes", "cat", "cat")
	for range 50 {
		r.look()
	}
	used := func() time.Duration {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	const looks = 200
	var waits time.Duration
	begun := used()
	for range looks {
		waits += r.look()
	}
	cost := used() - begun
	if share := float64(cost) / float64(waits); share > .03 { // other processes may disturb
		t.Errorf("%d looks took %v of CPU time in %v: %.2f %% of a core; want less than 1", looks, cost, waits, 100*share)
	}
	if n := testing.AllocsPerRun(100, func() { r.watch.mu.Lock(); r.watch.look(1, procstat.Level{}, procstat.Level{}); r.watch.mu.Unlock() }); n > 0 {
		t.Errorf("%v allocations a look; want none", n)
	}
	w := &Watch{}
	for range 100 {
		w.next(time.Hour, 4*time.Millisecond)
	}
	if got := w.next(time.Hour, 4*time.Millisecond); got < 700*time.Millisecond {
		t.Errorf("looks of 4 ms come every %v; want some 800 ms", got)
	}
}

func BenchmarkLook(b *testing.B) {
	b.ReportAllocs()
	begun := time.Now()
	w := New(3, nil, func() time.Duration { return time.Since(begun) })
	defer w.Close()
	for i := range 3 {
		cmd := exec.Command("sleep", "1000")
		if err := cmd.Start(); err != nil {
			b.Skip(err)
		}
		defer func() { cmd.Process.Kill(); cmd.Wait() }()
		w.Begin(i, cmd.Process.Pid, 0, 0)
	}
	levels := make([]procstat.Level, 4)
	for b.Loop() {
		w.Look(levels)
	}
}
