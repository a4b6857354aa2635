package sink

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ndjsontools/lib/draft"
	"ndjsontools/lib/exit"
)

// A Spill is a file for the records that a sink gives up, as they came, so that
// another run can deliver them. What an atomic destination held before its
// commit is not in it: that is not kept.
type Spill struct {
	path string
	f    *os.File
	buf  *bufio.Writer
	used bool
	err  error // the first one
}

// OpenSpill makes the file. One that has records already is refused (exit.Usage):
// they may be the only copy. So is one that another sink has open
// (exit.Incomplete).
func OpenSpill(path string) (*Spill, error) {
	f, err := openLocked(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Size() > 0 {
		err = usagef("%s holds records of an earlier run: deliver them first, or name another file", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &Spill{path: path, f: f, buf: bufio.NewWriterSize(f, 64<<10)}, nil
}

var newline = []byte{'\n'}

// put adds whole lines, or one in parts. Its error is told by Close, for nothing can be done
// about it before.
func (s *Spill) put(lines []byte) {
	if s.err == nil && len(lines) > 0 {
		s.used = true
		_, s.err = s.buf.Write(lines)
	}
}

// lose enters the records of b as unresolved, and keeps in mind which they are:
// see spill.
func (f *flight) lose(b *Batch) {
	f.e.books.giveUp(b)
	if f.e.spill != nil {
		f.lost = slices.AppendSeq(f.lost, b.ranges())
	}
}

// spill saves the lost records once the flight has ended, and not one by one as
// they were lost: so they are in the order of the input.
func (f *flight) spill() {
	if len(f.lost) == 0 {
		return
	}
	slices.SortFunc(f.lost, func(a, b Range) int { return cmp.Compare(a.First, b.First) })
	lost := f.lost
	for at, line := range f.batch.All() {
		for len(lost) > 0 && lost[0].Last < at.Ordinal {
			lost = lost[1:]
		}
		if len(lost) > 0 && lost[0].First <= at.Ordinal {
			f.e.spill.put(line)
			f.e.spill.put(newline)
		}
	}
	f.lost = f.lost[:0]
}

// Used says whether there is a record in it.
func (s *Spill) Used() bool { return s.used }

// Close writes the records through to the disk, or removes a file that has none.
// Its errors are of status exit.IO.
func (s *Spill) Close() error {
	if !s.used {
		return exit.With(exit.IO, errors.Join(s.f.Close(), s.remove()))
	}
	err := s.err
	if err == nil {
		err = s.buf.Flush()
	}
	if err == nil {
		err = draft.Sync(s.f)
	}
	if closed := s.f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = draft.SyncFolder(filepath.Dir(s.path))
	}
	if err != nil {
		err = fmt.Errorf("spill: %w", err)
	}
	return exit.With(exit.IO, err)
}

// remove takes away a regular file without records.
func (s *Spill) remove() error {
	if info, err := os.Lstat(s.path); err != nil || !info.Mode().IsRegular() || info.Size() > 0 {
		return err
	}
	return os.Remove(s.path)
}
