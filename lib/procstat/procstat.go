// Package procstat looks at running processes from outside: what a group of
// them has read and written, what it used, and what it waits for right now.
// It needs nothing of the processes and changes nothing for them.
//
// It keeps no history, draws no conclusion about a pipeline, and knows nothing
// of the counters that a tool of ours publishes (package tally); cmd/pipe-run
// joins the two.
//
// A Group is one process and all that descends from it, for a stage of a
// pipeline may be a shell. Decisions and their price:
//
//   - Bytes are those of /proc/PID/io, rchar and wchar: whatever went through
//     read and write calls, to any file. What splice(2) and mappings move is not
//     in them, and a program that reads its own libraries has read those. A
//     process's figures include the children that it has waited for, so those
//     of the living add up to all; only what is lost between an end and a wait
//     is missing for a moment, and totals never go down.
//   - What a process waits for is read of each thread: the number of its system
//     call and, where that is a read or a write, its descriptor
//     (/proc/PID/task/TID/syscall); for calls that may wait on either side, the
//     function of the kernel that it sleeps in (wchan). A descriptor counts when
//     it leads to the pipe that the group was said to read or write, by inode, so
//     that a pipe inside of `sh -c 'a | b'` is not taken for the stage's own.
//   - poll, epoll, select, and the lock that the threads of a runtime wait on,
//     say nothing of the descriptor. There, and where the system hides calls
//     (hidepid, Yama, another user), the levels of the pipes decide: a full
//     output is what it waits for, else an empty input, else something else.
//     A program that waits for its own clock while its input is empty is then
//     called starved. That is a guess, but the guess changes nothing: it would
//     be starved without the clock.
//   - A look costs between 2 and 3 µs a file (BenchmarkSample), so some 7 µs for
//     a process with one thread and 25 for one with eight, and allocates nothing.
//     At most 32 processes of a group and 64 threads of a process are looked at.
package procstat

import "time"

// State is what a group of processes does at one moment.
type State uint8

// The states.
const (
	Gone    State = iota // nothing is left of it, or only what waits to be reaped
	Running              // a thread runs, or could
	Starved              // it waits for its input
	Blocked              // it waits for room in its output
	Waiting              // it waits for something else
)

// String is the state in a word.
func (s State) String() string {
	return [...]string{"gone", "running", "starved", "blocked", "waiting"}[s]
}

// Cause is what a group waits for that is Waiting.
type Cause uint8

// The causes.
const (
	Unknown Cause = iota
	Sleep         // it sleeps for a time
	Child         // it waits for a process that it started
	Lock          // its threads wait for one another
	Poll          // it waits for any of several things
	Network       // it waits on a socket
	Disk          // it waits for a disk
	Stopped       // it is stopped, as by Ctrl-Z
	Causes        // how many there are
)

// String is the cause as it follows "waits for".
func (c Cause) String() string {
	return [...]string{"something", "a pause of its own", "a child", "a lock", "an event", "the network", "a disk", "SIGCONT"}[c]
}

// Sample is what Group.Sample finds.
type Sample struct {
	State State
	Cause Cause // of Waiting

	Read, Written int64 // bytes so far, by read and write calls
	Counted       bool  // the system tells these two
	// Reads and Writes say that the group was seen to wait in a call that counts
	// at its input, at its output: so it does not splice there.
	Reads, Writes bool
	CPU           time.Duration // used so far, to 10 ms
	RSS           int64         // bytes resident now, all processes together
	Processes     int           // how many there are
}

// Level is how full a pipe is.
type Level struct {
	Known  bool // the rest means something
	Queued int  // bytes that wait for the reader
	Size   int  // capacity; small writes fill a pipe before that many bytes
	Full   bool // it takes no more
}

// Empty says whether nothing waits in the pipe.
func (l Level) Empty() bool { return l.Known && l.Queued == 0 }

// Share is how full the pipe is, from 0 to 1. One that takes no more is full,
// whatever its bytes: a pipe has room for a number of writes.
func (l Level) Share() float64 {
	switch {
	case l.Full:
		return 1
	case l.Size <= 0:
		return 0
	}
	return min(1, float64(l.Queued)/float64(l.Size))
}

// Delay is how long the last byte in a queue will wait when so many bytes a
// second leave it (Little's law). Nothing waits in an empty queue; for one that
// nothing leaves, ok is false.
func Delay(queued int, perSecond float64) (d time.Duration, ok bool) {
	switch {
	case queued <= 0:
		return 0, true
	case !(perSecond > 0):
		return 0, false
	}
	seconds := float64(queued) / perSecond
	if seconds > time.Duration(1<<63-1).Seconds()/2 {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}
