package pipeline

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"ndjsontools/lib/meter"
	"ndjsontools/lib/reap"
)

// sharedError is how much the system's count of resident memory may be off.
const sharedError = 512 << 10

// A Run is a pipeline that runs. Its methods may be called from any goroutine.
type Run struct {
	plan   Plan
	marker string
	pipes  []*Pipe // pipes[i] is between stage i and i+1
	forker *forker

	orders chan func()   // what the others want, for the goroutine that supervises
	exits  chan int      // the child that has ended; closed when there is none left
	reaped chan struct{} // and was reaped
	done   chan struct{}

	mu     sync.Mutex
	views  []View
	result Result

	// What follows belongs to the goroutine that supervises.
	facts    []fact
	reason   *Reason
	phase    phase
	timer    *time.Timer
	again    time.Duration // between the last kill and the next
	left     int           // stages that have not ended
	over     bool          // all stages have ended, and so has all that they left behind in a failed run
	lost     int64         // bytes in the pipes when the run was ended
	beyond   map[int]bool  // processes that we may not signal
	keeper   int           // its number; 0 when there is none
	keepers  int           // how many were started
	lifeline *os.File
	shared   int64 // memory of ours that the system counts as a stage's: it begins as a copy of us
}

// Start starts a pipeline. An error says that nothing is running; a stage that
// can't be executed makes the run fail, and is no error here.
func Start(plan *Plan) (*Run, error) {
	if len(plan.Stages) == 0 {
		return nil, errors.New("a pipeline without a stage")
	}
	r := &Run{
		plan: *plan, marker: newMarker(),
		orders: make(chan func()), exits: make(chan int), reaped: make(chan struct{}), done: make(chan struct{}),
		views: make([]View, len(plan.Stages)), facts: make([]fact, len(plan.Stages)),
		beyond: map[int]bool{}, timer: time.NewTimer(time.Hour),
	}
	r.timer.Stop()
	if r.plan.Go == nil {
		r.plan.Go = func(f func()) { go f() }
	}
	for i, c := range plan.Stages {
		r.views[i] = View{Name: c.Name, Args: c.Args, Unread: -1}
	}
	if err := subreaper(); err != nil {
		return nil, err
	}
	r.forker = newForker(r.plan.Go)
	readers, err := r.lay()
	if err == nil && plan.Keeper.Path != "" {
		r.keeper, r.lifeline, err = r.startKeeper()
		r.keepers++
	}
	if err != nil {
		r.closeAll(readers)
		r.forker.stop()
		return nil, err
	}
	r.startStages(readers)
	r.shared = meter.PeakRSS() + sharedError
	exits := r.exits
	r.plan.Go(func() { wait(exits, r.reaped) })
	r.plan.Go(r.supervise)
	return r, nil
}

// lay makes the pipes, and answers the ends that the stages read from.
func (r *Run) lay() (readers []*os.File, err error) {
	for range len(r.plan.Stages) - 1 {
		reader, gate, err := newPipe(r.plan.PipeSize)
		if err != nil {
			return readers, err
		}
		p := &Pipe{gate: gate}
		r.pipes, readers = append(r.pipes, p), append(readers, reader)
		if r.plan.Keeper.Path == "" || r.plan.Rules.Immediate {
			continue
		}
		if p.stash, err = newStash(gate); err != nil {
			return readers, err
		}
	}
	return readers, nil
}

func (r *Run) closeAll(readers []*os.File) {
	for _, f := range readers {
		f.Close()
	}
	for _, p := range r.pipes {
		p.abandon()
	}
	if r.lifeline != nil {
		r.lifeline.Close()
	}
}

