package sink

import (
	"context"
	"sync"
	"time"

	"ndjsontools/lib/pace"
	"ndjsontools/lib/units"
)

// Concurrency says how many attempts may be under way at once.
type Concurrency struct {
	Most int  // at least 1; a value below means 1
	Auto bool // begin with one and find out, up to Most
}

// AutoMost is how many attempts are under way at most when nobody says how many.
const AutoMost = 64

// The limit of Auto rises by one and falls to nine tenths, as TCP's window and
// the adaptive concurrency of proxies do (AIMD: Chiu and Jain, 1989).
const (
	gateFall  = 0.9
	slowdown  = 2    // an attempt may take that many times as long as at best
	least     = 8    // attempts of a round, at least: one alone says little
	smoothing = 0.4  // weight of the last round in the mean
	forget    = 100  // rounds after which "at best" is measured anew,
	probe     = 0.25 // with so much of the limit
)

// A gate lets attempts begin. Every attempt passes it, whatever batch it is for,
// so that what the destination asks for holds for the whole sink: no more than
// so many at once, so many a second, none before a Retry-After is over.
//
// With Auto the number follows what single attempts tell. A round lasts until
// as many attempts have come back as are allowed at once, or 8. After a round in
// which more was wanted than allowed one more is allowed, unless attempts take
// more than twice as long as at best (a moving mean over the rounds). Then, and
// at a failure that may pass (a timeout, 429, 5xx), the limit is nine tenths of
// what it was. A retry waits outside, and its wait is no attempt's time. Every
// 100 rounds the limit falls to a quarter to see how fast the destination is when
// it is not busy with us: without that, a slow rise would be taken for its nature.
// A quarter, because a limit at twice of what is good, and somewhat beyond, must
// come down to less than what is good.
type gate struct {
	clock Clock

	mu      sync.Mutex
	limit   float64
	most    int
	auto    bool
	busy    int
	waiting []chan struct{} // in order of arrival; closed when its turn is there
	until   time.Duration   // before which no attempt begins
	pacer   *pace.Pacer     // nil: any number a second

	wanted  bool // more than the limit, in this round
	cut     bool // the limit fell in this round
	done    int  // attempts that came back in this round
	took    time.Duration
	rounds  int
	mean    time.Duration // of the attempts of late
	best    time.Duration // the least mean of the last rounds
	reached int           // the highest limit so far
}

func newGate(c Concurrency, requests units.Rate, clock Clock) *gate {
	g := &gate{clock: clock, most: max(c.Most, 1), auto: c.Auto, limit: 1}
	if !c.Auto {
		g.limit = float64(g.most)
	}
	g.reached = int(g.limit)
	if requests != (units.Rate{}) {
		g.pacer = pace.New(requests, 0)
	}
	return g
}

// allowed is how many attempts may be under way now, and the most there ever
// were.
func (g *gate) allowed() (now, most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return int(g.limit), g.reached
}

// want notes that there is more to deliver than may be under way.
func (g *gate) want() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wanted = true
}

// enter waits until an attempt may begin. Leave must follow, unless ctx ends
// first, whose error it answers.
func (g *gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := g.place(ctx); err != nil {
		return err
	}
	for {
		wait := g.wait()
		if wait <= 0 {
			return nil
		}
		if err := g.clock.Sleep(ctx, wait); err != nil {
			g.free()
			return err
		}
	}
}

// place takes one of the places for attempts.
func (g *gate) place(ctx context.Context) error {
	g.mu.Lock()
	if g.busy < int(g.limit) && len(g.waiting) == 0 {
		g.busy++
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	for i, w := range g.waiting {
		if w == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			g.mu.Unlock()
			return ctx.Err()
		}
	}
	g.mu.Unlock()
	g.free() // the turn came together with the end
	return ctx.Err()
}

// wait is how long an attempt that has a place must wait all the same. If that
// is 0, the attempt is counted.
func (g *gate) wait() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	if now < g.until {
		if g.pacer != nil {
			g.pacer.Idle(now, g.until)
		}
		return g.until - now
	}
	if g.pacer == nil {
		return 0
	}
	if g.pacer.Due(now) > 0 {
		g.pacer.Take(now, 1)
		return 0
	}
	return max(g.pacer.Next(now, 1)-now, 1)
}

// pause keeps every attempt from beginning for that long.
func (g *gate) pause(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until = max(g.until, g.clock.Now()+d)
}

// free gives the place back to whoever waits.
func (g *gate) free() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy--
	g.admit()
}

func (g *gate) admit() {
	for g.busy < int(g.limit) && len(g.waiting) > 0 {
		g.busy++
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
	}
}

// leave ends an attempt that took so long; failed says that it failed for a
// reason that may pass.
func (g *gate) leave(took time.Duration, failed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy--
	if g.auto {
		g.learn(took, failed)
	}
	g.admit()
}

// learn moves the limit.
func (g *gate) learn(took time.Duration, failed bool) {
	if failed && !g.cut { // many that fail together say one thing
		g.fall(gateFall)
		g.cut = true
	}
	if !failed {
		g.took += took
	}
	if g.done++; g.done < max(least, int(g.limit)) {
		return
	}
	if g.wanted && !g.cut { // else it says nothing about the destination's speed
		g.judge(g.took / time.Duration(g.done))
	}
	g.wanted, g.cut, g.done, g.took = false, false, 0, 0
}

// judge moves the limit after a round whose attempts took that long.
func (g *gate) judge(took time.Duration) {
	switch g.rounds++; {
	case g.rounds > forget:
		g.rounds, g.mean, g.best = 0, 0, 0
		g.fall(probe)
		return
	case g.rounds == 1 && g.best == 0: // some of its attempts began before the limit fell
		return
	case g.mean == 0:
		g.mean = took
	}
	g.mean += time.Duration(smoothing * float64(took-g.mean))
	if g.best == 0 || g.mean < g.best {
		g.best = g.mean
	}
	if g.mean > slowdown*g.best {
		g.fall(gateFall)
		return
	}
	g.limit = min(g.limit+1, float64(g.most))
	g.reached = max(g.reached, int(g.limit))
}

func (g *gate) fall(to float64) { g.limit = max(1, g.limit*to) }
