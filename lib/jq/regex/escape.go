package regex

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// escape reads what follows a backslash, outside of a class.
func (t *translator) escape() error {
	if !t.more() {
		return errEnd
	}
	if s, ok, err := t.shorthand(); ok || err != nil {
		if err == nil {
			t.put("[" + s.content + "]")
		}
		return err
	}
	if c := t.in[t.at]; c >= '1' && c <= '9' {
		if done, err := t.numbered(); done || err != nil {
			return err
		}
	}
	switch r := t.take(); r {
	case 'A':
		t.left = true
		t.putAnchor(`\A`)
	case 'z':
		t.putAnchor(`\z`)
	case 'Z':
		t.endOfText()
	case 'G':
		t.left, t.backtracks = true, true
		t.putAnchor(`\G`)
	case 'b', 'B':
		t.boundary(r)
	case 'R':
		t.put(`(?:\r\n|[\n-\r` + "\u0085\u2028\u2029])")
	case 'N':
		t.put(`[^\n]`)
	case 'O':
		t.put(`(?s:.)`)
	case 'K', 'X', 'g', 'y', 'Y':
		return fmt.Errorf(`\%c is not there`, r)
	case 'Q':
		text, rest, _ := strings.Cut(t.in[t.at:], `\E`)
		t.at = len(t.in) - len(rest)
		for _, r := range text {
			t.putRune(r)
		}
	case 'k':
		if t.skip("<") {
			return t.namedReference(">")
		}
		if t.skip("'") {
			return t.namedReference("'")
		}
		t.putRune('k')
	default:
		r, err := t.character(r)
		if err != nil {
			return err
		}
		t.putRune(r)
	}
	return nil
}

func (t *translator) namedReference(end string) error {
	name, err := t.name(end)
	if err != nil {
		return err
	}
	return t.reference(name)
}

// boundary is a place between a word and what is none.
func (t *translator) boundary(r rune) {
	t.left = true
	if !t.slow {
		t.words = true
		t.putAnchor(`\` + string(r))
		return
	}
	word := "[" + wordSet + "]"
	inside, outside := `(?<=%[1]s)(?=%[1]s)|(?<!%[1]s)(?!%[1]s)`, `(?<=%[1]s)(?!%[1]s)|(?<!%[1]s)(?=%[1]s)`
	if r == 'b' {
		inside = outside
	}
	t.putAnchor(fmt.Sprintf("(?:"+inside+")", word))
}

// numbered reads a back-reference by number. What is too high for one is an
// octal number, and not done here.
func (t *translator) numbered() (done bool, err error) {
	end := t.at
	for end < len(t.in) && t.in[end] >= '0' && t.in[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(t.in[t.at:end])
	if err == nil && (n <= 9 || n <= len(t.names)) {
		t.at = end
		return true, t.reference(strconv.Itoa(n))
	}
	if t.in[t.at] >= '8' {
		return true, errBackref
	}
	return false, nil
}

// character is the one that an escape stands for; r is what follows the
// backslash.
func (t *translator) character(r rune) (rune, error) {
	switch r {
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'v':
		return '\v', nil
	case 'a':
		return '\a', nil
	case 'e':
		return '\x1b', nil
	case 'c':
		if !t.more() {
			return 0, errors.New("end pattern at control")
		}
		return t.take() & 0x1f, nil
	case 'x':
		return t.coded(16, 2, 'x')
	case 'o':
		return t.coded(8, 0, 'o')
	case '0', '1', '2', '3', '4', '5', '6', '7':
		t.at--
		return t.coded(8, 3, 0)
	}
	return r, nil
}

// coded reads up to size digits, or any number of them in braces. Without one
// the letter means itself.
func (t *translator) coded(base, size int, letter rune) (rune, error) {
	rest := t.in[t.at:]
	if letter != 0 && strings.HasPrefix(rest, "{") {
		body, _, ok := strings.Cut(rest[1:], "}")
		if n, err := strconv.ParseUint(body, base, 32); ok && err == nil {
			t.at += len(body) + 2
			if n > 0x10FFFF || n >= 0xD800 && n < 0xE000 {
				return 0, errors.New("invalid code point value")
			}
			return rune(n), nil
		}
		return letter, nil
	}
	n := rune(0)
	for i := 0; i < size && i < len(rest); i++ {
		d := strings.IndexByte("0123456789abcdef", rest[i]|0x20)
		if d < 0 || d >= base {
			if i == 0 && letter == 'x' {
				return 0, nil // as Oniguruma has it
			}
			break
		}
		n = n*rune(base) + rune(d)
		t.at++
	}
	if size == 0 {
		return letter, nil
	}
	return n, nil
}
