package tool

import (
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/stdio"
)

// stuckLimit is how long after a signal one write may stay blocked before it is
// given up: a reader that is alive but does not read must not keep us from
// ending.
const stuckLimit = time.Second

// echoTime is how close together the same signal twice is one wish. timeout(1)
// sends it to its child and then, at once, to all of its group, the child included;
// nobody presses a key again that fast.
const echoTime = 100 * time.Millisecond

// An echo tells a signal that was sent twice from one that is meant twice.
type echo struct {
	sig  os.Signal
	when time.Time
}

// of says whether sig, which came at that time, is an echo of the one before. Only
// what asks for an end has one.
func (e *echo) of(sig os.Signal, when time.Time) bool {
	switch sig {
	default:
		return false
	case syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM:
	}
	if sig == e.sig && when.Sub(e.when) < echoTime {
		return true
	}
	e.sig, e.when = sig, when
	return false
}

// Signals is what the process knows of SIGINT and SIGTERM. Without Settle in
// the Command they are left to end the process at once. With it, the first one
// stops every wait on the Waker, so that the command settles what it holds and
// comes back; the second, unless it is an echo, ends the process at once. SIGINT
// that was ignored when the process began, as a shell does for background jobs,
// stays ignored. (Of SIGTERM and SIGPIPE a Go program can't know: its runtime
// replaces an inherited "ignore" before main, so these keep their meaning whatever
// the parent did.)
type Signals struct {
	Waker *stdio.Waker

	got     atomic.Int32
	env     *Env
	early   caught
	channel chan os.Signal
	done    chan struct{}

	mu      sync.Mutex
	onFirst []func()
	stuck   func() time.Duration
	abandon func()
}

// caught are signals that were caught before they got their meaning.
type caught map[os.Signal]chan os.Signal

// catch catches signals. The first thing that a process does is this: what comes
// before it ends the process, or is lost, and nothing in it can change that.
func catch(sigs []syscall.Signal) caught {
	c := caught{}
	for _, sig := range sigs {
		if !signal.Ignored(sig) {
			c[sig] = make(chan os.Signal, 1)
			signal.Notify(c[sig], sig)
		}
	}
	return c
}

func newSignals(env *Env, early caught, settle bool) (*Signals, error) {
	waker, err := stdio.NewWaker()
	if err != nil {
		return nil, err
	}
	s := &Signals{Waker: waker, env: env, early: early, done: make(chan struct{})}
	// As process 1 a signal without a handler is discarded by the kernel, so
	// one is needed even to die.
	if settle || os.Getpid() == 1 {
		s.channel = make(chan os.Signal, 4)
		for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
			if !signal.Ignored(sig) {
				signal.Notify(s.channel, sig)
			}
		}
		env.Go(func() { s.watch(settle) })
	}
	return s, nil
}

// Got is the signal that asked the process to end, 0 for none. It may be asked
// of a nil Signals.
func (s *Signals) Got() syscall.Signal {
	if s == nil {
		return 0
	}
	return syscall.Signal(s.got.Load())
}

// OnFirst adds what is to happen, once, at the first signal, in a goroutine of
// its own. If there was one already, it happens now.
func (s *Signals) OnFirst(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Waker.Stopped() {
		s.env.Go(f)
		return
	}
	s.onFirst = append(s.onFirst, f)
}

// On has f called each time that the process gets sig, in a goroutine of its
// own, one call after the other; for one that the command catches early, it is
// called now if that has come. A SIGHUP that was ignored when the process began,
// as nohup does, stays ignored (of other signals a Go program can't know). Until
// the process ends sig has no other meaning, so that one which comes too late
// does no harm.
func (s *Signals) On(sig syscall.Signal, f func()) {
	if signal.Ignored(sig) {
		return
	}
	c := s.early[sig]
	if c == nil {
		c = make(chan os.Signal, 1)
		signal.Notify(c, sig)
	}
	s.env.Go(func() {
		for {
			select {
			case <-c:
				f()
			case <-s.done:
				return
			}
		}
	})
}

// Leave gives a signal that was caught early the meaning back that it has for a
// Go program, and obeys one that has come. That is for SIGHUP: of other signals
// than the three that ask for an end, Go takes no notice.
func (s *Signals) Leave(sig syscall.Signal) {
	c := s.early[sig]
	if c == nil {
		return
	}
	signal.Stop(c)
	select {
	case <-c:
		os.Exit(die(sig))
	default:
	}
}

