package main

import (
	"fmt"
	"os"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/flow"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/procstat"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tally"
	"ndjsontools/lib/term"
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
	drawn time.Duration // when the picture was drawn last
	views [recent]flow.View
	next  int           // of views, where the next one goes
	kept  time.Duration // when the last one was

	stall *flow.Stall // nil when nobody asked
	kill  bool        // a stall ends the run

	levels     []procstat.Level
	quit, done chan struct{}
}

// The picture is drawn that often, into a file less; its rates and shares are
// those of the last three seconds.
const (
	drawEvery = 250 * time.Millisecond
	lineEvery = time.Second
	recent    = 13
)

// observe puts into the environment of each stage that it is watched, and where
// it may show its counters. The observer is nil when nobody wants to see anything.
func (p *pipeRun) observe(env *tool.Env, stages []pipeline.Command, edges *edges) *observer {
	_, supervised := os.LookupEnv(tally.Variable)
	os.Unsetenv(tally.Variable) // it is not for the stages
	style := p.drawing(env, edges, supervised)
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
		style: style, kill: p.stall.kill, levels: make([]procstat.Level, len(stages)+1),
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

// draw draws the picture when it is time for one.
func (o *observer) draw(now *flow.View) {
	if o.style == drawNothing || now.At-o.kept < drawEvery {
		return
	}
	from := &o.views[o.next] // the oldest
	if o.due(now) {
		o.drawn = now.At
		s := &scene{commands: o.commands, from: from, to: now, colour: o.env.Term.Colourful()}
		columns, rows := o.env.Term.Size()
		if o.style == drawLines || len(o.commands)*2+2 > rows || columns < leastWidth {
			o.env.Term.Progress(progressLine(s))
		} else {
			s.width = columns - 1
			o.env.Term.Picture(picture(s))
		}
	}
	*from = *now.Clone()
	o.next, o.kept = (o.next+1)%len(o.views), now.At
}

// due says whether it is time to draw, and whether that may be.
func (o *observer) due(now *flow.View) bool {
	switch o.style {
	case drawLines:
		return now.At-o.drawn >= lineEvery
	case drawSink:
		return now.Stages[len(now.Stages)-1].NoOutput
	}
	return true
}

// stalled looks for a stall, and says who sits on data.
func (o *observer) stalled(now *flow.View) {
	if o.stall == nil {
		return
	}
	sitter, found := o.stall.Look(now)
	if !found {
		return
	}
	text := stallText(sitter, o.commands)
	if o.kill {
		o.run.End(pipeline.Reason{Text: text, Status: exit.TimedOut})
		return
	}
	o.env.Term.Say("%s", text)
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

// An account is what was seen of a run that is over.
type account struct {
	begun      time.Time
	commands   []string
	view       flow.View
	history    *flow.History
	bottleneck flow.Bottleneck
}

// stage is what was seen of a stage, nil when nothing was.
func (a *account) stage(i int) *flow.Stage {
	if a == nil || !a.view.Stages[i].Begun {
		return nil
	}
	return &a.view.Stages[i]
}

// fill is how full the pipe behind a stage was in the mean, from 0 to 1, and
// whether that was seen.
func (a *account) fill(i int) (share float64, known bool) {
	if a == nil || i >= len(a.view.Pipes) {
		return 0, false
	}
	p := &a.view.Pipes[i]
	return flow.PipeBin{Full: p.Full, Seen: p.Seen}.Fill()
}

// drawing is how a run is shown while it goes on.
type drawing int

const (
	drawNothing drawing = iota
	drawPicture
	drawSink  // a picture, once it is known that the last stage writes nothing to the terminal
	drawLines // a line from time to time
)

// drawing decides that. By itself a picture is drawn only where somebody watches,
// we are in the foreground, and nothing else is to be seen there: neither a
// pipeline around this one, nor our output.
func (p *pipeRun) drawing(env *tool.Env, edges *edges, supervised bool) drawing {
	t := env.Term
	switch {
	case p.quiet || p.progress == "never":
		return drawNothing
	case p.progress == "always" && t.CanMove():
		return drawPicture
	case p.progress == "always":
		return drawLines
	case supervised || !t.CanMove() || !t.Foreground() || procstat.PipeInode(int(edges.out.Fd())) != 0:
		return drawNothing
	case edges.draft == nil && stdio.IsTerminal(env.Stdout):
		return drawSink
	}
	return drawPicture
}

// tells says whether the summary is printed.
func (p *pipeRun) tells(env *tool.Env) bool { return p.verbose || !p.quiet && env.Term.IsTerminal() }

// stallText says who sits on data.
func stallText(s flow.Sitter, commands []string) string {
	text := fmt.Sprintf("stalled for %s: ", s.For.Round(time.Second/10))
	name := fmt.Sprintf("stage %d, %s", s.Stage+1, term.Quote(firstWord(commands[s.Stage])))
	if s.State == procstat.Blocked {
		return text + "what " + name + ", writes to takes nothing"
	}
	text += name + ", sits on "
	if s.Queued > 0 {
		text += term.Plural(int64(s.Queued), "byte that waits", "bytes that wait") + " in its input"
	} else {
		text += "what it has read"
	}
	switch s.State {
	case procstat.Running:
		return text + ", and runs"
	case procstat.Starved:
		return text + ", and has not noticed"
	}
	return text + ", and waits for " + s.Cause.String()
}
