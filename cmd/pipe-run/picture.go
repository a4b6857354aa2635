package main

import (
	"fmt"
	"strings"
	"time"

	"ndjsontools/lib/flow"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/procstat"
	"ndjsontools/lib/term"
	"ndjsontools/lib/units"
)

// A scene is a pipeline between two moments, and how it is to be shown.
type scene struct {
	commands []string // one a stage, for people
	from, to *flow.View
	width    int // columns
	colour   bool
}

func (s *scene) passed() time.Duration { return s.to.At - s.from.At }

// times is what a stage did between the two moments.
func (s *scene) times(i int) flow.Times {
	if i >= len(s.from.Stages) {
		return s.to.Stages[i].Times
	}
	return s.to.Stages[i].Times.Minus(s.from.Stages[i].Times)
}

// since is how much a total of a stage has grown, a second.
func (s *scene) since(i int, total func(*flow.Stage) int64) float64 {
	before := int64(0)
	if i < len(s.from.Stages) {
		before = total(&s.from.Stages[i])
	}
	return flow.Rate(before, total(&s.to.Stages[i]), s.passed())
}

// rate is the bytes a second that leave a stage, or that come to the last one.
func (s *scene) rate(i int) float64 {
	if i == len(s.to.Stages)-1 && i > 0 {
		return s.since(i, func(v *flow.Stage) int64 { return v.In })
	}
	return s.since(i, func(v *flow.Stage) int64 { return v.Out })
}

// A gauge is a column of numbers of the picture.
type gauge struct {
	title string
	width int
	text  func(s *scene, i int) string
}

