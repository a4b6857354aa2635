// Package reap is for processes that are the parent of others they never
// started: process 1 of a container, which every orphan gets as its parent, and
// subreapers. Who does not take the status of such a child leaves a zombie, and
// a container has only so many numbers for processes.
//
// It starts nothing and judges nothing. Peek says which child has ended and
// leaves it to be; Orphans reaps those that are not ours, beside a program that
// waits for its own children in its own way, such as by package os/exec.
package reap

import "sync"

// Orphans reaps children that nobody here has started. The zero Orphans is ready
// for use.
//
// A child of ours can end before its number is known. So it is started while a
// lock is held that the reaper needs to call a child a stranger.
type Orphans struct {
	mu    sync.Mutex
	ours  map[int]chan struct{} // closed when the child was waited for
	fresh chan struct{}         // closed when there may be a child again; nil when nobody waits for that
}

// Start calls start, which starts a child and answers its number. Done must
// follow once the child was waited for.
func (o *Orphans) Start(start func() (pid int, err error)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	pid, err := start()
	if err != nil {
		return err
	}
	if o.ours == nil {
		o.ours = map[int]chan struct{}{}
	}
	o.ours[pid] = make(chan struct{})
	if o.fresh != nil {
		close(o.fresh)
		o.fresh = nil
	}
	return nil
}

// Done says that a child of ours was waited for.
func (o *Orphans) Done(pid int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.ours[pid])
	delete(o.ours, pid)
}
