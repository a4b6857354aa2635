package main

import (
	"ndjsontools/lib/filter"
	"ndjsontools/lib/ndjson"
)

// The manual names these. A part is what a block may hold until it is its turn to
// be put out: in bytes of output and words, and in rejects and words.
const (
	partSize   = 1 << 20
	partEvents = 4096
)

// A block is a chunk of the input, and what came of it that was not put out yet.
type block struct {
	chunk  ndjson.Chunk
	name   string // of its input
	nth    int    // which that is
	before int64  // lines of it before the chunk, where they are counted
	place  int    // among all blocks
	state  state  // belongs to the crew's mu

	out    []byte
	events []event
	held   int   // bytes in events
	tally  tally // all of the block
	err    error // what ended it, nil for its end
}

type state int

const (
	free state = iota
	working
	leading  // working, and it is its turn
	finished // and somebody is to put it out
)

// An event is a reject or words of the program, which have their place among the
// outputs.
type event struct {
	at     int // bytes of output before it
	tally  tally
	record ndjson.Record
	fault  *filter.Fault // nil for words
	words  []byte
}

// close puts out the rest of a block, and notes what it came to. Its error is why
// everything ends.
func (c *crew) close(b *block) error {
	err := c.put(b)
	if c.isLost(b) {
		return nil
	}
	c.lines = c.linesBefore(b) + b.chunk.Lines()
	c.total.add(b.tally)
	c.to.Count(c.total)
	if err == nil {
		err = b.err
	}
	if err == nil && b.chunk.Err() != nil {
		c.lost.Store(int64(b.nth))
		err = c.reads.in.Lost(&b.chunk, b.name)
	}
	return err
}

// put puts out what there is of a block. What came behind the place of an error is
// forgotten.
func (c *crew) put(b *block) error {
	defer b.reset()
	if c.isLost(b) {
		return nil
	}
	from := 0
	for i := range b.events {
		e := &b.events[i]
		err := c.to.Commit(b.out[from:e.at])
		if err == nil {
			err = c.happen(b, e)
		}
		if err != nil {
			b.tally = e.tally
			return err
		}
		from = e.at
	}
	return c.to.Commit(b.out[from:])
}

func (c *crew) happen(b *block, e *event) error {
	if e.fault == nil {
		return c.to.Say(e.words)
	}
	e.record.Ordinal += c.total.read
	e.record.Line += c.linesBefore(b)
	return c.to.Reject(&e.record, *e.fault)
}

// isLost says whether the block is of an input that was given up.
func (c *crew) isLost(b *block) bool { return int64(b.nth) == c.lost.Load() }

// linesBefore is how many lines of its input there are before a block.
func (c *crew) linesBefore(b *block) int64 {
	if b.chunk.First() {
		return 0
	}
	return c.lines
}

// reset forgets what was put out, and memory that one large output needed.
func (b *block) reset() {
	if cap(b.out) > 2*partSize {
		b.out = nil
	}
	b.out, b.held = b.out[:0], 0
	clear(b.events)
	b.events = b.events[:0]
}

func (t *tally) add(more tally) {
	t.read += more.read
	t.copied += more.copied
	t.deferred += more.deferred
	if t.out += more.out; more.out > 0 {
		t.falsy = more.falsy
	}
}
