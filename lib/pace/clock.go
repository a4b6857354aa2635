package pace

import (
	"sync/atomic"
	"time"
)

// Clock tells the time since some fixed moment. It never goes back.
type Clock interface {
	Now() time.Duration
}

// Real returns the system's monotonic clock, which starts at zero here. It does
// not count the time that the machine was suspended.
func Real() Clock { return realClock{time.Now()} }

type realClock struct{ start time.Time }

func (c realClock) Now() time.Duration { return time.Since(c.start) }

// Fake is a clock that stands still until it is told otherwise, for tests. Its
// zero value shows zero, and any goroutine may read or move it.
type Fake struct{ now atomic.Int64 }

// Now is the time that the clock was set to.
func (f *Fake) Now() time.Duration { return time.Duration(f.now.Load()) }

// Advance moves the clock on by d and returns the new time.
func (f *Fake) Advance(d time.Duration) time.Duration { return time.Duration(f.now.Add(int64(d))) }

// Set moves the clock to t.
func (f *Fake) Set(t time.Duration) { f.now.Store(int64(t)) }
