package main

import (
	"fmt"
	"strings"
	"time"

	"ndjsontools/lib/flow"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/term"
	"ndjsontools/lib/units"
)

// The measures of a plot, in pixels.
const (
	plotWidth   = 1000.0
	plotLeft    = 200.0 // of the time axis
	plotRight   = 974.0
	plotTop     = 112.0 // of the first stage
	lineHeight  = 20.0
	rateHeight  = 58.0
	shareHeight = 30.0
	innerGap    = 5.0
	stageHeight = rateHeight + innerGap + shareHeight
	pipeHeight  = 18.0
	outerGap    = 12.0
	finest      = 3.0 // an interval is drawn at least that wide
)

// The colours are those of Okabe and Ito, which people tell apart who see fewer.
const (
	colourRunning = "#0072b2"
	colourLimited = "#cc79a7"
	colourWaiting = "#9a9a9a"
	colourStarved = "#f0e442"
	colourBlocked = "#d55e00"
	colourPipe    = "#009e73"
	colourRate    = "#333333"
	colourUnder   = "#dddddd" // under the rate
	colourGrid    = "#e6e6e6"
	colourFrame   = "#bbbbbb"
	colourQuiet   = "#666666"
	colourWorst   = "#fff4d6" // behind the bottleneck
	colourAlarm   = "#b34000"
)

// parts are what a stage does, from the bottom of the strip to its top.
func parts() []struct {
	name, colour string
	of           func(flow.Times) time.Duration
} {
	return []struct {
		name, colour string
		of           func(flow.Times) time.Duration
	}{
		{"running", colourRunning, func(t flow.Times) time.Duration { return t.Running }},
		{"waiting for its own rate", colourLimited, func(t flow.Times) time.Duration { return t.Limited }},
		{"waiting for something else", colourWaiting, func(t flow.Times) time.Duration { return t.Waiting }},
		{"starved: input empty", colourStarved, func(t flow.Times) time.Duration { return t.Starved }},
		{"blocked: output full", colourBlocked, func(t flow.Times) time.Duration { return t.Blocked }},
	}
}

// A plotter draws one run over time.
type plotter struct {
	svg
	title  string
	result *pipeline.Result
	seen   *account
	bins   []flow.Bin
	length time.Duration
	top    float64 // of the first stage
}

// plot is a run as a picture in SVG: of each stage the rate and how it spent its
// time, and between them how full the pipes were, over one axis of time.
func plot(title string, result *pipeline.Result, seen *account) []byte {
	n := len(seen.commands)
	p := &plotter{title: title, result: result, seen: seen, bins: seen.history.Bins, length: seen.view.At, top: plotTop}
	if blame(result) != "" {
		p.top += lineHeight
	}
	p.width = plotWidth
	p.height = p.stageTop(n-1) + stageHeight + 52
	p.coarsen()
	p.head()
	p.axis()
	highest := 0.0
	for i := range n {
		highest = max(highest, p.highest(i))
	}
	for i := range n {
		p.stage(i, highest)
		if i+1 < n {
			p.pipe(i)
		}
	}
	return p.bytes()
}

// coarsen merges intervals until each is wide enough to be seen.
func (p *plotter) coarsen() {
	h := &flow.History{Bins: p.bins}
	for len(h.Bins) > (plotRight-plotLeft)/finest {
		h.Halve()
	}
	p.bins = h.Bins
}

func (p *plotter) stageTop(i int) float64 {
	return p.top + float64(i)*(stageHeight+pipeHeight+2*outerGap)
}

// x is where a moment is on the axis.
func (p *plotter) x(at time.Duration) float64 {
	if p.length <= 0 {
		return plotLeft
	}
	return plotLeft + (plotRight-plotLeft)*float64(at)/float64(p.length)
}

