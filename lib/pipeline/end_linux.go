package pipeline

import (
	"cmp"
	"os"
	"slices"
	"syscall"
	"time"

	"ndjsontools/lib/reap"
)

// A phase is how far the end of a run has come.
type phase int

const (
	running  phase = iota
	draining       // the first stage was told to end; the others have the grace to finish
	heard          // the same as told, as long as it is hearsay
	told           // all were told to end by somebody else, and have the grace to do so
	asked          // all were told to end by us, likewise
	killing        // they are killed, until none is left
)

const (
	// lastCall is how long stages that did not drain in time have between the
	// signal to end and the kill.
	lastCall = time.Second
	// killAgain is how long after a kill those are killed that were born meanwhile;
	// twice as long each time, up to killSlow: some die late, and none for waiting.
	killAgain = 10 * time.Millisecond
	killSlow  = time.Second
	// hearingTime is how long after a signal of a terminal it is looked whether the
	// stages have got it too.
	hearingTime = 100 * time.Millisecond
)

func (r *Run) enter(p phase, until time.Duration) {
	r.phase = p
	r.timer.Reset(until)
}

// escalate is what happens when a phase takes too long.
func (r *Run) escalate() {
	switch r.phase {
	case heard:
		if r.unheard() {
			r.sendAll(-1, r.reason.Signal)
			r.enter(asked, r.plan.Grace)
			return
		}
		r.enter(told, max(0, r.plan.Grace-hearingTime))
	case draining, told:
		r.endAll(-1, syscall.SIGTERM)
		r.enter(asked, min(lastCall, r.plan.Grace))
	case asked, killing:
		r.sendAll(-1, syscall.SIGKILL)
		r.again = min(max(killAgain, 2*r.again), killSlow)
		r.enter(killing, r.again)
	}
}

// endAll tells all that runs to end: first what comes after the stage that
// failed, which must not see an end, then what comes before.
func (r *Run) endAll(failed int, sig syscall.Signal) {
	r.noteEnd()
	r.sendAll(failed, sig)
}

// noteEnd notes that what runs now is ended by us, and what it leaves behind.
func (r *Run) noteEnd() {
	for i := range r.facts {
		if r.views[i].Running() {
			r.facts[i].told = toEnd
		}
	}
	r.lost = 0
	for _, p := range r.pipes {
		r.lost += max(0, p.unread())
	}
}

// sendAll signals all stages that run, in the order of endAll, and then whoever
// else descends from us.
func (r *Run) sendAll(failed int, sig syscall.Signal) {
	groups := map[int]bool{}
	send := func(i int) {
		if r.views[i].Running() {
			groups[r.views[i].Group] = r.plan.Groups
			r.kill(r.address(i), sig)
		}
	}
	for i := failed + 1; i < len(r.views); i++ {
		send(i)
	}
	for i := failed - 1; i >= 0; i-- {
		send(i)
	}
	for _, p := range r.others() {
		stage := slices.ContainsFunc(r.views, func(v View) bool { return v.PID == p.pid && v.Running() })
		if !stage && !groups[p.group] {
			r.kill(p.pid, sig)
		}
	}
}

// signal signals one stage and its descendants, which it answers.
func (r *Run) signal(i int, sig syscall.Signal) (below []relative) {
	v := &r.views[i]
	below = descendants(v.PID) // before the stage goes, and they are no longer its own
	r.kill(r.address(i), sig)
	for _, p := range below {
		if !r.plan.Groups || p.group != v.Group {
			r.kill(p.pid, sig)
		}
	}
	return below
}

// drain ends what may write into the first pipe: the first stage, and what it has
// left behind, which is in its group or holds the pipe, as a daemon does that leads
// a session of its own.
func (r *Run) drain() {
	first, told := &r.views[0], []relative(nil)
	if first.Running() {
		r.facts[0].told = toDrain
		told = append(r.signal(0, syscall.SIGTERM), relative{first.PID, first.Group})
	}
	pipe := map[string]bool{}
	if len(r.pipes) > 0 {
		r.pipes[0].Look(func(fd int) { pipe[pipeName(fd)] = true })
	}
	for _, p := range r.others() {
		own := r.plan.Groups && p.group == first.Group
		if !slices.Contains(told, p) && (own && !first.Running() || !own && holds(p.pid, pipe, true)) {
			r.kill(p.pid, syscall.SIGTERM)
		}
	}
}

// address is what kill(2) takes for a stage: its process, or its group.
func (r *Run) address(i int) int {
	if r.plan.Groups {
		return -r.views[i].PID
	}
	return r.views[i].PID
}

