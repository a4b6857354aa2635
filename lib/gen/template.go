package gen

import (
	"fmt"
	"strconv"
	"strings"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/spell"
)

// ParseTemplate reads a template: JSON whose shape is that of the records. A
// string that is one {{expression}} gives a value of the expression's own
// type; with text around it, or several, it makes a string; {{{{ stands for
// two braces. An array whose first element is "{{*a..b}}" repeats its second.
// Several templates are a mixture of records, each as often as the number of
// its member "$w" says (1 without one), which is not printed.
//
// name is how messages call the text. Errors are of type *SchemaError.
func ParseTemplate(name string, text []byte) (*Schema, error) {
	t := &template{name: name, text: text}
	s := &Schema{}
	at := jsonscan.Space(text, 0)
	for at < len(text) {
		end := t.end(at)
		if bad := jsonscan.Valid(text[at:end]); bad != nil {
			return nil, t.fail(at+bad.Offset, "the template is not JSON: "+bad.Reason, "")
		}
		t.at = at
		f := form{weight: 1}
		if jsonscan.Peek(text, at) != '{' {
			return nil, t.fail(at, "a template is an object", "")
		}
		var err error
		if f.root, err = t.value(&f.weight); err != nil {
			return nil, err
		}
		s.forms = append(s.forms, f)
		at = jsonscan.Space(text, t.at)
	}
	if len(s.forms) == 0 {
		return nil, t.fail(len(text), "the template is empty", "")
	}
	if len(s.forms) > maxForms {
		return nil, t.fail(0, "a mixture has at most 1000 templates", "")
	}
	return s, nil
}

const maxForms = 1000

type template struct {
	name string
	text []byte
	at   int
}

func (t *template) fail(at int, message, hint string) error {
	return source{name: t.name, text: string(t.text), base: at}.fail(0, message, hint)
}

