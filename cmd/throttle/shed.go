package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"math"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
)

// shedSlack is how much earlier than its time a record may come under --shed
// where no burst is given. Records come in the blocks that the writer in front
// makes; of each block, a rate without room would let one go.
const shedSlack = 100 * time.Millisecond

// Why a record is dropped.
const (
	overRate = iota
	overQueue
	notTaken
	reasons
)

var reasonTexts = [reasons]string{"over the rate", "the queue behind is full", "the output did not take it"}

// A shedder settles every record as soon as it has come: it leaves, or it is
// dropped. So the input is never held back, but for the end of a record that
// has begun to leave.
type shedder struct {
	*releaser
	judge *filter.Judge

	ordinal int64 // records that were settled
	offset  int64 // where the one at r began
	record  ndjson.Record
	lost    *lost // a record longer than the buffer, of which a part is dropped already
}

// lost is what is kept of a record that is dropped in pieces.
type lost struct {
	reason int
	head   []byte
	length int64
	hash   hash.Hash
}

// step settles what was read, and reads.
func (s *shedder) step() error {
	now, err := s.check()
	if err != nil {
		return err
	}
	if worked, err := s.work(now); worked || err != nil {
		return err
	}
	if s.wanted == 0 || s.eof {
		return io.EOF
	}
	return s.read(now)
}

// work settles some of what was read, and says whether there was anything that
// could be.
func (s *shedder) work(now time.Duration) (bool, error) {
	switch {
	case s.wanted == 0:
		return false, nil
	case s.lost != nil && (s.r < s.w || s.eof):
		return true, s.dropPart()
	case s.mid && (s.r < s.w || s.eof):
		return true, s.passRest(now)
	case s.holdsWhole():
		return true, s.settle(now)
	case s.w-s.r == len(s.buf):
		return true, s.settleLong(now)
	}
	return false, nil
}

// settle lets the whole records go that may, as long as the output takes them
// at once, and drops the others.
func (s *shedder) settle(now time.Duration) error {
	records, size, reason := s.allowed(now)
	from, went, paid := s.r, int64(0), int64(0)
	blocked := s.life.Out.Blocked()
	for s.holdsWhole() && paid < records && int64(s.r-from) < size {
		end, n, cost := s.due(records-paid, size-int64(s.r-from), stdio.AtomicWrite)
		begun, err := s.offer(end)
		if err != nil {
			return err
		}
		if !begun {
			reason = notTaken
			break
		}
		s.passed(end, n)
		went, paid = went+n, paid+cost
	}
	if went > 0 {
		s.take(now, paid, int64(s.r-from))
		s.account.released(now, went)
		s.noteIdle(now, blocked, s.life.Out.Blocked())
	}
	if s.wanted > 0 && s.holdsWhole() {
		s.limits.Forfeit(now)
	}
	for s.wanted > 0 && s.holdsWhole() {
		if err := s.drop(reason); err != nil {
			return err
		}
	}
	return nil
}

// allowed is how much may leave at now, in records and in bytes, and the reason
// to drop what is more.
func (s *shedder) allowed(now time.Duration) (records, size int64, reason int) {
	if s.finishing {
		return math.MaxInt64, math.MaxInt64, notTaken
	}
	records, size = s.limits.Due(now)
	if records <= 0 || size <= 0 || s.valve == nil {
		return records, size, overRate
	}
	mayRecords, maySize := s.valve.admit(now, records, size)
	if mayRecords < records || maySize < size {
		return mayRecords, maySize, overQueue
	}
	return records, size, overRate
}

// offer writes buf[r:end] if the output takes any of it now; what has begun to
// leave is finished.
func (s *shedder) offer(end int) (begun bool, err error) {
	n, err := s.life.Out.TryWrite(s.buf[s.r:end])
	if err != nil || n == 0 {
		return false, err
	}
	if s.r+n < end {
		_, err = s.life.Out.WriteThrough(s.buf[s.r+n : end])
	}
	return true, err
}

// passed counts n records that left, up to end.
func (s *shedder) passed(end int, n int64) {
	s.life.Meter.RecordsIn.Add(n)
	s.life.Meter.RecordsOut.Add(n)
	s.ordinal += n
	s.offset += int64(end - s.r)
	s.r = end
	if s.wanted < math.MaxInt64 {
		s.wanted -= n
	}
}

// drop drops the whole record at r.
func (s *shedder) drop(reason int) error {
	end, next := s.endOfFirst()
	s.record.Data, s.record.Err = s.buf[s.r:end], nil
	return s.dropped(reason, next)
}

