package main

import (
	"errors"
	"fmt"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/units"
)

// A faulty makes records slot by slot, with faults, and logs what it spoiled.
type faulty struct {
	*gen.Faults
	log    *stdio.Out // nil for none
	line   int64      // lines made so far
	index  int64      // the record of the last one
	owed   bool       // the end of the last line is not made yet, and may never be
	single []byte
	entry  []byte
}

// setDrop and setShuffle are the options.
func (g *generator) setDrop(s string) (err error) {
	g.faults.Drop, err = gen.ParseOdds(s)
	return err
}

func (g *generator) setShuffle(s string) error {
	n, err := units.ParseCount(s)
	if err != nil || n < 2 || n > 1e9 {
		return fmt.Errorf("a shuffle is within blocks of 2 to 1000M records, not %q", s)
	}
	g.faults.Shuffle = int64(n)
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
	if f.owed {
		err = errors.Join(err, f.note(f.line, gen.Spoiled{Index: f.index, Kind: "noeol", Accept: true}))
	}
	return errors.Join(err, f.log.Close())
}

// note writes what was done to a line, from 1.
func (f *faulty) note(line int64, spoiled gen.Spoiled) error {
	f.entry = fmt.Appendf(f.entry[:0], "{\"line\":%d,\"index\":%d,\"kind\":%q,\"accept\":%v}\n", line, spoiled.Index, spoiled.Kind, spoiled.Accept)
	_, err := f.log.Write(f.entry)
	return err
}

// appendBlock is gen.Plan.AppendBlock with faults: it makes slots until size
// bytes are full, but at least one, unless that passes left. It answers how
// many lines there are as well.
func (f *faulty) appendBlock(dst []byte, plan *gen.Plan, from, to, step, size, left, now int64) (block []byte, next, lines int64, err error) {
	for ; from < to; from += step {
		line, n, spoiled := f.Append(f.single[:0], plan, from, now)
		f.single = line
		total := int64(len(dst) + len(line))
		if total >= left && (total > left || f.owed) || (len(dst) > 0 && total > size) {
			break
		}
		if f.owed && n > 0 {
			dst, f.owed = append(dst, '\n'), false
		}
		dst = append(dst, line...)
		lines += n
		if f.log != nil {
			spoiled.Accept = spoiled.Accept || spoiled.Kind == "bom" && f.line == 0 // readers skip it there
			for i := range spoiled.Lines {
				if err := f.note(f.line+1+i, spoiled); err != nil {
					return dst, from, lines, err
				}
			}
		}
		f.line += n
		if copied := f.Copied(from); copied >= 0 {
			f.index = f.Index(copied)
		} else if n > 0 {
			f.index = f.Index(from)
		}
	}
	if f.NoEOL && len(dst) > 0 {
		dst, f.owed = dst[:len(dst)-1], true
	}
	return dst, from, lines, nil
}
