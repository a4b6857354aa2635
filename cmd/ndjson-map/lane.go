package main

import (
	"bytes"
	"strings"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/ndjson"
)

// A lane is one of the goroutines of a crew: source and edge of its worker.
type lane struct {
	crew   *crew
	worker *worker
	blocks [blocksEach]block
	b      *block // the present one
}

func newLane(m *mapper, c *crew) *lane {
	l := &lane{crew: c}
	l.worker = m.newWorker(l, l)
	return l
}

func (l *lane) run() {
	for l.next() && l.crew.fill(l.b) {
		l.worker.before, l.worker.tally = l.b.before, tally{}
		l.b.err = l.worker.runAll()
		l.b.tally = l.worker.tally
		l.crew.finish(l.b)
	}
}

// next waits for a block that is free.
func (l *lane) next() bool {
	l.crew.mu.Lock()
	defer l.crew.mu.Unlock()
	return l.crew.wait(func() bool {
		for i := range l.blocks {
			if l.b = &l.blocks[i]; l.b.state == free {
				return true
			}
		}
		return false
	})
}

func (l *lane) Scan() bool             { return !l.crew.over.Load() && l.b.chunk.Scan() }
func (l *lane) Record() *ndjson.Record { return l.b.chunk.Record() }
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

// bound puts out a part that is large enough, when it is its turn.
func (l *lane) bound() error {
	b := l.b
	if len(b.out)+b.held < partSize && len(b.events) < partEvents {
		return nil
	}
	if b.state != leading {
		if err := l.crew.lead(b); err != nil {
			return err
		}
	}
	b.tally = l.worker.tally
	err := l.crew.put(b)
	l.worker.tally = b.tally
	return err
}

// Count is for the one who puts out.
func (l *lane) Count(tally) {}
