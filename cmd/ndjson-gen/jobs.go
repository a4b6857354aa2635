package main

import (
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
)

// chunkSize is about how much one job makes at a time, in bytes.
const chunkSize = 128 << 10

// A chunk is a run of records that one job makes.
type chunk struct {
	next, end int64
	block     []byte
	done      chan struct{} // gets one value when the block is made
}

// runJobs makes chunks in several goroutines and writes them in order. There
// are 2*jobs+2 buffers, and so no more chunks than that under way.
func (g *generator) runJobs(env *tool.Env, life *filter.Life, plan *gen.Plan, next, end int64, stop time.Duration) error {
	span := g.chunkRecords(plan, next, end) * g.window.shards
	todo := make(chan *chunk, 2*g.jobs+2)
	defer close(todo)
	for range g.jobs {
		env.Go(func() {
			for c := range todo {
				c.block = c.block[:0]
				for at := c.next; at < c.end; at += g.window.shards {
					c.block = plan.Append(c.block, at, g.wall())
				}
				c.done <- struct{}{}
			}
		})
	}
	ring := make([]chunk, cap(todo))
	give := func(c *chunk) {
		c.next, c.end = next, end
		if span < end-next {
			c.end = next + span
		}
		if c.next < c.end {
			todo <- c
		}
		next = c.end
	}
	for i := range ring {
		ring[i].done = make(chan struct{}, 1)
		give(&ring[i])
	}
	for i := 0; ; i = (i + 1) % len(ring) {
		c := &ring[i]
		if c.next >= c.end || life.Clock.Now() >= stop {
			return nil
		}
		if life.Stopped() {
			return stdio.ErrStopped
		}
		<-c.done
		if _, err := life.Out.Write(c.block); err != nil {
			return err
		}
		if err := g.flush(life); err != nil {
			return err
		}
		life.Meter.RecordsOut.Add((c.end - c.next + g.window.shards - 1) / g.window.shards)
		give(c)
	}
}

// chunkRecords is how many records make about chunkSize bytes.
func (g *generator) chunkRecords(plan *gen.Plan, next, end int64) int64 {
	const sample = 16
	var block []byte
	for i := range int64(sample) {
		if at := next + i*g.window.shards; at < end {
			block = plan.Append(block, at, 0)
		}
	}
	return max(1, chunkSize*sample/int64(max(len(block), 1)))
}