// gauges are the columns, those first that are given up last where the terminal
// is narrow.
func gauges() []gauge {
	share := func(part func(flow.Times) time.Duration) func(*scene, int) string {
		return func(s *scene, i int) string {
			t := s.times(i)
			return percent(t.Share(part(t)))
		}
	}
	return []gauge{
		{"rate", 11, func(s *scene, i int) string { return units.HumanRate(s.rate(i), units.Bytes) }},
		{"blocked", 9, share(func(t flow.Times) time.Duration { return t.Blocked })},
		{"starved", 9, share(func(t flow.Times) time.Duration { return t.Starved })},
		{"running", 9, share(func(t flow.Times) time.Duration { return t.Running })},
		{"waiting", 9, share(func(t flow.Times) time.Duration { return t.Limited + t.Waiting })},
		{"records", 10, func(s *scene, i int) string {
			if v := &s.to.Stages[i]; !v.Exact || v.RecordsIn+v.RecordsOut == 0 {
				return ""
			}
			return units.HumanRate(s.since(i, func(v *flow.Stage) int64 { return max(v.RecordsIn, v.RecordsOut) }), units.Records)
		}},
		{"memory", 9, func(s *scene, i int) string { return units.HumanBytes(s.to.Stages[i].RSS) }},
	}
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// leastWidth is how many columns a picture needs.
const leastWidth = 30

// leastName is how many columns a command gets before columns of numbers are
// given up for it.
const leastName = 16

// picture is the pipeline as lines of at most s.width columns: a line a stage and
// one for each pipe between, and what it all waits for.
func picture(s *scene) []string {
	shown, name := gauges(), 0
	for name = s.width - 4 - total(shown); name < leastName && len(shown) > 0; name = s.width - 4 - total(shown) {
		shown = shown[:len(shown)-1]
	}
	name = min(name, s.widest())
	head := "    " + fit(units.HumanDuration(s.to.At), name)
	for _, g := range shown {
		head += right(g.title, g.width)
	}
	lines := []string{s.paint(dim, head)}
	worst := flow.BottleneckOf(s.from, s.to)
	for i, command := range s.commands {
		line := right(fmt.Sprint(i+1), 3) + " " + fit(command, name)
		for _, g := range shown {
			line += right(s.cell(i, g), g.width)
		}
		if i == worst.Stage {
			line = s.paint(bold, line)
		}
		lines = append(lines, line)
		if i < len(s.to.Pipes) {
			lines = append(lines, s.pipe(i))
		}
	}
	return append(lines, s.paint(bold, term.Cut(sentence(worst, s.commands), s.width)))
}

// cell is what a column says of a stage: nothing of one that does not run.
func (s *scene) cell(i int, g gauge) string {
	switch v := &s.to.Stages[i]; {
	case !v.Begun:
		return ""
	case v.Ended && g.title == "rate":
		return "ended"
	case v.Ended:
		return ""
	}
	return g.text(s, i)
}

func (s *scene) widest() (w int) {
	for _, c := range s.commands {
		w = max(w, term.Width(c))
	}
	return w
}

func total(shown []gauge) (w int) {
	for _, g := range shown {
		w += g.width
	}
	return w
}

// pipeBar is how many columns the bar of a pipe has.
const pipeBar = 20

// pipe is the line of the pipe behind a stage: how full it is, and for how long a
// byte waits in it.
func (s *scene) pipe(i int) string {
	level := s.to.Pipes[i].Level
	share := level.Share()
	full := int(share*pipeBar + 0.5)
	bar := strings.Repeat("█", full) + strings.Repeat("░", pipeBar-full)
	switch {
	case share >= 0.9:
		bar = s.paint(orange, bar)
	case share > 0:
		bar = s.paint(blue, bar)
	}
	text := right(percent(share), 6)
	if level.Size > 0 {
		text += " of " + units.Size(level.Size).String()
	}
	drained := s.since(i+1, func(v *flow.Stage) int64 { return v.In })
	switch delay, ok := procstat.Delay(level.Queued, drained); {
	case !ok:
		text += ", nothing leaves"
	case delay > 0:
		text += ", " + units.HumanDuration(delay) + " behind"
	}
	return "    " + bar + term.Cut(text, s.width-4-pipeBar)
}

// sentence says what the pipeline waits for.
func sentence(b flow.Bottleneck, commands []string) string {
	share := percent(b.Share) + " of the time"
	if b.Stage >= 0 {
		share = percent(b.Why.Share) + " of the time"
	}
	switch b.Stage {
	case flow.Nowhere:
		return "no stage is a bottleneck"
	case flow.AtInput:
		return fmt.Sprintf("bottleneck: what stage 1, %s, reads: it is starved %s", firstWord(commands[0]), share)
	case flow.AtOutput:
		last := len(commands)
		return fmt.Sprintf("bottleneck: what stage %d, %s, writes to: it is blocked %s", last, firstWord(commands[last-1]), share)
	}
	text := fmt.Sprintf("bottleneck: stage %d, %s, which ", b.Stage+1, firstWord(commands[b.Stage]))
	switch b.Why.What {
	case flow.Runs:
		return text + "runs " + share
	case flow.Limits:
		return text + "waits for its own rate " + share
	}
	return text + "waits for " + b.Why.Cause.String() + " " + share
}

func firstWord(command string) string {
	word, _, _ := strings.Cut(command, " ")
	return word
}

// progressLine is the pipeline in one line, for a file.
func progressLine(s *scene) string {
	var b strings.Builder
	b.WriteString(units.HumanDuration(s.to.At))
	for i, command := range s.commands {
		fmt.Fprintf(&b, "  %s %s", firstWord(command), units.HumanRate(s.rate(i), units.Bytes))
		if i < len(s.to.Pipes) {
			fmt.Fprintf(&b, "  [%s]", percent(s.to.Pipes[i].Level.Share()))
		}
	}
	return b.String() + "  " + sentence(flow.BottleneckOf(s.from, s.to), s.commands)
}

// The ways to paint, as the terminal knows them.
const (
	bold   = "1"
	dim    = "2"
	orange = "33"
	blue   = "34"
)

func (s *scene) paint(how, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + how + "m" + text + "\x1b[0m"
}

// fit is text in exactly so many columns.
func fit(text string, columns int) string {
	text = term.Cut(text, columns)
	return text + strings.Repeat(" ", max(0, columns-term.Width(text)))
}

// right is text at the right end of so many columns.
func right(text string, columns int) string {
	return strings.Repeat(" ", max(0, columns-term.Width(text))) + text
}

// asTyped is a stage as it was typed: one that was given to a shell for the sake
// of a redirection is shown without it.
func asTyped(c *pipeline.Command) string {
	if n := len(c.Args); n == 3 && c.Args[0] == shell && c.Name != shell {
		return term.OneLine(strings.TrimPrefix(c.Args[2], "exec "))
	}
	return commandLine(c.Args)
}

// commandLine is a command as one could type it, on one line.
func commandLine(args []string) string {
	words := make([]string, len(args))
	for i, word := range args {
		if word == "" || strings.ContainsAny(word, " \t\n|&;<>()$`\\\"'*?[]#~=%!{}") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words[i] = word
	}
	return term.OneLine(strings.Join(words, " "))
}
