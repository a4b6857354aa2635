package pipeline

import (
	"slices"
	"syscall"
	"time"
)

// hearsay is how long a stage that died of a terminal's key waits for the same key
// to be reported to us. Both were sent at once.
const hearsay = 20 * time.Millisecond

// exited notes that a child has ended, and reaps it.
func (r *Run) exited(pid int) {
	i := slices.IndexFunc(r.views, func(v View) bool { return v.PID == pid && v.Running() })
	switch {
	case i >= 0:
		r.stageExited(i)
	case pid == r.keeper:
		collect(pid)
		r.keeperExited()
	default:
		collect(pid)
	}
}

func (r *Run) stageExited(i int) {
	v, f := &r.views[i], &r.facts[i]
	unrefused := false
	if i < len(r.pipes) {
		f.brokenPipe = r.pipes[i].broken()
		f.outlived = r.views[i+1].Verdict.Complete() && !r.plan.Rules.Immediate
		unrefused = (f.brokenPipe || f.outlived) && defenceless(v.PID, syscall.SIGPIPE) && !waited(v.PID)
	}
	unread := int64(-1)
	if i > 0 {
		unread = r.pipes[i-1].unread()
		f.early = unread > 0 || r.pipes[i-1].held() || r.plan.Rules.Immediate && r.views[i-1].Running()
		defer r.pipes[i-1].close()
	}
	r.tell(Ending, i)
	status, usage := collect(v.PID)
	if usage.PeakRSS <= r.shared {
		usage.PeakRSS = 0
	}
	if r.plan.Rules.Immediate && i < len(r.pipes) {
		f.brokenPipe = status.by(syscall.SIGPIPE)
	}
	if unrefused && !status.by(syscall.SIGPIPE) {
		f.brokenPipe, f.outlived = false, false
	}
	f.ended, f.status = true, status
	r.mu.Lock()
	v.Ended, v.Status, v.Usage, v.Unread = time.Now(), status, usage, unread
	r.mu.Unlock()
	r.left--
	r.tell(Exited, i)
	if key := status.by(syscall.SIGINT) || status.by(syscall.SIGQUIT) || status.by(syscall.SIGHUP); key && !r.plan.Groups && r.reason == nil {
		select {
		case order := <-r.orders:
			order()
		case <-time.After(hearsay):
		}
	}
	r.judge()
}

// keeperExited starts the keeper anew: without it, a kill of ours would open the
// gates. One that does not live is given up, which the observer is told.
func (r *Run) keeperExited() {
	r.lifeline.Close()
	r.keeper, r.lifeline = 0, nil
	if r.over {
		return
	}
	const most = 3
	if r.keepers < most {
		if pid, lifeline, err := r.startKeeper(); err == nil {
			r.keeper, r.lifeline = pid, lifeline
			r.keepers++
			return
		}
	}
	r.tell(Unkept, -1)
}

// judge brings the verdicts up to date, and does what follows from them.
func (r *Run) judge() {
	verdicts, blamed := judge(r.facts, &r.plan.Rules)
	for i, verdict := range verdicts {
		if verdict == r.views[i].Verdict {
			continue
		}
		r.mu.Lock()
		r.views[i].Verdict = verdict
		r.mu.Unlock()
		r.tell(Judged, i)
	}
	if blamed >= 0 && verdicts[blamed] == Failed && r.phase < heard {
		r.endAll(blamed, syscall.SIGTERM)
		r.enter(asked, r.plan.Grace)
	}
	if r.phase >= heard {
		return
	}
	for i, verdict := range verdicts {
		if !verdict.Complete() {
			continue
		}
		if i < len(r.pipes) && r.pipes[i].held() {
			r.pipes[i].open()
			r.tell(Opened, i)
		}
		if r.plan.CutNow && i > 0 {
			r.stop(i - 1)
		}
	}
}

// stop ends a stage whose reader has had enough.
func (r *Run) stop(i int) {
	if !r.views[i].Running() || r.facts[i].told != none {
		return
	}
	r.facts[i].told = toStop
	r.signal(i, syscall.SIGTERM)
	pid := r.views[i].PID
	time.AfterFunc(r.plan.Grace, func() { // which can't panic
		r.order(func() {
			if r.views[i].Running() && r.views[i].PID == pid {
				r.signal(i, syscall.SIGKILL)
			}
		})
	})
}
