package jsonscan

import (
	"fmt"
	"unicode/utf8"
)

// explain finds the words, and inside of strings and numbers the exact place,
// for what validate found. It may be slow: it runs once a bad record.
func explain(b []byte, at int, why fault) *SyntaxError {
	switch why {
	case tooDeep:
		return &SyntaxError{at, fmt.Sprintf("nested deeper than %d levels", MaxDepth)}
	case badString:
		return explainString(b, at)
	case badNumber:
		return explainNumber(b, at)
	case wantValue:
		return explainValue(b, at)
	}
	e := expected[why]
	if at >= len(b) {
		return ends(b, e.ends)
	}
	return &SyntaxError{at, "invalid character " + quoted(b, at) + " " + e.place}
}

// expected has the words for a record that ends, and for a character that does
// not belong, where something else was wanted.
var expected = [...]struct{ ends, place string }{
	wantKeyEnd:       {"inside an object", "where a key or '}' is wanted"},
	wantKey:          {"inside an object", "where a key is wanted"},
	wantColon:        {"after an object key", "after object key"},
	wantCommaBrace:   {"inside an object", "after object value"},
	wantCommaBracket: {"inside an array", "after array element"},
	wantNothing:      {"", "after the value"},
}

func ends(b []byte, where string) *SyntaxError {
	return &SyntaxError{len(b), "record ends " + where}
}

// explainValue says why no value starts at b[at].
func explainValue(b []byte, at int) *SyntaxError {
	if at >= len(b) {
		return ends(b, "where a value is wanted")
	}
	for _, word := range []string{"true", "false", "null", "NaN", "nan", "Infinity"} {
		n := 0
		for n < len(word) && Peek(b, at+n) == word[n] {
			n++
		}
		switch {
		case n == len(word):
			return &SyntaxError{at, word + " is not JSON"}
		case n > 0 && at+n == len(b):
			return ends(b, "inside "+word)
		case n > 1:
			return &SyntaxError{at + n, "invalid character " + quoted(b, at+n) + " inside " + word}
		}
	}
	return &SyntaxError{at, "invalid character " + quoted(b, at) + " where a value is wanted"}
}

// explainNumber says why b[at], a minus or a digit, starts no number.
func explainNumber(b []byte, at int) *SyntaxError {
	i, where := at, "in a number"
	if b[i] == '-' {
		i, where = i+1, "after '-'"
	}
	if n := digits(b, i); n > i {
		i = n
		if Peek(b, i) == '.' {
			i, where = digits(b, i+1), "after the decimal point"
		}
		if b[i-1] != '.' { // there is a fraction, so it is the exponent
			i, where = i+1, "in an exponent"
			if c := Peek(b, i); c == '+' || c == '-' {
				i++
			}
		}
	}
	if i >= len(b) {
		return ends(b, "inside a number")
	}
	return &SyntaxError{i, "invalid character " + quoted(b, i) + " " + where}
}

// explainString finds the first thing that is wrong in the string that opens at
// b[at], reading it character by character.
func explainString(b []byte, at int) *SyntaxError {
	for i := at + 1; i < len(b); {
		switch c := b[i]; {
		case c < ' ':
			return &SyntaxError{i, fmt.Sprintf("control character 0x%02x in a string", c)}
		case c == '\\':
			n := escape(b, i)
			if n == 0 {
				return explainEscape(b, i)
			}
			i += n
		default:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 {
				return &SyntaxError{i, "invalid UTF-8"}
			}
			i += n
		}
	}
	return ends(b, "inside a string")
}

func explainEscape(b []byte, at int) *SyntaxError {
	if at+1 >= len(b) {
		return ends(b, "inside a string")
	}
	if b[at+1] != 'u' {
		return &SyntaxError{at + 1, "invalid character " + quoted(b, at+1) + " after a backslash"}
	}
	for i := at + 2; i < at+6; i++ {
		if i >= len(b) {
			return ends(b, "inside a string")
		}
		if c := b[i] | 0x20; (b[i] < '0' || b[i] > '9') && (c < 'a' || c > 'f') {
			return &SyntaxError{i, "invalid character " + quoted(b, i) + ` in a \u escape`}
		}
	}
	return &SyntaxError{at, "unpaired surrogate"}
}

// quoted shows the character at b[i]: as itself where it can be printed, and
// else by its number.
func quoted(b []byte, i int) string {
	r, n := utf8.DecodeRune(b[i:])
	switch {
	case r == utf8.RuneError && n == 1:
		return fmt.Sprintf("0x%02x", b[i])
	case r == '\'':
		return `"'"`
	}
	return fmt.Sprintf("%q", r)
}
