package gen

import (
	"slices"
	"strings"

	"ndjsontools/lib/spell"
)

// An expr is one expression of the grammar: a type, and arguments behind
// commas. It needs no quoting in a shell.
type expr struct {
	src  source
	text string // all of it, as it was written; src.base is its beginning
	off  int    // of the type in text
	name string
	args []arg
}

// An arg is one argument: a value, a name with a value, or a reference.
type arg struct {
	off    int    // in the expression's text
	raw    string // as it was written
	key    string // before the first "=", if there is one
	value  string // behind it, or all
	hasKey bool
	plain  bool // nothing in the key was escaped: it may name a modifier
	ref    bool // a dot and then a letter: value is a path
}

// text is the argument as it was meant without the split at "=".
func (a arg) text() string {
	if a.hasKey {
		return a.key + "=" + a.value
	}
	return a.value
}

// A source is a text that errors point into.
type source struct {
	name string // how messages call it; an argument is its own name
	text string
	base int  // where in text the expression begins
	flat bool // an offset in the expression is one in text: no JSON escape on the way
}

// at is the place in text of an offset in the expression.
func (s source) at(off int) int {
	if s.flat {
		return s.base + off
	}
	return s.base
}

func (s source) fail(off int, message, hint string) error {
	return &SchemaError{Source: s.name, Text: s.text, Offset: s.at(off), Message: message, Next: hint}
}

// parseExpr reads text, which stands in src.
func parseExpr(src source, text string) (*expr, error) {
	tokens := splitArgs(text)
	e := &expr{src: src, text: text, off: tokens[0].off, name: tokens[0].value, args: tokens[1:]}
	if tokens[0].hasKey || tokens[0].ref {
		return nil, src.fail(e.off, "a type's name was expected, not "+quoteText(text), "see ndjson-gen --types")
	}
	if e.name == "" {
		return nil, src.fail(e.off, "a type is missing", "see ndjson-gen --types")
	}
	if types[e.name] == nil {
		return nil, src.fail(e.off, "unknown type "+quoteText(e.name)+spell.DidYouMean(e.name, TypeNames(), "", ""), "see ndjson-gen --types")
	}
	return e, nil
}

// splitArgs cuts at the commas that no backslash stands before, and takes the
// backslashes off.
func splitArgs(text string) []arg {
	var list []arg
	cur := arg{plain: true}
	var b strings.Builder
	first := true
	done := func(end int) {
		cur.value, cur.raw = b.String(), text[cur.off:end]
		list = append(list, cur)
		b.Reset()
	}
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case ch == '\\' && i+1 < len(text) && strings.IndexByte(`,=:.\`, text[i+1]) >= 0:
			i++
			b.WriteByte(text[i])
			cur.plain = cur.plain && cur.hasKey
		case ch == '\\' && b.Len() == 0 && !cur.hasKey:
			// In front of a letter it only says: not a modifier, not a path.
			cur.plain = false
		case ch == ',':
			done(i)
			cur, first = arg{off: i + 1, plain: true}, true
			continue
		case ch == '=' && !cur.hasKey && !cur.ref:
			cur.key, cur.hasKey = b.String(), true
			b.Reset()
		case ch == '.' && first && i+1 < len(text) && isLetter(text[i+1]):
			cur.ref = true
			end := i + 1
			for end < len(text) && text[end] != ',' {
				if text[end] == '\\' && end+1 < len(text) {
					end++
				}
				end++
			}
			b.WriteString(text[i+1 : end])
			i = end - 1
		default:
			b.WriteByte(ch)
		}
		first = false
	}
	done(len(text))
	return list
}

// Argument spells a text as an argument that stands for it and for a string:
// where it could be a modifier, a number or the name of a field, a backslash
// says that it is none.
func Argument(text string) string {
	spelled := strings.NewReplacer(`,`, `\,`, `=`, `\=`, `:`, `\:`, `.`, `\.`, `\`, `\\`).Replace(text)
	special := isScalar(text) || slices.Contains(modifiers, text) || text == "str" || text == "uniq"
	if special && spelled[0] != '\\' {
		return `\` + spelled
	}
	return spelled
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 }

// splitPath reads "user.id": dots nest, a backslash in front of one escapes it.
func splitPath(text string) []string {
	var path []string
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && strings.IndexByte(`,=:.\`, text[i+1]) >= 0:
			i++
			b.WriteByte(text[i])
		case text[i] == '.':
			path = append(path, b.String())
			b.Reset()
		default:
			b.WriteByte(text[i])
		}
	}
	return append(path, b.String())
}

func quoteText(s string) string {
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return `"` + s + `"`
}
