package span

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"ndjsontools/lib/jsonscan"
)

// The general scan is for records that the cache has no room for: those whose
// keys are data, and of thousands of forms. It knows nothing of earlier records,
// so it reads each key, looks whether somebody wants it, and whether the object
// has it already. What it leaves behind is what the cache's scan does.

// generalKeys bounds the keys of an object here: each may be compared with all
// before it.
const generalKeys = 128

// keyPlace is a key of an open object.
type keyPlace struct {
	sum        uint64
	start, end uint32
}

// general validates a record of any form, and notes the wanted places.
func (s *scanner) general(b []byte, used int) bool {
	s.begin(b, used)
	s.keys = s.keys[:0]
	start := jsonscan.Space(b, 0)
	if jsonscan.Peek(b, start) != '{' {
		return false
	}
	end := s.members(b, start, s.cache.paths, 0)
	if end < 0 || jsonscan.Space(b, end) != len(b) {
		return false
	}
	s.regs[topReg] = place{uint32(start), uint32(end)}
	return true
}

// members reads the object at b[i], and returns the place behind it, or -1.
func (s *scanner) members(b []byte, i int, w *wanted, depth int) int {
	if depth > deepest {
		return -1
	}
	base, filter := len(s.keys), uint64(0)
	if i = s.gap(b, i+1); jsonscan.Peek(b, i) == '}' {
		return i + 1
	}
	for {
		start := i + 1
		if i = s.key(b, i); i < 0 || len(s.keys)-base == generalKeys {
			return -1
		}
		k := keyPlace{sum(b, start, i-1), uint32(start), uint32(i - 1)}
		bit := uint64(1) << (k.sum >> 58)
		if filter&bit != 0 && s.has(b, base, k) {
			return -1
		}
		filter |= bit
		s.keys = append(s.keys, k)
		var kid *wanted
		if w != nil {
			kid = w.child(view(b[start : i-1]))
		}
		if i = s.gap(b, i); jsonscan.Peek(b, i) != ':' {
			return -1
		}
		i = s.gap(b, i+1)
		at := i
		if i = s.value(b, i, kid, depth); i < 0 {
			return -1
		}
		if kid != nil {
			s.regs[kid.reg&(maxRegs-1)] = place{uint32(at), uint32(i)}
		}
		i = s.gap(b, i)
		switch jsonscan.Peek(b, i) {
		case ',':
			i = s.gap(b, i+1)
		case '}':
			s.keys = s.keys[:base]
			return i + 1
		default:
			return -1
		}
	}
}

// gap is the place behind white space, which is not canonical.
func (s *scanner) gap(b []byte, i int) int {
	if jsonscan.Peek(b, i) > ' ' {
		return i
	}
	to := jsonscan.Space(b, i)
	if to > i {
		s.dirt(i, to)
	}
	return to
}

// key is the place behind the key at b[i], -1 where none is. One with escapes is
// the evaluator's.
func (s *scanner) key(b []byte, i int) int {
	if jsonscan.Peek(b, i) != '"' {
		return -1
	}
	if end := plainString(b, i); end > 0 {
		return end
	}
	end, traits := jsonscan.String(b, i)
	if traits&jsonscan.HasEscape != 0 {
		return -1
	}
	if traits&jsonscan.HasDelete != 0 {
		s.dirt(i, end)
	}
	return end
}

// plainString is the place behind the string at b[i] if it is plain ASCII, and
// not long; otherwise 0.
func plainString(b []byte, i int) int {
	for j := i + 1; j+8 <= len(b) && j-i <= inlined; j += 8 {
		if m := special(binary.LittleEndian.Uint64(b[j:])) & highs; m != 0 {
			if j += bits.TrailingZeros64(m) >> 3; b[j] == '"' {
				return j + 1
			}
			return 0
		}
	}
	return 0
}

// sum is a number of b[start:end] that is the same for the same bytes.
func sum(b []byte, start, end int) uint64 {
	n := end - start
	var head, tail uint64
	switch {
	case n >= 8:
		head = binary.LittleEndian.Uint64(b[start:])
		tail = binary.LittleEndian.Uint64(b[end-8:])
	case start+8 <= len(b):
		head = binary.LittleEndian.Uint64(b[start:]) & (1<<(8*n) - 1)
	default:
		head, _ = word8(b[start:end])
	}
	return (head ^ bits.RotateLeft64(tail, 29) ^ uint64(n)) * 0x9E3779B97F4A7C15
}

// has reports whether an open object has a key already.
func (s *scanner) has(b []byte, base int, k keyPlace) bool {
	for _, old := range s.keys[base:] {
		if old.sum == k.sum && bytes.Equal(b[old.start:old.end], b[k.start:k.end]) {
			return true
		}
	}
	return false
}

// value reads the value at b[i], and returns the place behind it, or -1.
func (s *scanner) value(b []byte, i int, w *wanted, depth int) int {
	switch c := jsonscan.Peek(b, i); c {
	case '"':
		if end := plainString(b, i); end > 0 {
			return end
		}
		return s.unplain(b, i)
	case '{':
		return s.members(b, i, w, depth+1)
	case '[':
		return s.elements(b, i, depth+1)
	case 't', 'f', 'n':
		return jsonscan.Word(b, i)
	default:
		end, _ := jsonscan.Number(b, i)
		return end
	}
}

// elements reads the array at b[i], and returns the place behind it, or -1.
func (s *scanner) elements(b []byte, i, depth int) int {
	if depth > deepest {
		return -1
	}
	if i = s.gap(b, i+1); jsonscan.Peek(b, i) == ']' {
		return i + 1
	}
	for {
		if i = s.value(b, i, nil, depth); i < 0 {
			return -1
		}
		i = s.gap(b, i)
		switch jsonscan.Peek(b, i) {
		case ',':
			i = s.gap(b, i+1)
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}
