package gen

import (
	"errors"
	"math"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ndjsontools/lib/jsonscan"
)

// maxMore is how much longer than its least an unbounded repetition gets: x* is
// x{0,8}, x+ is x{1,9}, x{3,} is x{3,11}.
const maxMore = 8

// maxText bounds the strings of a pattern, in bytes.
const maxText = 1 << 20

// maxChars is how many characters of a class are kept one by one.
const maxChars = 256

// A pattern makes strings that match a part of a regular expression. Which of
// its fields count, the first one that is set says.
type pattern struct {
	chars  [][]byte // one of these, escaped for JSON
	ranges []rune   // a character of these pairs of ends, of n in all
	n      uint64
	choice []pattern // one of these
	all    []pattern // one behind the other
	body   *pattern  // least to least+more times
	least  uint64
	more   uint64
	text   []byte // escaped for JSON
}

// cells is a row of cells for one value that needs many.
type cells struct{ next uint64 }

func (c *cells) below(n uint64) uint64 {
	c.next += gamma
	return below(mix(c.next), n)
}

// append appends a string that matches.
func (p *pattern) append(dst []byte, c *cells) []byte {
	switch {
	case p.chars != nil:
		return append(dst, p.chars[c.below(uint64(len(p.chars)))]...)
	case p.ranges != nil:
		v := rune(c.below(p.n))
		for i := 0; ; i += 2 {
			if size := p.ranges[i+1] - p.ranges[i] + 1; v >= size {
				v -= size
				continue
			}
			return utf8.AppendRune(dst, p.ranges[i]+v)
		}
	case p.choice != nil:
		return p.choice[c.below(uint64(len(p.choice)))].append(dst, c)
	case p.all != nil:
		for i := range p.all {
			dst = p.all[i].append(dst, c)
		}
		return dst
	case p.body != nil:
		for range p.least + c.below(p.more+1) {
			dst = p.body.append(dst, c)
		}
		return dst
	}
	return append(dst, p.text...)
}

// size is a bound on the bytes, and count one on the number of strings.
func (p *pattern) size() (size, count float64) {
	switch {
	case p.chars != nil:
		for _, s := range p.chars {
			size = max(size, float64(len(s)))
		}
		return size, float64(len(p.chars))
	case p.ranges != nil:
		return utf8.UTFMax, float64(p.n)
	case p.choice != nil:
		for i := range p.choice {
			s, n := p.choice[i].size()
			size, count = max(size, s), count+n
		}
		return size, count
	case p.all != nil:
		count = 1
		for i := range p.all {
			s, n := p.all[i].size()
			size, count = size+s, count*n
		}
		return size, count
	case p.body != nil:
		s, n := p.body.size()
		most := float64(p.least + p.more)
		for i := range p.more + 1 {
			count += math.Pow(n, float64(p.least+i))
		}
		return s * most, count
	}
	return float64(len(p.text)), 1
}

// errNothing is what parts of an expression are told by that nothing matches.
var errNothing = errors.New("no string matches it")

