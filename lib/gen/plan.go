package gen

import (
	"fmt"
	"math/bits"
	"strconv"
)

// maxNumber bounds every number of a plan: the largest integer that a double
// holds without a gap before it (2^53-1). Beyond it a JSON reader with doubles
// would see two ids as one.
const maxNumber = 1<<53 - 1

// A Plan renders the records of one schema and seed. It never changes, so any
// number of goroutines may use it. Compile makes it.
type Plan struct {
	ops   []op
	max   int   // no record is longer than this, in bytes
	last  int64 // no record has a larger index
	exact int   // every record has this size; 0 for as it comes
	wall  bool  // a value comes from the clock
	pad   int   // where the padding goes in: the number of its operation

	fields []fieldInfo
	ids    map[string]idCell
}

// op is one operation of a plan. It has the fields of all kinds instead of an
// interface for each: the loop over them is what the speed is made of. What a
// field means depends on the kind.
type op struct {
	kind  opKind
	uniq  uniqueness // of the values 0 to n-1
	times int        // opRepeat: how often its unit stands; the digits behind the point of a number
	span  int        // of what follows: how many operations are inside
	max   int        // a leaf writes no more bytes than this
	key   uint64     // of its cells
	late  uint64     // opTime: the key of lateness
	n     uint64     // how many values there are, or a probability out of 2^64
	start int64
	step  int64
	bytes []byte // opStatic, and the other value of opMaybe
	more  *more
}

type opKind uint8

const (
	opStatic opKind = iota
	opSeq
	opTime
	opRepeat
	opInt    // start + one of n, times step
	opFixed  // the same with digits behind the point
	opRank   // start + a rank of Zipf's law times step, scrambled if there is a bijection
	opFloat  // a continuous distribution
	opPick   // one of more.values
	opWords  // start to start+n-1 words
	opText   // as many letters
	opHex    // times bytes
	opBase64 // times bytes
	opBytes  // start to start+n-1 bytes in the base 64 of more.digits, or in hexadecimal
	opDigits // times decimal digits
	opRegex  // a string of more.pattern
	opWalk   // start + more.walk
	opUUID4  //
	opUUID7  // the time, and 74 random bits
	opULID   // the time, and 80 random bits
	opIP4    // in the network start, with n addresses
	opIP6    // in the network more.prefix
	opMAC    //
	opDate   // day start, and one of n
	opList   // start to start+n-1 times what is inside
	opMaybe  // with a probability of n the bytes, else what is inside
	opBy     // what is inside, drawn by the first times operations of it
	opCard   // what is inside, at one of n positions
	opRoot   // what is inside, at the record's own position
	opHash   // times digits of a hash of what is inside
	opClose  // the end of an object whose last member may be absent
	opForm   // one of more.spans
	opPad    // what the record's size leaves
	opStamp  // the present time
)

// uniqueness says whether a value stands once.
type uniqueness uint8

const (
	uniqNot      uniqueness = iota
	uniqInStream            // more.perm is a bijection of the position
	uniqInList              // a bijection of the element's number, another one for each list
)

// more is what only few kinds of operations need.
type more struct {
	values  [][]byte
	alias   *alias
	perm    feistel
	zipf    *zipf
	law     law
	clock   timeLaw
	walk    walk
	digits  string
	pattern *pattern
	spans   []int
	prefix  [16]byte
	network int
}

// Last is the index of the plan's last record: the one after it would hold a
// number that not every JSON reader can keep exact, or there would be no
// unique value left. For the default record it is about 9e14; a million
// records a second take 28 years.
func (p *Plan) Last() int64 { return p.last }

// Max is a bound on the length of every record, in bytes.
func (p *Plan) Max() int { return p.max }

// Append appends record index, with its newline, to dst and returns the
// extended slice, which is the caller's; what dst has room for behind that is
// overwritten. now is the present time in
// microseconds since 1970, which only a stamp shows. It panics when index is
// not between 0 and Last.
func (p *Plan) Append(dst []byte, index, now int64) []byte {
	if index < 0 || index > p.last {
		panic(fmt.Sprintf("gen: record %d is not between 0 and %d", index, p.last))
	}
	e := env{now: now, day: noDay}
	return p.append(dst, index, &e)
}

