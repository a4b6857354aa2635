package main

import (
	"bytes"
	"errors"
	"io"
	"math"
	"time"

	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
)

// finishTime is how long the end of a record that has begun is waited for when
// the time of --for is up.
const finishTime = time.Second

// A releaser holds whole records and lets them go when they are due.
type releaser struct {
	*governor
	in      *stdio.In
	end     byte     // what ends a record
	weights *weights // nil: each costs one

	buf  []byte
	r, w int  // buf[r:w] was read and not yet released
	mid  bool // the beginning of the record at r has left already
	eof  bool // nothing more is read

	wanted    int64 // records that are still to be released
	left      int64 // bytes that may still be read
	finishing bool  // the time of --for is up
}

func newReleaser(t *throttle, g *governor, in *stdio.In) *releaser {
	s := &releaser{
		governor: g, in: in, end: '\n', weights: t.weights(), buf: make([]byte, recordBuffer),
		wanted: quota(t.limitCount, int64(t.count)), left: quota(t.limitBytes, int64(t.most)),
	}
	if t.null {
		s.end = 0
	}
	return s
}

// A stepper moves records, one step after the other.
type stepper interface {
	// step moves some of them, or waits. It answers io.EOF at the end, and what
	// check and the edges answer.
	step() error
	// finish is told that the time is up. It answers errOver, or nil when there
	// is something that a few more steps should bring to its end.
	finish() error
	// flush lets all go that was read.
	flush() error
}

// pass passes records on until the input, or what is wanted of it, ends. When a
// signal says stop, what was read leaves at once.
func pass(s stepper) error {
	for {
		err := s.step()
		if err == errOver {
			err = s.finish()
		}
		switch {
		case err == nil || err == errInterrupted:
		case err == io.EOF:
			return nil
		case err == errOver:
			return s.flush()
		case errors.Is(err, stdio.ErrStopped):
			return errors.Join(s.flush(), err)
		default:
			return err
		}
	}
}

// step releases what is due, or waits for more input, or for the time.
func (s *releaser) step() error {
	now, err := s.check()
	if err != nil {
		return err
	}
	if s.wanted == 0 || s.left == 0 && s.r == s.w {
		return io.EOF
	}
	dueRecords, dueBytes := s.limits.Due(now)
	if s.finishing {
		dueRecords, dueBytes = math.MaxInt64, math.MaxInt64
	}
	if s.valve != nil && !s.finishing && dueRecords > 0 && dueBytes > 0 && s.holdsSome() {
		dueRecords, dueBytes = s.valve.admit(now, dueRecords, dueBytes)
		if dueRecords <= 0 || dueBytes <= 0 {
			return s.hold(now)
		}
	}
	end, n, cost := s.due(dueRecords, dueBytes, math.MaxInt64)
	switch {
	case n > 0:
		from := s.r
		blocked := s.life.Out.Blocked()
		if err := s.release(now, end, n); err != nil {
			return err
		}
		s.take(now, cost, int64(end-from))
		s.mid = false
		s.noteIdle(now, blocked, s.life.Out.Blocked())
		return nil
	case s.mid && s.r < s.w:
		return s.releasePart(now)
	case s.holdsWhole():
		return s.wait(s.next(now))
	case s.eof && s.r == s.w:
		if !s.mid {
			return io.EOF
		}
		s.mid = false // its end is that of the input
		return s.release(now, s.w, 1)
	case s.w-s.r == len(s.buf): // the record is longer than the buffer
		if dueRecords <= 0 || dueBytes <= 0 {
			return s.wait(s.next(now))
		}
		s.mid = true
		s.take(now, s.cost(s.buf[s.r:s.w]), 0)
		return s.releasePart(now)
	}
	return s.read(now)
}

// due finds the records that may leave together: where they end, how many they
// are, and what they cost. They are no longer than most, but for the first one.
// The end of a record that has begun to leave is always due, and paid for.
func (s *releaser) due(records, size, most int64) (end int, n, cost int64) {
	end = s.r
	for end < s.w && (n == 0 && s.mid || cost < records && int64(end-s.r) < size) {
		i := bytes.IndexByte(s.buf[end:s.w], s.end)
		if i < 0 {
			if !s.eof {
				break
			}
			i = s.w - end - 1
		}
		if n > 0 && int64(end+i+1-s.r) > most {
			break
		}
		if n > 0 || !s.mid {
			cost += s.cost(s.buf[end : end+i+1])
		}
		end += i + 1
		n++
	}
	return end, n, cost
}