// startStages starts one stage after the other, and closes the ends to read from
// that it was given: only the stages may have those.
func (r *Run) startStages(readers []*os.File) {
	failed := false
	for i := range r.plan.Stages {
		if failed {
			r.facts[i].absent = true
		} else if err := r.startStage(i, readers); err != nil {
			failed = true
			code := 126
			if errors.Is(err, syscall.ENOENT) {
				code = 127
			}
			r.facts[i] = fact{ended: true, status: Status{Code: code}}
			r.views[i].Status, r.views[i].Err = Status{Code: code}, err
		} else {
			r.left++
		}
		if i > 0 {
			readers[i-1].Close()
		}
	}
	if r.plan.Rules.Immediate {
		for _, p := range r.pipes {
			p.abandon()
		}
	}
}

func (r *Run) startStage(i int, readers []*os.File) error {
	c := &r.plan.Stages[i]
	in, out := r.plan.Stdin, r.plan.Stdout
	if i > 0 {
		in = readers[i-1]
	}
	if i < len(r.pipes) {
		out = r.pipes[i].gate
	}
	begun := time.Now()
	pid, err := r.forker.start(process{
		path: c.Path, args: c.Args, env: environ(os.Environ(), append([]string{Marker + "=" + r.marker}, c.Env...)),
		files: append([]*os.File{in, out, r.plan.Stderr}, c.Files...),
		group: r.plan.Groups, death: syscall.SIGKILL,
	})
	if err != nil {
		return &os.PathError{Op: "exec", Path: c.Path, Err: err}
	}
	group := pid
	if !r.plan.Groups {
		group = syscall.Getpgrp()
	}
	r.mu.Lock()
	v := &r.views[i]
	v.PID, v.Group, v.Started = pid, group, begun
	r.mu.Unlock()
	r.tell(Started, i)
	return nil
}

// wait hands on the children that have ended, one by one. They are reaped by the
// goroutine that sends signals, so that none goes to a number that has become
// somebody else's.
func wait(exits chan<- int, reaped <-chan struct{}) {
	defer close(exits)
	for {
		pid, err := reap.Peek(true)
		if err != nil {
			return
		}
		exits <- pid
		<-reaped
	}
}

// supervise is the goroutine that owns the run.
func (r *Run) supervise() {
	r.judge()
	r.settle()
	for r.exits != nil {
		select {
		case pid, ok := <-r.exits:
			if !ok {
				r.exits = nil
				break
			}
			r.exited(pid)
			r.reaped <- struct{}{}
			r.settle()
		case order := <-r.orders:
			order()
			r.settle()
		case <-r.timer.C:
			r.escalate()
			r.settle()
		}
	}
	r.finish()
}

// finish says what became of the run.
func (r *Run) finish() {
	r.closeAll(nil)
	r.forker.stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	_, blamed := judge(r.facts, &r.plan.Rules)
	r.result = Result{Stages: r.views, Blamed: blamed, Reason: r.reason, Lost: r.lost}
	switch {
	case r.reason != nil && r.reason.Signal != 0:
		r.result.Status = Status{Signal: r.reason.Signal}.Exit()
	case r.reason != nil:
		r.result.Status = r.reason.Status
	case blamed >= 0:
		r.result.Status = r.facts[blamed].status.Exit()
		if r.result.Status == 0 {
			// It ended well, but too early: what its writer would have died of.
			r.result.Status = Status{Signal: syscall.SIGPIPE}.Exit()
		}
	}
	close(r.done)
}

// Wait waits until nothing of the run is left.
func (r *Run) Wait() Result {
	<-r.done
	return r.result
}

// Stages is what is known of the stages at the moment.
func (r *Run) Stages() []View {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]View(nil), r.views...)
}

// Pipe is the pipe behind stage i.
func (r *Run) Pipe(i int) *Pipe { return r.pipes[i] }

func (r *Run) tell(kind EventKind, stage int) {
	if r.plan.Observe != nil {
		r.plan.Observe(Event{kind, stage, r})
	}
}

// order has the goroutine that supervises do something, and comes back when it
// is done. It answers false if the run is over, and there is nothing to do.
func (r *Run) order(f func()) bool {
	finished := make(chan struct{})
	select {
	case r.orders <- func() { defer close(finished); f() }:
		<-finished
		return true
	case <-r.done:
		return false
	}
}
