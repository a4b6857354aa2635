package sink

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// shell makes a destination of a shell script that finds the path of an output
// file in $1.
func shell(out, script string) Exec {
	return Exec{Args: []string{"sh", "-c", script, "sh", out}, Stderr: os.Stderr, Grace: time.Minute}
}

// keep stores the whole batch or nothing of it.
const keep = `batch=$(cat; echo .); printf %s "${batch%.}" >> "$1"`

// Every row of the table of exit statuses.
func TestExecStatuses(t *testing.T) {
	for _, test := range []struct {
		name     string
		script   string
		status   int
		attempts int64
		rejected int64
		stored   string // as the children wrote it
	}{
		{"stored", keep, exit.OK, 1, 0, "0\n1\n2 bad\n3\n"},
		{"nothing is read", `exit 0`, exit.OK, 1, 0, ""},
		{"65: the bad record is found", `batch=$(cat); case $batch in *bad*) exit 65; esac; echo "$batch" >> "$1"`,
			exit.OK, 4, 1, "0\n1\n3\n"},
		{"65 for everything", `exit 65`, exit.OK, 7, 4, ""},
		{"69 passes", `[ $RATE_SINK_ATTEMPT -ge 3 ] || exit 69;` + keep, exit.OK, 3, 0, "0\n1\n2 bad\n3\n"},
		{"74 passes", `[ $RATE_SINK_ATTEMPT -ge 2 ] || exit 74;` + keep, exit.OK, 2, 0, "0\n1\n2 bad\n3\n"},
		{"75 passes", `[ $RATE_SINK_ATTEMPT -ge 5 ] || exit 75;` + keep, exit.OK, 5, 0, "0\n1\n2 bad\n3\n"},
		{"75 for ever", `exit 75`, exit.Incomplete, 7, 0, ""},
		{"a signal passes", `[ $RATE_SINK_ATTEMPT -ge 5 ] || kill -9 $$;` + keep, exit.OK, 5, 0, "0\n1\n2 bad\n3\n"},
		{"2", `exit 2`, exit.Refused, 1, 0, ""},
		{"78", `exit 78`, exit.Refused, 1, 0, ""},
		{"126", `exit 126`, exit.Refused, 1, 0, ""},
		{"127", `no-such-command`, exit.Refused, 1, 0, ""},
		{"1 passes", `[ $RATE_SINK_ATTEMPT -ge 3 ] || exit 1;` + keep, exit.OK, 3, 0, "0\n1\n2 bad\n3\n"},
		{"1 three times", `exit 1`, exit.Incomplete, 3, 0, ""},
		{"255 three times", `exit 255`, exit.Incomplete, 3, 0, ""},
		{"others among passing ones", `case $RATE_SINK_ATTEMPT in 1|2) exit 75;; 3|4) exit 3;; esac;` + keep, exit.OK, 5, 0, "0\n1\n2 bad\n3\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			write(t, out, "", 0o600)
			x := shell(out, test.script)
			x.Stderr = nil
			e := opened(t, x.Destination(), Options{
				Limits: Limits{4, 1 << 20, time.Hour}, Clock: &fakeClock{}, Rejects: &fakeRejects{},
				Retry: Retry{Base: time.Second, Cap: 4 * time.Second, MaxElapsed: 16 * time.Second, Jitter: longest},
			})
			err := e.Add(t.Context(), block("0", "1", "2 bad", "3"))
			wantStatus(t, err, test.status)
			wantFile(t, out, test.stored)
			if c := e.Counts(); c.Attempts != test.attempts {
				t.Errorf("attempts %d; want %d", c.Attempts, test.attempts)
			}
			if err == nil {
				wantBooks(t, e, 4-test.rejected, test.rejected, 0, 0)
			} else {
				wantBooks(t, e, 0, 0, 0, 4)
			}
		})
	}
}

func TestExecWithoutACommand(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	write(t, plain, "", 0o644)
	for _, test := range []struct{ path, want string }{
		{"no-such-command-anywhere", "exec no-such-command-anywhere: executable file not found in $PATH"},
		{plain, "permission denied"},
		{filepath.Dir(plain) + "/gone", "no such file or directory"},
	} {
		err := New(Exec{Args: []string{test.path}}.Destination(), Options{}).Open(t.Context())
		wantStatus(t, err, exit.Refused)
		wantText(t, err, test.want)
	}
}

// A command that vanishes, or was never a program, stops the sink.
func TestExecThatCannotStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd")
	write(t, path, "\x00neither a script nor a program", 0o755)
	e := opened(t, Exec{Args: []string{path}}.Destination(), Options{Clock: &fakeClock{}, Retry: DefaultRetry()})
	wantStatus(t, e.Add(t.Context(), block("0")), exit.Refused)
	wantBooks(t, e, 0, 0, 0, 1)
	if n := e.Counts().Duplicates; n != 0 {
		t.Errorf("what never ran may have stored %d records", n)
	}
}

