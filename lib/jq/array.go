package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

func (c *compiler) array(n *syntax.Array, u *unit, b *binding) code {
	if n.Body == nil {
		return constant(json.NewArray(0).Value())
	}
	f, optional, isMap := mapped(n.Body)
	var body code
	if isMap {
		k := c.code(f, u, b)
		if k.e != nil {
			return code{e: &mapExpr{k.e, optional}}
		}
		body = c.pipe(each(optional), k)
	} else {
		body = c.code(n.Body, u, b)
	}
	if v, ok := body.constant(); ok {
		return constant(json.ArrayOf([]json.Value{v}).Value())
	}
	if body.e != nil {
		return code{e: &arrayExpr{body.e}}
	}
	if k, ok := list(body.parts); ok {
		return k
	}
	slot := u.slot()
	return code{e: &collectExpr{slot, body.link(&appendStep{slot}, context{})}}
}

// each is .[] and .[]?.
func each(optional bool) code {
	return code{gen: func(next step, _ context) step { return &eachStep{optional, next} }}
}

// mapped is f where n is .[] | f, or .[]? | f.
func mapped(n syntax.Node) (f syntax.Node, optional, ok bool) {
	if pipe, isPipe := n.(*syntax.Binary); isPipe && pipe.Op == "|" {
		if each, isEach := pipe.Left.(*syntax.Iterate); isEach {
			_, dot := each.Base.(*syntax.Identity)
			return pipe.Right, each.Optional, dot
		}
	}
	return nil, false, false
}

// list is [a, b, ...] of expressions; of constants, it is a constant.
func list(parts []code) (code, bool) {
	elems := make([]expr, len(parts))
	known := make([]json.Value, 0, len(parts))
	for i, k := range parts {
		if k.e == nil {
			return code{}, false
		}
		elems[i] = k.e
		if v, ok := k.constant(); ok {
			known = append(known, v)
		}
	}
	switch len(parts) {
	case 0:
		return code{}, false
	case len(known):
		return constant(json.ArrayOf(known).Value()), true
	}
	return code{e: &listExpr{elems}}, true
}

type listExpr struct{ parts []expr }

func (e *listExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	out := make([]json.Value, 0, len(e.parts))
	for _, p := range e.parts {
		switch x, o := p.eval(m, v); o {
		case one:
			out = append(out, x)
		case failed:
			return x, o
		}
	}
	return json.ArrayOf(out).Value(), one
}