func (p *Plan) append(dst []byte, index int64, e *env) []byte {
	e.index = index
	if p.exact == 0 {
		return e.render(dst, p.ops, uint64(index))
	}
	from := len(dst)
	dst = e.render(dst, p.ops[:p.pad], uint64(index))
	at := len(dst)
	dst = e.render(dst, p.ops[p.pad+1:], uint64(index))
	return padded(dst, at, p.exact-(len(dst)-from))
}

// AppendBlock appends whole records to dst: from, from+step and so on, while
// they are below to, and while limit leaves room for the longest record that
// there can be. It returns the extended slice, which is the caller's, and the
// index of the first record that is not in it. A dst with a capacity of limit
// is never reallocated. Where that index is from although from is below to,
// Append makes the record, whatever its length. now is as for Append.
//
// AppendBlock ends after Last whatever to is, so math.MaxInt64 means no end.
func (p *Plan) AppendBlock(dst []byte, from, to, step int64, limit int, now int64) ([]byte, int64) {
	to = min(to, p.last+1)
	if from < 0 {
		panic(fmt.Sprintf("gen: record %d is below 0", from))
	}
	e := env{now: now, day: noDay}
	for from < to && limit-len(dst) >= p.max {
		dst = p.append(dst, from, &e)
		from += step
	}
	return dst, from
}

// env is the record that is being rendered.
type env struct {
	index   int64
	now     int64
	list    uint64 // the cell of the list around
	element uint64 // which of its elements this is

	// The day that the latest time was of, and its spelling: times of one block
	// are near each other.
	day  int64
	date [16]byte
}

// number is which of the n values a position has.
func (e *env) number(o *op, at uint64) uint64 {
	if o.uniq != uniqNot {
		return e.unique(o, at)
	}
	hi, _ := bits.Mul64(mix(o.key+(at+1)*gamma), o.n) // below and draw, which were too much to be put in line
	return hi
}

func (e *env) unique(o *op, at uint64) uint64 {
	if o.uniq == uniqInStream {
		return o.more.perm.at(at)
	}
	perm := newFeistel(mix(o.key^e.list), o.n)
	return perm.at(e.element)
}

// render appends the operations' bytes. Cells are those of the position at: the
// record's index, or a hash where a list, by= or card= changes it.
func (e *env) render(dst []byte, ops []op, at uint64) []byte {
	for i := 0; i < len(ops); i++ {
		switch o := &ops[i]; o.kind {
		case opStatic:
			dst = appendShort(dst, o.bytes)
		case opSeq:
			dst = strconv.AppendInt(dst, o.start+int64(at)*o.step, 10)
		case opTime:
			dst = e.appendTime(dst, &o.more.clock, o.moment(at))
		case opRepeat:
			from := len(dst)
			dst = e.render(dst, ops[i+1:i+1+o.span], at)
			dst = double(dst, from, o.times)
			i += o.span
		case opInt:
			dst = strconv.AppendInt(dst, o.start+int64(e.number(o, at))*o.step, 10)
		case opFixed:
			dst = appendFixed(dst, o.start+int64(e.number(o, at))*o.step, o.times)
		case opRank:
			rank := o.more.zipf.draw(draw(o.key, at))
			if o.more.perm.n > 0 {
				rank = o.more.perm.at(rank)
			}
			dst = strconv.AppendInt(dst, o.start+int64(rank)*o.step, 10)
		case opFloat:
			dst = appendFixed(dst, o.more.law.draw(draw(o.key, at)), o.times)
		case opPick:
			if o.more.alias != nil {
				dst = appendShort(dst, o.more.values[o.more.alias.pick(draw(o.key, at))])
			} else {
				dst = appendShort(dst, o.more.values[e.number(o, at)])
			}
		case opMaybe:
			if draw(o.key, at) < o.n {
				dst = append(dst, o.bytes...)
			} else {
				dst = e.render(dst, ops[i+1:i+1+o.span], at)
			}
			i += o.span
		case opBy:
			from := len(dst)
			dst = e.render(dst, ops[i+1:i+1+o.times], at)
			h := Hash(dst[from:])
			dst = e.render(dst[:from], ops[i+1+o.times:i+1+o.span], h)
			i += o.span
		case opCard:
			place := draw(o.key, at)
			if o.more != nil {
				place = o.more.zipf.draw(place)
			} else {
				place = below(place, o.n)
			}
			dst = e.render(dst, ops[i+1:i+1+o.span], place)
			i += o.span
		case opRoot:
			dst = e.render(dst, ops[i+1:i+1+o.span], uint64(e.index))
			i += o.span
		case opHash:
			from := len(dst)
			dst = e.render(dst, ops[i+1:i+1+o.span], at)
			h := mix(o.key ^ Hash(dst[from:]))
			dst = appendHex(dst[:from], h, o.times)
			i += o.span
		case opList:
			c := draw(o.key, at)
			n := uint64(o.start) + below(c, o.n)
			list, element := e.list, e.element
			for j := range n {
				if j > 0 {
					dst = append(dst, ',')
				}
				e.list, e.element = c, j
				dst = e.render(dst, ops[i+1:i+1+o.span], mix(c^mix(j+1)))
			}
			e.list, e.element = list, element
			i += o.span
		case opClose:
			if dst[len(dst)-1] == ',' {
				dst[len(dst)-1] = '}'
			} else {
				dst = append(dst, '}')
			}
		case opForm:
			form := 2 * o.more.alias.pick(draw(o.key, at))
			dst = e.render(dst, ops[i+1+o.more.spans[form]:i+1+o.more.spans[form+1]], at)
			i += o.span
		case opPad:
			dst = padded(dst, len(dst), o.times)
		case opStamp:
			dst = strconv.AppendInt(dst, e.now, 10)
		default:
			dst = e.leaf(dst, o, at)
		}
	}
	return dst
}

