package tally

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// again is set in the processes that a test starts out of its own binary; its
// value is what they do.
const again = "NDJSONTOOLS_TALLY_TEST"

func TestMain(m *testing.M) {
	switch os.Getenv(again) {
	case "publish": // and wait for the end of the input
		pen, supervised := Join(os.Stdin, os.Stdout)
		if pen == nil || !supervised {
			os.Exit(1)
		}
		pen.Write(Figures{BytesIn: 5, Final: true})
		fmt.Println("written")
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	case "heir": // what a tool starts must find nothing
		Join(os.Stdin, os.Stdout)
		os.Setenv(again, "report")
		cmd := exec.Command(os.Args[0])
		cmd.Stdout = os.Stdout
		if cmd.Run() != nil {
			os.Exit(1)
		}
		os.Exit(0)
	case "report":
		_, ok := os.LookupEnv(Variable)
		var open []string
		for fd := 3; fd < 200; fd++ {
			if link, err := os.Readlink(fmt.Sprint("/proc/self/fd/", fd)); err == nil && strings.Contains(link, "memfd") {
				open = append(open, link)
			}
		}
		fmt.Print(ok, open)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func board(t *testing.T, stages int) *Board {
	t.Helper()
	b, err := NewBoard(stages)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// joinAs joins as a stage would that has this entry in its environment.
func joinAs(t *testing.T, entry string) (*Pen, bool) {
	t.Helper()
	name, value, _ := strings.Cut(entry, "=")
	t.Setenv(name, value)
	pen, supervised := Join(os.Stdin, os.Stdout)
	if _, left := os.LookupEnv(Variable); left {
		t.Error("the variable is still there")
	}
	return pen, supervised
}

// What is written is what is read, in the stage that it was written for.
func TestFigures(t *testing.T) {
	b := board(t, 3)
	want := Figures{
		Final: true, NoOutput: true, RecordsIn: 1, RecordsOut: 2, BytesIn: 3, BytesOut: 1 << 60, Rejects: 5,
		Elapsed: 6, BlockedIn: 7, BlockedOut: 8, Limited: 9, PeakRSS: 10,
	}
	pen, supervised := joinAs(t, b.Env(1))
	if pen == nil || !supervised {
		t.Fatalf("%v, %v: not joined", pen, supervised)
	}
	if got := b.Read(1, nil); len(got) != 0 {
		t.Errorf("before the first write: %+v", got)
	}
	for range 2 {
		pen.Write(want)
	}
	got := b.Read(1, nil)
	want.PID, want.Stdin, want.Stdout = os.Getpid(), pipeOf(os.Stdin), pipeOf(os.Stdout)
	if len(got) != 1 || got[0] != want {
		t.Errorf("got %+v; want %+v", got, want)
	}
	want.NoInput, want.Stdin = true, 0
	pen.Write(want)
	if got := b.Read(1, nil); len(got) != 1 || got[0] != want {
		t.Errorf("without an input: got %+v; want %+v", got, want)
	}
	for _, stage := range []int{0, 2} {
		if got := b.Read(stage, nil); len(got) != 0 {
			t.Errorf("stage %d: %+v", stage, got)
		}
	}
	if n := testing.AllocsPerRun(100, func() { pen.Write(want); got = b.Read(1, got) }); n > 0 {
		t.Errorf("%v allocations a sample; want none", n)
	}
}

// Without the variable there is nothing, and without a board only the word that
// somebody watches.
func TestAbsent(t *testing.T) {
	if pen, supervised := Join(os.Stdin, os.Stdout); pen != nil || supervised {
		t.Errorf("%v, %v; want nothing", pen, supervised)
	}
	if pen, supervised := joinAs(t, (*Board)(nil).Env(0)); pen != nil || !supervised {
		t.Errorf("%v, %v; want supervised without a pen", pen, supervised)
	}
}

// What the number leads to is never written to unless it is the board.
func TestImpostors(t *testing.T) {
	b := board(t, 1)
	var st unix.Stat_t
	at := func(f *os.File) string { // a descriptor where a board could be
		fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, lowest)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
		unix.Fstat(fd, &st)
		return fmt.Sprintf("%s=%d:%d:%d:0", Variable, version, fd, st.Ino)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	size := int64(headSize + Slots*slotSize)
	plain, err := os.Create(filepath.Join(t.TempDir(), "plain"))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	plain.WriteString(mark + "\x01\x00\x00\x00\x01\x00\x00\x00\x08\x00\x00\x00")
	plain.Truncate(size)
	fd, err := unix.MemfdCreate("other", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	other := os.NewFile(uintptr(fd), "other")
	defer other.Close()
	other.Truncate(size)
	good := b.Env(0)
	for name, entry := range map[string]string{
		"a pipe":           at(w),
		"a file":           at(plain),
		"another memfd":    at(other),
		"another inode":    fmt.Sprintf("%s=%d:%d:%d:0", Variable, version, b.fd, b.inode+1),
		"no such stage":    fmt.Sprintf("%s=%d:%d:%d:1", Variable, version, b.fd, b.inode),
		"a stage below 0":  fmt.Sprintf("%s=%d:%d:%d:-1", Variable, version, b.fd, b.inode),
		"another version":  fmt.Sprintf("%s=%d:%d:%d:0", Variable, version+1, b.fd, b.inode),
		"a low descriptor": fmt.Sprintf("%s=%d:1:%d:0", Variable, version, b.inode),
		"closed":           fmt.Sprintf("%s=%d:9999:%d:0", Variable, version, b.inode),
		"too short":        good[:len(good)-2],
		"words":            Variable + "=a:b:c:d",
	} {
		if pen, supervised := joinAs(t, entry); pen != nil || !supervised {
			t.Errorf("%s: %v, %v; want no pen", name, pen, supervised)
		}
	}
	if n, err := unix.IoctlGetInt(int(r.Fd()), unix.TIOCINQ); err != nil || n != 0 {
		t.Errorf("%d bytes are in the pipe (%v)", n, err)
	}
	if pen, _ := joinAs(t, good); pen == nil {
		t.Error("the board itself was refused: what is tested here proves nothing")
	}
}

// child starts this binary as a stage of b.
func child(t *testing.T, b *Board, what string) (*exec.Cmd, io.WriteCloser) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), again+"="+what, b.Env(0))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	return cmd, in
}

// The tools of one stage have slots of their own as long as there are any, and
// those that ended keep theirs until the last is needed.
func TestSlots(t *testing.T) {
	b := board(t, 1)
	var running []*exec.Cmd
	var inputs []io.WriteCloser
	for i := range Slots {
		cmd, in := child(t, b, "publish")
		running, inputs = append(running, cmd), append(inputs, in)
		if got := b.Read(0, nil); len(got) != i+1 || got[i].PID != cmd.Process.Pid || got[i].Stdin == 0 || got[i].Stdout == 0 {
			t.Fatalf("after %d tools: %+v", i+1, got)
		}
	}
	full := exec.Command(os.Args[0])
	full.Env = append(os.Environ(), again+"=publish", b.Env(0))
	if err := full.Run(); !errors.As(err, new(*exec.ExitError)) {
		t.Errorf("one tool more ended with %v; want that it got no slot", err)
	}
	inputs[3].Close()
	if err := running[3].Wait(); err != nil {
		t.Fatal(err)
	}
	cmd, in := child(t, b, "publish")
	if got := b.Read(0, nil); len(got) != Slots || got[3].PID != cmd.Process.Pid {
		t.Errorf("got %+v; want process %d in the place of the one that ended", got, cmd.Process.Pid)
	}
	inputs[3], running[3] = in, cmd
	for i := range running {
		inputs[i].Close()
		running[i].Wait()
	}
}

// What a tool starts finds neither the variable nor the descriptor.
func TestNotInherited(t *testing.T) {
	b := board(t, 1)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), again+"=heir", b.Env(0))
	out, err := cmd.Output()
	if err != nil || string(out) != "false []" {
		t.Errorf("an heir finds %q (%v)", out, err)
	}
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), again+"=report", b.Env(0))
	out, err = cmd.Output()
	if err != nil || !strings.HasPrefix(string(out), "true [") || !strings.Contains(string(out), "tally") {
		t.Errorf("a stage finds %q (%v); what is tested here proves nothing", out, err)
	}
}

