package pipeline

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The descriptors of the keeper: its lifeline, whose other end the supervisor
// holds and never writes to, and the stashes.
const (
	lifelineFD = 0
	stashFD    = 3
)

// newMarker is the value that marks the stages of this run.
func newMarker() string {
	var b [12]byte
	unix.Getrandom(b[:], 0) // crypto/rand would cost every start more than the rest of this package
	return fmt.Sprintf("%x", b)
}

// startKeeper starts the keeper of the gates that are still closed, and answers
// its number and the lifeline, which holds it as long as it is open.
func (r *Run) startKeeper() (pid int, lifeline *os.File, err error) {
	var stashes []*os.File
	for _, p := range r.pipes {
		if p.stash != nil {
			stashes = append(stashes, p.stash.socket)
		}
	}
	end, lifeline, err := newPipe(0)
	if err != nil {
		return 0, nil, err
	}
	defer end.Close()
	pid, err = r.forker.start(process{
		path: r.plan.Keeper.Path, args: []string{r.plan.Keeper.Name, r.marker, strconv.Itoa(len(stashes))},
		// Its start goes on beside that of the stages, and is to leave them the cores.
		env: []string{"GOMAXPROCS=1"},
		// A group of its own: what a terminal sends to the stages is not for it.
		files: append([]*os.File{end, nil, r.plan.Stderr}, stashes...), group: true,
	})
	if err != nil {
		lifeline.Close()
		return 0, nil, fmt.Errorf("the keeper can't be started: %w", &os.PathError{Op: "exec", Path: r.plan.Keeper.Path, Err: err})
	}
	return pid, lifeline, nil
}

// Keep is the keeper: the whole life of a process that a Run has started with
// these arguments. It answers the exit status. The signals that end a process
// must be ignored in it.
func Keep(args []string) int {
	if len(args) != 3 {
		return 2
	}
	count, err := strconv.Atoi(args[2])
	if err != nil {
		return 2
	}
	// So that whoever kills the supervisor by its name does not get the keeper.
	os.WriteFile(procFolder+"/self/comm", []byte(args[0]), 0)
	io.Copy(io.Discard, os.NewFile(lifelineFD, "lifeline"))
	k := keeper{mark: []byte(Marker + "=" + args[1]), pipes: map[string]bool{}}
	for i := range count {
		s := &stash{os.NewFile(uintptr(stashFD+i), "stash")}
		gate, err := s.take()
		if err != nil {
			continue // it was opened
		}
		k.gates = append(k.gates, gate)
		k.pipes[pipeName(int(gate.Fd()))] = true
	}
	for wait := time.Millisecond; k.kill() || k.watched(); wait = min(2*wait, 50*time.Millisecond) {
		time.Sleep(wait)
	}
	return 0
}

// A keeper kills the stages of a supervisor that is gone. It is no relative of
// them, so it knows them by what they have: the mark in their environment, which
// all descendants inherit, or a pipe of the run.
type keeper struct {
	mark  []byte
	gates []*os.File
	pipes map[string]bool // as /proc names them: "pipe:[4711]"
}

// kill kills all that it finds, and says whether there was any.
func (k *keeper) kill() (found bool) {
	for _, pid := range processes() {
		if pid != os.Getpid() && (k.marked(pid) || holds(pid, k.pipes, false)) {
			found = syscall.Kill(pid, syscall.SIGKILL) == nil || found
		}
	}
	return found
}

// watched says whether somebody may still read from a pipe whose gate is closed,
// and would take our end for its own.
func (k *keeper) watched() bool {
	for _, gate := range k.gates {
		if !readerless(int(gate.Fd())) {
			return true
		}
	}
	return false
}

func (k *keeper) marked(pid int) bool {
	environ, err := os.ReadFile(procFile(pid, "environ"))
	if err != nil {
		return false
	}
	for setting := range bytes.SplitSeq(environ, []byte{0}) {
		if bytes.Equal(setting, k.mark) {
			return true
		}
	}
	return false
}

// subreaper makes this process the parent of every orphan below it.
func subreaper() error {
	return os.NewSyscallError("prctl", unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
}
