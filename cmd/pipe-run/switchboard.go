package main

import (
	"os"
	"slices"
	"sync"
	"syscall"

	"ndjsontools/lib/pipeline"
)

// A switchboard decides what a signal means. One that comes before the run has
// begun is kept for it. One that comes when the run is over, but its output has no
// name yet, still keeps it from getting one. After that there are only words left
// to say, and a signal ends us.
type switchboard struct {
	drain  bool   // what SIGTERM means
	groups bool   // each stage has a group of its own: no terminal tells them anything
	pause  func() // stops us alone: the stages were told by the terminal

	mu    sync.Mutex
	run   *pipeline.Run
	early []syscall.Signal
	late  *pipeline.Reason
	last  func() // nil as long as signals do not end the process
}

func newSwitchboard(drain, groups bool, pause func()) *switchboard {
	return &switchboard{drain: drain, groups: groups, pause: pause}
}

// The signals that mean something. Where there is a terminal it sends the last two
// to its whole foreground.
var (
	ending  = []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM}
	passing = []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM}
	groups  = []syscall.Signal{syscall.SIGCONT, syscall.SIGWINCH}
)

func (s *switchboard) wanted() []syscall.Signal {
	some := append(slices.Concat(ending, passing), syscall.SIGTSTP)
	if s.groups {
		some = append(some, groups...)
	}
	return some
}

// connect begins to pass signals on, those first that came too early.
func (s *switchboard) connect(run *pipeline.Run) {
	s.mu.Lock()
	early := s.early
	s.run, s.early = run, nil
	s.mu.Unlock()
	for _, sig := range early {
		s.got(sig)
	}
}

// missed is the reason not to give the output its name: the first signal that came
// since the run was over, nil if there was none.
func (s *switchboard) missed() *pipeline.Reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.late
}

// hangUp is called when there are only words left to say. From now on, signals end
// the process, after last.
func (s *switchboard) hangUp(last func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = last
}

// got takes a signal, or answers false.
func (s *switchboard) got(sig syscall.Signal) bool {
	s.mu.Lock()
	run, last := s.run, s.last
	if run == nil {
		s.early = append(s.early, sig)
	}
	s.mu.Unlock()
	switch {
	case run == nil, last != nil && !slices.Contains(ending, sig):
		return true
	case last != nil:
		last()
		return false
	}
	reason := &pipeline.Reason{Text: "ended by " + pipeline.Status{Signal: sig}.String(), Signal: sig}
	switch {
	case sig == syscall.SIGTERM && s.drain:
		s.note(run.Drain(*reason), reason)
	case slices.Contains(ending, sig):
		// The keys of a terminal, and its end, are told to all of the group.
		reason.Sent = !s.groups && sig != syscall.SIGTERM
		s.note(run.End(*reason), reason)
	case sig == syscall.SIGTSTP && !s.groups:
		s.pause()
	case sig == syscall.SIGTSTP:
		// A group of its own ignores the polite signal when nobody is left to
		// continue it.
		run.Send(syscall.SIGSTOP)
		syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	default:
		run.Send(sig)
	}
	return true
}

// note notes a signal that came too late for the run.
func (s *switchboard) note(taken bool, reason *pipeline.Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !taken && s.late == nil {
		s.late = reason
	}
}