// head is the title, what came of the run, and the legend.
func (p *plotter) head() {
	p.text(16, 30, 16, `font-weight="bold" font-family="'DejaVu Sans Mono', Consolas, monospace"`, term.Cut(term.OneLine(p.title), 98))
	words := units.HumanDuration(p.length) + ", " + units.HumanBytes(p.seen.view.Stages[len(p.seen.commands)-1].In) + " reached the last stage. "
	if len(p.seen.commands) == 1 {
		words = units.HumanDuration(p.length) + ". "
	}
	s := sentence(p.seen.bottleneck, p.seen.commands)
	y := 53.0
	if text := blame(p.result); text != "" {
		p.text(16, y, 13, `font-weight="bold" fill="`+colourAlarm+`"`, term.Cut(text, 140))
		y += lineHeight
	}
	p.text(16, y, 13, "", words+strings.ToUpper(s[:1])+s[1:]+".")
	x := 16.0
	mark := func(colour, name string) {
		p.rect(x, y+17, 12, 12, colour)
		p.text(x+17, y+27, 12, "", name)
		x += 17 + 6.1*float64(len(name)) + 16
	}
	for _, part := range parts() {
		mark(part.colour, part.name)
	}
	mark(colourPipe, "how full the pipe is")
	mark(colourUnder, "rate")
}

// rate is how many bytes a second left a stage in an interval, or came to the
// last one.
func (p *plotter) rate(b *flow.Bin, i int) float64 {
	n := b.Stages[i].Out
	if p.arrives(i) {
		n = b.Stages[i].In
	}
	return flow.Rate(0, n, b.To-b.From)
}

// arrives says whether the rate of a stage is that of its input.
func (p *plotter) arrives(i int) bool { return i > 0 && i == len(p.seen.commands)-1 }

func (p *plotter) highest(i int) (most float64) {
	for k := range p.bins {
		most = max(most, p.rate(&p.bins[k], i))
	}
	return most
}

// end is when a stage had ended.
func (p *plotter) end(i int) time.Duration {
	v := &p.result.Stages[i]
	if v.Ended.IsZero() {
		return 0
	}
	return min(p.length, v.Ended.Sub(p.seen.begun))
}

// stage is one stage: its name, its rate, and how it spent its time.
func (p *plotter) stage(i int, highest float64) {
	top := p.stageTop(i)
	worst := i == p.seen.bottleneck.Stage
	if worst {
		p.rect(8, top-7, plotWidth-16, stageHeight+14, colourWorst)
		p.rect(8, top-7, 4, stageHeight+14, colourAlarm)
	}
	p.label(i, top, worst)
	// A rate of a quarter of the highest can still be seen on its scale.
	if own := p.highest(i); own > 0 && own < highest/4 {
		highest = own
	}
	ceiling := roundUp(highest)
	p.panel(top, rateHeight)
	p.panel(top+rateHeight+innerGap, shareHeight)
	p.line(plotLeft, top+rateHeight/2, plotRight, top+rateHeight/2, colourGrid, 1)
	small := `text-anchor="end" fill="` + colourQuiet + `"`
	p.text(plotLeft-6, top+10, 10.5, small, units.HumanRate(ceiling, units.Bytes))
	p.text(plotLeft-6, top+rateHeight, 10.5, small, "0")
	p.text(plotLeft-6, top+rateHeight+innerGap+9, 10.5, small, "100 %")
	p.text(plotLeft-6, top+stageHeight, 10.5, small, "0")
	p.curves(i, top, ceiling)
	p.frame(plotLeft, top, plotRight-plotLeft, rateHeight, colourFrame)
	p.frame(plotLeft, top+rateHeight+innerGap, plotRight-plotLeft, shareHeight, colourFrame)
	p.verdict(i, top)
}

