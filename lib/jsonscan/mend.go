package jsonscan

import (
	"bytes"
	"unicode/utf8"
)

// Mend appends text to dst with U+FFFD in the place of each piece that is no
// UTF-8, and with \ufffd for each escape of an unpaired surrogate if the text is
// JSON (escapes). It returns how much of text that took: without end the last few
// bytes may be the beginning of something, and are left.
//
// The pieces are jq's: a byte that can't begin a character is one, and so is the
// beginning of a character up to the first byte that does not belong to it, or
// the whole of one that is no character (an overlong form, a surrogate, a number
// above 0x10FFFF). jq also eats a good character that follows such a beginning
// at the end of a string; this does not.
func Mend(dst, text []byte, escapes, end bool) ([]byte, int) {
	for i := 0; i < len(text); {
		n := clean(text[i:], escapes)
		dst = append(dst, text[i:i+n]...)
		if i += n; i == len(text) {
			break
		}
		rest := text[i:]
		var good, more bool
		by := "\uFFFD"
		if rest[0] == '\\' {
			good, n, more = readEscape(rest)
			by = `\ufffd`
		} else {
			n, more = piece(rest)
		}
		switch {
		case more && !end:
			return dst, i
		case good:
			dst = append(dst, rest[:n]...)
		default:
			dst = append(dst, by...)
		}
		i += n
	}
	return dst, len(text)
}

// MendString is Mend for all of a text that is no JSON.
func MendString(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	mended, _ := Mend(nil, []byte(text), false, true)
	return string(mended)
}

// clean is how much of text needs no look.
func clean(text []byte, escapes bool) int {
	n := len(text)
	if escapes {
		if i := bytes.IndexByte(text, '\\'); i >= 0 {
			n = i
		}
	}
	if utf8.Valid(text[:n]) {
		return n
	}
	i := 0
	for i < n {
		r, size := utf8.DecodeRune(text[i:n])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return i
}

// readEscape says whether the escape that text begins with is good, or none of our
// business, how long it is, and whether what follows text might matter.
func readEscape(text []byte) (good bool, size int, more bool) {
	switch {
	case len(text) < 2:
		return true, 1, true
	case text[1] >= utf8.RuneSelf:
		return true, 1, false
	case text[1] != 'u':
		return true, 2, false
	}
	switch r := hex4(text, 2); {
	case isLow(r):
		return false, 6, false
	case !isHigh(r):
		return true, 2, len(text) < 6
	}
	next := text[6:]
	if len(next) < 6 {
		return false, 6, bytes.HasPrefix(next, []byte(`\u`)[:min(2, len(next))])
	}
	if next[0] == '\\' && next[1] == 'u' && isLow(hex4(next, 2)) {
		return true, 12, false
	}
	return false, 6, false
}

// piece is how long the piece at the start of text is that is no UTF-8, and
// whether it might go on behind text.
func piece(text []byte) (size int, more bool) {
	length := 1
	switch c := text[0]; {
	case c >= 0xC2 && c <= 0xDF:
		length = 2
	case c >= 0xE0 && c <= 0xEF:
		length = 3
	case c >= 0xF0 && c <= 0xF4:
		length = 4
	}
	for size = 1; size < length && size < len(text) && text[size]&0xC0 == 0x80; size++ {
	}
	return size, size == len(text) && size < length
}