// kill sends a signal, and one that ends also to what is stopped.
func (r *Run) kill(pid int, sig syscall.Signal) {
	err := syscall.Kill(pid, sig)
	if err == syscall.EPERM && pid > 0 {
		r.beyond[pid] = true
	}
	switch sig {
	case syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT:
		syscall.Kill(pid, syscall.SIGCONT)
	}
}

// others are the processes below us that we may signal, the keeper left aside.
func (r *Run) others() []relative {
	return slices.DeleteFunc(descendants(os.Getpid()), func(p relative) bool {
		return p.pid == r.keeper || r.beyond[p.pid]
	})
}

// settle looks whether the run is over. One that was ended is over only when
// nobody is left who could see a gate open; in one that ended well the gates are
// open already. After that, what is left of it is ended.
func (r *Run) settle() {
	if r.left > 0 {
		return
	}
	if !r.over {
		if r.phase >= heard && len(r.others()) > 0 {
			return
		}
		r.over = true
		for _, p := range r.pipes {
			p.abandon()
		}
		if r.keeper != 0 {
			syscall.Kill(r.keeper, syscall.SIGKILL)
		}
	}
	if r.keeper != 0 || r.exits == nil {
		return
	}
	if pid, err := reap.Peek(false); pid != 0 || err != nil {
		return // to be reaped, or nobody is there
	}
	if len(r.others()) == 0 {
		r.exits = nil // those who are left can't be seen, or not be ended
	} else if r.phase < asked {
		r.sendAll(-1, syscall.SIGTERM)
		r.enter(asked, r.plan.Grace)
	}
}

// Drain ends the first stage, so that the others see the end of their input and
// may complete, within the grace. Asked again, it ends all; and again, it kills.
// It answers false if the run was over.
func (r *Run) Drain(reason Reason) bool {
	return r.order(func() {
		if r.reason != nil || r.phase > draining {
			r.press(reason)
			return
		}
		r.reason = &reason
		r.drain()
		r.enter(draining, r.plan.Grace)
	})
}

// End ends all stages, by the reason's signal or by SIGTERM, and kills them after
// the grace. Asked again, it does the next step at once. It answers false if the
// run was over.
func (r *Run) End(reason Reason) bool { return r.order(func() { r.press(reason) }) }

func (r *Run) press(reason Reason) {
	again := r.reason != nil
	// A run that is being ended for a failure keeps it, unless a signal comes.
	if !again && (r.phase < heard || reason.Signal != 0) {
		r.reason = &reason
		r.blameSignal(reason)
	}
	switch {
	case r.phase < heard && reason.Sent:
		r.noteEnd()
		r.tellStrangers(reason.Signal)
		r.enter(heard, hearingTime)
	case r.phase < heard:
		r.endAll(-1, cmp.Or(reason.Signal, syscall.SIGTERM))
		r.enter(asked, r.plan.Grace)
	case again:
		r.phase = max(r.phase, told) // it is no longer to be found out
		r.escalate()
	}
}

// tellStrangers passes on what a terminal has told our group to those below us that
// have left it.
func (r *Run) tellStrangers(sig syscall.Signal) {
	ours := syscall.Getpgrp()
	for _, p := range r.others() {
		if p.group != ours {
			r.kill(p.pid, sig)
		}
	}
}

// unheard says whether the stages have certainly not got the signal that we took
// for a terminal's: one still runs that it would have ended. Of those that catch it
// nobody can know.
func (r *Run) unheard() bool {
	return r.reason != nil && r.reason.Signal != syscall.SIGQUIT && // of which a core takes its time
		slices.ContainsFunc(r.views, func(v View) bool {
			return v.Running() && defenceless(v.PID, r.reason.Signal) && !exiting(v.PID)
		})
}

// blameSignal notes which stages a signal has ended that was not only sent to us.
func (r *Run) blameSignal(reason Reason) {
	for i := range r.facts {
		if f := &r.facts[i]; reason.Sent && f.ended && f.status.by(reason.Signal) {
			f.told = toEnd
		}
	}
}

// Send passes a signal on to all stages: to the processes that were started, but
// what stops and continues also to the children in their groups.
func (r *Run) Send(sig syscall.Signal) {
	r.order(func() {
		for i := range r.views {
			if !r.views[i].Running() {
				continue
			}
			if sig == syscall.SIGSTOP || sig == syscall.SIGCONT {
				r.kill(r.address(i), sig)
			} else {
				r.kill(r.views[i].PID, sig)
			}
		}
	})
}