// endOfFirst is where the record at r ends, and where the next one begins.
func (s *shedder) endOfFirst() (end, next int) {
	if i := bytes.IndexByte(s.buf[s.r:s.w], s.end); i >= 0 {
		return s.r + i, s.r + i + 1
	}
	return s.w, s.w
}

// dropped counts and saves s.record, of which the last byte is before next.
func (s *shedder) dropped(reason, next int) error {
	s.record.Ordinal, s.record.Line, s.record.Offset = s.ordinal, s.ordinal+1, s.offset
	length := int64(next - s.r)
	if s.lost != nil {
		length += s.lost.length
	}
	s.life.Meter.RecordsIn.Add(1)
	s.account.shed(reason, length)
	s.ordinal++
	s.offset += length
	s.r = next
	s.lost = nil
	if s.finishing { // it was the last one
		s.wanted = 0
	}
	return s.judge.Drop(&s.record, filter.Fault{Input: "stdin", Reason: reasonTexts[reason], At: -1, Text: true})
}

// settleLong decides about a record that fills the buffer before its end has
// come.
func (s *shedder) settleLong(now time.Duration) error {
	records, size, reason := s.allowed(now)
	if records > 0 && size > 0 {
		blocked := s.life.Out.Blocked()
		begun, err := s.offer(s.w)
		if err != nil {
			return err
		}
		if begun {
			s.take(now, s.cost(s.buf[s.r:s.w]), int64(s.w-s.r))
			s.noteIdle(now, blocked, s.life.Out.Blocked())
			s.mid = true
			s.passed(s.w, 0)
			return nil
		}
		reason = notTaken
	}
	s.limits.Forfeit(now)
	s.lost = &lost{reason: reason, hash: sha256.New()}
	return s.dropPart()
}

// passRest passes on what there is of a record that has begun to leave.
func (s *shedder) passRest(now time.Duration) error {
	_, next := s.endOfFirst()
	ended := next > s.r && s.buf[next-1] == s.end || s.eof
	from, blocked := s.r, s.life.Out.Blocked()
	if _, err := s.life.Out.WriteThrough(s.buf[s.r:next]); err != nil {
		return err
	}
	n := int64(0)
	if ended {
		n, s.mid = 1, false
		s.account.released(now, n)
	}
	s.passed(next, n)
	s.take(now, 0, int64(next-from))
	s.noteIdle(now, blocked, s.life.Out.Blocked())
	return nil
}

// dropPart drops what there is of a record that is longer than the buffer.
func (s *shedder) dropPart() error {
	l := s.lost
	end, next := s.endOfFirst()
	part := s.buf[s.r:end]
	l.hash.Write(part)
	l.head = append(l.head, part[:min(len(part), ndjson.HeadSize-len(l.head))]...)
	if next == end && !s.eof {
		l.length += int64(len(part))
		s.r = end
		return nil
	}
	long := &ndjson.TooLongError{Max: recordBuffer, Length: l.length + int64(len(part))}
	l.hash.Sum(long.SHA256[:0])
	s.record.Data, s.record.Err = l.head, long
	return s.dropped(l.reason, next)
}

// finish begins the end that --for sets: what is whole is settled, and a record
// that has begun gets the time to end.
func (s *shedder) finish() error {
	if s.finishing {
		return errOver
	}
	for now := s.life.Clock.Now(); ; {
		if worked, err := s.work(now); err != nil {
			return err
		} else if !worked {
			break
		}
	}
	if s.r == s.w && !s.mid && s.lost == nil || s.eof {
		return errOver
	}
	return s.awaitEnd()
}

// flush settles what was read when nothing more is: it leaves, but for the rest
// of a record of which a part is dropped.
func (s *shedder) flush() error {
	if s.lost != nil {
		s.eof = true
		if err := s.dropPart(); err != nil {
			return err
		}
	}
	return s.releaser.flush()
}

// shed notes a record that was dropped, with its end.
func (a *account) shed(reason int, bytes int64) {
	a.dropped[reason].Add(1)
	a.droppedBytes.Add(bytes)
}

// shedLine is the summary's line on what was dropped, "" for nothing.
func (a *account) shedLine() string {
	line, total := "", int64(0)
	for reason := range a.dropped {
		if n := a.dropped[reason].Load(); n > 0 {
			total += n
			line += fmt.Sprintf(", %d %s", n, reasonTexts[reason])
		}
	}
	if total == 0 {
		return ""
	}
	return "dropped " + term.Plural(total, "record", "records") + ":" + line[1:]
}