func TestExecStartErrors(t *testing.T) {
	for _, test := range []struct {
		err    error
		passes bool
	}{
		{syscall.EAGAIN, true},
		{syscall.ENOMEM, true},
		{&os.PathError{Op: "fork/exec", Path: "x", Err: syscall.EMFILE}, true},
		{syscall.E2BIG, false},
		{syscall.ENOENT, false},
		{syscall.EACCES, false},
	} {
		err := startError(test.err)
		passing, ok := errors.AsType[*Transient](err)
		if ok != test.passes || ok && !passing.Clean {
			t.Errorf("%v: %#v; want transient and clean: %v", test.err, err, test.passes)
		}
		if !ok {
			wantStatus(t, err, exit.Refused)
		}
	}
}

// A child that ends well without reading a batch larger than any pipe is done.
func TestExecNeedNotRead(t *testing.T) {
	e := opened(t, shell("", `exit 0`).Destination(), Options{Limits: DefaultLimits(), Clock: &fakeClock{}})
	if err := e.Add(t.Context(), Block{append(bytes.Repeat([]byte("x"), 1<<20), '\n'), 1, Position{}}); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 1, 0, 0, 0)
}

func TestExecGivesTheWholeBatch(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	e := opened(t, shell(out, `cat >> "$1"`).Destination(), Options{Limits: Limits{60000, 1 << 20, time.Hour}, Clock: &fakeClock{}})
	blk := numbered(0, 150000)
	if err := e.Add(t.Context(), blk); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFile(t, out, string(blk.Data))
	if c := e.Counts(); c.Batches != 3 {
		t.Errorf("batches %d; want 3", c.Batches)
	}
}

func TestExecEnvironmentAndOutput(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	x := shell("", `echo "$RATE_SINK_FIRST+$RATE_SINK_RECORDS try $RATE_SINK_ATTEMPT"; [ $RATE_SINK_ATTEMPT = 2 ]`)
	x.Stdout = out
	e := opened(t, x.Destination(), Options{Limits: DefaultLimits(), Retry: DefaultRetry(), Clock: &fakeClock{}})
	if err := e.Add(t.Context(), numbered(40, 3)); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFile(t, out.Name(), "40+3 try 1\n40+3 try 2\n")
}

// An idle stream does not cost a child for each record.
func TestExecWaitsForTheAge(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	clock := &fakeClock{}
	e := opened(t, shell(out, `echo child >> "$1"`).Destination(), Options{Limits: DefaultLimits(), Clock: clock})
	for i := range 10 {
		if err := e.Add(t.Context(), numbered(i, 1)); err != nil {
			t.Fatal(err)
		}
		if again, err := e.Idle(t.Context()); err != nil || again <= 0 {
			t.Fatalf("again %v, %v; want to be called again", again, err)
		}
	}
	clock.Advance(time.Second)
	if again, err := e.Idle(t.Context()); err != nil || again != 0 {
		t.Fatalf("again %v, %v; want nothing held", again, err)
	}
	wantFile(t, out, "child\n")
}

// The end of the context ends the child and what it started: with SIGTERM, or
// with SIGKILL where that is ignored.
func TestExecIsCancelled(t *testing.T) {
	for _, test := range []struct {
		name, script string
		grace        time.Duration
	}{
		{"ends at SIGTERM", `sleep 1000 & echo ready; wait`, time.Hour},
		{"ignores SIGTERM", `trap '' TERM; sleep 1000 & echo ready; wait`, time.Millisecond},
		{"is stopped", `sleep 1000 & echo ready; kill -STOP $$; wait`, time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			ctx, cancel := context.WithCancel(t.Context())
			lines := bufio.NewReader(r)
			go func() {
				if _, err := lines.ReadString('\n'); err != nil {
					t.Error(err)
				}
				cancel()
			}()
			x := Exec{Args: []string{"sh", "-c", test.script}, Stdout: w, Grace: test.grace}
			e := opened(t, x.Destination(), Options{Limits: Limits{1, 100, time.Hour}, Clock: &fakeClock{}, Retry: DefaultRetry()})
			wantStatus(t, e.Add(ctx, block("0")), exit.Incomplete)
			wantBooks(t, e, 0, 0, 0, 1)
			w.Close()
			// The pipe ends when the last process that holds it is gone.
			if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
				t.Errorf("read %q, %v", rest, err)
			}
		})
	}
}
