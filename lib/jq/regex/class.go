package regex

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A set is what an escape for a class stands for: what that class has between its
// brackets, in the language of both engines.
type set struct{ content string }

// The sets of Oniguruma, which knows Unicode.
const (
	wordSet  = `\p{L}\p{M}\p{N}\p{Pc}`
	digitSet = `\p{Nd}`
	spaceSet = `\t-\r` + "\u0085" + `\p{Z}`
)

// shorthand reads \w and its like, and \p{...}, if one of them comes next.
func (t *translator) shorthand() (s set, ok bool, err error) {
	content, tables, negated := "", []*unicode.RangeTable(nil), false
	switch c := t.in[t.at]; c {
	case 'w', 'W':
		content, tables = wordSet, []*unicode.RangeTable{unicode.L, unicode.M, unicode.N, unicode.Pc}
		negated = c == 'W'
	case 'd', 'D':
		content, tables, negated = digitSet, []*unicode.RangeTable{unicode.Nd}, c == 'D'
	case 's', 'S':
		content, tables, negated = spaceSet, []*unicode.RangeTable{spaces}, c == 'S'
	case 'p', 'P':
		if !strings.HasPrefix(t.in[t.at+1:], "{") {
			return s, false, nil
		}
		name, rest, closed := strings.Cut(t.in[t.at+2:], "}")
		if !closed {
			return s, false, errUnmatched
		}
		bare, inverse := strings.CutPrefix(name, "^")
		if content, tables, ok = property(bare); !ok {
			return s, false, fmt.Errorf("invalid character property name {%s}", name)
		}
		t.at = len(t.in) - len(rest) - 1
		negated = (c == 'P') != inverse
	default:
		return s, false, nil
	}
	t.at++
	if negated {
		content = complement(tables)
	}
	return set{content}, true, nil
}

// spaces are the white space of Unicode. It is never changed.
var spaces = unicode.White_Space

// posix are the classes that have names in brackets; \p{...} knows them too. It
// is never changed.
var posix = map[string][]*unicode.RangeTable{
	"alnum": {unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.Nd}, "alpha": {unicode.L, unicode.Nl, unicode.Other_Alphabetic},
	"ascii": {ascii(0, 0x7F)}, "blank": {unicode.Zs, ascii('\t', '\t')}, "cntrl": {unicode.Cc},
	"digit": {unicode.Nd}, "graph": {unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf, unicode.Co},
	"lower": {unicode.Ll, unicode.Other_Lowercase}, "print": {unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf, unicode.Co, unicode.Zs},
	"punct": {unicode.P, ascii('$', '$'), ascii('+', '+'), ascii('<', '>'), ascii('^', '^'), ascii('`', '`'), ascii('|', '|'), ascii('~', '~')},
	"space": {spaces}, "upper": {unicode.Lu, unicode.Other_Uppercase},
	"word":   {unicode.L, unicode.M, unicode.N, unicode.Pc},
	"xdigit": {ascii('0', '9'), ascii('A', 'F'), ascii('a', 'f')},
}

func ascii(from, to uint16) *unicode.RangeTable {
	return &unicode.RangeTable{R16: []unicode.Range16{{Lo: from, Hi: to, Stride: 1}}}
}

// property finds a general category, a script or a class by its name, as
// Oniguruma has it: case, spaces, "-" and "_" do not count.
func property(name string) (content string, tables []*unicode.RangeTable, ok bool) {
	plain := folded(name)
	if tables, ok := posix[plain]; ok {
		return ranges(merged(tables)), tables, true
	}
	if plain == "any" {
		return "\x00-\U0010FFFF", []*unicode.RangeTable{{R16: []unicode.Range16{{Hi: 0xFFFF, Stride: 1}}, R32: []unicode.Range32{{Lo: 0x10000, Hi: 0x10FFFF, Stride: 1}}}}, true
	}
	for alias, short := range unicode.CategoryAliases {
		if folded(alias) == plain {
			plain = folded(short)
		}
	}
	for _, known := range []map[string]*unicode.RangeTable{unicode.Categories, unicode.Scripts} {
		for name, table := range known {
			if folded(name) == plain {
				return ranges(merged([]*unicode.RangeTable{table})), []*unicode.RangeTable{table}, true
			}
		}
	}
	return "", nil, false
}

