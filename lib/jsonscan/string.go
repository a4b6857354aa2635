package jsonscan

import (
	"bytes"
	"math/bits"
	"unicode/utf8"
)

// Traits is what a scan learned about a string on its way.
type Traits uint8

const (
	HasEscape Traits = 1 << iota // there is a backslash: Unescape is needed to read it
	HasDelete                    // there is a raw 0x7F: the string is not in canonical form
	HasHigh                      // there is a byte above 0x7F
)

// String reads the string whose opening quote is at b[i]. It returns the place
// behind the closing quote and the string's traits, or -1 where the string is
// not valid: it does not end, has a control character, a wrong escape, an
// unpaired surrogate, or is not UTF-8.
//
// Bytes above 0x7F are only noted on the way, and checked together at the end:
// text without them pays nothing, and the loop has one kind of stop less. The
// price is that text with them is read twice.
//
// The first bytes are read in words: most strings end there. What goes on is
// the vectors', where there are any, up to the next stop.
func String(b []byte, i int) (int, Traits) {
	start := i + 1
	i = start
	var seen, high uint64 // bit 7 of any byte
	var traits Traits
	limit := wordsEnd(b, i, vectorFrom)
	for {
	words:
		for i+8 <= limit {
			w := load8(b, i)
			m := stops(w)
			if m == 0 {
				high |= w
				seen |= dels(w)
				i += 8
				continue
			}
			before := m&-m - 1 // the bits of the bytes before the stop, and 7 more
			high |= w & before
			seen |= dels(w) & before
			i += bits.TrailingZeros64(m) >> 3
			goto stop
		}
		if limit < len(b) {
			at, h, d := vectorStop(b[i:])
			high |= -uint64(min(h, 1))
			seen |= -uint64(min(d, 1))
			i += at
			limit = len(b)
			goto words
		}
		for ; i < len(b); i++ {
			c := b[i]
			if c == '"' || c == '\\' || c < ' ' {
				goto stop
			}
			if c >= utf8.RuneSelf {
				high = highs
			} else if c == 0x7F {
				seen = highs
			}
		}
		return -1, 0
	stop:
		switch b[i] {
		case '"':
			if seen&highs != 0 {
				traits |= HasDelete
			}
			if high&highs != 0 {
				traits |= HasHigh
				if !validUTF8(b[start:i]) {
					return -1, 0
				}
			}
			return i + 1, traits
		case '\\':
			traits |= HasEscape
			n := escape(b, i)
			if n == 0 {
				return -1, 0
			}
			i += n
			limit = wordsEnd(b, i, 4*vectorFrom) // text with one escape has more
		default:
			return -1, 0
		}
	}
}

// wordsEnd is where the n bytes end that are read in words from i on, before the
// vectors.
func wordsEnd(b []byte, i, n int) int {
	if hasVector && len(b)-i >= n+vectorFrom {
		return i + n
	}
	return len(b)
}

// escape returns the length of the escape at b[i], the backslash: 2, 6, or 12
// for a pair of surrogates. It returns 0 for one that is not valid.
func escape(b []byte, i int) int {
	switch Peek(b, i+1) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		switch r := hex4(b, i+2); {
		case r < 0 || isLow(r):
			return 0
		case !isHigh(r):
			return 6
		case Peek(b, i+6) == '\\' && Peek(b, i+7) == 'u' && isLow(hex4(b, i+8)):
			return 12
		}
	}
	return 0
}

func isHigh(r rune) bool { return r>>10 == 0xD800>>10 }
func isLow(r rune) bool  { return r>>10 == 0xDC00>>10 }

// hex4 returns the number of the four hexadecimal digits at b[i], or -1.
func hex4(b []byte, i int) rune {
	if i+4 > len(b) {
		return -1
	}
	r := rune(0)
	for _, c := range b[i : i+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// Unescape appends to dst the text of a string, given what stands between its
// quotes. The string must be valid.
func Unescape(dst, quoted []byte) []byte {
	for i := 0; ; {
		n := bytes.IndexByte(quoted[i:], '\\')
		if n < 0 {
			return append(dst, quoted[i:]...)
		}
		dst = append(dst, quoted[i:i+n]...)
		c := Peek(quoted, i+n+1)
		i += n + 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r := hex4(quoted, i)
			i += 4
			if isHigh(r) {
				r = 0x10000 + (r&0x3FF)<<10 + hex4(quoted, i+2)&0x3FF
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, c)
	}
}

// plain returns how many bytes at the start of s can be copied as they are: none
// of them is a quote, a backslash, a control character or 0x7F.
func plain(s []byte) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := load8(s, i)
		if m := stops(w) | dels(w); m != 0 {
			// A carry behind a 0xFF may only make this too early, so look closer.
			break
		}
	}
	for i < len(s) && s[i] != '"' && s[i] != '\\' && s[i] >= ' ' && s[i] != 0x7F {
		i++
	}
	return i
}

const hexDigits = "0123456789abcdef"

// AppendString appends s to dst as a JSON string in canonical form: with \" \\
// \b \f \n \r \t, with \u00xx for the other bytes below 0x20 and for 0x7F, and
// with everything else as it is. s should be valid UTF-8; it is not checked.
func AppendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for {
		n := plain(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			return append(dst, '"')
		}
		dst = appendEscape(dst, s[n])
		s = s[n+1:]
	}
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