// A reader never sees half of a write.
func TestTorn(t *testing.T) {
	b := board(t, 1)
	pen, _ := joinAs(t, b.Env(0))
	var stop sync.WaitGroup
	done := make(chan struct{})
	stop.Go(func() {
		for n := int64(1); ; n++ {
			select {
			case <-done:
				return
			default:
				pen.Write(Figures{RecordsIn: n, BytesOut: 3 * n, Limited: time.Duration(5 * n)})
			}
		}
	})
	var figures []Figures
	var last int64
	for deadline := time.Now().Add(300 * time.Millisecond); time.Now().Before(deadline); {
		figures = b.Read(0, figures)
		if len(figures) == 0 {
			continue
		}
		f := figures[0]
		if f.BytesOut != 3*f.RecordsIn || int64(f.Limited) != 5*f.RecordsIn || f.RecordsIn < last {
			t.Fatalf("torn: %+v after %d", f, last)
		}
		last = f.RecordsIn
	}
	close(done)
	stop.Wait()
	// The checksum is what guards: a slot with one wrong bit is none.
	var slot [slotSize]byte
	(&Figures{BytesIn: 1}).put(&slot, 1)
	bit := rand.IntN(8 * slotSize)
	slot[bit/8] ^= 1 << (bit % 8)
	if new(Figures).get(slot[:]) {
		t.Errorf("a slot with bit %d turned is taken", bit)
	}
}

func BenchmarkJoinAbsent(b *testing.B) {
	for b.Loop() {
		Join(os.Stdin, os.Stdout)
	}
}

func BenchmarkWriteAndRead(b *testing.B) {
	bo, err := NewBoard(1)
	if err != nil {
		b.Skip(err)
	}
	defer bo.Close()
	_, value, _ := strings.Cut(bo.Env(0), "=")
	os.Setenv(Variable, value)
	pen, _ := Join(os.Stdin, os.Stdout)
	var figures []Figures
	for b.Loop() {
		pen.Write(Figures{BytesIn: 1})
		figures = bo.Read(0, figures)
	}
}
