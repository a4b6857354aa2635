package main

import (
	"os"
	"time"

	"ndjsontools/lib/flow"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/procstat"
	"ndjsontools/lib/tally"
	"ndjsontools/lib/tool"
)

// An observer looks at a run while it goes on: it draws the picture, finds out
// about stalls, and keeps what the summary, the report and the plot are made of.
// A nil one does nothing.
type observer struct {
	env      *tool.Env
	watch    *flow.Watch
	board    *tally.Board // nil where there can be none
	commands []string
	in, out  *os.File
	run      *pipeline.Run // once it goes on
	begun    time.Time

	style drawing
	auto  bool          // nobody asked for it
	drawn time.Duration // when the picture was drawn last
	views [recent]flow.View
	next  int           // of views, where the next one goes
	kept  time.Duration // when the last one was

	stall *flow.Stall // nil when nobody asked
	kill  bool        // a stall ends the run

	levels     []procstat.Level
	quit, done chan struct{}
}

// observe puts into the environment of each stage that it is watched, and where
// it may show its counters. The observer is nil when nobody wants to see anything.
func (p *pipeRun) observe(env *tool.Env, stages []pipeline.Command, edges *edges) *observer {
	_, p.supervised = os.LookupEnv(tally.Variable)
	os.Unsetenv(tally.Variable) // it is not for the stages
	style := p.drawing(env, edges)
	wanted := style != drawNothing || p.report != "" || p.plot != "" || p.stall.after > 0 || p.tells(env)
	var board *tally.Board
	if wanted {
		board, _ = tally.NewBoard(len(stages)) // without one, /proc still tells much
	}
	names := make([]string, len(stages))
	for i := range stages {
		stages[i].Env = append(stages[i].Env, board.Env(i))
		names[i] = asTyped(&stages[i])
	}
	if !wanted {
		return nil
	}
	begun := time.Now()
	o := &observer{
		env: env, begun: begun, board: board, commands: names, in: edges.in, out: edges.out,
		watch: flow.New(len(stages), board, func() time.Duration { return time.Since(begun) }),
		style: style, auto: p.progress == "auto", kill: p.stall.kill, levels: make([]procstat.Level, len(stages)+1),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	if p.stall.after > 0 {
		o.stall = flow.NewStall(time.Duration(p.stall.after))
	}
	return o
}

// happened takes in what the run tells.
func (o *observer) happened(e pipeline.Event) {
	if o == nil {
		return
	}
	switch e.Kind {
	case pipeline.Started:
		in, out := procstat.PipeInode(int(o.in.Fd())), procstat.PipeInode(int(o.out.Fd()))
		if e.Stage > 0 {
			e.Run.Pipe(e.Stage - 1).Look(func(fd int) { in = procstat.PipeInode(fd) })
		}
		if e.Stage+1 < len(o.commands) {
			e.Run.Pipe(e.Stage).Look(func(fd int) { out = procstat.PipeInode(fd) })
		}
		o.watch.Begin(e.Stage, e.Run.Stages()[e.Stage].PID, in, out)
	case pipeline.Ending:
		o.watch.End(e.Stage)
	}
}

// begin looks from now on.
func (o *observer) begin(run *pipeline.Run) {
	if o == nil {
		return
	}
	o.run = run
	o.env.Go(o.look)
}

// look looks again and again.
func (o *observer) look() {
	defer close(o.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	var now flow.View
	for {
		select {
		case <-timer.C:
			timer.Reset(o.watch.Look(o.see()))
			o.watch.View(&now)
			o.draw(&now)
			o.stalled(&now)
		case <-o.quit:
			return
		}
	}
}

// see is how full the pipes are.
func (o *observer) see() []procstat.Level {
	last := len(o.levels) - 1
	o.levels[0], o.levels[last] = procstat.LevelOf(int(o.in.Fd())), procstat.LevelOf(int(o.out.Fd()))
	for i := 1; i < last; i++ {
		o.levels[i] = procstat.Level{}
		o.run.Pipe(i - 1).Look(func(fd int) { o.levels[i] = procstat.LevelOf(fd) })
	}
	return o.levels
}

// end stops looking, and answers what was seen of the whole run; nil when nobody
// looked.
func (o *observer) end(result *pipeline.Result) *account {
	if o == nil {
		return nil
	}
	close(o.quit)
	<-o.done
	o.env.Term.EndProgress()
	var unread []int64
	for _, v := range result.Stages {
		unread = append(unread, v.Unread)
	}
	o.watch.Finish(unread)
	defer o.close()
	a := &account{begun: o.begun, history: o.watch.History(), commands: o.commands}
	o.watch.View(&a.view)
	a.bottleneck = flow.BottleneckOf(&flow.View{}, &a.view)
	return a
}

// close gives back what the observer holds.
func (o *observer) close() {
	if o == nil {
		return
	}
	o.watch.Close()
	o.board.Close()
}

// tells says whether the summary is printed: not by itself within another pipeline,
// which has one.
func (p *pipeRun) tells(env *tool.Env) bool {
	return p.verbose || !p.quiet && env.Term.IsTerminal() && !p.supervised
}
