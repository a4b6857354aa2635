package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type kind uint8

const (
	end     kind = iota
	name         // a word, or words joined by "::"
	keyword      // a word that the grammar reserves
	field        // ".word"; text is the word
	binding      // "$word"; text is the word
	number
	format // "@word", with the "@"
	quote  // the start of a string
	mark   // an operator or a bracket
)

type token struct {
	kind       kind
	text       string
	start, end int
}

func (t token) is(text string) bool {
	return (t.kind == mark || t.kind == keyword) && t.text == text
}

// words are the reserved ones. true, false and null are not among them: the
// grammar takes them for calls.
var words = map[string]bool{
	"def": true, "module": true, "import": true, "include": true, "as": true,
	"if": true, "then": true, "elif": true, "else": true, "end": true,
	"reduce": true, "foreach": true, "try": true, "catch": true,
	"label": true, "break": true, "and": true, "or": true, "__loc__": true,
}

// lexer cuts a program into tokens. It does not read ahead, since what a quote
// or a parenthesis means depends on the parser's place in a string.
type lexer struct {
	src string
	pos int
}

func (l *lexer) fail(offset int, hint, message string, args ...any) {
	panic(&Error{Offset: offset, Message: fmt.Sprintf(message, args...), Hint: hint})
}

func (l *lexer) lex() token {
	l.skipSpace()
	start := l.pos
	if start == len(l.src) {
		return token{kind: end, start: start, end: start}
	}
	t := token{start: start}
	switch c := l.src[start]; {
	case isLetter(c):
		l.words()
		t.kind, t.text = name, l.src[start:l.pos]
		if words[t.text] {
			t.kind = keyword
		}
	case isDigit(c), c == '.' && isDigit(l.at(1)):
		l.number()
		t.kind, t.text = number, l.src[start:l.pos]
	case c == '.' && isLetter(l.at(1)):
		l.pos++
		l.word()
		t.kind, t.text = field, l.src[start+1:l.pos]
	case c == '$' && isLetter(l.at(1)):
		l.pos++
		l.words()
		t.kind, t.text = binding, l.src[start+1:l.pos]
	case c == '@' && isWordByte(l.at(1)):
		l.pos++
		l.word()
		t.kind, t.text = format, l.src[start:l.pos]
	case c == '"':
		l.pos++
		t.kind, t.text = quote, `"`
	default:
		t.kind, t.text = mark, l.mark()
	}
	t.end = l.pos
	return t
}

// mark takes the longest operator or bracket. "?//" is not one: only a pattern
// can be followed by it, and the parser of patterns puts it together.
func (l *lexer) mark() string {
	rest := l.src[l.pos:]
	for _, m := range [...]string{"//=", "//", "==", "!=", "<=", ">=", "|=", "+=", "-=", "*=", "/=", "%=", ".."} {
		if strings.HasPrefix(rest, m) {
			l.pos += len(m)
			return m
		}
	}
	if strings.IndexByte(".?=;,:|+-*/%<>()[]{}", rest[0]) >= 0 {
		l.pos++
		return rest[:1]
	}
	hint := ""
	switch rest[0] {
	case '\'':
		hint = `strings stand in double quotes, and the program in single quotes for the shell`
	case '&':
		hint = `the logical operator is "and"`
	case '!':
		hint = `write "x != y", or "x | not"`
	case '$':
		hint = `a variable is "$" and a name without a space between them`
	case '@':
		hint = `a format is "@" and a name, as in @base64`
	case '\\':
		hint = `interpolation works inside of a string: "\(.a)"`
	}
	r, _ := utf8.DecodeRuneInString(rest)
	l.fail(l.pos, hint, "unexpected character %q", r)
	return ""
}

// text takes a string's characters up to the closing quote, which it takes too,
// or to the "\(" of an interpolation, after which it stops. Start is the place
// of the string's first quote.
func (l *lexer) text(start int) (text string, closed bool) {
	var b strings.Builder
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == '"':
			l.pos++
			return b.String(), true
		case c == '\\' && l.at(1) == '(':
			l.pos += 2
			return b.String(), false
		case c == '\\':
			l.escape(&b)
		case c < utf8.RuneSelf:
			b.WriteByte(c)
			l.pos++
		default:
			r, n := utf8.DecodeRuneInString(l.src[l.pos:])
			b.WriteRune(r) // U+FFFD for a broken byte, as jq
			l.pos += n
		}
	}
	l.fail(start, `it needs a closing "`, "the string that starts here does not end")
	return "", false
}

func (l *lexer) escape(b *strings.Builder) {
	c := l.at(1)
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 && c != 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[i])
		l.pos += 2
		return
	}
	if c != 'u' {
		l.fail(l.pos, `known are \" \\ \/ \b \f \n \r \t \uXXXX and \(...)`, "unknown escape in a string")
	}
	r, ok := l.unicode(l.pos)
	if !ok {
		l.fail(l.pos, "", `\u needs four hexadecimal digits`)
	}
	start := l.pos
	l.pos += 6
	if r >= 0xD800 && r < 0xDC00 {
		low, ok := l.unicode(l.pos)
		if !ok || low < 0xDC00 || low >= 0xE000 {
			l.fail(start, "", "unpaired surrogate in a string")
		}
		l.pos += 6
		r = (r-0xD800)<<10 + (low - 0xDC00) + 0x10000
	}
	b.WriteRune(r) // the second half of a pair alone becomes U+FFFD, as in jq
}

// unicode reads \uXXXX at offset i and takes nothing.
func (l *lexer) unicode(i int) (rune, bool) {
	if len(l.src) < i+6 || l.src[i] != '\\' || l.src[i+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(l.src[i+2 : i+6]) {
		switch {
		case isDigit(c):
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// skipSpace skips white space and comments. A comment ends with its line,
// unless an odd number of backslashes stands before the line's end.
func (l *lexer) skipSpace() {
	for l.pos < len(l.src) {
		switch l.src[l.pos] {
		case ' ', '\t', '\r', '\n':
			l.pos++
		case '#':
			l.skipComment()
		default:
			return
		}
	}
}

func (l *lexer) skipComment() {
	for {
		line := l.src[l.pos:]
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		l.pos += len(line)
		line = strings.TrimSuffix(line, "\r")
		slashes := len(line) - len(strings.TrimRight(line, `\`))
		if slashes%2 == 0 || l.pos == len(l.src) {
			return
		}
		l.pos++
	}
}

func (l *lexer) word() {
	for l.pos < len(l.src) && isWordByte(l.src[l.pos]) {
		l.pos++
	}
}

func (l *lexer) words() {
	l.word()
	for l.at(0) == ':' && l.at(1) == ':' && isLetter(l.at(2)) {
		l.pos += 2
		l.word()
	}
}

func (l *lexer) number() {
	l.digits()
	if l.at(0) == '.' {
		l.pos++
		l.digits()
	}
	if l.at(0)|0x20 == 'e' {
		digit := 1
		if l.at(1) == '+' || l.at(1) == '-' {
			digit = 2
		}
		if isDigit(l.at(digit)) {
			l.pos += digit
			l.digits()
		}
	}
}

func (l *lexer) digits() {
	for isDigit(l.at(0)) {
		l.pos++
	}
}

// at is the byte i places ahead, or 0.
func (l *lexer) at(i int) byte {
	if l.pos+i < len(l.src) {
		return l.src[l.pos+i]
	}
	return 0
}

func isLetter(c byte) bool   { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isWordByte(c byte) bool { return isLetter(c) || isDigit(c) }
