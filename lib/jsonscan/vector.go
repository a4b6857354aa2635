package jsonscan

// vectorFrom is how many bytes of a string are read in words before the vectors
// are called, and how many more there must be. A call costs as much as some of
// these.
const vectorFrom = 32

// stopPlain is the twin of the vector kernel, and what it must agree with. It
// looks at the whole vectors in b, of 32 bytes. at is the first byte of them that
// is a quote, a backslash or below 0x20; without one, where they end. high and
// del are not 0 where there is a byte above 0x7F, and 0x7F itself, before that.
func stopPlain(b []byte) (at int, high, del uint32) {
	b = b[:len(b)&^31]
	for i, c := range b {
		switch {
		case c == '"' || c == '\\' || c < ' ':
			return i, high, del
		case c == 0x7F:
			del = 1
		case c > 0x7F:
			high = 1
		}
	}
	return len(b), high, del
}
