package span

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// merge is left + {...}. A chain of them becomes one.
func (c *compiler) merge(left, right *expr) *expr {
	if right.op == aConstant {
		right = c.unfolded(right)
	}
	if right.op != anObject || left.op != aPath && left.op != aMerge {
		c.refuse("only objects are added on bytes, to what a path leads to")
	}
	e := &expr{op: aMerge, path: left.path}
	e.names = append(e.names, left.names...)
	e.args = append(e.args, left.args...)
	for i, name := range right.names {
		k := 0
		for k < len(e.names) && e.names[k] != name {
			k++
		}
		if k == len(e.names) {
			e.names, e.args = append(e.names, name), append(e.args, nil)
		} else if old := e.args[k]; old == nil || old.op != aConstant {
			c.refuse("a field that is computed twice is for values") // a new place, or an error that would be lost
		}
		e.args[k] = right.args[i]
	}
	if len(e.names) == 0 {
		c.refuse("+ {} is for values")
	}
	for i, name := range e.names {
		e.drops = e.drops || e.args[i] == nil
		e.keys = append(e.keys, keyText("", name))
		e.spots = append(e.spots, c.want(e.path, name))
	}
	return e
}

// unfolded is a constant object as a construction.
func (c *compiler) unfolded(e *expr) *expr {
	if e.value.Kind() != json.KindObject {
		c.refuse("only objects are added on bytes")
	}
	o := e.value.Object()
	x := &expr{op: anObject}
	for i := range o.Len() {
		x.names = append(x.names, o.KeyAt(i).Str())
		x.args = append(x.args, constant(o.At(i)))
	}
	return x
}

// isObject reports whether an expression is a construction or a constant that is
// one.
func isObject(e *expr) bool {
	return e.op == anObject || e.op == aConstant && e.value.Kind() == json.KindObject
}

// assigns are the operators that change a value at a path.
var assigns = map[string]bool{"=": true, "|=": true, "//=": true, "+=": true, "-=": true, "*=": true, "/=": true, "%=": true}

// assign compiles path = x, path |= x and so on. Below objects, and null, these
// are merges.
func (c *compiler) assign(n *syntax.Binary, in flow) flow {
	names := c.fieldNames(n.Left)
	var value *expr
	switch old := c.fields(in.out, names); n.Op {
	case "=":
		value = c.one(n.Right, &in)
	case "|=":
		parts := c.flows(n.Right, flow{out: old}.guarded())
		if len(parts) != 1 {
			c.refuse("several outputs inside of an expression are for values")
		}
		if p := parts[0].out; p.op == aPart && !p.part.once { // the first one counts
			parts[0].out = c.evaluated("first("+p.part.String()+")", flow{out: p.args[0]}).out
		}
		value = c.single(&in, parts[0])
	case "//=":
		right := c.one(n.Right, &in)
		in = in.checked(right) // its error is one also where the path has a value
		value = &expr{op: anAlternative, args: []*expr{old, right}}
	default:
		right := c.one(n.Right, &in)
		if n.Op == "+=" && (old.op == aPath || old.op == aMerge) && isObject(right) {
			value = c.merge(old, right)
		} else {
			value = c.arithmetic(n.Op[:1], old, right)
		}
	}
	return in.with(c.put(in.out, names, value))
}

// del compiles del(path, ...).
func (c *compiler) del(n syntax.Node, in flow) flow {
	paths := []syntax.Node{n}
	if list, ok := n.(*syntax.Comma); ok {
		paths = list.Parts
	}
	for _, p := range paths {
		in = in.with(c.put(in.out, c.fieldNames(p), nil))
	}
	return in
}

// put is e with another value, or none, at a path.
func (c *compiler) put(e *expr, names []string, value *expr) *expr {
	if len(names) > 1 {
		value = c.put(c.field(e, names[0]), names[1:], value)
	}
	return c.merge(e, &expr{op: anObject, names: names[:1], args: []*expr{value}})
}

func (c *compiler) fields(e *expr, names []string) *expr {
	for _, name := range names {
		e = c.field(e, name)
	}
	return e
}

// fieldNames are the names in a chain of fields, of which there is at least one.
func (c *compiler) fieldNames(n syntax.Node) []string {
	x, ok := n.(*syntax.Index)
	if !ok || x.Optional {
		c.at = n.Place()
		c.refuse("only chains of fields are assigned to and deleted on bytes")
	}
	name := c.constantKey(x.Key)
	if _, first := x.Base.(*syntax.Identity); first {
		return []string{name}
	}
	return append(c.fieldNames(x.Base), name)
}
