package sink

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ndjsontools/lib/units"
)

// press has as many goroutines go through the gate as it lets, for a time. server
// is how long an attempt takes, and whether it fails, with n under way.
func press(g *gate, d time.Duration, server func(n int) (time.Duration, bool)) {
	end := time.Now().Add(d)
	var mu sync.Mutex
	under := 0
	var all sync.WaitGroup
	for range g.most + 1 {
		all.Go(func() {
			for time.Now().Before(end) {
				g.want()
				if g.enter(context.Background()) != nil {
					return
				}
				mu.Lock()
				under++
				takes, failed := server(under)
				mu.Unlock()
				time.Sleep(takes)
				mu.Lock()
				under--
				mu.Unlock()
				g.leave(takes, failed)
			}
		})
	}
	all.Wait()
}

// A server that works on ten at once and makes the others wait is given about
// ten to twenty: fewer waste it, more only wait.
func TestAutoFindsTheKnee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(1, 2))
		g := newGate(Concurrency{Most: AutoMost, Auto: true}, units.Rate{}, SystemClock())
		queue := func(n int) (time.Duration, bool) {
			d := 10 * time.Millisecond * time.Duration(max(10, n)) / 10
			return d/2 + time.Duration(rnd.Int64N(int64(d))), false
		}
		press(g, 20*time.Second, queue)
		var sum, n int
		for range 60 {
			press(g, time.Second, queue)
			now, _ := g.allowed()
			sum, n = sum+now, n+1
		}
		if mean := float64(sum) / float64(n); mean < 8 || mean > 24 {
			t.Errorf("the limit is %.1f on the mean; want it between 8 and 24", mean)
		}
	})
}

func TestAutoGrowsToItsBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Concurrency{Most: 16, Auto: true}, units.Rate{}, SystemClock())
		press(g, 5*time.Second, func(int) (time.Duration, bool) { return 10 * time.Millisecond, false })
		if now, most := g.allowed(); most != 16 || now < 4 {
			t.Errorf("allowed %d, and at most %d; want 16, or a quarter of it after a look", now, most)
		}
	})
}

// Failures bring the limit down, to one attempt if they go on.
func TestAutoFallsAtFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Concurrency{Most: 16, Auto: true}, units.Rate{}, SystemClock())
		press(g, 3*time.Second, func(int) (time.Duration, bool) { return 10 * time.Millisecond, false })
		press(g, 10*time.Second, func(int) (time.Duration, bool) { return 10 * time.Millisecond, true })
		if now, _ := g.allowed(); now != 1 {
			t.Errorf("allowed %d; want 1", now)
		}
	})
}

// A stream that needs no more than it has says nothing about the destination.
func TestAutoIsNotMovedByATrickle(t *testing.T) {
	g := newGate(Concurrency{Most: 16, Auto: true}, units.Rate{}, &fakeClock{})
	for range 1000 {
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.leave(time.Millisecond, false)
	}
	if now, _ := g.allowed(); now != 1 {
		t.Errorf("allowed %d; want 1", now)
	}
}

// Ten requests a second are ten a second, whoever asks, pauses aside.
func TestRequestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rate, err := units.ParseRate("10/s")
		if err != nil {
			t.Fatal(err)
		}
		g := newGate(Concurrency{Most: 8}, rate, SystemClock())
		n, begun := 0, time.Now()
		press(g, 10*time.Second, func(int) (time.Duration, bool) {
			n++
			if n == 50 {
				g.pause(5 * time.Second)
			}
			return time.Millisecond, false
		})
		if took := time.Since(begun); n < 58 || n > 68 {
			t.Errorf("%d attempts in %v with a pause of 5 s; want about 60", n, took)
		}
	})
}

// Whoever gives up the wait leaves the place to others.
func TestGateGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Concurrency{Most: 1}, units.Rate{}, SystemClock())
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		refused := make(chan error)
		go func() { refused <- g.enter(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-refused; !errors.Is(err, context.Canceled) {
			t.Errorf("enter: %v; want the end of the context", err)
		}
		entered := make(chan error)
		go func() { entered <- g.enter(t.Context()) }()
		synctest.Wait()
		g.leave(0, false)
		if err := <-entered; err != nil {
			t.Error(err)
		}
		g.pause(time.Hour)
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		g.leave(0, false)
		if err := g.enter(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("enter during a pause: %v; want the deadline", err)
		}
		if g.busy != 0 {
			t.Errorf("%d places are taken; want none", g.busy)
		}
	})
}
