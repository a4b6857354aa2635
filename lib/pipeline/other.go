//go:build !linux

package pipeline

import (
	"errors"
	"syscall"
)

// A Run is a pipeline that runs. There is none on this system: what it promises
// rests on Linux's subreapers, parent-death signals and waits that don't reap.
type Run struct{}

// Start answers that this system can't.
func Start(*Plan) (*Run, error) {
	return nil, errors.New("pipelines are supervised only on Linux")
}

// Keep is the keeper, which nobody starts here.
func Keep([]string) int { return 2 }

// The methods are those of a Run, of which there is none.
func (*Run) Wait() Result        { return Result{} }
func (*Run) Stages() []View      { return nil }
func (*Run) Pipe(int) *Pipe      { return nil }
func (*Run) Drain(Reason) bool   { return false }
func (*Run) End(Reason) bool     { return false }
func (*Run) Send(syscall.Signal) {}
