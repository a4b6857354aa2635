package main

import (
	"time"

	"ndjsontools/lib/flow"
	"ndjsontools/lib/procstat"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
)

// The picture is drawn that often, into a file less; its rates and shares are
// those of the last three seconds.
const (
	drawEvery = 250 * time.Millisecond
	lineEvery = time.Second
	recent    = 13
)

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
func (p *pipeRun) drawing(env *tool.Env, edges *edges) drawing {
	t := env.Term
	switch {
	case p.quiet || p.progress == "never":
		return drawNothing
	case p.progress == "always" && t.CanMove():
		return drawPicture
	case p.progress == "always":
		return drawLines
	case p.supervised || !t.CanMove() || !t.Foreground() || procstat.PipeInode(int(edges.out.Fd())) != 0:
		return drawNothing
	case edges.draft == nil && stdio.IsTerminal(env.Stdout):
		return drawSink
	}
	return drawPicture
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
	if o.auto && !o.env.Term.Foreground() { // since it was continued in the background
		return false
	}
	switch o.style {
	case drawLines:
		return now.At-o.drawn >= lineEvery
	case drawSink:
		return now.Stages[len(now.Stages)-1].NoOutput
	}
	return true
}