// parsePattern reads an expression in the syntax of the standard library. What
// can't be turned around is refused: a word's edge, or ^ and $ within.
func parsePattern(text string) (*pattern, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err == nil && strings.Contains(text, "|") {
		tree, err = syntax.Parse(apart(text), syntax.Perl)
	}
	if err != nil {
		return nil, err
	}
	p, err := newPattern(tree, true, true)
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// apart is a valid expression with an empty group at the beginning of each
// alternative. The parser joins what alternatives have in common (x|y|zz is read
// as [xy]|zz, PUT|POST|GET as P(?:UT|OST)|GET), after which those that were
// joined would share the chance of one; it joins nothing that begins with a group.
func apart(text string) string {
	var b strings.Builder
	b.WriteString("()")
	for i := 0; i < len(text); {
		n := 1
		begins := text[i] == '|'
		switch rest := text[i:]; text[i] {
		case '\\':
			if n = min(2, len(rest)); strings.HasPrefix(rest, `\Q`) {
				n = before(rest, `\E`)
			}
		case '[':
			n = classSize(rest)
		case '(':
			begins = true
			if strings.HasPrefix(rest, "(?") { // (?i), (?i:, (?P<name>
				n = strings.IndexAny(rest, ":>)") + 1
				begins = rest[n-1] != ')'
			}
		}
		b.WriteString(text[i : i+n])
		if i += n; begins {
			b.WriteString("()")
		}
	}
	return b.String()
}

// before is the size of text up to and with the next end, or of all of it.
func before(text, end string) int {
	if at := strings.Index(text, end); at >= 0 {
		return at + len(end)
	}
	return len(text)
}

// classSize is the size of the class that a valid expression begins with. A ]
// that stands first is one of its characters.
func classSize(text string) int {
	i := 1
	if strings.HasPrefix(text[i:], "^") {
		i++
	}
	for first := i; i < len(text) && (text[i] != ']' || i == first); i++ {
		if rest := text[i:]; text[i] == '\\' {
			i++
		} else if strings.HasPrefix(rest, "[:") && strings.Contains(rest, ":]") {
			i += before(rest, ":]") - 1
		}
	}
	return i + 1
}

// newPattern turns a tree around. first and last say whether it begins and ends
// the string.
func newPattern(t *syntax.Regexp, first, last bool) (p pattern, err error) {
	switch t.Op {
	case syntax.OpEmptyMatch:
		return p, nil
	case syntax.OpLiteral:
		if t.Flags&syntax.FoldCase == 0 {
			p.text = []byte(escape(string(t.Rune)))
			return p, nil
		}
		for _, r := range t.Rune {
			one := pattern{chars: [][]byte{[]byte(escape(string(r)))}}
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				one.chars = append(one.chars, []byte(escape(string(f))))
			}
			p.all = append(p.all, one)
		}
		return p, nil
	case syntax.OpCharClass:
		return charClass(t.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return charClass([]rune{' ', '~'})
	case syntax.OpCapture:
		return newPattern(t.Sub[0], first, last)
	case syntax.OpStar:
		return repeated(t.Sub[0], 0, maxMore, first, last)
	case syntax.OpPlus:
		return repeated(t.Sub[0], 1, maxMore, first, last)
	case syntax.OpQuest:
		return repeated(t.Sub[0], 0, 1, first, last)
	case syntax.OpRepeat:
		if t.Max < 0 {
			return repeated(t.Sub[0], t.Min, maxMore, first, last)
		}
		return repeated(t.Sub[0], t.Min, t.Max-t.Min, first, last)
	case syntax.OpConcat:
		for i, sub := range t.Sub {
			if isMark(sub) {
				continue
			}
			part, err := newPattern(sub, first && onlyEdges(t.Sub[:i]), last && onlyEdges(t.Sub[i+1:]))
			if err != nil {
				return p, err
			}
			p.all = append(p.all, part)
		}
		return p, nil
	case syntax.OpAlternate:
		for _, sub := range t.Sub {
			part, err := newPattern(sub, first, last)
			if err == errNothing {
				continue
			}
			if err != nil {
				return p, err
			}
			p.choice = append(p.choice, part)
		}
		if len(p.choice) == 0 {
			return p, errNothing
		}
		return p, nil
	case syntax.OpBeginText, syntax.OpBeginLine:
		if first {
			return p, nil
		}
		return p, errors.New("^ is possible at the beginning only")
	case syntax.OpEndText, syntax.OpEndLine:
		if last {
			return p, nil
		}
		return p, errors.New("$ is possible at the end only")
	case syntax.OpNoMatch:
		return p, errNothing
	}
	return p, errors.New(`the edge of a word (\b, \B) can't be generated`)
}

// isMark says whether a part is an empty group, as apart adds them.
func isMark(t *syntax.Regexp) bool {
	return t.Op == syntax.OpCapture && t.Sub[0].Op == syntax.OpEmptyMatch
}

// onlyEdges says whether nothing but ^ and $ stands in a row.
func onlyEdges(row []*syntax.Regexp) bool {
	for _, t := range row {
		if isMark(t) {
			continue
		}
		switch t.Op {
		case syntax.OpBeginText, syntax.OpBeginLine, syntax.OpEndText, syntax.OpEndLine, syntax.OpEmptyMatch:
		default:
			return false
		}
	}
	return true
}

func repeated(t *syntax.Regexp, least, more int, first, last bool) (pattern, error) {
	once := least+more <= 1
	body, err := newPattern(t, first && once, last && once)
	if err == errNothing && least == 0 {
		return pattern{}, nil
	}
	return pattern{body: &body, least: uint64(least), more: uint64(more)}, err
}

// charClass is one of the characters between pairs of ends. A class that is open
// to the end of Unicode ([^"], \D) is one of printable ASCII, if it has any of
// that. A class of many leaves out the characters that JSON escapes.
func charClass(ends []rune) (p pattern, err error) {
	open := len(ends) > 0 && ends[len(ends)-1] == unicode.MaxRune
	if printable := cut(ends, ' ', '~'); open && len(printable) > 0 {
		ends = printable
	}
	// Halves of pairs are no characters.
	ends = append(cut(ends, 0, 0xD7FF), cut(ends, 0xE000, unicode.MaxRune)...)
	n := 0
	for i := 0; i < len(ends); i += 2 {
		n += int(ends[i+1]-ends[i]) + 1
	}
	if n == 0 {
		return p, errNothing
	}
	if n <= maxChars {
		for i := 0; i < len(ends); i += 2 {
			for r := ends[i]; r <= ends[i+1]; r++ {
				p.chars = append(p.chars, []byte(escape(string(r))))
			}
		}
		return p, nil
	}
	from := rune(0)
	for r := rune(0); r <= 0x80; r++ {
		s := string(r)
		if r == 0x80 || len(jsonscan.AppendString(nil, []byte(s))) != len(s)+2 {
			p.ranges = append(p.ranges, cut(ends, from, r-1)...)
			from = r + 1
		}
	}
	p.ranges = append(p.ranges, cut(ends, 0x80, unicode.MaxRune)...)
	for i := 0; i < len(p.ranges); i += 2 {
		p.n += uint64(p.ranges[i+1]-p.ranges[i]) + 1
	}
	return p, nil
}

// cut is the part of the pairs of ends that is from lo to hi.
func cut(ends []rune, lo, hi rune) (part []rune) {
	for i := 0; i < len(ends); i += 2 {
		if a, b := max(ends[i], lo), min(ends[i+1], hi); a <= b {
			part = append(part, a, b)
		}
	}
	return part
}

func regexType(k *call) error {
	a := k.args[0]
	if at := lateModifier(a.raw); at >= 0 {
		a.off += at
		return k.failAt(a, "a modifier stands before the pattern, which is the last argument; a comma of the pattern's own can be [,]")
	}
	p, err := parsePattern(a.raw)
	if err != nil {
		var bad *syntax.Error
		if errors.As(err, &bad) {
			a.off += max(strings.Index(a.raw, bad.Expr), 0)
			return k.failAt(a, "the pattern is wrong: "+bad.Code.String()+": "+quoteText(bad.Expr))
		}
		return k.failAt(a, "the pattern can't be generated: "+err.Error())
	}
	size, count := p.size()
	if size > maxText {
		return k.failAt(a, "the pattern makes strings of more than 1 MiB")
	}
	k.leaf(op{kind: opRegex, max: int(size), more: &more{pattern: p}})
	k.atMost(count)
	return nil
}

// lateModifier is where a modifier begins at the end of what should be a pattern;
// -1 if there is none.
func lateModifier(text string) int {
	at := strings.LastIndexByte(text, ',') + 1
	name, value, ok := strings.Cut(text[at:], "=")
	if at == 0 || !ok || strings.ContainsAny(value, `[](){}|\`) || !slices.Contains(modifiers, name) {
		return -1
	}
	return at
}

// PatternLengths are the lengths in characters of the shortest and the longest
// string that the type regex makes of a pattern. Its errors are in words only.
func PatternLengths(text string) (least, most int, err error) {
	p, err := parsePattern(text)
	if err != nil {
		return 0, 0, err
	}
	least, most = p.lengths()
	return least, most, nil
}

func (p *pattern) lengths() (least, most int) {
	switch {
	case p.chars != nil || p.ranges != nil:
		return 1, 1
	case p.choice != nil:
		least = math.MaxInt
		for i := range p.choice {
			a, b := p.choice[i].lengths()
			least, most = min(least, a), max(most, b)
		}
	case p.all != nil:
		for i := range p.all {
			a, b := p.all[i].lengths()
			least, most = least+a, most+b
		}
	case p.body != nil:
		a, b := p.body.lengths()
		return a * int(p.least), b * int(p.least+p.more)
	default:
		text := jsonscan.Unescape(nil, p.text)
		return utf8.RuneCount(text), utf8.RuneCount(text)
	}
	return least, most
}
