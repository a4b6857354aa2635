package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/flow"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/procstat"
	"ndjsontools/lib/term"
	"ndjsontools/lib/units"
)

// A stallOption is what --stall asks for.
type stallOption struct {
	after time.Duration // 0: nothing
	kill  bool
}

// Set takes a duration, and whether the run ends then.
func (o *stallOption) Set(text string) error {
	length, how, given := strings.Cut(text, ":")
	if given && how != "kill" {
		return fmt.Errorf("%s: after the duration may follow :kill", term.Quote(text))
	}
	after, err := units.ParseDuration(length)
	if err != nil {
		return err
	}
	if after <= 0 {
		return errors.New("a stall has to last for some time")
	}
	o.after, o.kill = after, given
	return nil
}

func (o *stallOption) String() string { return "" }

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
