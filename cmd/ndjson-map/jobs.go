package main

import (
	"bytes"
	"errors"
	"strings"
	"sync/atomic"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/ndjson"
)

// The manual names these. A part is what a worker may hold until it is its
// block's turn: in bytes of output and words, and in rejects and words.
const (
	partSize   = 1 << 20
	partEvents = 4096
)

// A block is a chunk of the input, and what became of it so far.
type block struct {
	ndjson.Chunk
	name   string // of its input
	out    []byte
	events []event
	held   int // bytes in events
	tally  tally
	last   bool  // no part follows
	err    error // what ended it then; nil for its end

	ready chan struct{} // gets a value when the above is a part to put out
	taken chan struct{} // gets one when a part was put out and another one is wanted
}

// An event is a reject or words of the program, which have their place among the
// outputs.
type event struct {
	at     int // bytes of output before it
	tally  tally
	record ndjson.Record
	fault  *filter.Fault // nil for words
	words  []byte
}

// A crew is the goroutines that work on blocks, and the one that reads these,
// gives them out, and puts out what comes of them in their order: whatever has
// an effect outside of a worker has it there, so that it is what one worker
// would have done. There are 2*jobs+2 blocks, and no more under way.
type crew struct {
	in     *filter.Inputs
	to     *outside
	blocks []block
	todo   chan *block
	given  int // blocks that were handed out
	done   int // of these, those that are put out
	before int64
	total  tally
	err    error // what ends everything

	waiting atomic.Bool // for input: a part that gets ready is worth a nudge
	over    atomic.Bool
	quit    chan struct{} // closed when it is over
}

// runJobs maps in several goroutines, which begin starts.
func (m *mapper) runJobs(in *filter.Inputs, to *outside, begin func(func())) (tally, error) {
	c := &crew{in: in, to: to, blocks: make([]block, 2*m.jobs+2), quit: make(chan struct{})}
	c.todo = make(chan *block, len(c.blocks))
	for i := range c.blocks {
		c.blocks[i].ready, c.blocks[i].taken = make(chan struct{}, 1), make(chan struct{}, 1)
	}
	to.life.Settle = c.settle
	for range m.jobs {
		l := &lane{crew: c}
		l.worker = m.newWorker(l, l)
		begin(l.run)
	}
	defer close(c.todo)
	defer close(c.quit)
	defer c.over.Store(true)
	for c.more() {
	}
	if err := c.collect(true); err != nil {
		return c.total, err
	}
	return c.total, c.in.Err()
}

// more gives out another block, and says whether there was one.
func (c *crew) more() bool {
	for c.given-c.done == len(c.blocks) && c.err == nil {
		b := c.head()
		<-b.ready
		c.err = c.put(b)
	}
	b := &c.blocks[c.given%len(c.blocks)]
	if c.err != nil || !c.in.ScanChunk(&b.Chunk) {
		return false
	}
	c.waiting.Store(false)
	b.name = c.in.Name()
	b.last, b.err = false, nil
	c.given++
	c.todo <- b
	return c.collect(false) == nil
}

// settle is filter.Life's Settle.
func (c *crew) settle(all bool) error {
	c.waiting.Store(!all)
	return c.collect(all)
}

// collect puts out what is ready, or waits for all that was given out.
func (c *crew) collect(all bool) error {
	for c.err == nil && c.done < c.given {
		b := c.head()
		if all {
			<-b.ready
		} else {
			select {
			case <-b.ready:
			default:
				return nil
			}
		}
		c.err = c.put(b)
	}
	return c.err
}

// head is the block whose turn it is.
func (c *crew) head() *block { return &c.blocks[c.done%len(c.blocks)] }

// put puts out the part of a block that is ready.
func (c *crew) put(b *block) error {
	from := 0
	for i := range b.events {
		e := &b.events[i]
		if err := c.to.Commit(b.out[from:e.at]); err != nil {
			return err
		}
		from = e.at
		if err := c.happen(e); err != nil {
			c.total.add(e.tally)
			return err
		}
	}
	if err := c.to.Commit(b.out[from:]); err != nil {
		return err
	}
	if c.to.unbuffered {
		if _, err := c.to.Idle(); err != nil {
			return err
		}
	}
	c.total.add(b.tally)
	c.to.Count(c.total)
	b.reset()
	if !b.last {
		b.taken <- struct{}{}
		return nil
	}
	c.done++
	c.before = c.total.read
	return b.err
}

func (c *crew) happen(e *event) error {
	if e.fault == nil {
		return c.to.Say(e.words)
	}
	e.record.Ordinal += c.before
	return c.to.Reject(&e.record, *e.fault)
}

func (t *tally) add(more tally) {
	t.read += more.read
	t.copied += more.copied
	t.deferred += more.deferred
	if t.out += more.out; more.out > 0 {
		t.falsy = more.falsy
	}
}

// reset forgets a part, and memory that one large output needed.
func (b *block) reset() {
	if cap(b.out) > 2*partSize {
		b.out = nil
	}
	b.out, b.held = b.out[:0], 0
	clear(b.events)
	b.events = b.events[:0]
}

// A lane is one of the goroutines: source and edge of its worker.
type lane struct {
	*crew
	*worker
	b *block
}

// errOver ends a worker whose results nobody wants any more.
var errOver = errors.New("it is over")

func (l *lane) run() {
	for b := range l.todo {
		l.b = b
		b.err = l.runAll()
		l.hand(true)
	}
}

// hand hands on a part of the block, and waits until it was put out if it is not
// the last one.
func (l *lane) hand(last bool) error {
	l.b.tally, l.worker.tally = l.worker.tally, tally{}
	l.b.last = last
	select {
	case l.b.ready <- struct{}{}:
	case <-l.quit:
		return errOver
	}
	if l.waiting.Load() {
		l.crew.to.life.Nudge()
	}
	if last {
		return nil
	}
	select {
	case <-l.b.taken:
		return nil
	case <-l.quit:
		return errOver
	}
}

func (l *lane) Scan() bool             { return !l.over.Load() && l.b.Scan() }
func (l *lane) Record() *ndjson.Record { return l.b.Record() }
func (l *lane) Name() string           { return l.b.name }
func (l *lane) Err() error             { return nil }

func (l *lane) Room() []byte { return l.b.out[len(l.b.out):] }

func (l *lane) Commit(p []byte) error {
	b := l.b
	if end := len(b.out) + len(p); end <= cap(b.out) && len(p) > 0 && &b.out[:end][len(b.out)] == &p[0] {
		b.out = b.out[:end]
	} else {
		b.out = append(b.out, p...)
	}
	return l.bound()
}

// Reject copies what it is given: the reason may be words of the record, whose
// memory the next one gets.
func (l *lane) Reject(rec *ndjson.Record, f filter.Fault) error {
	f.Reason = strings.Clone(f.Reason)
	e := event{record: *rec, fault: &f}
	e.record.Data = bytes.Clone(rec.Data)
	return l.note(e, len(rec.Data)+len(f.Reason))
}

func (l *lane) Say(text []byte) error {
	return l.note(event{words: bytes.Clone(text)}, len(text))
}

func (l *lane) note(e event, size int) error {
	e.at, e.tally = len(l.b.out), l.worker.tally
	l.b.events = append(l.b.events, e)
	l.b.held += size
	return l.bound()
}

// bound hands a part on that is large enough.
func (l *lane) bound() error {
	if len(l.b.out)+l.b.held < partSize && len(l.b.events) < partEvents {
		return nil
	}
	return l.hand(false)
}

// Count is for the one who puts out.
func (l *lane) Count(tally) {}