// label is what stands on the left of a stage.
func (p *plotter) label(i int, top float64, worst bool) {
	command := p.seen.commands[i]
	name := firstWord(command)
	p.tip(command)
	p.text(20, top+13, 14, `font-weight="bold"`, fmt.Sprintf("%d  %s", i+1, term.Cut(name, 13)))
	p.text(20, top+29, 11, `fill="`+colourQuiet+`"`, term.Cut(strings.TrimSpace(strings.TrimPrefix(command, name)), 20))
	p.tipEnd()
	v := &p.seen.view.Stages[i]
	bytes, word := v.Out, "out"
	if p.arrives(i) {
		bytes, word = v.In, "in"
	}
	p.text(20, top+47, 11, "", units.HumanBytes(bytes)+" "+word)
	if took := p.end(i); took > 0 {
		p.text(20, top+62, 11, "", "mean "+units.HumanRate(flow.Rate(0, bytes, took), units.Bytes))
	}
	if worst {
		p.text(20, top+stageHeight-4, 12, `font-weight="bold" fill="`+colourAlarm+`"`, "bottleneck")
	}
}

// curves are the rate and the shares of a stage.
func (p *plotter) curves(i int, top, ceiling float64) {
	end := p.end(i)
	var rate []step
	bands := make([][]step, len(parts()))
	for k := range p.bins {
		b := &p.bins[k]
		if b.From >= end {
			break
		}
		from, to := p.x(b.From), p.x(min(b.To, end))
		base := top + rateHeight
		rate = append(rate, step{from, to, base, base - rateHeight*share(p.rate(b, i), ceiling)})
		times := b.Stages[i].Times
		low := top + stageHeight
		for j, part := range parts() {
			high := low - shareHeight*times.Share(part.of(times))
			if low-high >= 0.05 {
				bands[j] = append(bands[j], step{from, to, low, high})
			}
			low = high
		}
	}
	p.area(rate, colourUnder, colourRate)
	for j, part := range parts() {
		p.area(bands[j], part.colour, "")
	}
}

func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, part/whole)
}

// verdict marks the end of a stage that is worth a word.
func (p *plotter) verdict(i int, top float64) {
	v := &p.result.Stages[i]
	text := v.Verdict.String()
	if v.Verdict == pipeline.OK || v.Started.IsZero() {
		if text = ""; v.Started.IsZero() {
			p.text(plotLeft+8, top+rateHeight/2+4, 12, "", "was never started")
		}
		return
	}
	colour := colourQuiet
	if v.Verdict == pipeline.Failed {
		colour = colourAlarm
	}
	x := p.x(p.end(i))
	p.line(x, top, x, top+stageHeight, colour, 2)
	at, anchor := x+6, "start"
	if x > (plotLeft+plotRight)/2 {
		at, anchor = x-6, "end"
	}
	// A white edge keeps the words readable on a curve.
	p.text(at, top+16, 12, `text-anchor="`+anchor+`" font-weight="bold" fill="`+colour+
		`" stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`, text+", "+v.Status.String())
}

// pipe is how full the pipe behind a stage was.
func (p *plotter) pipe(i int) {
	top := p.stageTop(i) + stageHeight + outerGap
	level := p.seen.view.Pipes[i].Level
	words := "pipe"
	if level.Size > 0 {
		words += ", " + units.Size(level.Size).String()
	}
	p.text(34, top+13, 11, `fill="`+colourQuiet+`"`, "↓ "+words)
	p.panel(top, pipeHeight)
	var fill []step
	for k := range p.bins {
		b := &p.bins[k]
		if share, known := b.Pipes[i].Fill(); known {
			fill = append(fill, step{p.x(b.From), p.x(b.To), top + pipeHeight, top + pipeHeight*(1-min(1, share))})
		}
	}
	p.area(fill, colourPipe, "")
	small := `text-anchor="end" fill="` + colourQuiet + `"`
	p.text(plotLeft-6, top+9, 10.5, small, "full")
	p.text(plotLeft-6, top+pipeHeight, 10.5, small, "empty")
	p.frame(plotLeft, top, plotRight-plotLeft, pipeHeight, colourFrame)
}
