// Package pipeline runs commands joined by pipes so that one failure fails all,
// and no command ever takes the end of one that failed for the end of its input.
//
// It starts the stages, holds a gate at the end of each pipe, waits, judges and
// ends what is left. It knows no shell, no options and no terminal, and draws
// nothing: cmd/pipe-run does. It never touches a byte of the data.
//
// # Gates
//
// A pipe is at its end when the last descriptor that can write to it is closed.
// So the supervisor keeps one more of them, the gate, and closes it only once
// the stage before has ended well. When a stage fails, all others are ended, and
// only then do the gates close: nobody is left to see it. A pipe costs nothing
// for that: the data does not pass through here, and a writer still notices that
// its reader is gone, which depends on readers alone.
//
// # The keeper
//
// The kernel closes the files of a process that is killed before it tells the
// children, so a supervisor that gets SIGKILL would open all gates by its death.
// Therefore a second descriptor of each gate lies in the queue of a socket that
// also belongs to a small process beside, the keeper. It does nothing as long as
// the supervisor lives, not even when a gate is opened (the supervisor takes the
// descriptor out of the queue again), so it is in the way of nothing. Once the
// supervisor is gone it kills every stage and all their descendants, waits until
// none is left, and ends, which opens the gates. The price is a process of about
// 5 MB and its start, which goes on beside the first stages.
//
// # Children
//
// A Run owns all children of its process: it waits for any of them, those that
// it adopts (orphans of stages) included, so nothing else in the process may
// start one meanwhile. In return nothing is left when Wait comes back: neither a
// process nor a descriptor.
package pipeline

import (
	"os"
	"time"
)

// A Plan is a pipeline that is to run. The files stay the caller's.
type Plan struct {
	Stages []Command
	Stdin  *os.File // of the first stage
	Stdout *os.File // of the last stage
	Stderr *os.File // of all of them

	// Groups gives each stage a process group of its own, so that ending it ends
	// its children too. Where there is a controlling terminal the stages belong
	// into the group of the supervisor, which is what its keys and the shell's
	// job control mean.
	Groups bool
	// PipeSize is the capacity asked for each pipe in bytes, 0 for the system's
	// own. It is best effort: the system rounds it up and has limits.
	PipeSize int
	// Grace is how long a stage that is told to end has before it is killed, and
	// how long the stages have to drain.
	Grace time.Duration
	Rules Rules
	// CutNow ends a stage as soon as its reader has ended well. By default it
	// ends by itself when it writes next.
	CutNow bool
	// Keeper starts the keeper: a program that calls Keep. Without a path there is
	// none, and a supervisor that is killed leaves open gates behind.
	Keeper Keeper
	// Go starts a goroutine; nil is the go statement.
	Go func(func())
	// Observe, if set, is told what happens, in order, in the goroutine that
	// supervises: it must be quick, and must call no method of the Run
	// but Stages and Pipe.
	Observe func(Event)
}

// A Command is one stage.
type Command struct {
	Name string   // for people
	Path string   // the file to execute
	Args []string // from the command's own name on
	// Env is what the stage finds in its environment besides that of this
	// process. It may name descriptors of Files.
	Env []string
	// Files become the stage's descriptors from 3 on.
	Files []*os.File
}

// Rules is what counts as what.
type Rules struct {
	// Accept are statuses that count as complete besides 0. The run itself then
	// ends with such a status.
	Accept []int
	// EarlyFails makes it a failure that a stage ends before its input does.
	EarlyFails bool
	// Immediate leaves the ends of the pipes to the stages: one that closes its
	// output and lives on has ended the input of the next, and so has one that
	// fails. No gate is held.
	Immediate bool
}

// A Keeper says how the keeper is started.
type Keeper struct {
	Path string
	Name string // its argument zero
}

// Marker is the name of the variable that all stages find in their environment,
// and by which the keeper knows their descendants. Its value is different for
// each run; that it is there tells a program that it is supervised.
const Marker = "PIPE_RUN"
