package main

import (
	"errors"
	"sync"
	"sync/atomic"

	"ndjsontools/lib/filter"
)

// blocksEach is how many blocks a lane has. With one it would have to wait
// whenever the lane before it is late.
const blocksEach = 2

// A crew is the lanes that share out an input. None of them reads or writes for
// the others: a lane gets a chunk, reads it itself if that is a section of a file,
// works on it, and puts out what it has made if it is its turn. If it is not, the
// block is left to whoever's turn it is, and the lane goes on with another one of
// its blocks. So bytes are mostly worked on by the core that has read them and
// written by the one that has made them, and nobody waits but for a lane that is
// blocks behind.
//
// A goroutine that reads and writes for the others costs up to a third more CPU,
// because all bytes change cores twice, and takes its time from those who work.
// To hand on the right to read and the right to write in turns is no better, as
// each turn ends with a lane that sleeps and has to be woken.
//
// All that has an effect outside of a lane happens in its turn to put out, so it
// is what one worker would have done. Whoever has it may end the run, and
// nobody gets it any more.
type crew struct {
	to    *outside
	quit  chan struct{} // closed when it is over
	over  atomic.Bool   // likewise
	lost  atomic.Int64  // the last input that could not be read on
	reads reads

	mu     sync.Mutex
	moved  sync.Cond // something of what follows has changed
	blocks []*block  // those under way are done to given-1, each at its number modulo len
	given  int
	done   int
	busy   bool // somebody puts out
	idle   bool // who reads waits for input, and is to be told when all is put out

	// These are of whoever puts out.
	total tally
	lines int64 // of the present input
	err   error // what ended everything
}

// reads is what is of the lane that gets a chunk.
type reads struct {
	sync.Mutex
	in     *filter.Inputs
	counts bool  // lines are counted here, because the program asks
	lines  int64 // of the present input
}

// errOver ends a lane whose results nobody wants any more.
var errOver = errors.New("it is over")

// runJobs maps in several goroutines, which begin starts.
func (m *mapper) runJobs(in *filter.Inputs, to *outside, begin func(func())) (tally, error) {
	c := &crew{to: to, quit: make(chan struct{}), blocks: make([]*block, blocksEach*m.jobs)}
	c.moved.L = &c.mu
	c.reads.in, c.reads.counts = in, m.program.ReadsLine()
	if !c.reads.counts {
		in.Sections()
	}
	to.life.Settle = c.settle
	for range m.jobs {
		begin(newLane(m, c).run)
	}
	<-c.quit
	return c.total, c.err
}

// fill gets a chunk for b, and says whether there was one.
func (c *crew) fill(b *block) bool {
	r := &c.reads
	r.Lock()
	defer r.Unlock()
	if c.over.Load() {
		return false
	}
	if int(c.lost.Load()) == r.in.Nth() {
		r.in.Abandon()
	}
	if !r.in.ScanChunk(&b.chunk) {
		if settled, _ := c.settle(true); settled {
			c.mu.Lock()
			c.end(r.in.Err())
			c.mu.Unlock()
		}
		return false
	}
	b.name, b.nth = r.in.Name(), r.in.Nth()
	if r.counts {
		if b.chunk.First() {
			r.lines = 0
		}
		b.before = r.lines
		r.lines += b.chunk.CountLines()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = false
	b.place, b.state = c.given, working
	c.blocks[c.given%len(c.blocks)] = b
	c.given++
	return true
}

// settle is filter.Life's Settle.
func (c *crew) settle(all bool) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = !all
	settled := c.wait(func() bool { return !all || c.done == c.given })
	if !settled {
		return false, errOver
	}
	return c.done == c.given, nil
}

// wait waits until what it is asked is true, and says whether it is, or it is over.
// It is called with mu.
func (c *crew) wait(is func() bool) bool {
	for !c.over.Load() && !is() {
		c.moved.Wait()
	}
	return !c.over.Load()
}

// lead waits for the turn of b to put out, which it keeps until it is done.
func (c *crew) lead(b *block) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.wait(func() bool { return c.done == b.place && !c.busy }) {
		return errOver
	}
	c.busy, b.state = true, leading
	return nil
}

// finish is for a block that is done. If it is its turn it is put out, and what
// is done behind it.
func (c *crew) finish(b *block) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.state == leading {
		c.busy = false
	}
	b.state = finished
	for !c.busy && c.done < c.given && !c.over.Load() {
		b := c.blocks[c.done%len(c.blocks)]
		if b.state != finished {
			break
		}
		c.busy = true
		c.mu.Unlock()
		err := c.close(b)
		c.mu.Lock()
		if err != nil {
			c.end(err) // and stays busy, so that nobody puts out anything any more
			return
		}
		c.busy, b.state = false, free
		c.done++
		c.moved.Broadcast()
	}
	if c.idle && c.done == c.given {
		c.to.life.Nudge()
	}
}

// end is for whoever puts out, and is called with mu.
func (c *crew) end(err error) {
	c.err = err
	c.over.Store(true)
	c.moved.Broadcast()
	close(c.quit)
	if c.idle {
		c.to.life.Nudge()
	}
}
