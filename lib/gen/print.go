package gen

import (
	"strconv"
	"strings"
)

// width is how long a printed line may be before it is broken up.
const width = 100

// Template is the schema as a template that ParseTemplate reads: the same
// records come from it. It has a member to a line where a record is long. Errors
// are of type *SchemaError.
func (s *Schema) Template() ([]byte, error) {
	var out []byte
	for _, f := range s.forms {
		p := printer{}
		if len(s.forms) > 1 && f.weight != 1 {
			p.weight = f.weight
		}
		out = append(out, p.print(f.root, 0)...)
		out = append(out, '\n')
		if p.err != nil {
			return nil, p.err
		}
	}
	return out, nil
}

type printer struct {
	weight uint64 // of the outermost object, 0 for none
	err    error
}

// print is a node as JSON, on one line if that is short enough at this depth.
func (p *printer) print(n *node, depth int) string {
	var items []string
	open, end := "{", "}"
	switch n.kind {
	case objectNode:
		if depth == 0 && p.weight > 0 {
			items = append(items, `"$w": `+strconv.FormatUint(p.weight, 10))
		}
		for i, item := range n.items {
			name := n.names[i]
			if depth == 0 && unweighted("$"+name, true) == name {
				name = "$" + name
			}
			items = append(items, quoted(name)+": "+p.print(item, depth+1))
		}
	case arrayNode, listNode, oneNode:
		open, end = "[", "]"
		if n.kind != arrayNode {
			items = append(items, `"`+n.head()+`"`)
		}
		for _, item := range n.items {
			items = append(items, p.print(item, depth+1))
		}
	case constNode:
		if n.raw[0] == '[' || n.raw[0] == '{' {
			t := &template{text: []byte(braces(n.raw))}
			tree, err := t.value(nil)
			if err != nil {
				p.err = n.src.fail(0, "the constant can't stand in a template: "+err.Error(), "")
				return ""
			}
			return p.print(tree, depth)
		}
		return braces(n.raw)
	default:
		return p.leaf(n)
	}
	line := strings.Join(items, ", ")
	if !strings.Contains(line, "\n") && 2*depth+len(line) < width || len(items) == 0 {
		return open + line + end
	}
	indent := "\n" + strings.Repeat("  ", depth)
	return open + indent + "  " + strings.Join(items, ","+indent+"  ") + indent + end
}

// head is the first element of an array that repeats or chooses.
func (n *node) head() string {
	text := "*" + n.count
	if n.kind == oneNode {
		text = "one"
	}
	for _, w := range n.weights {
		text += "," + strconv.FormatUint(w, 10)
	}
	if n.null != nil {
		text += ",null=" + n.null.value
	}
	if n.absent != nil {
		text += ",absent=" + n.absent.value
	}
	return escape("{{" + text + "}}")
}

// leaf is an expression, or a text of expressions.
func (p *printer) leaf(n *node) string {
	parts := n.items
	if n.kind == exprNode {
		parts = []*node{n}
	}
	var b strings.Builder
	for _, part := range parts {
		if part.kind == exprNode {
			b.WriteString(p.expr(part))
		} else {
			b.WriteString(braces(part.raw))
		}
	}
	return `"` + b.String() + `"`
}

// braces doubles those that would begin an expression. In JSON two of them only
// ever follow each other in a string.
func braces(raw string) string { return strings.ReplaceAll(raw, "{{", "{{{{") }

func (p *printer) expr(n *node) string {
	text := "{{" + n.expr.text + "}}"
	if closing(text) != len(text)-2 && p.err == nil {
		p.err = n.src.fail(0, "an expression whose braces are not paired can't stand in a template", `in a pattern, \x7b and \x7d are braces`)
	}
	return escape(text)
}
