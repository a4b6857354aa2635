// Package layout prints values in the forms that jq's options ask for: indented,
// coloured, with keys sorted, in ASCII. The canonical form, on one line and
// fast, is json.Append's; a Layout that asks for nothing gives the same bytes.
//
// Values are walked with a stack on the heap, as everywhere: a computed value
// may nest deeper than any input. A value that nests n levels deep takes n*n*Indent
// spaces, which may be any number of times its own size, so there is a limit.
package layout

import (
	"errors"
	"unicode/utf8"

	"ndjsontools/lib/json"
)

// MaxIndent is the deepest indent of a level that jq takes.
const MaxIndent = 7

// MaxMargin is how many bytes the indents of one value may take: enough for 10,000
// levels of two spaces.
const MaxMargin = 256 << 20

// ErrMargin is the error of a value whose indents would take more.
var ErrMargin = errors.New("the value nests so deep that its indents take more than 256 MiB")

// A Layout says how values are printed. The zero Layout is the canonical form.
type Layout struct {
	Indent int     // spaces for each level, on lines of their own; 0 is one line
	Tab    bool    // a tab for each level instead
	Sort   bool    // keys in the order of their bytes
	ASCII  bool    // what is not ASCII as \uXXXX
	Colors *Colors // nil for none
}

// Plain says whether values print as json.Append prints them.
func (l *Layout) Plain() bool { return *l == Layout{} }

// Append appends v to dst. The error is ErrMargin; dst is as it was then, but for
// what stands behind its end.
func (l *Layout) Append(dst []byte, v json.Value) ([]byte, error) {
	if l.Plain() {
		return json.Append(dst, v), nil
	}
	var open []level
	before, margin := dst, 0
	for {
		dst, open = l.begin(dst, open, v)
		for {
			if len(open) == 0 {
				return dst, nil
			}
			in := &open[len(open)-1]
			if in.next < len(in.vals) {
				break
			}
			dst = l.end(dst, in.kind, len(open)-1)
			open = open[:len(open)-1]
		}
		in := &open[len(open)-1]
		if in.next > 0 {
			dst = l.mark(dst, in.kind, ",")
		} else {
			margin += l.margin(len(open) - 1) // of its end
		}
		if margin += l.margin(len(open)); margin > MaxMargin {
			return before, ErrMargin
		}
		dst = l.newline(dst, len(open))
		at := in.next
		if in.order != nil {
			at = in.order[at]
		}
		if in.keys != nil {
			dst = l.key(dst, in.keys[at], in.kind)
		}
		in.next++
		v = in.vals[at]
	}
}

// A level is a container that is being printed.
type level struct {
	kind       json.Kind
	keys, vals []json.Value
	order      []int // the places by key; nil for as they come
	next       int
}

// begin prints a scalar, an empty container, or the opening of another one, which
// it puts on the stack.
func (l *Layout) begin(dst []byte, open []level, v json.Value) ([]byte, []level) {
	kind := v.Kind()
	in := level{kind: kind}
	switch kind {
	case json.KindArray:
		in.vals = v.Array().Elems()
	case json.KindObject:
		o := v.Object()
		in.keys, in.vals = o.Keys(), o.Values()
		if l.Sort {
			in.order = o.Sorted(nil)
		}
	case json.KindString:
		start := l.color(&dst, int(kind))
		return l.uncolor(l.str(dst, v), start), open
	default:
		start := l.color(&dst, int(kind))
		return l.uncolor(json.Append(dst, v), start), open
	}
	brackets := bracketsOf(kind)
	if len(in.vals) == 0 {
		return l.mark(dst, kind, brackets), open
	}
	return l.mark(dst, kind, brackets[:1]), append(open, in)
}

func bracketsOf(kind json.Kind) string {
	if kind == json.KindArray {
		return "[]"
	}
	return "{}"
}

func (l *Layout) end(dst []byte, kind json.Kind, depth int) []byte {
	return l.mark(l.newline(dst, depth), kind, bracketsOf(kind)[1:])
}

// margin is the length of the indent at a depth.
func (l *Layout) margin(depth int) int {
	if l.Tab {
		return depth
	}
	return depth * l.Indent
}

// newline begins a line at a depth, where there are lines.
func (l *Layout) newline(dst []byte, depth int) []byte {
	switch {
	case l.Tab:
		return blank(append(dst, '\n'), "\t\t\t\t\t\t\t\t", depth)
	case l.Indent > 0:
		return blank(append(dst, '\n'), "                                ", depth*l.Indent)
	}
	return dst
}

// blank appends n bytes of white space.
func blank(dst []byte, space string, n int) []byte {
	for ; n > len(space); n -= len(space) {
		dst = append(dst, space...)
	}
	return append(dst, space[:n]...)
}

// mark prints punctuation in the colour of its container.
func (l *Layout) mark(dst []byte, kind json.Kind, text string) []byte {
	start := l.color(&dst, int(kind))
	return l.uncolor(append(dst, text...), start)
}

func (l *Layout) key(dst []byte, key json.Value, kind json.Kind) []byte {
	start := l.color(&dst, keyColor)
	dst = l.uncolor(l.str(dst, key), start)
	dst = l.mark(dst, kind, ":")
	if l.Tab || l.Indent > 0 {
		dst = append(dst, ' ')
	}
	return dst
}

// str prints a string, in ASCII where that is wanted.
func (l *Layout) str(dst []byte, v json.Value) []byte {
	if !l.ASCII || v.IsASCII() {
		return json.Append(dst, v)
	}
	for _, r := range string(json.Append(nil, v)) {
		switch {
		case r < utf8.RuneSelf:
			dst = append(dst, byte(r))
		case r > 0xFFFF:
			r -= 0x10000
			dst = appendUnit(appendUnit(dst, 0xD800+r>>10), 0xDC00+r&0x3FF)
		default:
			dst = appendUnit(dst, r)
		}
	}
	return dst
}

func appendUnit(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
