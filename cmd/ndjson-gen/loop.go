package main

import (
	"bytes"
	"math"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/tool"
)

const (
	// loopMost is how long the block of --loop-block may be.
	loopMost = 256 << 20
	// loopPiece is what is written of it at once.
	loopPiece = 256 << 10
)

// A looper hands out a block of records over and over again.
type looper struct {
	block []byte
	at    int
	// The end of the piece that begins at each of its ends, and how many records
	// it has: they are counted once, not each time around.
	ends map[int]span
}

type span struct {
	end     int
	records int64
}

// newLooper makes the block, of the whole records that fit into size.
func (g *generator) newLooper(plan *gen.Plan, next, end, step int64) (*looper, error) {
	l := &looper{ends: map[int]span{}}
	size := int(g.loop)
	block, next := plan.AppendBlock(make([]byte, 0, size), next, end, step, size, 0)
	for ; next < end; next += step { // those for which the longest would not fit
		to := len(block)
		if block = plan.Append(block, next, 0); len(block) > size {
			if to == 0 {
				return nil, tool.Usagef("--loop-block: the first record has %d bytes, more than %v", len(block), g.loop)
			}
			block = block[:to]
			break
		}
	}
	l.block = block
	for from := 0; from < len(l.block); {
		to := cutRecords(l.block[from:], math.MaxInt64, loopPiece)
		l.ends[from] = span{from + to, int64(bytes.Count(l.block[from:from+to], []byte{'\n'}))}
		from += to
	}
	return l, nil
}

// piece is what comes next, of so many records and bytes at most, but of one
// record at least, and how many it has.
func (l *looper) piece(records, size int64) ([]byte, int64) {
	if s, ok := l.ends[l.at]; ok && s.records <= records && int64(s.end-l.at) <= size {
		return l.block[l.at:s.end], s.records
	}
	rest := l.block[l.at:]
	p := rest[:cutRecords(rest, records, int(min(size, loopPiece)))]
	return p, int64(bytes.Count(p, []byte{'\n'}))
}

// went notes that a piece of n bytes went.
func (l *looper) went(n int) {
	if l.at += n; l.at == len(l.block) {
		l.at = 0
	}
}

// cutRecords is where the last record ends of so many, within so many bytes, but
// one at least.
func cutRecords(block []byte, records int64, size int) int {
	if size < len(block) {
		end := bytes.LastIndexByte(block[:size], '\n') + 1
		if end == 0 {
			return bytes.IndexByte(block, '\n') + 1
		}
		block = block[:end]
	}
	if records >= int64(len(block)) { // more than there can be
		return len(block)
	}
	end := 0
	for ; records > 0 && end < len(block); records-- {
		end += bytes.IndexByte(block[end:], '\n') + 1
	}
	return end
}

// runLoop repeats one block until a limit is reached.
func (g *generator) runLoop(life *filter.Life, plan *gen.Plan, next, end, bytesLeft int64, stop time.Duration) error {
	l, err := g.newLooper(plan, next, end, g.window.shards)
	if err != nil {
		return err
	}
	left := (end - next + g.window.shards - 1) / g.window.shards
	pacer := g.pacer(life.Clock.Now())
	for left > 0 {
		now, err := g.ready(life, pacer, stop)
		if err != nil {
			return over(err)
		}
		records, size := pacer.due(now)
		piece, n := l.piece(min(records, left), min(size, bytesLeft))
		if int64(len(piece)) > bytesLeft {
			return nil
		}
		blocked := life.Out.Blocked()
		if _, err := life.Out.WriteThrough(piece); err != nil {
			return err
		}
		life.Meter.RecordsOut.Add(n)
		g.took(life, pacer, now, blocked, n, int64(len(piece)))
		l.went(len(piece))
		left -= n
		bytesLeft -= int64(len(piece))
	}
	return nil
}
