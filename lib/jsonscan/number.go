package jsonscan

import "math/bits"

// Number reads the number at b[i]. It returns the place behind it and whether it
// is whole, that is, has neither a fraction nor an exponent; or -1 where no
// number in JSON's grammar stands there. What follows is not looked at: of "01"
// it reads the "0".
func Number(b []byte, i int) (end int, whole bool) {
	if Peek(b, i) == '-' {
		i++
	}
	switch c := Peek(b, i); {
	case c == '0':
		i++
	case '1' <= c && c <= '9':
		i = digits(b, i+1)
	default:
		return -1, false
	}
	c := Peek(b, i)
	if c != '.' && c|0x20 != 'e' {
		return i, true
	}
	if c == '.' {
		if i = digits(b, i+1); b[i-1] == '.' {
			return -1, false
		}
		c = Peek(b, i)
	}
	if c|0x20 == 'e' {
		if c = Peek(b, i+1); c == '+' || c == '-' {
			i++
		}
		from := i + 1
		if i = digits(b, from); i == from {
			return -1, false
		}
	}
	return i, false
}

// digits returns the place of the first byte from i on that is not a digit. It
// may be called with the place just behind the end.
func digits(b []byte, i int) int {
	for i+8 <= len(b) {
		m := nonDigits(load8(b, i))
		if m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i
}

// Word reads true, false or null at b[i]. It returns the place behind it, or -1.
func Word(b []byte, i int) int {
	if i+4 > len(b) {
		return -1
	}
	switch string(b[i : i+4]) {
	case "true", "null":
		return i + 4
	case "fals":
		if Peek(b, i+4) == 'e' {
			return i + 5
		}
	}
	return -1
}
