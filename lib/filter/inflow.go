package filter

import (
	"sync"
	"time"

	"ndjsontools/lib/stdio"
)

// inflow adds up what came in over all inputs, of which there may be many, one
// after the other. Any goroutine may ask for the total.
type inflow struct {
	mu      sync.Mutex
	present *stdio.In
	bytes   int64 // of the inputs before
	blocked time.Duration
}

func (f *inflow) begin(in *stdio.In) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.present != nil {
		f.bytes += f.present.Bytes()
		f.blocked += f.present.Blocked()
	}
	f.present = in
}

func (f *inflow) total() (int64, time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	bytes, blocked := f.bytes, f.blocked
	if f.present != nil {
		bytes += f.present.Bytes()
		blocked += f.present.Blocked()
	}
	return bytes, blocked
}
