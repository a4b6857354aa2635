package main

import (
	"time"

	"ndjsontools/lib/flow"
)

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
