package tool

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/stdio"
)

// helperVariable makes this test's binary one of the commands below.
const helperVariable = "TOOL_TEST_COMMAND"

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		os.Exit(Main(helper(name), os.Args[:1], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// helper is a command that behaves in one way which signals are tested with.
func helper(name string) *Command {
	var catches []syscall.Signal
	if name == "early" {
		catches = []syscall.Signal{syscall.SIGUSR1, syscall.SIGHUP}
	}
	return &Command{
		Name: "helper", Synopsis: []string{""}, Settle: name != "dies" && name != "takes", Catches: catches,
		Helper: &Helper{Name: "second life", Run: func(args []string) int {
			fmt.Println("ready")
			in := make([]byte, 1)
			os.Stdin.Read(in)
			return 40 + len(args)
		}},
		Run: func(env *Env) error {
			in := stdio.NewIn(env.Stdin, "standard input", env.Signals.Waker)
			out := stdio.NewOut(env.Stdout, "standard output", 0)
			switch name {
			case "waits", "dies":
				out.WriteString("ready\n")
				_, err := in.Read(make([]byte, 1))
				env.Term.Say("settled after %v", env.Signals.Got())
				return err
			case "fails":
				out.WriteString("ready\n")
				_, err := in.Read(make([]byte, 1))
				return errors.Join(err, errors.New("disk full"))
			case "deaf":
				env.Signals.OnFirst(func() { out.WriteString("first\n") })
				out.WriteString("ready\n")
				select {}
			case "late":
				out.WriteString("ready\n")
				in.Read(make([]byte, 1))
				env.Signals.OnFirst(func() { out.WriteString("first\n") })
				select {}
			case "on":
				env.Signals.On(syscall.SIGHUP, func() { out.WriteString("again\n") })
				out.WriteString("ready\n")
				_, err := in.Read(make([]byte, 1))
				return err
			case "takes": // the first two; after that it leaves them
				taken := make(chan syscall.Signal)
				n := 0
				env.Signals.Take(func(sig syscall.Signal) bool {
					if n++; n > 2 {
						return false
					}
					taken <- sig
					return true
				}, syscall.SIGTERM, syscall.SIGUSR1)
				out.WriteString("ready\n")
				env.Signals.Obey(<-taken)
				out.WriteString("again\n")
				env.Term.Say("taken: %v", <-taken)
				out.WriteString("twice\n")
				in.Read(make([]byte, 1))
				return nil
			case "early": // signals that come before they have a meaning
				syscall.Kill(os.Getpid(), syscall.SIGUSR1)
				syscall.Kill(os.Getpid(), syscall.SIGHUP)
				env.Signals.On(syscall.SIGUSR1, func() { out.WriteString("again\n") })
				if _, err := in.Read(make([]byte, 1)); err != io.EOF {
					return err
				}
				for len(env.Signals.early[syscall.SIGHUP]) == 0 { // a sleeping thread may have it
					time.Sleep(time.Millisecond)
				}
				env.Signals.Leave(syscall.SIGHUP)
				return nil
			case "stuck":
				env.Signals.Abandon(out.Stuck, func() { env.Term.Say("abandoned") })
				out.WriteString("ready\n")
				_, err := out.Write(make([]byte, 32<<20))
				return err
			case "panics":
				env.OnDefect(func() { env.Term.Say("last words") })
				env.OnDefect(func() { panic("again") })
				env.Go(func() { panic("oh") })
				select {}
			case "panics on signal":
				env.Signals.OnFirst(func() { panic("oh") })
				out.WriteString("ready\n")
				select {}
			case "reader gone":
				return exit.With(exit.IO, stdio.ErrReaderGone)
			case "reader gone, closed":
				out.Close()
				return stdio.ErrReaderGone
			case "to itself": // as process 1, which nobody outside can reach
				syscall.Kill(os.Getpid(), syscall.SIGTERM)
				_, err := in.Read(make([]byte, 1))
				return err
			}
			return fmt.Errorf("no helper %q", name)
		},
	}
}

// process is a helper that runs.
type process struct {
	*exec.Cmd
	lines  *bufio.Reader
	stdin  io.Closer
	stderr strings.Builder
}

func start(t *testing.T, name string, wrap ...string) *process {
	t.Helper()
	args := append(wrap, os.Args[0])
	p := &process{Cmd: exec.Command(args[0], args[1:]...)}
	p.Env = append(os.Environ(), helperVariable+"="+name)
	p.Stderr = &p.stderr
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stdout = w
	stdin, err := p.StdinPipe() // stays open and silent
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	watchdog := time.AfterFunc(30*time.Second, func() { p.Process.Kill() })
	t.Cleanup(func() { watchdog.Stop(); p.Process.Kill(); stdin.Close(); r.Close() })
	p.lines, p.stdin = bufio.NewReader(r), stdin
	return p
}

func (p *process) expect(t *testing.T, line string) {
	t.Helper()
	if got, err := p.lines.ReadString('\n'); got != line+"\n" {
		t.Fatalf("the process said %q, %v, %q; want %q", got, err, p.stderr.String(), line)
	}
}

// end is how the process ended: "signal terminated" or "status 70".
func (p *process) end() string {
	p.Wait()
	status := p.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return "signal " + status.Signal().String()
	}
	return fmt.Sprint("status ", status.ExitStatus())
}

func TestSignals(t *testing.T) {
	const TERM, INT = syscall.SIGTERM, syscall.SIGINT
	for _, c := range []struct {
		helper  string
		wrap    []string
		signals []syscall.Signal // the second after the process said "first"
		end     string
		stderr  string // must be contained; empty means nothing may be said
	}{
		{"waits", nil, []syscall.Signal{TERM}, "signal terminated", "helper: settled after terminated\n"},
		{"waits", nil, []syscall.Signal{INT}, "signal interrupt", "helper: settled after interrupt\n"},
		{"fails", nil, []syscall.Signal{TERM}, "signal terminated", "helper: disk full\n"},
		{"dies", nil, []syscall.Signal{TERM}, "signal terminated", ""},
		{"dies", nil, []syscall.Signal{INT}, "signal interrupt", ""},
		{"deaf", nil, []syscall.Signal{TERM, INT}, "signal interrupt", ""},
		{"stuck", nil, []syscall.Signal{TERM}, "signal terminated", "helper: abandoned\n"},
		{"panics on signal", nil, []syscall.Signal{TERM}, "status 70", "helper: defect: oh\n"},
		// What a shell does for its background jobs.
		{"waits", []string{"sh", "-c", `trap "" INT; exec "$0"`}, []syscall.Signal{INT, TERM}, "signal terminated", "helper: settled after terminated\n"},
	} {
		p := start(t, c.helper, c.wrap...)
		p.expect(t, "ready")
		for i, sig := range c.signals {
			if i == 1 && c.wrap == nil {
				p.expect(t, "first")
			}
			p.Process.Signal(sig)
		}
		if got := p.end(); got != c.end {
			t.Errorf("%s, %v: ended by %s; want %s (%s)", c.helper, c.signals, got, c.end, p.stderr.String())
		}
		if got := p.stderr.String(); !strings.Contains(got, c.stderr) || c.stderr == "" && got != "" {
			t.Errorf("%s, %v: said %q; want %q", c.helper, c.signals, got, c.stderr)
		}
	}
}

// What is asked for after the signal happens all the same.
func TestOnFirstLate(t *testing.T) {
	p := start(t, "late")
	p.expect(t, "ready")
	p.Process.Signal(syscall.SIGTERM)
	p.expect(t, "first")
	p.Process.Signal(syscall.SIGINT)
	if got := p.end(); got != "signal interrupt" {
		t.Errorf("ended by %s; want the second signal", got)
	}
}

// TestEcho: what timeout(1) sends twice is one wish, and a key pressed twice is two.
func TestEcho(t *testing.T) {
	const TERM, INT, USR1 = syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1
	var last echo
	for _, c := range []struct {
		sig  syscall.Signal
		at   time.Duration
		echo bool
	}{
		{TERM, 0, false}, {TERM, 1 * time.Millisecond, true}, {TERM, 99 * time.Millisecond, true}, {TERM, 100 * time.Millisecond, false},
		{INT, 101 * time.Millisecond, false}, {INT, 102 * time.Millisecond, true}, {TERM, 103 * time.Millisecond, false},
		{USR1, 104 * time.Millisecond, false}, {USR1, 104 * time.Millisecond, false}, {TERM, 104 * time.Millisecond, true},
	} {
		if got := last.of(c.sig, time.Time{}.Add(time.Hour+c.at)); got != c.echo {
			t.Errorf("%v at %v: an echo: %v", c.sig, c.at, got)
		}
	}
	for range 20 {
		p := start(t, "waits")
		p.expect(t, "ready")
		p.Process.Signal(TERM)
		p.Process.Signal(TERM)
		if got := p.end(); got != "signal terminated" || !strings.Contains(p.stderr.String(), "settled") {
			t.Fatalf("ended by %s, %q; want that it settles", got, p.stderr.String())
		}
	}
}

// A panic in a goroutine is a defect as one in Run is.
func TestGoPanics(t *testing.T) {
	p := start(t, "panics")
	rest, _ := io.ReadAll(p.lines)
	if got := p.end(); got != "status 70" || len(rest) > 0 {
		t.Errorf("ended by %s with %q on standard output; want status 70 and nothing", got, rest)
	}
	for _, want := range []string{"helper: defect: oh\n", "process_test.go", "helper: last words\n"} {
		if !strings.Contains(p.stderr.String(), want) {
			t.Errorf("said %q; want %q in it", p.stderr.String(), want)
		}
	}
}

// A lost reader is the death that SIGPIPE is, whatever became of the output.
func TestDieOfBrokenPipe(t *testing.T) {
	for _, c := range []struct {
		helper string
		wrap   []string
	}{
		{"reader gone", nil}, {"reader gone, closed", nil},
		{"reader gone", []string{"sh", "-c", `trap "" PIPE; exec "$0"`}},
		{"reader gone", []string{"sh", "-c", `exec "$0" >&-`}},
	} {
		p := start(t, c.helper, c.wrap...)
		rest, _ := io.ReadAll(p.lines)
		if got := p.end(); got != "signal broken pipe" || len(rest) > 0 || p.stderr.Len() > 0 {
			t.Errorf("%s, %q: ended by %s, %q, %q; want a silent signal broken pipe", c.helper, c.wrap, got, rest, p.stderr.String())
		}
	}
}

// Process 1 can't die by a signal that it handles, and is sent none that it
// does not: its end is 128 plus the signal.
func TestProcess1(t *testing.T) {
	unshare := []string{"unshare", "--pid", "--fork"}
	if os.Geteuid() != 0 {
		unshare = append(unshare, "--user", "--map-root-user")
	}
	if err := exec.Command(unshare[0], append(unshare[1:], "true")...).Run(); err != nil {
		t.Skipf("%s: %v", strings.Join(unshare, " "), err)
	}
	for helper, want := range map[string]string{"to itself": "status 143", "reader gone": "status 141", "panics": "status 70"} {
		p := start(t, helper, unshare...)
		if got := p.end(); got != want {
			t.Errorf("%s: ended by %s; want %s (%s)", helper, got, want, p.stderr.String())
		}
	}
}

// TestOn: a signal with a meaning of its own does that each time, and ends
// nothing.
func TestOn(t *testing.T) {
	p := start(t, "on")
	p.expect(t, "ready")
	for range 3 {
		p.Process.Signal(syscall.SIGHUP)
		p.expect(t, "again")
	}
	p.Process.Signal(syscall.SIGTERM)
	p.Wait()
	if status := p.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("got %v; want the end by SIGTERM", p.ProcessState)
	}
}

