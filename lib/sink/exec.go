package sink

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/reap"
)

// Exec describes a destination that is a command: each batch goes to the
// standard input of a fresh child, and its exit status is the acknowledgement.
//
//	0                  stored
//	65                 some record is bad: it is found by halving the batch, and rejected
//	69, 74, 75         deliver again
//	ended by a signal  deliver again
//	2, 78, 126, 127    the command won't do, whatever the record: stop (78)
//	any other          three tries, then stop (75)
//
// A child that ends with 0 without having read everything has said that it is
// done. One that fails should have stored nothing, because its batch may come
// again: in parts after 65, whole after the others.
//
// No shell is involved. The batch is a file without a name, complete before
// the child starts: whatever happens to us, a child never takes half of a batch
// for the whole. The child finds RATE_SINK_FIRST (the ordinal of the batch's
// first record), RATE_SINK_RECORDS, RATE_SINK_ATTEMPT and RATE_SINK_KEY in its
// environment; the last is the same for every attempt on the same records.
//
// As process 1 we are the parent of what a child leaves behind when it ends, and
// reap that.
//
// The child leads a process group of its own, so that a Ctrl-C meant for us
// doesn't end a delivery that we still want to finish. The price: it can't
// read from the terminal.
type Exec struct {
	Args []string // the command and its arguments

	RunID string // begins the keys that children find; "" is one by chance

	// Where the children write; nil is /dev/null. Our own stderr serves for
	// both, so that stdout stays free for what the sink itself has to say of
	// its records.
	Stdout, Stderr *os.File

	// Grace is the time from SIGTERM to SIGKILL for a child that still runs
	// when its delivery is cancelled; both go to its whole process group.
	Grace time.Duration
}

// Destination makes the destination.
func (x Exec) Destination() Destination {
	if x.RunID == "" {
		x.RunID = NewRunID()
	}
	return command{x, &reap.Orphans{}}
}

type command struct {
	Exec
	orphans *reap.Orphans
}

func (d command) Name() string               { return "exec " + d.Args[0] }
func (d command) Key(b *Batch) string        { return b.key(d.RunID) }
func (command) Traits() Traits               { return Traits{Parallel: true} }
func (command) Commit(context.Context) error { return nil }
func (command) Abort() error                 { return nil }

// Open looks for the command, so that a mistyped one ends the sink before it
// has read a record.
func (d command) Open(context.Context) error {
	if _, err := exec.LookPath(d.Args[0]); err != nil {
		return exit.With(exit.Refused, errors.Unwrap(err)) // less the name, which the Engine adds
	}
	if os.Getpid() == 1 { // what the children leave behind becomes ours
		go d.orphans.Run()
	}
	return nil
}

func (d command) Deliver(ctx context.Context, b *Batch) error {
	stdin, err := spool(b.Data)
	if err != nil {
		return &Clean{exit.With(exit.IO, fmt.Errorf("keep a batch for the child: %w", err))}
	}
	defer stdin.Close()

	cmd := exec.Command(d.Args[0], d.Args[1:]...)
	// Only real files: so no goroutine copies, and Wait waits for no one but the child.
	cmd.Stdin = stdin
	if d.Stdout != nil { // a nil *os.File in the interface is not nil
		cmd.Stdout = d.Stdout
	}
	if d.Stderr != nil {
		cmd.Stderr = d.Stderr
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Env = append(cmd.Environ(),
		fmt.Sprintf("RATE_SINK_FIRST=%d", b.First.Ordinal),
		fmt.Sprintf("RATE_SINK_RECORDS=%d", b.Records),
		fmt.Sprintf("RATE_SINK_ATTEMPT=%d", b.Attempt),
		"RATE_SINK_KEY="+d.Key(b))
	err = d.orphans.Start(func() (int, error) {
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		return cmd.Process.Pid, nil
	})
	if err != nil {
		return startError(err)
	}
	defer d.orphans.Done(cmd.Process.Pid)
	return d.judge(d.wait(ctx, cmd))
}

// wait reaps the child. When ctx ends first it asks the child's process group
// to end, and makes it end after the grace.
func (d command) wait(ctx context.Context, cmd *exec.Cmd) error {
	group := -cmd.Process.Pid
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	syscall.Kill(group, syscall.SIGTERM)
	syscall.Kill(group, syscall.SIGCONT) // a stopped child would not see it
	grace := time.NewTimer(d.Grace)
	defer grace.Stop()
	select {
	case err := <-done:
		return err
	case <-grace.C:
	}
	syscall.Kill(group, syscall.SIGKILL)
	return <-done
}

// judge turns the child's end into the Engine's terms.
func (d command) judge(err error) error {
	if err == nil {
		return nil
	}
	failed, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return exit.With(exit.IO, err)
	}
	status := failed.ExitCode()
	if status < 0 {
		return &Transient{Err: fmt.Errorf("ended by %v", failed)}
	}
	err = fmt.Errorf("ended with status %d", status)
	switch status {
	case exit.Input:
		return &Suspect{Reason: err, Status: strconv.Itoa(status)}
	case exit.Unreachable, exit.IO, exit.Incomplete:
		return &Transient{Err: err}
	case exit.Usage, exit.Refused, exit.CannotExec, exit.NotFound:
		return exit.With(exit.Refused, err)
	}
	return &Transient{Err: err, Tries: 3}
}

// startError sorts the reasons for which no child ran: a machine that is out of
// processes, memory or descriptors may recover, and a program that is being
// replaced comes back; a wrong command won't.
func startError(err error) error {
	for _, passing := range []error{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.ETXTBSY} {
		if errors.Is(err, passing) {
			return &Transient{Err: err, Clean: true}
		}
	}
	return &Clean{exit.With(exit.Refused, err)}
}
