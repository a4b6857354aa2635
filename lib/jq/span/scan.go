package span

import (
	"encoding/binary"
	"math/bits"

	"ndjsontools/lib/jsonscan"
)

// place is where in the record a value stands. An end of 0 means: not there.
type place struct{ start, end uint32 }

// scanner finds the wanted values of one record after the other.
type scanner struct {
	cache cache
	regs  [maxRegs]place
	// What is between these places may not be canonical; outside it is.
	dirtyFrom, dirtyTo int
	keys               []keyPlace // of the open objects of the general scan
}

// begin forgets the record before.
func (s *scanner) begin(b []byte, used int) {
	clear(s.regs[:used])
	s.dirtyFrom, s.dirtyTo = len(b), 0
}

func (s *scanner) dirt(from, to int) {
	s.dirtyFrom = min(s.dirtyFrom, from)
	s.dirtyTo = max(s.dirtyTo, to)
}

// scan validates a record that has a known form, and notes the wanted places.
func (s *scanner) scan(b []byte, used int) bool {
	s.begin(b, used)
	if s.object(b, 0, s.cache.top) != len(b) {
		return false
	}
	to := len(b)
	for b[to-1] != '}' {
		to--
	}
	s.regs[topReg] = place{uint32(jsonscan.Space(b, 0)), uint32(to)}
	return true
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks the bytes that a string of plain ASCII does not have: the quote,
// the backslash, what is below 0x20, and 0x7F and above. The mark is bit 7; only
// the lowest one is exact, as in jsonscan.
func special(w uint64) uint64 {
	return (w - ones*' ') | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones) | w | (w + ones)
}

// nonDigits marks the bytes that are not '0' to '9'.
func nonDigits(w uint64) uint64 {
	t := w ^ ones*'0'
	return ((t + ones*0x76) | t) & highs
}

// inlined is how many bytes of a string are read right here. Longer ones are
// read by jsonscan, from their beginning, with vectors where there are any.
const inlined = 64

// object follows the automaton from root. It returns the place behind the
// object, or -1 where no edge fits or a value is not right.
func (s *scanner) object(b []byte, i int, n *node) int {
	var seen [4]uint64
	for {
		var e *edge
		if len(n.edges) > 0 && i+16 <= len(b) { // mostly the first edge is the one
			e = &n.edges[0]
			if e.long || (binary.LittleEndian.Uint64(b[i:])^e.lo)&e.loMask|(binary.LittleEndian.Uint64(b[i+8:])^e.hi)&e.hiMask != 0 {
				e = find(n, b, i)
			}
		} else {
			e = find(n, b, i)
		}
		if e == nil {
			return -1
		}
		word, bit := e.id>>6, uint64(1)<<(e.id&63)
		if seen[word]&bit != 0 {
			return -1
		}
		seen[word] |= bit
		if e.rest != nil && !s.unusual(e, i, &seen) {
			return -1
		}
		i += e.n
		if n = e.to; n == nil {
			return i
		}
		start := i
		if i >= len(b) {
			return -1
		}
		switch c := b[i]; c {
		case '"':
			j := i + 1
			for j+32 <= len(b) {
				p := b[j : j+32 : j+32]
				w0, w1 := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:])
				m := special(w0) & highs
				if m != 0 {
					j += bits.TrailingZeros64(m) >> 3
					goto stop
				}
				if m = special(w1) & highs; m != 0 {
					j += 8 + bits.TrailingZeros64(m)>>3
					goto stop
				}
				w0, w1 = binary.LittleEndian.Uint64(p[16:]), binary.LittleEndian.Uint64(p[24:])
				if (special(w0)|special(w1))&highs != 0 {
					if m = special(w0) & highs; m != 0 {
						j += 16 + bits.TrailingZeros64(m)>>3
						goto stop
					}
					j += 24 + bits.TrailingZeros64(special(w1)&highs)>>3
					goto stop
				}
				if j += 32; j-start > inlined {
					goto stop // b[j] may be one; if not, the rest is not for this loop
				}
			}
			for j+8 <= len(b) {
				m := special(binary.LittleEndian.Uint64(b[j:])) & highs
				if m != 0 {
					j += bits.TrailingZeros64(m) >> 3
					goto stop
				}
				j += 8
			}
			for j < len(b) && b[j] != '"' && b[j] != '\\' && b[j] >= ' ' && b[j] < 0x7F {
				j++
			}
		stop:
			if j < len(b) && b[j] == '"' {
				i = j + 1
			} else if i = s.unplain(b, i); i < 0 {
				return -1
			}
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-':
			if i+8 <= len(b) && c != '0' && c != '-' {
				if m := nonDigits(binary.LittleEndian.Uint64(b[i:])); m != 0 {
					j := i + bits.TrailingZeros64(m)>>3
					if b[j] != '.' && b[j]|0x20 != 'e' {
						i = j
						break
					}
				}
			}
			if i, _ = jsonscan.Number(b, i); i < 0 {
				return -1
			}
		case '[':
			if i = s.array(b, i, n, 0); i < 0 {
				return -1
			}
		default:
			if i = jsonscan.Word(b, i); i < 0 {
				return -1
			}
		}
		s.regs[e.reg&(maxRegs-1)] = place{uint32(start), uint32(i)}
	}
}

// find returns the edge of n whose literal stands at b[i].
func find(n *node, b []byte, i int) *edge {
	if i+16 > len(b) {
		for k := range n.edges {
			if e := &n.edges[k]; i+e.n <= len(b) && string(b[i:i+e.n]) == e.text {
				return e
			}
		}
		return nil
	}
	lo, hi := binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(b[i+8:])
	for k := range n.edges {
		e := &n.edges[k]
		if (lo^e.lo)&e.loMask|(hi^e.hi)&e.hiMask != 0 {
			continue
		}
		if !e.long || i+e.n <= len(b) && string(b[i+16:i+e.n]) == e.text[16:] {
			return e
		}
	}
	return nil
}

// unusual does what few literals need.
func (s *scanner) unusual(e *edge, i int, seen *[4]uint64) bool {
	for _, id := range e.rest.ids {
		word, bit := id>>6, uint64(1)<<(id&63)
		if seen[word]&bit != 0 {
			return false
		}
		seen[word] |= bit
	}
	for _, m := range e.rest.marks {
		if m.end {
			s.regs[m.reg].end = uint32(i + m.at + 1)
		} else {
			s.regs[m.reg].start = uint32(i + m.at)
		}
	}
	if e.rest.dirty {
		s.dirt(i, i+e.n)
	}
	return true
}
