package sink

import (
	"context"
	"time"

	"ndjsontools/lib/pace"
)

// A Clock tells the time and waits.
type Clock interface {
	pace.Clock
	// Sleep waits for d, or returns the context's error once it ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock is the machine's monotonic clock.
func SystemClock() Clock { return systemClock{pace.Real()} }

type systemClock struct{ pace.Clock }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
