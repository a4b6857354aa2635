package gen

import (
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/jsonscan"
)

// A Schema says what records look like: a tree of objects, arrays, constants
// and expressions. ParseFields, ParseTemplate and Preset make it.
type Schema struct {
	forms []form // more than one: a weighted mixture
}

// A form is one shape of record in a mixture.
type form struct {
	root   *node
	weight uint64
}

type nodeKind uint8

const (
	objectNode nodeKind = iota
	arrayNode
	constNode // raw JSON
	exprNode
	textNode // a string of text and expressions
	listNode // an array of an element that is repeated
	oneNode  // one of the items
)

// A node is a place in a record.
type node struct {
	kind  nodeKind
	src   source
	names []string // objectNode: of the members
	items []*node  // members, elements, the parts of a text, the element of a list
	raw   string   // constNode: JSON in compact form; as a part of a text: its characters, escaped
	expr  *expr
	count string // listNode: the range

	// What the head of a listNode or oneNode says besides.
	weights []uint64 // oneNode: of the items; nil for equal ones
	null    *arg
	absent  *arg
}

// A SchemaError says where a schema can't be compiled, and why.
type SchemaError struct {
	Source  string // what Text is: the name of a file, or "" for an argument
	Text    string // what was given, whole
	Offset  int    // in Text, in bytes
	Message string
	Next    string // a hint, or ""
}

func (e *SchemaError) Error() string { return e.Message }

// Hint is the next step, "" for none.
func (e *SchemaError) Hint() string { return e.Next }

// ExitStatus is exit.Compile.
func (e *SchemaError) ExitStatus() int { return exit.Compile }

// ParseFields reads arguments, one field each: path:type,args for an
// expression, path=text for a string, path:=json for any constant; the first
// of ":=", ":" and "=" splits. Errors are of type *SchemaError.
func ParseFields(args []string) (*Schema, error) {
	root := &node{}
	for _, a := range args {
		if err := addField(root, a); err != nil {
			return nil, err
		}
	}
	return &Schema{forms: []form{{root, 1}}}, nil
}

func addField(root *node, text string) error {
	at := splitAt(text)
	src := source{text: text, flat: true}
	if at < 0 {
		hint := "a field is path:type, path=text or path:=json"
		if strings.HasPrefix(text, "@") {
			hint = "a preset is named behind -f: -f " + text
		}
		return src.fail(len(text), "what "+quoteText(text)+" holds is missing", hint)
	}
	if !utf8.ValidString(text) {
		return src.fail(0, "the argument is not valid UTF-8", "")
	}
	path := splitPath(text[:at])
	for _, name := range path {
		if name == "" {
			return src.fail(0, "a name in the path "+quoteText(text[:at])+" is empty", "")
		}
	}
	value := &node{src: src}
	switch {
	case strings.HasPrefix(text[at:], ":="):
		raw := text[at+2:]
		if bad := jsonscan.Valid([]byte(raw)); bad != nil {
			return src.fail(at+2+bad.Offset, "the constant is not JSON: "+bad.Reason, "path=text is a string without quotes")
		}
		value.kind, value.raw = constNode, compact(raw)
	case text[at] == '=':
		value.kind, value.raw = constNode, quoted(text[at+1:])
	default:
		value.kind = exprNode
		value.src.base = at + 1
		e, err := parseExpr(value.src, text[at+1:])
		if err != nil {
			return err
		}
		value.expr = e
	}
	return root.put(src, path, value)
}

// splitAt is the place of the first ":" or "=" that is not escaped.
func splitAt(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case ':', '=':
			return i
		}
	}
	return -1
}

// put sets the value at path, making the objects on the way.
func (n *node) put(src source, path []string, value *node) error {
	for i, name := range path {
		next := n.member(name)
		last := i == len(path)-1
		switch {
		case next != nil && (last || next.kind != objectNode):
			return src.fail(0, "the field "+quoteText(strings.Join(path[:i+1], "."))+" stands twice in the record", "")
		case last:
			n.names, n.items = append(n.names, name), append(n.items, value)
			return nil
		case next == nil:
			next = &node{src: src}
			n.names, n.items = append(n.names, name), append(n.items, next)
		}
		n = next
	}
	return nil
}

// member is the member of an object by name, nil for none.
func (n *node) member(name string) *node {
	if n.kind == oneNode && len(n.items) == 1 {
		return n.items[0].member(name)
	}
	if n.kind == objectNode {
		for i := range n.names {
			if n.names[i] == name {
				return n.items[i]
			}
		}
	}
	return nil
}

// find is the node at path, nil for none.
func (n *node) find(path []string) *node {
	for _, name := range path {
		if n = n.member(name); n == nil {
			return nil
		}
	}
	return n
}

// paths are the paths of all members, for hints.
func (n *node) paths(prefix string, list []string) []string {
	for i, name := range n.names {
		p := prefix + strings.ReplaceAll(name, ".", `\.`)
		list = append(list, p)
		if n.items[i].kind == objectNode {
			list = n.items[i].paths(p+".", list)
		}
	}
	return list
}

// quoted is text as a JSON string.
func quoted(text string) string { return `"` + escape(text) + `"` }

// compact is a JSON text without the white space between its tokens.
func compact(raw string) string {
	var b strings.Builder
	for i := 0; i < len(raw); {
		switch raw[i] {
		case ' ', '\t', '\r', '\n':
			i++
		case '"':
			end, _ := jsonscan.String([]byte(raw), i)
			b.WriteString(raw[i:end])
			i = end
		default:
			b.WriteByte(raw[i])
			i++
		}
	}
	return b.String()
}

// escape spells text as it stands between the quotes of a JSON string: only
// what must be escaped is (RFC 8259, section 7).
func escape(text string) string {
	s := jsonscan.AppendString(nil, []byte(text))
	return string(s[1 : len(s)-1])
}