// TestEarly: a signal that comes before it has a meaning waits for one, or has
// its usual one in the end.
func TestEarly(t *testing.T) {
	p := start(t, "early")
	p.expect(t, "again")
	p.stdin.Close()
	if got := p.end(); got != "signal hangup" {
		t.Errorf("ended by %s; want the signal that was left alone", got)
	}
}

// TestTake: what is taken ends nothing until the command is done, and what is left
// ends the process.
func TestTake(t *testing.T) {
	p := start(t, "takes")
	p.expect(t, "ready")
	p.Process.Signal(syscall.SIGTERM)
	p.expect(t, "again")
	p.Process.Signal(syscall.SIGUSR1)
	p.expect(t, "twice")
	p.stdin.Close()
	if got := p.end(); got != "signal terminated" || p.stderr.String() != "helper: taken: user defined signal 1\n" {
		t.Errorf("ended by %s, %q; want the first signal", got, p.stderr.String())
	}
	p = start(t, "takes")
	p.expect(t, "ready")
	p.Process.Signal(syscall.SIGUSR1)
	p.expect(t, "again")
	p.Process.Signal(syscall.SIGUSR1)
	p.expect(t, "twice")
	p.Process.Signal(syscall.SIGTERM)
	if got := p.end(); got != "signal terminated" {
		t.Errorf("ended by %s; want the signal that was left", got)
	}
}

// TestHelper: under its other name the program is the helper, and deaf.
func TestHelper(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil { // whose exec knows -a
		t.Skip(err)
	}
	p := start(t, "waits", "bash", "-c", `exec -a "second life" "$0" more`)
	p.expect(t, "ready")
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM} {
		p.Process.Signal(sig)
	}
	p.stdin.Close()
	if got := p.end(); got != "status 41" { // TestMain passes the name alone
		t.Errorf("ended by %s, %q; want status 41", got, p.stderr.String())
	}
}

// TestOnIgnored: a SIGHUP that the parent had ignored stays ignored.
func TestOnIgnored(t *testing.T) {
	p := start(t, "on", "sh", "-c", "trap '' HUP; exec \"$@\"", "sh")
	p.expect(t, "ready")
	p.Process.Signal(syscall.SIGHUP)
	p.Process.Signal(syscall.SIGTERM)
	if rest, _ := p.lines.ReadString('\n'); rest != "" {
		t.Errorf("got %q; want nothing for an ignored signal", rest)
	}
}
