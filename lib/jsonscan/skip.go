package jsonscan

import "math/bits"

// Skip returns the place behind the value at b[i], which must be valid; of one
// that is not, the place means nothing, but is inside of b or at its end.
func Skip(b []byte, i int) int {
	switch Peek(b, i) {
	case '"':
		return skipString(b, i)
	case '{', '[':
		if hasVector {
			return skipVectors(b, i)
		}
		return skipWords(b, i)
	}
	for i < len(b) {
		switch b[i] {
		case ',', ']', '}', ' ', '\t', '\n', '\r':
			return i
		}
		i++
	}
	return i
}

// skipString returns the place behind the string at b[i].
func skipString(b []byte, i int) int {
	i++
	for limit := wordsEnd(b, i, vectorFrom); i < len(b); {
		if i >= limit && limit < len(b) {
			at, _, _ := vectorStop(b[i:])
			i, limit = i+at, len(b)
		}
		if i+8 <= len(b) {
			m := stops(load8(b, i))
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		} else if i == len(b) {
			break
		}
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
			limit = wordsEnd(b, i+1, 4*vectorFrom)
		}
		i++
	}
	return len(b)
}

// skipWords returns the place behind the array or object at b[i]. In a valid
// record it is enough to count brackets of both kinds together.
func skipWords(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		if i+8 <= len(b) {
			m := brackets(load8(b, i))
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		}
		switch b[i] {
		case '"':
			i = skipString(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(b)
}

// skipVectors is skipWords by a kernel that counts the brackets of 32 bytes at
// once. A backslash is not for the kernel: the bytes around it are read one by one.
func skipVectors(b []byte, i int) int {
	depth, in := 1, uint32(0) // in is not 0 inside of a string
	for i++; i < len(b); {
		rest := b[i:]
		var room [32]byte
		if len(rest) < len(room) {
			copy(room[:], rest)
			rest = room[:]
		}
		at, deep, open, shut, still := vectorNest(rest, depth, in)
		i, in = i+at, still
		if shut == 0 {
			depth = deep
			if at+32 <= len(rest) { // there is a backslash
				if i, depth, in = skipBytes(b, i, depth, in); depth == 0 {
					return i
				}
			}
			continue
		}
		for ; shut != 0; shut &= shut - 1 { // the depth that each closing bracket leads to
			to := bits.TrailingZeros32(shut)
			before := uint32(1)<<to - 1
			if deep--; deep+bits.OnesCount32(open&before) == 0 {
				return min(i+to+1, len(b))
			}
		}
		i, depth = i+32, deep+bits.OnesCount32(open)
	}
	return len(b)
}

// skipBytes does what the kernel does, for 32 bytes or up to where depth gets 0.
func skipBytes(b []byte, i, depth int, in uint32) (int, int, uint32) {
	for end := min(i+32, len(b)); i < end; i++ {
		switch c := b[i]; {
		case c == '"':
			in = ^in
		case in != 0:
			if c == '\\' {
				i++
			}
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1, 0, 0
			}
		}
	}
	return min(i, len(b)), depth, in
}

// nesting is how many levels deep the place behind b is, if its beginning is depth
// levels deep, and whether it is inside of a string.
func nesting(b []byte, depth int, in uint32) (int, uint32) {
	for i := 0; i < len(b); {
		rest := b[i:]
		var room [32]byte
		if len(rest) < len(room) {
			copy(room[:], rest)
			rest = room[:]
		}
		at, deep, _, _, still := vectorNest(rest, depth, in)
		i, depth, in = i+at, deep, still
		if at+32 <= len(rest) { // there is a backslash
			i, depth, in = skipBytes(b, i, depth, in)
		}
	}
	return depth, in
}
