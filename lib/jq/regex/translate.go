package regex

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// traits is what of a pattern decides on the engine.
type traits struct {
	backtracks bool // RE2 can't do it
	left       bool // it looks at what is before a place
	words      bool // it has \b or \B, which RE2 knows of ASCII only
	lines      bool // it has "$", or a "^" for lines, which RE2 knows otherwise
}

// written is a pattern in the language of an engine.
type written struct {
	text  string
	names []string
	traits
}

// translator reads a pattern from left to right. What it writes has no named
// groups: their numbers would not be in order everywhere.
type translator struct {
	in  string
	at  int
	out []byte
	// slow is for the language of regexp2, else of RE2.
	slow bool

	mode   mode
	groups []group
	names  []string
	refs   int // the highest number that is referred to

	// start is where the last item is in out, for a repeat; or why there is
	// none.
	start    int
	repeated bool // it has a repeat already

	traits
}

const (
	noItem  = -1
	badItem = -2
)

// mode is what options of a pattern are on. Upper and lower case are the
// engine's business.
type mode struct {
	extended bool
	dotAll   bool
	lines    bool // (?m): "^" and "$" are about lines
}

type group struct {
	start  int
	mode   mode
	around bool // it is no item that can be repeated
}

var (
	errUnmatched = errors.New("end pattern with unmatched parenthesis")
	errEnd       = errors.New("end pattern at escape")
	errNoTarget  = errors.New("target of repeat operator is not specified")
	errBadTarget = errors.New("target of repeat operator is invalid")
	errBackref   = errors.New("invalid backref number/name")
	errOption    = errors.New("undefined group option")
)

func translate(pattern string, opts Options, slow bool) (written, error) {
	t := &translator{in: pattern, slow: slow, start: noItem, mode: mode{extended: opts.Extended, dotAll: opts.DotAll}}
	if opts.IgnoreCase {
		t.out = append(t.out, "(?i)"...)
	}
	for t.at < len(t.in) {
		if err := t.item(); err != nil {
			return written{}, err
		}
	}
	switch {
	case len(t.groups) > 0:
		return written{}, errUnmatched
	case t.refs > len(t.names):
		return written{}, errBackref
	}
	return written{string(t.out), t.names, t.traits}, nil
}

// take takes the next character.
func (t *translator) take() rune {
	r, n := utf8.DecodeRuneInString(t.in[t.at:])
	t.at += n
	return r
}

func (t *translator) more() bool { return t.at < len(t.in) }

// skip skips text if it comes next.
func (t *translator) skip(text string) bool {
	ok := strings.HasPrefix(t.in[t.at:], text)
	if ok {
		t.at += len(text)
	}
	return ok
}

// put writes an item.
func (t *translator) put(text string) {
	t.start, t.repeated = len(t.out), false
	t.out = append(t.out, text...)
}

// putAnchor writes what can't be repeated.
func (t *translator) putAnchor(text string) {
	t.out = append(t.out, text...)
	t.start = badItem
}

func (t *translator) putRune(r rune) { t.put(quoted(r)) }

// quoted is a character that means itself in every place of a pattern. No more
// than needed gets a backslash: \' and \< are references to regexp2.
func quoted(r rune) string {
	if strings.ContainsRune(`\.+*?()|[]{}^$-`, r) {
		return `\` + string(r)
	}
	return string(r)
}

func (t *translator) item() error {
	switch r := t.take(); r {
	case '\\':
		return t.escape()
	case '[':
		return t.class()
	case '(':
		return t.open()
	case ')':
		if len(t.groups) == 0 {
			return errors.New("unmatched close parenthesis")
		}
		g := t.groups[len(t.groups)-1]
		t.groups = t.groups[:len(t.groups)-1]
		t.out = append(t.out, ')')
		t.mode, t.start, t.repeated = g.mode, g.start, false
		if g.around {
			t.start = badItem
		}
	case '|':
		t.out = append(t.out, '|')
		t.start = noItem
	case '*', '+', '?':
		return t.repeat(string(r))
	case '{':
		return t.interval()
	case '.':
		t.dot()
	case '^':
		t.caret()
	case '$':
		t.dollar()
	case ' ', '\t', '\n', '\v', '\f', '\r', '#':
		if !t.mode.extended {
			t.putRune(r)
		} else if r == '#' {
			_, rest, _ := strings.Cut(t.in[t.at:], "\n")
			t.at = len(t.in) - len(rest)
		}
	default:
		t.putRune(r)
	}
	return nil
}

func (t *translator) dot() {
	if t.mode.dotAll {
		t.put(`(?s:.)`)
		return
	}
	t.put(`[^\n]`)
}

// caret is the start of the text, or of a line: but there is none behind a last
// newline.
func (t *translator) caret() {
	t.left = true
	switch {
	case !t.mode.lines:
		t.putAnchor(`\A`)
	case t.slow:
		t.putAnchor(`(?:\A|(?m:^)(?!\z))`)
	default:
		t.lines = true
		t.putAnchor(`(?m:^)`)
	}
}

// dollar is the end of the text, also before a last newline, or of a line.
func (t *translator) dollar() {
	if t.mode.lines {
		t.putAnchor(`(?m:$)`)
		return
	}
	t.endOfText()
}

func (t *translator) endOfText() {
	if t.slow {
		t.putAnchor(`\Z`)
		return
	}
	t.lines = true
	t.putAnchor(`\z`)
}

// repeat writes a repeat of the last item, and what makes it lazy or possessive.
func (t *translator) repeat(what string) error {
	switch t.start {
	case noItem:
		return errNoTarget
	case badItem:
		return errBadTarget
	}
	if t.repeated {
		t.wrap("(?:")
	}
	t.out = append(t.out, what...)
	switch {
	case t.skip("?"):
		t.out = append(t.out, '?')
	case t.skip("+"):
		t.backtracks = true
		t.wrap("(?>")
	}
	t.repeated = true
	return nil
}

// wrap puts the last item in brackets.
func (t *translator) wrap(open string) {
	item := string(t.out[t.start:])
	t.out = append(append(append(t.out[:t.start], open...), item...), ')')
}

// maxRepeat is Oniguruma's.
const maxRepeat = 100_000

// interval is {n}, {n,} or {n,m}; other brackets mean themselves.
func (t *translator) interval() error {
	body, _, ok := strings.Cut(t.in[t.at:], "}")
	low, high, two := strings.Cut(body, ",")
	if !ok || !digits(low) || two && high != "" && !digits(high) {
		t.putRune('{')
		return nil
	}
	n, err := strconv.Atoi(low)
	m := n
	if err == nil && two && high != "" {
		m, err = strconv.Atoi(high)
	}
	switch {
	case err != nil || n > maxRepeat || m > maxRepeat:
		return errors.New("too big number for repeat range")
	case m < n:
		return errors.New("upper is smaller than lower in repeat range")
	}
	t.at += len(body) + 1
	return t.repeat("{" + body + "}")
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