// Take hands every signal of some to f, in a goroutine of its own, one after the
// other. One that f takes (it answers true) does not end the process: what the
// process supervises is ended first, and then Obey is called. One that it leaves
// ends the process at once. A signal that was ignored when the process began stays
// ignored, as far as a Go program can know, and an echo is not handed on.
func (s *Signals) Take(f func(syscall.Signal) bool, some ...syscall.Signal) {
	if s.channel != nil {
		signal.Stop(s.channel)
	}
	c := make(chan os.Signal, 16)
	for _, sig := range some {
		if !signal.Ignored(sig) {
			signal.Notify(c, sig)
		}
	}
	s.env.Go(func() {
		var last echo
		for {
			select {
			case sig := <-c:
				if last.of(sig, time.Now()) {
					continue
				}
				if number := sig.(syscall.Signal); !f(number) {
					os.Exit(die(number))
				}
			case <-s.done:
				return
			}
		}
	})
}

// Obey says that the process is to die of a signal that it has taken, once the
// command comes back. Until then there are only words to say, and those that
// nobody reads hold it up for a second at most.
func (s *Signals) Obey(sig syscall.Signal) {
	if s.got.CompareAndSwap(0, int32(sig)) {
		s.env.Go(s.guard)
	}
}

// ignoreSignals makes a helper deaf to what is sent to end its creator.
func ignoreSignals() {
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGPIPE,
		syscall.SIGALRM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU)
}

// Abandon names what tells for how long the present write has been blocked. If
// that is over a second after a signal, then last, which should print the
// summary, is called and the process ends without the write.
func (s *Signals) Abandon(stuck func() time.Duration, last func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stuck, s.abandon = stuck, last
}

func (s *Signals) watch(settle bool) {
	var last echo
	for {
		select {
		case sig := <-s.channel:
			if last.of(sig, time.Now()) {
				continue
			}
			if number := sig.(syscall.Signal); !settle || !s.got.CompareAndSwap(0, int32(number)) {
				os.Exit(die(number))
			}
			s.Waker.Stop()
			s.first()
			s.env.Go(s.guard)
		case <-s.done:
			return
		}
	}
}

func (s *Signals) first() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.onFirst {
		s.env.Go(f)
	}
	s.onFirst = nil
}

// guard ends the process when a write does not come back, of data or of words.
func (s *Signals) guard() {
	tick := time.NewTicker(stuckLimit / 20)
	defer tick.Stop()
	begun := time.Now()
	for {
		select {
		case <-tick.C:
			s.mu.Lock()
			stuck, abandon := s.stuck, s.abandon
			s.mu.Unlock()
			if time.Since(begun) < stuckLimit {
				continue
			}
			if s.env.Term.Stuck() >= stuckLimit { // there is no use in words either
				os.Exit(die(s.Got()))
			}
			if stuck != nil && stuck() >= stuckLimit {
				abandon()
				os.Exit(die(s.Got()))
			}
		case <-s.done:
			return
		}
	}
}

// release gives the signals their meaning back: the work is done, and what may
// still block (a message that nobody reads) can be ended by any signal. After a
// first one the guard stays, for the words that are left to say.
func (s *Signals) release() {
	if s.channel != nil {
		signal.Stop(s.channel)
	}
	if s.Got() == 0 {
		close(s.done)
	}
}

// die ends the process as sig would, so that its parent sees a signal and not
// an exit. It comes back only where that can't be, as process 1, and answers
// the status to exit with.
func die(sig syscall.Signal) int {
	if os.Getpid() == 1 || sig == syscall.SIGQUIT { // of which a Go program makes a dump
		return exit.Signal + int(sig)
	}
	signal.Reset(sig)
	if sig == syscall.SIGPIPE {
		breakPipe()
	} else {
		syscall.Kill(os.Getpid(), sig)
		time.Sleep(time.Second) // the signal arrives meanwhile
	}
	return 128 + int(sig)
}

// breakPipe writes to a pipe without a reader. Resetting the handler and
// sending SIGPIPE to oneself does not end a Go program; such a write does if it
// is to descriptor 1, through package os. What was there is of no use any more,
// and may be closed, or have got another reader.
func breakPipe() {
	r, w, err := os.Pipe()
	if err != nil {
		return
	}
	r.Close()
	if unix.Dup2(int(w.Fd()), 1) == nil {
		os.NewFile(1, "standard output").Write([]byte{'\n'})
	}
}
