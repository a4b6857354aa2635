package flow

import (
	"runtime"
	"sync"
	"time"

	"ndjsontools/lib/procstat"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tally"
)

// How often a Watch wants to look. The first seconds are looked at closely, for
// many runs last no longer.
const (
	closely  = 30 * time.Millisecond
	closeFor = 2 * time.Second
	usually  = 50 * time.Millisecond
	rarely   = time.Second
	// costShare is how many times the cost of a look passes before the next one.
	costShare = 200
	// glances is how many looks at a tool of ours pass from one at what it waits for
	// to the next: of that it counts the times itself.
	glances = 5
)

// Watch looks at a pipeline. Its methods may be called from any goroutine.
type Watch struct {
	mu      sync.Mutex
	clock   func() time.Duration
	start   time.Duration
	board   *tally.Board // nil: no tool shows its counters
	stages  []watched
	pipes   []watchedPipe
	view    View
	history *History
	cost    time.Duration // CPU time of a look, smoothed
}

// watched is what a Watch keeps of a stage besides its part of the view.
type watched struct {
	group   *procstat.Group // nil while it does not run
	pid     int
	in, out uint64
	first   bool
	looked  time.Duration // when it was looked at last
	looks   int
	figures []tally.Figures
	traces  [tally.Slots]trace
	past    struct{ in, out count } // of tools whose slots others have got
	sample  procstat.Sample
	// What the tools in the stage say of the bytes at its ends.
	exactIn, exactOut bool
	toolIn, toolOut   int64
	waits             [procstat.Causes]time.Duration
}

// watchedPipe is what a Watch keeps of a pipe after its level can't be seen any
// more.
type watchedPipe struct {
	level procstat.Level
	in    int64 // what its reader had read when the level was seen last
	// base is what the reader had read, of its libraries, when it began to wait
	// for the first byte.
	base  int64
	begun bool // that moment has been, or has been missed
}

// New watches n stages, of which there is at least one. board is where they show
// their counters, nil for nowhere; clock is monotonic, and the run begins now.
func New(n int, board *tally.Board, clock func() time.Duration) *Watch {
	return &Watch{
		clock: clock, start: clock(), board: board,
		stages: make([]watched, n), pipes: make([]watchedPipe, n-1),
		view:    View{Stages: make([]Stage, n), Pipes: make([]Pipe, n-1)},
		history: newHistory(n),
	}
}

// Begin says that a stage was started: its process, and the inodes of the pipes
// that it reads and writes (0 for no pipe).
func (w *Watch) Begin(stage, pid int, in, out uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.stages[stage]
	s.group, s.pid, s.in, s.out = procstat.NewGroup(pid, in, out), pid, in, out
	s.looked, s.first = w.now(), stage == 0
	w.view.Stages[stage].Begun = true
}

// End says that a stage has ended. Where nobody has waited for it yet, a last
// look is taken.
func (w *Watch) End(stage int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.stages[stage]
	if s.group == nil {
		return
	}
	w.look(stage, procstat.Level{}, procstat.Level{})
	s.group.Close()
	s.group = nil
	w.view.Stages[stage].Ended = true
	w.view.Stages[stage].State = procstat.Gone
	w.reconcile(nil)
}

// Close gives back what is still held.
func (w *Watch) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.stages {
		if g := w.stages[i].group; g != nil {
			g.Close()
			w.stages[i].group = nil
		}
	}
}

func (w *Watch) now() time.Duration { return w.clock() - w.start }

// Look looks at everything. levels are those of the pipes: of the one that the
// first stage reads, of those between the stages, and of the one that the last
// stage writes; unknown where nobody can tell. The answer is how long to wait
// before the next look.
func (w *Watch) Look(levels []procstat.Level) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	runtime.LockOSThread() // whose work is measured
	defer runtime.UnlockOSThread()
	begun := stdio.ThreadTime()
	for i := range w.stages {
		if w.stages[i].group != nil {
			w.look(i, levels[i], levels[i+1])
		}
	}
	w.reconcile(levels)
	w.fill(w.now() - w.view.At)
	w.view.At = w.now()
	w.remember()
	return w.next(w.view.At, stdio.ThreadTime()-begun)
}

// remember adds what is seen to the history: it is what there was some time ago.
func (w *Watch) remember() {
	at := w.view.At
	w.view.At = max(0, at-lag)
	w.history.add(&w.view)
	w.view.At = at
}

// fill counts for how long the pipes are as full as they are seen.
func (w *Watch) fill(passed time.Duration) {
	for i := range w.view.Pipes {
		if p := &w.view.Pipes[i]; p.Level.Known {
			p.Full += time.Duration(p.Level.Share() * float64(passed))
			p.Seen += passed
		}
	}
}

// next is when to look again.
func (w *Watch) next(at, cost time.Duration) time.Duration {
	w.cost += (cost - w.cost) / 4
	least := usually
	if at < closeFor {
		least = closely
	}
	return min(max(least, w.cost*costShare), rarely)
}

// look brings one stage up to date, but for the bytes at its ends.
func (w *Watch) look(i int, in, out procstat.Level) {
	s, v := &w.stages[i], &w.view.Stages[i]
	now, before := w.now(), v.State
	if s.looks++; v.Exact && s.looks%glances != 0 {
		s.sample = s.group.Glance() // it tells itself what it does
	} else {
		s.sample = s.group.Sample(in, out)
	}
	passed := now - s.looked
	s.looked = now
	if w.board != nil {
		s.figures = w.board.Read(i, s.figures)
	}
	v.State, v.Cause = s.sample.State, s.sample.Cause
	v.CPU, v.RSS = max(v.CPU, s.sample.CPU), s.sample.RSS
	v.PeakRSS = max(v.PeakRSS, v.RSS)
	v.Counted = s.sample.Counted
	s.tools(v, now)
	switch {
	case v.Exact:
	case v.State == procstat.Gone: // it went on as it was seen last
		v.spend(before, passed)
	default:
		v.spend(v.State, passed)
	}
	if s.sample.State == procstat.Waiting {
		s.waits[s.sample.Cause] += passed
		for cause, d := range s.waits {
			if d > s.waits[v.Often] {
				v.Often = procstat.Cause(cause)
			}
		}
	}
}

// spend counts a time for what the stage is seen to do.
func (v *Stage) spend(state procstat.State, d time.Duration) {
	switch state {
	case procstat.Running:
		v.Times.Running += d
	case procstat.Starved:
		v.Times.Starved += d
	case procstat.Blocked:
		v.Times.Blocked += d
	case procstat.Waiting:
		v.Times.Waiting += d
	}
}
