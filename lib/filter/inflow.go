package filter

import (
	"slices"
	"sync"
	"time"

	"ndjsontools/lib/stdio"
)

// inflow adds up what came in over all inputs, of which there may be many, one
// after the other. Any goroutine may ask for the total.
type inflow struct {
	mu      sync.Mutex
	live    []*stdio.In // those that are read, and the present one
	bytes   int64       // of the inputs before
	blocked time.Duration
}

func (f *inflow) begin(in *stdio.In) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.live = slices.DeleteFunc(f.live, func(in *stdio.In) bool {
		over := in.Over()
		if over {
			f.bytes += in.Bytes()
			f.blocked += in.Blocked()
		}
		return over
	})
	f.live = append(f.live, in)
}

func (f *inflow) total() (int64, time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	bytes, blocked := f.bytes, f.blocked
	for _, in := range f.live {
		bytes += in.Bytes()
		blocked += in.Blocked()
	}
	return bytes, blocked
}
