package span

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

func (c *compiler) array(n *syntax.Array, in flow) flow {
	parts := c.flows(n.Body, flow{out: in.out})
	if len(parts) == 1 && parts[0].out.op == aPart {
		f := parts[0]
		f.out = c.evaluated("["+f.out.part.String()+"]", f.with(f.out.args[0])).out
		return in.with(c.single(&in, f))
	}
	var args []*expr
	for _, f := range parts {
		args = append(args, c.single(&in, f))
	}
	return in.with(&expr{op: anArray, args: args})
}

func keyText(before, name string) []byte {
	return append(json.Append([]byte(before), json.FromString(name)), ':')
}

func (c *compiler) object(n *syntax.Object, in *flow) *expr {
	e := &expr{op: anObject}
	for _, p := range n.Pairs {
		key, ok := p.Key.(*syntax.String)
		var name string
		var value *expr
		switch v, isVar := p.Key.(*syntax.Var); {
		case ok && key.Format == "":
			if name, ok = key.Text(); !ok {
				c.refuse("keys that are no constant strings are for values")
			}
			if p.Value != nil {
				value = c.one(p.Value, in)
			} else {
				value = c.field(in.out, name)
			}
		case isVar && p.Value == nil:
			name, value = v.Name, c.closed(v, false)
		default:
			c.refuse("keys that are no constant strings are for values")
		}
		for _, k := range e.names {
			if k == name {
				c.refuse("a key that is there twice is for values")
			}
		}
		before := ","
		if len(e.names) == 0 {
			before = "{"
		}
		e.names = append(e.names, name)
		e.keys = append(e.keys, keyText(before, name))
		e.args = append(e.args, value)
	}
	return e
}

func (c *compiler) text(n *syntax.String, in *flow) *expr {
	e := &expr{op: aString}
	piece := ""
	for _, p := range n.Parts {
		if p.Expr == nil {
			piece += p.Text
			continue
		}
		e.args = append(e.args, c.one(p.Expr, in))
		e.keys = append(e.keys, inner(piece))
		piece = ""
	}
	e.keys = append(e.keys, append(inner(piece), '"'))
	e.keys[0] = append([]byte{'"'}, e.keys[0]...)
	return e
}

// inner is a text as it stands between quotes.
func inner(text string) []byte {
	quoted := json.Append(nil, json.FromString(text))
	return quoted[1 : len(quoted)-1 : len(quoted)-1]
}