// end is the place behind the value at at, as far as brackets tell: what is
// wrong inside, Valid finds.
func (t *template) end(at int) int {
	depth := 0
	for i := at; i < len(t.text); i++ {
		switch t.text[i] {
		case '"':
			end, _ := jsonscan.String(t.text, i)
			if end < 0 {
				return len(t.text)
			}
			i = end - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return len(t.text)
}

// value reads the value at t.at, which is valid JSON. weight, where it is not
// nil, takes the member $w.
func (t *template) value(weight *uint64) (*node, error) {
	t.space()
	start := t.at
	src := source{name: t.name, text: string(t.text), base: start}
	switch t.text[start] {
	case '{':
		return t.object(src, weight)
	case '[':
		return t.array(src)
	case '"':
		return t.leaf(src)
	}
	for t.at < len(t.text) && !strings.ContainsRune(",]} \t\r\n", rune(t.text[t.at])) {
		t.at++
	}
	return &node{kind: constNode, src: src, raw: string(t.text[start:t.at])}, nil
}

func (t *template) space() { t.at = jsonscan.Space(t.text, t.at) }

// more steps over a comma, or the closing bracket.
func (t *template) more() bool {
	t.space()
	t.at++
	return t.text[t.at-1] == ','
}

func (t *template) str() string {
	end, _ := jsonscan.String(t.text, t.at)
	s := jsonscan.Unescape(nil, t.text[t.at+1:end-1])
	t.at = end
	return string(s)
}

func (t *template) object(src source, weight *uint64) (*node, error) {
	n := &node{kind: objectNode, src: src}
	t.at++
	if t.space(); t.text[t.at] == '}' {
		t.at++
		return n, nil
	}
	for {
		t.space()
		at := t.at
		name := t.str()
		t.space()
		t.at++ // the colon
		v, err := t.value(nil)
		if err != nil {
			return nil, err
		}
		if name == "$w" && weight != nil {
			w, err := strconv.ParseUint(v.raw, 10, 32)
			if err != nil || w == 0 {
				return nil, t.fail(at, "the weight $w is a whole number from 1 on", "")
			}
			*weight = w
		} else if name = unweighted(name, weight != nil); n.member(name) != nil {
			return nil, t.fail(at, "the field "+quoteText(name)+" stands twice in the object", "")
		} else {
			n.names, n.items = append(n.names, name), append(n.items, v)
		}
		if !t.more() {
			return n, nil
		}
	}
}

// unweighted is a member's name. At the top, where $w is the weight, $$w is the
// member $w, and so on.
func unweighted(name string, top bool) string {
	if top && len(name) > 2 && strings.Trim(name, "$") == "w" && strings.HasSuffix(name, "$w") {
		return name[1:]
	}
	return name
}

func (t *template) array(src source) (*node, error) {
	n := &node{kind: arrayNode, src: src}
	t.at++
	if t.space(); t.text[t.at] == ']' {
		t.at++
		return n, nil
	}
	for {
		t.space()
		if at := t.at; len(n.items) == 0 && n.kind == arrayNode && t.text[at] == '"' {
			head, err := t.head(n)
			if err != nil {
				return nil, err
			}
			if head && !t.more() {
				return nil, t.fail(at, "what follows the "+quoteText(string(t.text[at+1:t.at-2]))+" is missing", `["{{*0..3}}", "{{pick,a,b}}"]`)
			}
			if head {
				continue
			}
			t.at = at
		}
		v, err := t.value(nil)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, v)
		if n.kind == listNode && len(n.items) > 1 {
			return nil, t.fail(v.src.base, "a repeated array has one element", "")
		}
		if !t.more() {
			break
		}
	}
	if n.weights != nil && len(n.weights) != len(n.items) {
		return nil, src.fail(0, fmt.Sprintf("there are %d weights for %d values", len(n.weights), len(n.items)), "")
	}
	return n, nil
}

// head reads the first element of an array if it is no element but says what
// the array is: {{*0..3}} repeats the next one, {{one,9,1}} takes one of those
// behind it, with weights if wanted. Both may go on with null= and absent=.
func (t *template) head(n *node) (bool, error) {
	at := t.at
	s := t.str()
	inner, ok := strings.CutPrefix(s, "{{")
	inner, ok2 := strings.CutSuffix(inner, "}}")
	if !ok || !ok2 || strings.HasPrefix(inner, "{{") {
		return false, nil
	}
	args := splitArgs(inner)
	switch {
	case strings.HasPrefix(inner, "*"):
		n.kind, n.count = listNode, args[0].raw[1:]
	case args[0].raw == "one":
		n.kind = oneNode
	default:
		return false, nil
	}
	for i := range args[1:] {
		a := &args[i+1]
		weight, err := strconv.ParseUint(a.raw, 10, 30)
		switch {
		case a.hasKey && a.key == "null":
			n.null = a
		case a.hasKey && a.key == "absent":
			n.absent = a
		case n.kind == oneNode && err == nil:
			n.weights = append(n.weights, weight)
		default:
			return false, t.fail(at+3+a.off, quoteText(a.raw)+" is neither null= nor absent="+spell.DidYouMean(a.key, []string{"null", "absent"}, "", "="), "")
		}
	}
	n.src.base, n.src.flat = at+3, len(s) == t.at-at-2
	return true, nil
}

// closing is where the }} of the {{ at the beginning stands: the first one
// behind which the braces between are paired, as they are in a pattern like
// [A-Z]{2}; the first of all if they never are; -1 if there is none.
func closing(text string) int {
	depth := 0
	for i := 2; i+1 < len(text); i++ {
		switch {
		case text[i] == '{':
			depth++
		case text[i] == '}' && depth > 0:
			depth--
		case text[i] == '}' && text[i+1] == '}':
			return i
		}
	}
	return strings.Index(text, "}}")
}

// leaf reads a string: a constant, an expression, or a text with expressions.
func (t *template) leaf(src source) (*node, error) {
	before := t.at
	s := t.str()
	src.base++
	src.flat = len(s) == t.at-before-2
	n := &node{kind: textNode, src: src}
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			n.items = append(n.items, &node{kind: constNode, src: src, raw: escape(text.String())})
			text.Reset()
		}
	}
	for i := 0; i < len(s); {
		rest := s[i:]
		switch {
		case strings.HasPrefix(rest, "{{{{"):
			text.WriteString("{{")
			i += 4
		case strings.HasPrefix(rest, "{{"):
			end := closing(rest)
			if end < 0 {
				return nil, src.fail(i, "the expression does not end: }} is missing", "{{{{ stands for two braces")
			}
			flush()
			inner := src
			if inner.flat {
				inner.base += i + 2
			}
			e, err := parseExpr(inner, rest[2:end])
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, &node{kind: exprNode, src: inner, expr: e})
			i += end + 2
		default:
			text.WriteByte(s[i])
			i++
		}
	}
	flush()
	if len(n.items) == 1 && n.items[0].kind == exprNode {
		return n.items[0], nil
	}
	if len(n.items) == 0 || len(n.items) == 1 {
		raw := `""`
		if len(n.items) == 1 {
			raw = `"` + n.items[0].raw + `"`
		}
		return &node{kind: constNode, src: src, raw: raw}, nil
	}
	return n, nil
}
