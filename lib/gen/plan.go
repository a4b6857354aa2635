package gen

import (
	"fmt"
	"slices"
	"strconv"
)

// maxNumber bounds every number of a plan: the largest integer that a double
// holds without a gap before it (2^53-1). Beyond it a JSON reader with doubles
// would see two ids as one.
const maxNumber = 1<<53 - 1

// A Plan renders the records of one schema and seed. It never changes, so any
// number of goroutines may use it. Compile makes it.
type Plan struct {
	ops  []op
	max  int   // no record is longer than this, in bytes
	last int64 // no record has a larger index
}

// op is one operation of a plan. It has the fields of all kinds instead of an
// interface for each: the loop over them is what the speed is made of.
type op struct {
	kind  opKind
	times int    // opRepeat: how often its unit stands; at least 1
	span  int    // opRepeat: the unit is this many operations after it
	key   uint64 // opTime: of the jitter
	start int64  // opSeq, opTime
	step  int64  // opTime
	bytes []byte // opStatic
}

type opKind uint8

const (
	opStatic opKind = iota
	opSeq
	opTime
	opRepeat
)

// Last is the index of the plan's last record: the one after it would hold a
// number above 2^53-1, which not every JSON reader can keep exact. For the
// default record it is about 9e14; a million records a second take 28 years.
func (p *Plan) Last() int64 { return p.last }

// Append appends record index, with its newline, to dst and returns the
// extended slice, which is the caller's. It panics when index is not between
// 0 and Last.
func (p *Plan) Append(dst []byte, index int64) []byte {
	p.check(index)
	return p.append(dst, index)
}

// AppendBlock appends whole records to dst: from, from+1 and so on, while they
// are below to, and while len(dst) stays within limit bytes. It returns the
// extended slice, which is the caller's, and the index of the first record
// that is not in it. A dst with a capacity of limit is never reallocated.
//
// When that index is from although from is below to, the record alone is
// longer than what the limit leaves; Size says how long.
//
// AppendBlock ends after Last whatever to is, so math.MaxInt64 means no end. It
// panics when from is not between 0 and Last+1.
func (p *Plan) AppendBlock(dst []byte, from, to int64, limit int) ([]byte, int64) {
	if from != p.last+1 {
		p.check(from)
	}
	to = min(to, p.last+1)
	for ; from < to; from++ {
		if limit-len(dst) < p.max && limit-len(dst) < p.Size(from) {
			break
		}
		dst = p.append(dst, from)
	}
	return dst, from
}

// Size is the length of record index in bytes, with its newline, without
// rendering it. It panics when index is not between 0 and Last.
func (p *Plan) Size(index int64) int {
	p.check(index)
	return size(p.ops, index)
}

func (p *Plan) append(dst []byte, index int64) []byte {
	if cap(dst)-len(dst) < p.max {
		dst = slices.Grow(dst, size(p.ops, index))
	}
	return render(dst, p.ops, index)
}

func (p *Plan) check(index int64) {
	if index < 0 || index > p.last {
		panic(fmt.Sprintf("gen: record %d is not between 0 and %d", index, p.last))
	}
}

// render appends the operations' bytes of one record. dst has the room.
func render(dst []byte, ops []op, index int64) []byte {
	for i := 0; i < len(ops); i++ {
		switch o := &ops[i]; o.kind {
		case opStatic:
			dst = append(dst, o.bytes...)
		case opSeq, opTime:
			dst = strconv.AppendInt(dst, o.number(index), 10)
		case opRepeat:
			at := len(dst)
			dst = render(dst, ops[i+1:i+1+o.span], index)
			dst = double(dst, at, o.times)
			i += o.span
		}
	}
	return dst
}

// double makes times copies of dst[at:] in place, each copy twice as long as
// the one before: six calls of copy for fifty short units instead of fifty.
func double(dst []byte, at, times int) []byte {
	unit := len(dst) - at
	total := unit * times
	dst = slices.Grow(dst, total-unit)[:at+total]
	for n := unit; 0 < n && n < total; n *= 2 {
		copy(dst[at+n:], dst[at:at+n])
	}
	return dst
}

// number is the value of an opSeq or opTime, between 0 and maxNumber.
func (o *op) number(index int64) int64 {
	if o.kind == opSeq {
		return o.start + index
	}
	jitter := below(cell(o.key, index), uint64(o.step))
	return o.start + index*o.step + int64(jitter)
}

func size(ops []op, index int64) int {
	n := 0
	for i := 0; i < len(ops); i++ {
		switch o := &ops[i]; o.kind {
		case opStatic:
			n += len(o.bytes)
		case opSeq, opTime:
			n += digits(o.number(index))
		case opRepeat:
			n += o.times * size(ops[i+1:i+1+o.span], index)
			i += o.span
		}
	}
	return n
}

// maxSize is a bound on size for every index, or a bit more than maxRecord
// when it is beyond that: nested repeats must not overflow.
func maxSize(ops []op) int {
	n := 0
	for i := 0; i < len(ops); i++ {
		switch o := &ops[i]; o.kind {
		case opStatic:
			n += len(o.bytes)
		case opSeq, opTime:
			n += digits(maxNumber)
		case opRepeat:
			unit := int64(maxSize(ops[i+1 : i+1+o.span]))
			n += int(min(int64(o.times)*unit, maxRecord+1))
			i += o.span
		}
		n = min(n, maxRecord+1)
	}
	return n
}

// digits is the number of decimal digits of v, which is not negative.
func digits(v int64) int {
	n := 1
	for ; v >= 10_000; v /= 10_000 {
		n += 4
	}
	for ; v >= 10; v /= 10 {
		n++
	}
	return n
}
