package jsonstream

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"io"

	"ndjsontools/lib/ndjson"
)

// firstBuffer is the size that a buffer starts with. It doubles.
const firstBuffer = 64 << 10

// A source is the input with a place in it, and cuts it into records.
type source struct {
	src     io.Reader
	buf     []byte
	from    int  // buf[from:at] is of the present record
	at, end int  // buf[at:end] is read and not looked at
	drops   bool // the bytes before at are not wanted
	most    int  // how many bytes of a record are kept
	base    int64
	line    int64 // of the place, from 1
	begun   int64 // the offset of that line
	started bool  // a byte order mark was looked for
	err     error // io.EOF for the end
	dry     bool  // peek found the end

	record  ndjson.Record
	ordinal int64     // of the next record
	hash    hash.Hash // of the record, when it is too long to be kept
	gone    int64     // bytes of it that went into the hash
	head    []byte
}

func (s *source) reset(src io.Reader) {
	if s.buf == nil {
		s.buf = make([]byte, firstBuffer)
	}
	*s = source{src: src, buf: s.buf, drops: s.drops, most: s.most, line: 1, ordinal: s.ordinal}
}

// Err is what ended the stream, nil for its end. A value that an error of the
// source cut off is not handed out; Pending tells how long it is so far.
func (s *source) Err() error {
	if s.err == io.EOF {
		return nil
	}
	return s.err
}

// Pending is how many bytes were read and not handed out.
func (s *source) Pending() int { return s.end - s.from }

// Record is what the last Scan found. It is good until the next one.
func (s *source) Record() *ndjson.Record { return &s.record }

// peek is the byte n places on; it is not ok where the input ends before that.
func (s *source) peek(n int) (c byte, ok bool) {
	for s.at+n >= s.end {
		if !s.fill() {
			s.dry = true
			return 0, false
		}
	}
	return s.buf[s.at+n], true
}

// fill makes room and reads once, and says whether there is more.
func (s *source) fill() bool {
	if s.err != nil {
		return false
	}
	if s.at-s.from > s.most {
		s.spill()
	}
	if s.from > 0 {
		s.base += int64(s.from)
		s.end = copy(s.buf, s.buf[s.from:s.end])
		s.at, s.from = s.at-s.from, 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// skipMark skips a byte order mark at the very start.
func (s *source) skipMark() {
	if s.started {
		return
	}
	s.started = true
	const mark = "\xef\xbb\xbf"
	if c, _ := s.peek(0); c != mark[0] {
		return
	}
	if _, ok := s.peek(len(mark) - 1); ok && bytes.HasPrefix(s.buf[s.at:], []byte(mark)) {
		s.at += len(mark)
		s.from, s.begun = s.at, int64(s.at)
	}
}

func (s *source) newline() {
	s.line++
	s.begun = s.base + int64(s.at)
}

// begin notes that a record begins at the place.
func (s *source) begin() {
	offset := s.base + int64(s.at)
	s.record = ndjson.Record{Line: s.line, Offset: offset, Before: offset - s.begun, Ordinal: s.ordinal}
	s.from = s.at
	s.ordinal++
}

// take ends the record at the place.
func (s *source) take() {
	if s.hash != nil || s.at-s.from > s.most {
		s.spill()
		s.record.Data = s.head
		s.record.Err = &ndjson.TooLongError{Max: int64(s.most), Length: s.gone, SHA256: [sha256.Size]byte(s.hash.Sum(nil))}
		s.hash, s.head, s.gone = nil, nil, 0
		return
	}
	s.record.Data = bytes.TrimRight(s.buf[s.from:s.at], " \t\r\n")
	s.from = s.at
}

// spill keeps of the record so far only its head and its hash.
func (s *source) spill() {
	if s.hash == nil {
		s.hash = sha256.New()
	}
	part := s.buf[s.from:s.at]
	s.hash.Write(part)
	s.gone += int64(len(part))
	s.head = append(s.head, part[:min(len(part), ndjson.HeadSize-len(s.head))]...)
	s.from = s.at
}
