package main

import (
	"sync"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
)

// chunkSize is about how much one job makes at a time, in bytes.
const chunkSize = 128 << 10

// A crew makes chunks, which are numbered from 0, in several goroutines. One of
// them is the one that writes: it makes chunks as well while the one that is due
// is not ready, so that two jobs are two threads and not three.
//
// Chunks are claimed in order, and at most depth of them are under way or wait
// to be written, in as many buffers. A buffer goes back to the job that filled
// it: on the same core its lines are still in the cache, where another core would
// have to fetch them to write over them, and that made two jobs hardly faster
// than one.
type crew struct {
	fill  func(block []byte, chunk int64) []byte // appends a chunk to an empty block
	depth int64

	mu      sync.Mutex
	change  sync.Cond // of what somebody may wait for
	claimed int64
	written int64
	ready   []filled // the chunks from written on, by their number modulo depth
	over    bool
	jobs    []*job
	buffers int64 // that there are
}

// A filled chunk waits to be written; one without an owner is not made yet.
type filled struct {
	block []byte
	owner *job
}

// A job has its own buffers.
type job struct{ free [][]byte }

func newCrew(jobs int64, fill func(block []byte, chunk int64) []byte) *crew {
	c := &crew{fill: fill, depth: 2*jobs + 2}
	c.ready = make([]filled, c.depth)
	for range jobs {
		c.jobs = append(c.jobs, &job{})
	}
	c.change.L = &c.mu
	return c
}

// claim takes the next chunk, if there is room for it; wait says to wait for
// that.
func (c *crew) claim(j *job, wait bool) (chunk int64, block []byte, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for wait && !c.over && c.claimed == c.written+c.depth {
		c.change.Wait()
	}
	if c.over || c.claimed == c.written+c.depth {
		return 0, nil, false
	}
	c.claimed++
	return c.claimed - 1, c.buffer(j), true
}

// buffer is one of the job's own if it has any, else a new one, or if there are
// enough of them another job's.
func (c *crew) buffer(j *job) []byte {
	if len(j.free) == 0 && c.buffers < c.depth {
		c.buffers++
		return nil
	}
	from := j
	for i := 0; len(from.free) == 0; i++ {
		from = c.jobs[i] // one has some: fewer are under way than there are
	}
	last := len(from.free) - 1
	block := from.free[last]
	from.free = from.free[:last]
	return block
}

// work makes one chunk.
func (c *crew) work(j *job, wait bool) bool {
	chunk, block, ok := c.claim(j, wait)
	if !ok {
		return false
	}
	block = c.fill(block[:0], chunk)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready[chunk%c.depth] = filled{block, j}
	if chunk == c.written {
		c.change.Broadcast()
	}
	return true
}

// due is the next chunk to be written. Until it is ready, the caller works.
func (c *crew) due(j *job) filled {
	for {
		c.mu.Lock()
		f := c.ready[c.written%c.depth]
		c.mu.Unlock()
		if f.owner != nil {
			return f
		}
		if c.work(j, false) {
			continue
		}
		c.mu.Lock()
		for c.ready[c.written%c.depth].owner == nil {
			c.change.Wait()
		}
		c.mu.Unlock()
	}
}

// wrote gives the due chunk's buffer back.
func (c *crew) wrote() {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := &c.ready[c.written%c.depth]
	f.owner.free = append(f.owner.free, f.block)
	*f = filled{}
	if c.claimed == c.written+c.depth {
		c.change.Broadcast()
	}
	c.written++
}

// end sends the others home.
func (c *crew) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	c.change.Broadcast()
}

// runJobs makes records in several goroutines and writes them in order.
func (g *generator) runJobs(env *tool.Env, life *filter.Life, plan *gen.Plan, next, end int64, stop time.Duration) error {
	span := chunkRecords(plan, next, end, g.window.shards) * g.window.shards
	// first is where a chunk begins, end for one that there is not.
	first := func(chunk int64) int64 {
		if chunk > (end-next)/span {
			return end
		}
		return min(end, next+chunk*span)
	}
	crew := newCrew(g.jobs, func(block []byte, chunk int64) []byte {
		for at, to := first(chunk), first(chunk+1); at < to; at += g.window.shards {
			block = plan.Append(block, at, g.wall())
		}
		return block
	})
	defer crew.end()
	me := crew.jobs[0]
	for _, j := range crew.jobs[1:] {
		env.Go(func() {
			for crew.work(j, true) {
			}
		})
	}
	for chunk := int64(0); first(chunk) < end && life.Clock.Now() < stop; chunk++ {
		if life.Stopped() {
			return stdio.ErrStopped
		}
		block := crew.due(me).block
		var err error
		if g.compress.Format == codec.Plain {
			_, err = life.Out.WriteThrough(block) // without a copy
		} else if _, err = life.Out.Write(block); err == nil {
			err = life.Out.Flush()
		}
		if err != nil {
			return err
		}
		crew.wrote()
		life.Meter.RecordsOut.Add((first(chunk+1) - first(chunk) + g.window.shards - 1) / g.window.shards)
	}
	return nil
}

// chunkRecords is how many records make about chunkSize bytes.
func chunkRecords(plan *gen.Plan, next, end, step int64) int64 {
	const sample = 16
	var block []byte
	for i := range int64(sample) {
		if at := next + i*step; at < end {
			block = plan.Append(block, at, 0)
		}
	}
	return max(1, chunkSize*sample/int64(max(len(block), 1)))
}
