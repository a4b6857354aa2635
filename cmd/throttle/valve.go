package main

import (
	"math"
	"sync/atomic"
	"time"

	"ndjsontools/lib/pace"
	"ndjsontools/lib/units"
)

// A valve holds the stream back so that what waits in the pipe behind it stays
// short. It knows the pipe's fill from the kernel, and how fast it drains from
// the fill and what went in. What the reader has taken and holds itself, nobody
// sees.
type valve struct {
	queued func() (int, bool) // the fill of the pipe
	went   func() int64       // bytes that went into it so far

	most    int64         // the most that may wait, as told; 0: no such bound
	latency time.Duration // for how long a byte may wait; 0: no such bound
	floor   *pace.Pacer   // what goes in any case

	looked  time.Duration // the last look
	drained int64         // bytes that had left the pipe by then
	speed   float64       // of the reader, in bytes a second; 0: not known yet
	bound   int64         // the most that may wait, for the latency
	longest atomic.Int64  // the longest queue that was seen
}

const (
	// valveStart is what may wait before the reader's speed is known: a page.
	valveStart = 4096
	// valveEvery is how often the speed is taken, and valveWait how often a held
	// stream looks whether the queue is shorter.
	valveEvery = 10 * time.Millisecond
	valveWait  = time.Millisecond
	// valveMemory is the time over which the speed is averaged.
	valveMemory = 100 * time.Millisecond
)

// room is how many bytes may go at now so that the queue keeps its bounds; below
// one, none.
func (v *valve) room(now time.Duration) int64 {
	n, ok := v.queued()
	if !ok {
		return math.MaxInt64 // the reader is gone, as the next write will say
	}
	queue := int64(n)
	v.longest.Store(max(v.longest.Load(), queue))
	if v.latency > 0 && now-v.looked >= valveEvery {
		v.learn(now, queue)
	}
	least := int64(math.MaxInt64)
	if v.most > 0 {
		least = v.most - queue
	}
	if v.latency > 0 {
		least = min(least, v.bound-queue)
	}
	if least < v.may()/4 { // not worth a write
		return 0
	}
	return least
}

// may is how many bytes may wait in the pipe.
func (v *valve) may() int64 {
	if v.latency > 0 && (v.most == 0 || v.bound < v.most) {
		return v.bound
	}
	return v.most
}

// learn takes the reader's speed. An empty pipe says only that the reader is
// faster than what it was given; then more may wait, up to where it is not.
func (v *valve) learn(now time.Duration, queue int64) {
	drained := v.went() - queue
	span := now - v.looked
	first := v.bound == 0
	speed := float64(drained-v.drained) / span.Seconds()
	v.looked, v.drained = now, drained
	switch {
	case first:
		v.bound = valveStart
	case queue == 0:
		v.bound = min(2*v.bound, math.MaxInt32)
		v.speed = max(v.speed, speed)
	case v.speed == 0:
		v.speed = speed
		v.bound = max(1, int64(v.speed*v.latency.Seconds()))
	default:
		share := min(1, span.Seconds()/valveMemory.Seconds())
		v.speed += (speed - v.speed) * share
		v.bound = max(1, int64(v.speed*v.latency.Seconds()))
	}
}

// admit is how much of what is due the valve lets go: at least what the floor
// gives, at most what there is room for.
func (v *valve) admit(now time.Duration, records, bytes int64) (int64, int64) {
	room := v.room(now)
	if room > 0 {
		return records, min(bytes, room)
	}
	due := v.floor.Due(now)
	switch {
	case v.floor.Rate().N == 0 || due <= 0:
		return 0, 0
	case v.floor.Rate().Unit == units.Bytes:
		return records, min(bytes, due)
	}
	return min(records, due), bytes
}

// took notes what went, for the floor.
func (v *valve) took(now time.Duration, records, bytes int64) {
	if v.floor.Rate().Unit == units.Bytes {
		v.floor.Take(now, bytes)
	} else {
		v.floor.Take(now, records)
	}
}
