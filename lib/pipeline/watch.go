package pipeline

import (
	"os"
	"sync"
	"syscall"
	"time"
)

// An Event is something that happened to a stage.
type Event struct {
	Kind  EventKind
	Stage int  // from 0 on, -1 for none
	Run   *Run // which Start may not have answered yet
}

// EventKind says what happened.
type EventKind int

const (
	Started EventKind = iota // the stage was started: its PID is known
	Ending                   // it has ended, and was not reaped: /proc still has it
	Exited                   // it was reaped: status and usage are known
	Judged                   // its verdict is known
	Opened                   // the gate behind it is open: the next stage sees its end
	Unkept                   // of no stage: the keeper is gone, and can't be started again
)

// A View is what is known of a stage at one moment.
type View struct {
	Name    string
	Args    []string
	PID     int       // 0 before it was started
	Group   int       // its process group
	Started time.Time // zero before it was started
	Ended   time.Time // zero while it runs
	Status  Status    // once it has ended
	Usage   Usage     // once it has ended
	Verdict Verdict
	Err     error // why it could not be started
	// Unread is how many bytes were left in its input when it ended, -1 when
	// nobody knows.
	Unread int64
}

// Running says whether the stage was started and has not ended.
func (v *View) Running() bool { return !v.Started.IsZero() && v.Ended.IsZero() }

// A Pipe is the pipe between a stage and the next, for those who want to look
// how full it is.
type Pipe struct {
	mu    sync.Mutex
	gate  *os.File // to write to; nil once it is open
	stash *stash   // the other descriptor of the gate; nil without a keeper
	rest  *os.File // to read from, once the gate is open and until the reader has ended
}

// A stash keeps a descriptor alive in the queue of a socket. Whoever holds the
// socket keeps it, without doing anything: the supervisor and the keeper both do,
// so it outlives either of them, and the supervisor alone takes it out.
type stash struct{ socket *os.File }

// Look calls look with a descriptor of the pipe, which nobody closes meanwhile:
// one to write to as long as the gate is closed, and then one to read from until
// the reader has ended. Nothing must be written, read or kept: FIONREAD, poll and
// F_GETPIPE_SZ are what it is for. Look answers false, and does nothing, when
// there is none. Any goroutine may call it.
func (p *Pipe) Look(look func(fd int)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.gate != nil:
		look(int(p.gate.Fd()))
	case p.rest != nil:
		look(int(p.rest.Fd()))
	default:
		return false
	}
	return true
}

// A Reason ends a run from outside.
type Reason struct {
	Text   string         // for people: "timed out after 10s"
	Status int            // what the run ends with
	Signal syscall.Signal // what it ends by, instead of a status
	// Sent: the stages have been told to end already, as a terminal tells all
	// processes of a group.
	Sent bool
}

// A Result is what became of a run.
type Result struct {
	Stages []View
	// Blamed is the stage that made the run fail, or whose accepted status it
	// ends with; -1 for none.
	Blamed int
	// Status is what the run should end with.
	Status int
	// Reason is why it was ended from outside, nil if it was not.
	Reason *Reason
	// Lost is how many bytes were left in the pipes when the run was ended.
	Lost int64
}
