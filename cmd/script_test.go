// Package cmd_test runs the real binaries: scenarios, the examples of the
// manual, the README's recipes, the proof of flat memory.
package cmd_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// bin is the folder of the binaries, built once a run.
var bin string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "ndjsontools-bin-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-trimpath", "-tags", "urfave_cli_no_docs",
		"-ldflags", "-X ndjsontools/lib/tool.version=test", "-o", dir+"/", "./...")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	bin = dir
	os.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return m.Run()
}

// scriptDeadline is when a script that hangs is ended: long after the slowest
// one, on a busy machine.
const scriptDeadline = 2 * time.Minute

// TestScript runs testdata/script/*.txtar. A script has four commands of ours:
//
//	status N COMMAND...      the command must exit with N
//	signal NAME COMMAND...   the command must die by the signal (PIPE, TERM)
//	serve FILE ANSWER...     start a web server at $URL, which answers in turn, the
//	                         last answer for ever, and appends the bodies that
//	                         it took (2xx) to FILE; 429/1 has a Retry-After of 1
//	between FILE NAME A B    the number NAME in the last object of the NDJSON
//	                         file must be from A to B
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Deadline:            time.Now().Add(scriptDeadline),
		Dir:                 filepath.Join("..", "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", os.Getenv("PATH"))
			env.Setenv("BIN", bin)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":  scriptStatus,
			"signal":  scriptSignal,
			"serve":   scriptServe,
			"between": scriptBetween,
		},
		Condition: func(condition string) (bool, error) {
			switch condition {
			case "devfull":
				_, err := os.Stat("/dev/full")
				return err == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", condition)
		},
	})
}

func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := state(ts, args[1:]); got != fmt.Sprint("status ", want) {
		ts.Fatalf("ended with %s; want status %d", got, want)
	}
}

func scriptSignal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: signal NAME command...")
	}
	if got := state(ts, args[1:]); got != "signal "+args[0] {
		ts.Fatalf("ended with %s; want signal %s", got, args[0])
	}
}

// state runs a command and says how it ended: "status 5" or "signal TERM".
func state(ts *testscript.TestScript, command []string) string {
	err := ts.Exec(command[0], command[1:]...)
	if err == nil {
		return "status 0"
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	if status := exit.Sys().(syscall.WaitStatus); status.Signaled() {
		return "signal " + strings.TrimPrefix(unix.SignalName(status.Signal()), "SIG")
	}
	return fmt.Sprint("status ", exit.ExitCode())
}

func scriptBetween(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: between file name least most")
	}
	lines := strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n")
	var object map[string]any
	ts.Check(json.Unmarshal([]byte(lines[len(lines)-1]), &object))
	got, ok := object[args[1]].(float64)
	least, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	most, err := strconv.ParseFloat(args[3], 64)
	ts.Check(err)
	if !ok || got < least || got > most {
		ts.Fatalf("%s is %v; want %v to %v", args[1], object[args[1]], least, most)
	}
}
