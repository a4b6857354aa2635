package main

import (
	"errors"
	"fmt"
	"strconv"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/stdio"
)

// A faulty makes records slot by slot, with faults, and logs what it spoiled.
type faulty struct {
	*gen.Faults
	log    *stdio.Out // nil for none
	line   int64      // lines made so far
	single []byte
	entry  []byte
}

// setDrop and setShuffle are the options.
func (g *generator) setDrop(s string) (err error) {
	g.faults.Drop, err = gen.ParseShare(s)
	return err
}

func (g *generator) setShuffle(s string) error {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 2 {
		return fmt.Errorf("a shuffle is within blocks of 2 records or more, not %q", s)
	}
	g.faults.Shuffle = n
	return nil
}

// begin opens the log.
func (g *generator) beginFaults(life *filter.Life) (*faulty, error) {
	f := &faulty{Faults: &g.faults}
	if g.badLog != "" {
		out, err := life.Side("bad-log", g.badLog)
		if err != nil {
			return nil, err
		}
		f.log = out
	}
	return f, nil
}

// close ends the log.
func (f *faulty) close(err error) error {
	if f == nil || f.log == nil {
		return err
	}
	return errors.Join(err, f.log.Close())
}

// appendBlock is gen.Plan.AppendBlock with faults: it makes slots until size
// bytes are full, but at least one, unless that passes left. It answers how
// many lines there are as well.
func (f *faulty) appendBlock(dst []byte, plan *gen.Plan, from, to, step, size, left, now int64) (block []byte, next, lines int64, err error) {
	for ; from < to; from += step {
		line, n, spoiled := f.Append(f.single[:0], plan, from, now)
		f.single = line
		total := int64(len(dst) + len(line))
		if total > left || (len(dst) > 0 && total > size) {
			break
		}
		dst = append(dst, line...)
		lines += n
		if spoiled.Kind != "" && f.log != nil {
			f.entry = fmt.Appendf(f.entry[:0], "{\"line\":%d,\"index\":%d,\"kind\":%q,\"accept\":%v}\n", f.line+1, spoiled.Index, spoiled.Kind, spoiled.Accept)
			if _, err := f.log.Write(f.entry); err != nil {
				return dst, from, lines, err
			}
		}
		f.line += n
	}
	return dst, from, lines, nil
}
