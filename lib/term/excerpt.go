package term

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An excerpt shows at most this many characters before and after the place.
const (
	excerptBefore = 50
	excerptAfter  = 28
)

// Excerpt shows the part of text around the byte at offset at, on one line
// with a caret under it on the next, indented by two spaces:
//
//	{"a" x 1}
//	     ^
//
// Control characters and bytes that are not UTF-8 are shown as escapes, and
// what is left out on either side as "…". An offset past the end points behind
// the last byte.
func Excerpt(text []byte, at int) string {
	at = min(max(at, 0), len(text))
	lineStart, lineEnd := 0, len(text)
	for i := at - 1; i >= 0; i-- {
		if text[i] == '\n' {
			lineStart = i + 1
			break
		}
	}
	for i := at; i < len(text); i++ {
		if text[i] == '\n' {
			lineEnd = i
			break
		}
	}
	before := tail(text[lineStart:at], excerptBefore)
	after, cut := visible(text[at:lineEnd], excerptAfter)
	if cut {
		after += "…"
	}
	pad := strings.Repeat(" ", utf8.RuneCountInString(before))
	return "  " + before + after + "\n  " + pad + "^\n"
}

// Column is the place of the byte at offset at in its line of text, counted in
// characters from 1, and the number of that line, from 1.
func Column(text []byte, at int) (line, column int) {
	at = min(max(at, 0), len(text))
	line = 1
	start := 0
	for i, c := range text[:at] {
		if c == '\n' {
			line++
			start = i + 1
		}
	}
	return line, utf8.RuneCount(text[start:at]) + 1
}

// tail is the last limit characters of text, made visible.
func tail(text []byte, limit int) string {
	start, n := len(text), 0
	for start > 0 && n < limit {
		_, size := utf8.DecodeLastRune(text[:start])
		start -= size
		n++
	}
	s, _ := visible(text[start:], limit)
	if start > 0 {
		s = "…" + s
	}
	return s
}

// words is text as a message of one line has it: a name may hold a line's end, and
// what follows it would pass for a message of its own.
func words(text string) string {
	return printable(strings.ReplaceAll(text, "\n", `\n`))
}

// printable is text with its lines and tabs as they are, and with whatever else
// could move a cursor or change a colour as an escape.
func printable(text string) string {
	plain := func(r rune) bool { return r == '\n' || r == '\t' || unicode.IsPrint(r) }
	if utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 || !plain(r) {
			appendEscape(&b, r, size, text[0])
		} else {
			b.WriteRune(r)
		}
		text = text[size:]
	}
	return b.String()
}

// appendEscape writes what can't be printed: \x1b for a byte, \u202e or
// \U000e0001 for a character.
func appendEscape(b *strings.Builder, r rune, size int, first byte) {
	switch {
	case size == 1:
		fmt.Fprintf(b, `\x%02x`, first)
	case r > 0xffff:
		fmt.Fprintf(b, `\U%08x`, r)
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}

// visible is at most limit characters of text that can be printed on one line,
// and whether there were more.
func visible(text []byte, limit int) (s string, cut bool) {
	var b strings.Builder
	for n := 0; len(text) > 0; n++ {
		if n == limit {
			return b.String(), true
		}
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && size == 1 || !unicode.IsPrint(r):
			appendEscape(&b, r, size, text[0])
		default:
			b.WriteRune(r)
		}
		text = text[size:]
	}
	return b.String(), false
}