func folded(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(name))
}

// complement is the content of a class of all characters that are in no table.
// Written out, it can stand in a class beside others.
func complement(tables []*unicode.RangeTable) string {
	var out [][2]rune
	next := rune(0)
	for _, r := range merged(tables) {
		if r[0] > next {
			out = append(out, [2]rune{next, r[0] - 1})
		}
		next = r[1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, [2]rune{next, unicode.MaxRune})
	}
	return ranges(out)
}

// merged are the ranges of tables, in order, without overlaps.
func merged(tables []*unicode.RangeTable) (out [][2]rune) {
	var all [][2]rune
	add := func(from, to, stride rune) {
		if stride == 1 {
			all = append(all, [2]rune{from, to})
			return
		}
		for r := from; r <= to; r += stride {
			all = append(all, [2]rune{r, r})
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	slices.SortFunc(all, func(a, b [2]rune) int { return cmp.Compare(a[0], b[0]) })
	for _, r := range all {
		if n := len(out); n > 0 && r[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], r[1])
			continue
		}
		out = append(out, r)
	}
	return out
}

// ranges writes ranges as the content of a class. Surrogates are no characters,
// and can't be written.
func ranges(all [][2]rune) string {
	var b strings.Builder
	for _, r := range all {
		from, to := r[0], r[1]
		if from >= 0xD800 && from < 0xE000 {
			from = 0xE000
		}
		if to >= 0xD800 && to < 0xE000 {
			to = 0xD7FF
		}
		if from > to {
			continue
		}
		b.WriteString(quoted(from))
		if to > from {
			b.WriteString("-" + quoted(to))
		}
	}
	return b.String()
}

// class reads a class, behind its opening bracket.
func (t *translator) class() error {
	open := "["
	if t.skip("^") {
		open = "[^"
	}
	content := ""
	if t.skip("]") {
		if !strings.Contains(t.in[t.at:], "]") {
			return errors.New("empty char-class")
		}
		content = `\]`
	}
	for {
		if !t.more() {
			return errors.New("premature end of char-class")
		}
		if t.skip("]") {
			t.put(open + content + "]")
			return nil
		}
		part, err := t.member()
		if err != nil {
			return err
		}
		content += part
	}
}

// member reads a character, a range or a set in a class.
func (t *translator) member() (string, error) {
	from, inner, err := t.one()
	if err != nil || inner.content != "" {
		return inner.content, err
	}
	if rest := t.in[t.at:]; !strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "-]") || rest == "-" {
		return quoted(from), nil
	}
	t.at++
	to, inner, err := t.one()
	switch {
	case err != nil:
		return "", err
	case inner.content != "":
		return "", errors.New("char-class value at end of range")
	case to < from:
		return "", errors.New("empty range in char class")
	}
	return quoted(from) + "-" + quoted(to), nil
}

// one reads a character or a set in a class.
func (t *translator) one() (rune, set, error) {
	if t.skip("[:") {
		name, rest, ok := strings.Cut(t.in[t.at:], ":]")
		if !ok {
			t.at-- // it opened no class after all
			return '[', set{}, nil
		}
		bare, negated := strings.CutPrefix(name, "^")
		tables, known := posix[bare]
		if !known {
			return 0, set{}, errors.New("invalid POSIX bracket type")
		}
		t.at = len(t.in) - len(rest)
		if negated {
			return 0, set{complement(tables)}, nil
		}
		return 0, set{ranges(merged(tables))}, nil
	}
	r := t.take()
	if r != '\\' {
		return r, set{}, nil
	}
	if !t.more() {
		return 0, set{}, errEnd
	}
	if s, ok, err := t.shorthand(); ok || err != nil {
		return 0, s, err
	}
	if r = t.take(); r == 'b' {
		return '\b', set{}, nil
	}
	r, err := t.character(r)
	return r, set{}, err
}