// leaf renders the kinds that need more than a line.
func (e *env) leaf(dst []byte, o *op, at uint64) []byte {
	c := draw(o.key, at)
	switch o.kind {
	case opWords:
		n := uint64(o.start) + below(c, o.n)
		for j := range n {
			if j > 0 {
				dst = append(dst, ' ')
			}
			dst = append(dst, words[below(mix(c+(j+1)*gamma), uint64(len(words)))]...)
		}
	case opText:
		n := uint64(o.start) + below(c, o.n)
		for j := uint64(0); j < n; j += 12 {
			bits := mix(c + (j+1)*gamma)
			for range min(12, n-j) {
				dst = append(dst, letters[bits&31])
				bits >>= 5
			}
		}
	case opHex:
		dst = appendBytesHex(dst, c, o.times)
	case opBase64:
		dst = appendBase64(dst, c, o.times, base64Digits)
	case opBytes:
		n := int(uint64(o.start) + below(c, o.n))
		if c = mix(c ^ gamma); o.more.digits == "" {
			dst = appendBytesHex(dst, c, n)
		} else {
			dst = appendBase64(dst, c, n, o.more.digits)
		}
	case opDigits:
		dst = appendPadded(dst, int64(below(c, uint64(pow10[o.times]))), o.times)
	case opRegex:
		dst = o.more.pattern.append(dst, &cells{c})
	case opWalk:
		k, when := o.key, int64(at)
		if o.more.walk.own {
			k, when = mix(o.key^at), e.index
		}
		dst = appendFixed(dst, o.start+int64(o.more.walk.at(k, when)+0.5), o.times)
	case opUUID4:
		dst = appendUUID(dst, c&^0xF000|0x4000, mix(c+gamma)>>2|1<<63)
	case opUUID7:
		ms := uint64(o.moment(at) / o.more.clock.perMilli)
		dst = appendUUID(dst, ms<<16|0x7000|c&0xFFF, mix(c+gamma)>>2|1<<63)
	case opULID:
		ms := uint64(o.moment(at) / o.more.clock.perMilli)
		dst = appendULID(dst, ms, c, mix(c+gamma))
	case opIP4:
		dst = appendIP4(dst, uint32(uint64(o.start)+e.number(o, at)))
	case opIP6:
		dst = appendIP6(dst, o.more.prefix, o.more.network, c, mix(c+gamma))
	case opMAC:
		dst = appendMAC(dst, c)
	case opDate:
		dst = appendDate(dst, o.start+int64(e.number(o, at)))
	}
	return dst
}