// cost is what a record costs under the rate of records.
func (s *releaser) cost(record []byte) int64 {
	if s.weights == nil {
		return 1
	}
	cost, found := s.weights.of(record)
	if !found {
		s.account.unweighed.Add(1)
	}
	return cost
}

// holdsWhole says whether there is a record that only waits for its time.
func (s *releaser) holdsWhole() bool {
	return s.r < s.w && (s.eof || bytes.IndexByte(s.buf[s.r:s.w], s.end) >= 0)
}

// holdsSome says whether there is anything that could leave.
func (s *releaser) holdsSome() bool {
	return s.holdsWhole() || s.r < s.w && (s.mid || s.w-s.r == len(s.buf))
}

// release lets n records go that end at end.
func (s *releaser) release(now time.Duration, end int, n int64) error {
	s.life.Meter.RecordsIn.Add(n)
	if _, err := s.life.Out.WriteThrough(s.buf[s.r:end]); err != nil {
		return err
	}
	s.life.Meter.RecordsOut.Add(n)
	s.r = end
	if n > 0 {
		s.account.released(now, n)
		if s.wanted < math.MaxInt64 {
			s.wanted -= n
		}
	}
	return nil
}

// releasePart passes on what there is of a record that does not fit the buffer.
// Its bytes count now; as a record it was paid for when it began.
func (s *releaser) releasePart(now time.Duration) error {
	size := int64(s.w - s.r)
	blocked := s.life.Out.Blocked()
	if err := s.release(now, s.w, 0); err != nil {
		return err
	}
	s.take(now, 0, size)
	s.noteIdle(now, blocked, s.life.Out.Blocked())
	return nil
}

// flush lets all go that was read.
func (s *releaser) flush() error {
	n := int64(bytes.Count(s.buf[s.r:s.w], []byte{s.end}))
	return s.release(s.life.Clock.Now(), s.w, n)
}

// finish begins the end that --for sets: the whole records leave, and one that
// has begun gets the time to end.
func (s *releaser) finish() error {
	if s.finishing {
		return errOver
	}
	last := bytes.LastIndexByte(s.buf[s.r:s.w], s.end)
	if last >= 0 {
		end := s.r + last + 1
		n := int64(bytes.Count(s.buf[s.r:end], []byte{s.end}))
		if err := s.release(s.life.Clock.Now(), end, n); err != nil {
			return err
		}
		s.mid = false
	}
	if s.r == s.w && !s.mid || s.eof {
		return errOver
	}
	return s.awaitEnd()
}

// awaitEnd gives the record that has begun the time to end.
func (s *releaser) awaitEnd() error {
	s.finishing = true
	s.endAt(s.life.Clock.Now() + finishTime)
	s.wanted = 1
	return nil
}

// read waits for input. It never asks for more than is wanted of it, so that
// the next reader of the same pipe finds the rest: a record is a byte at least,
// and none that is whole is held here while more is read.
func (s *releaser) read(now time.Duration) error {
	s.w = copy(s.buf, s.buf[s.r:s.w])
	s.r = 0
	room := min(int64(len(s.buf)-s.w), s.wanted, s.left, s.untilEnd(now))
	blocked := s.in.Blocked()
	n, err := s.in.Read(s.buf[s.w : s.w+int(room)])
	s.w += n
	if s.left < math.MaxInt64 {
		s.left -= int64(n)
		s.eof = s.left == 0
	}
	s.noteIdle(now, blocked, s.in.Blocked())
	if err == io.EOF {
		s.eof = true
		return nil
	}
	return err
}

// untilEnd is how many bytes can't be more records than the rates let go until
// the time of --for is up.
func (s *releaser) untilEnd(now time.Duration) int64 {
	if s.deadline == pace.Never || s.sheds { // none is held
		return math.MaxInt64
	}
	least := int64(math.MaxInt64)
	if n := s.records.Rate().PerSecond(); n > 0 {
		if s.weighted {
			n /= pace.Millionths
		}
		least = expected(n, s.deadline-now)
	}
	if n := s.bytes.Rate().PerSecond(); n > 0 {
		least = min(least, expected(n, s.deadline-now))
	}
	if s.valve != nil {
		least = min(least, max(1, s.valve.may()))
	}
	return least
}

// expected is how many units a rate lets go in a time, one at least.
func expected(perSecond float64, left time.Duration) int64 {
	return int64(max(1, min(perSecond*left.Seconds(), math.MaxInt64/2)))
}

// next is when the next record is due, or a little later, for fewer and larger
// releases.
func (s *releaser) next(now time.Duration) time.Duration {
	return max(s.limits.Next(now), now+pace.Quantum)
}
