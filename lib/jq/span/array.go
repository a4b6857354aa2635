package span

import (
	"encoding/binary"
	"math/bits"

	"ndjsontools/lib/jsonscan"
)

// short is the place behind a string of up to 7 plain characters that begin at
// b[i], and 0 for any other.
func short(b []byte, i int) int {
	if i+8 <= len(b) {
		if m := special(binary.LittleEndian.Uint64(b[i:])) & highs; m != 0 {
			if i += bits.TrailingZeros64(m) >> 3; b[i] == '"' {
				return i + 1
			}
		}
	}
	return 0
}

// unplain reads a string that is not plain ASCII.
func (s *scanner) unplain(b []byte, i int) int {
	end, traits := jsonscan.String(b, i)
	if end >= 0 && traits&(jsonscan.HasEscape|jsonscan.HasDelete) != 0 {
		if traits&jsonscan.HasDelete != 0 || !shortEscapes(b[i+1:end-1]) {
			s.dirt(i, end)
		}
	}
	return end
}

// array reads the array at b[i]. n is the key that it is the value of.
func (s *scanner) array(b []byte, i int, n *node, depth int) int {
	if depth == deepest {
		return -1
	}
	open := i
	i++
	spaces := false
	if c := jsonscan.Peek(b, i); c <= ' ' {
		spaces = true
		i = jsonscan.Space(b, i)
	}
	if jsonscan.Peek(b, i) == ']' {
		if spaces {
			s.dirt(open, i)
		}
		return i + 1
	}
	for {
		switch c := jsonscan.Peek(b, i); c {
		case '"':
			if j := short(b, i+1); j > 0 {
				i = j
				break
			}
			end, traits := jsonscan.String(b, i)
			if traits&(jsonscan.HasEscape|jsonscan.HasDelete) != 0 {
				end = s.unplain(b, i)
			}
			i = end
		case '{':
			if n.inside == nil {
				return -1
			}
			i = s.object(b, i, n.inside)
		case '[':
			i = s.array(b, i, n, depth+1)
		case 't', 'f', 'n':
			i = jsonscan.Word(b, i)
		default:
			i, _ = jsonscan.Number(b, i)
		}
		if i < 0 {
			return -1
		}
		c := jsonscan.Peek(b, i)
		if c <= ' ' {
			spaces = true
			i = jsonscan.Space(b, i)
			c = jsonscan.Peek(b, i)
		}
		i++
		if c == ']' {
			if spaces {
				s.dirt(open, i)
			}
			return i
		}
		if c != ',' {
			return -1
		}
		if c = jsonscan.Peek(b, i); c <= ' ' {
			spaces = true
			i = jsonscan.Space(b, i)
		}
	}
}
