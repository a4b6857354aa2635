package main

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"ndjsontools/lib/pipeline"
)

// startOne runs one command without a keeper.
func startOne(t *testing.T, args ...string) *pipeline.Run {
	t.Helper()
	path, err := exec.LookPath(args[0])
	if err != nil {
		t.Skip(err)
	}
	run, err := pipeline.Start(&pipeline.Plan{
		Stages: []pipeline.Command{{Name: args[0], Path: path, Args: args}},
		Stdin:  os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Groups: true, Grace: 5 * time.Second,
	})
	if err != nil {
		t.Skip(err)
	}
	return run
}

// TestSwitchboardEarly: a signal that comes before the run has begun is for it.
func TestSwitchboardEarly(t *testing.T) {
	s := newSwitchboard(false, true, nil)
	if !s.got(syscall.SIGINT) {
		t.Fatal("a signal before the run ends the process")
	}
	run := startOne(t, "sleep", "60")
	s.connect(run)
	if result := run.Wait(); result.Status != 130 || s.missed() != nil {
		t.Errorf("got %+v, late %v; want the end by the signal", result, s.late)
	}
}

// TestSwitchboardLate: a signal after the end of the run keeps the output from its
// name, and one after that ends the process.
func TestSwitchboardLate(t *testing.T) {
	s := newSwitchboard(true, true, nil)
	run := startOne(t, "true")
	s.connect(run)
	if result := run.Wait(); result.Status != 0 {
		t.Fatalf("got %+v", result)
	}
	if !s.got(syscall.SIGUSR1) || !s.got(syscall.SIGTERM) || !s.got(syscall.SIGINT) {
		t.Error("a signal ends the process before the output has its name")
	}
	if late := s.missed(); late == nil || late.Signal != syscall.SIGTERM {
		t.Errorf("got %v; want the first signal that ends", late)
	}
	tidied := false
	s.hangUp(func() { tidied = true })
	if !s.got(syscall.SIGUSR1) || s.got(syscall.SIGTERM) || !tidied {
		t.Error("after that, signals that end must end the process, and others not")
	}
}
