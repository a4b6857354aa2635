package tool

import (
	"os"
	"runtime/debug"

	"ndjsontools/lib/exit"
)

// Go runs f in a goroutine. A panic in it is a defect like one in Run, but
// since nobody waits for it, it ends the process at once. Every goroutine of a
// command, and of what it calls, is started by it, or recovers by itself.
func (e *Env) Go(f func()) {
	go func() {
		defer func() {
			if p := recover(); p != nil {
				e.defect(p)
				os.Exit(exit.Defect)
			}
		}()
		f()
	}()
}

// OnDefect adds what is still to be done when the process ends for a panic:
// to print the last figures, say. It may run in any goroutine.
func (e *Env) OnDefect(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.onDefect = append(e.onDefect, f)
}

// defect reports a recovered panic, which is a mistake of ours. A panic of what
// is done about it is not worth more words.
func (e *Env) defect(p any) {
	e.Term.EndProgress()
	e.Term.Say("defect: %v", p)
	e.Term.Show(string(debug.Stack()))
	e.mu.Lock()
	last := e.onDefect
	e.onDefect = nil
	e.mu.Unlock()
	for _, f := range last {
		func() {
			defer func() { recover() }()
			f()
		}()
	}
}
