package main

import (
	"bytes"
	"errors"
	"io"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
)

// A releaser holds whole records and lets them go when they are due.
type releaser struct {
	life   *filter.Life
	in     *stdio.In
	limits *pace.Limits
	end    byte // what ends a record

	buf  []byte
	r, w int  // buf[r:w] was read and not yet released
	mid  bool // the beginning of the record at r has left already
	eof  bool
}

func newReleaser(t *throttle, life *filter.Life, in *stdio.In) *releaser {
	s := &releaser{
		life: life, in: in, end: '\n', buf: make([]byte, recordBuffer),
		limits: pace.NewLimits(pace.New(t.records, t.recordBurst), pace.New(t.bytes, t.byteBurst)),
	}
	if t.null {
		s.end = 0
	}
	return s
}

// run passes records on until the input ends. When a signal says stop, what was
// read leaves at once.
func (s *releaser) run() error {
	for {
		err := s.step()
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, stdio.ErrStopped):
			n := bytes.Count(s.buf[s.r:s.w], []byte{s.end})
			return errors.Join(s.release(s.w, int64(n)), err)
		case err != nil:
			return err
		}
	}
}

// step releases what is due, or waits for more input, or for the time.
func (s *releaser) step() error {
	now := s.life.Clock.Now()
	dueRecords, dueBytes := s.limits.Due(now)
	end, n := s.due(dueRecords, dueBytes)
	switch {
	case n > 0:
		from := s.r
		blocked := s.life.Out.Blocked()
		if err := s.release(end, n); err != nil {
			return err
		}
		s.limits.Take(now, n, int64(end-from))
		s.mid = false
		s.noteIdle(now, blocked, s.life.Out.Blocked())
		return nil
	case s.mid && s.r < s.w:
		return s.releasePart(now)
	case s.whole():
		return s.life.Sleep(max(s.limits.Next(now), now+pace.Quantum))
	case s.eof && s.r == s.w:
		return io.EOF
	case s.w-s.r == len(s.buf): // the record is longer than the buffer
		if dueRecords <= 0 || dueBytes <= 0 {
			return s.life.Sleep(max(s.limits.Next(now), now+pace.Quantum))
		}
		s.mid = true
		return s.releasePart(now)
	}
	return s.read(now)
}

// due finds the records that may leave: where they end, and how many they are.
// The end of a record that has begun to leave is always due.
func (s *releaser) due(records, size int64) (end int, n int64) {
	end = s.r
	for end < s.w && (n == 0 && s.mid || n < records && int64(end-s.r) < size) {
		i := bytes.IndexByte(s.buf[end:s.w], s.end)
		if i < 0 {
			if !s.eof {
				break
			}
			i = s.w - end - 1
		}
		end += i + 1
		n++
	}
	return end, n
}

// whole says whether there is a record that only waits for its time.
func (s *releaser) whole() bool {
	return s.r < s.w && (s.eof || bytes.IndexByte(s.buf[s.r:s.w], s.end) >= 0)
}

func (s *releaser) release(end int, n int64) error {
	s.life.Meter.RecordsIn.Add(n)
	if _, err := s.life.Out.WriteThrough(s.buf[s.r:end]); err != nil {
		return err
	}
	s.life.Meter.RecordsOut.Add(n)
	s.r = end
	return nil
}

// releasePart passes on what there is of a record that does not fit the buffer.
// Its bytes count now, the record when it ends.
func (s *releaser) releasePart(now time.Duration) error {
	size := int64(s.w - s.r)
	blocked := s.life.Out.Blocked()
	if err := s.release(s.w, 0); err != nil {
		return err
	}
	s.limits.Take(now, 0, size)
	s.noteIdle(now, blocked, s.life.Out.Blocked())
	return nil
}

// read waits for input.
func (s *releaser) read(now time.Duration) error {
	s.w = copy(s.buf, s.buf[s.r:s.w])
	s.r = 0
	blocked := s.in.Blocked()
	n, err := s.in.Read(s.buf[s.w:])
	s.w += n
	s.noteIdle(now, blocked, s.in.Blocked())
	if err == io.EOF {
		s.eof = true
		return nil
	}
	return err
}

// noteIdle tells the limits of time in which somebody else held the stream back.
func (s *releaser) noteIdle(from time.Duration, before, after time.Duration) {
	if after > before {
		s.limits.Idle(from, s.life.Clock.Now())
	}
}
