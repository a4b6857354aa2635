package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// nest runs parts one inside of the other, the first one outermost, all over the
// same input, and then last, which finds their outputs in the slots and is run
// over that input.
func (c *compiler) nest(u *unit, parts []code, last func(slots []int, next step, x context) step) code {
	return code{gen: func(next step, x context) step {
		dot, path := u.slot(), u.cell()
		slots := make([]int, len(parts))
		for i := range slots {
			slots[i] = u.slot()
		}
		s := last(slots, next, context{paths: x.paths})
		for i := len(parts) - 1; i >= 0; i-- {
			s = &storeStep{slots[i], dot, path, i == len(parts)-1, s}
			s = parts[i].link(s, context{})
		}
		return &keepStep{dot, path, s}
	}}
}

// apply is nest for an expression over the outputs.
func (c *compiler) apply(u *unit, parts []code, e func(outputs []expr) expr) code {
	operands := make([]expr, len(parts))
	for i, k := range parts {
		if k.e == nil {
			return c.nest(u, parts, func(slots []int, next step, _ context) step {
				operands := make([]expr, len(slots))
				for i, slot := range slots {
					operands[i] = &slotExpr{slot}
				}
				return &evalStep{e(operands), next}
			})
		}
		operands[i] = k.e
	}
	return code{e: e(operands)}
}

func (c *compiler) pipe(left, right code) code {
	k := code{}
	if k.hasPath = left.hasPath && right.hasPath; k.hasPath {
		k.path = append(append(k.path, left.path...), right.path...)
	}
	if left.e != nil && right.e != nil {
		switch {
		case left.e == identity.e:
			k.e = right.e
		case right.e == identity.e:
			k.e = left.e
		default:
			k.e = &pipeExpr{left.e, right.e}
		}
		if left.gen == nil && right.gen == nil {
			return k
		}
	}
	k.gen = func(next step, x context) step {
		inner := context{x.paths, x.direct && left.e != nil}
		return left.link(right.link(next, inner), x)
	}
	return k
}

func (c *compiler) comma(n *syntax.Comma, u *unit, b *binding) code {
	parts := make([]code, len(n.Parts))
	for i, p := range n.Parts {
		parts[i] = c.code(p, u, b)
	}
	return code{gen: func(next step, x context) step {
		s := &commaStep{make([]step, len(parts))}
		for i, k := range parts {
			last := i == len(parts)-1
			s.parts[i] = k.link(next, context{x.paths, x.direct && last})
		}
		return s
	}, parts: parts}
}

func (c *compiler) logic(n *syntax.Binary, u *unit, b *binding) code {
	left, right := c.code(n.Left, u, b), c.code(n.Right, u, b)
	stopAt := n.Op == "or"
	if left.e != nil && right.e != nil {
		return code{e: &logicExpr{left.e, right.e, stopAt}}
	}
	decided := constant(json.FromBool(stopAt))
	truth := c.pipe(code{e: right.e, gen: right.gen}, code{e: &native0Expr{truth}})
	if stopAt {
		return c.choose(left, decided, truth, u)
	}
	return c.choose(left, truth, decided, u)
}

// choose is if cond then then else othr.
func (c *compiler) choose(cond, then, othr code, u *unit) code {
	k := code{}
	if cond.e != nil && then.e != nil && othr.e != nil {
		k.e = &ifExpr{cond.e, then.e, othr.e}
		if then.gen == nil && othr.gen == nil {
			return k
		}
	}
	k.gen = func(next step, x context) step {
		if cond.e != nil {
			return &ifStep{cond.e, then.link(next, x), othr.link(next, x)}
		}
		dot, path := u.slot(), u.cell()
		x = context{paths: x.paths}
		s := &chooseStep{dot, path, then.link(next, x), othr.link(next, x)}
		return &keepStep{dot, path, cond.link(s, context{})}
	}
	return k
}

func (c *compiler) conditional(n *syntax.If, u *unit, b *binding) code {
	othr := identity
	if n.Else != nil {
		othr = c.code(n.Else, u, b)
	}
	return c.choose(c.code(n.Cond, u, b), c.code(n.Then, u, b), othr, u)
}

func (c *compiler) orElse(left, right code, u *unit) code {
	k := code{}
	if left.e != nil && right.e != nil {
		k.e = &orElseExpr{left.e, right.e}
		if left.gen == nil && right.gen == nil {
			return k
		}
	}
	k.gen = func(next step, x context) step {
		found := u.slot()
		l := left.link(&foundStep{found, next}, context{paths: x.paths})
		return &orElseStep{found, l, right.link(next, x)}
	}
	return k
}

func (c *compiler) try(n *syntax.Try, u *unit, b *binding) code {
	body, handler := c.code(n.Body, u, b), code{e: emptyExpr{}}
	if n.Handler != nil {
		handler = c.code(n.Handler, u, b)
	}
	k := code{}
	if body.e != nil && handler.e != nil {
		t := &tryExpr{body: body.e}
		if n.Handler != nil {
			t.handler = handler.e
		}
		if k.e = t; body.gen == nil && handler.gen == nil {
			return k
		}
	}
	k.gen = func(next step, x context) step {
		x.direct = false
		t := &tryStep{body: body.link(&passStep{next}, x)}
		if n.Handler != nil {
			t.handler = handler.link(next, x)
		}
		return t
	}
	return k
}

func (c *compiler) label(n *syntax.Label, u *unit, b *binding) code {
	slot := u.slot()
	body := c.code(n.Body, u, &binding{up: b, kind: aLabel, name: n.Name, level: u.level, slot: slot})
	return code{gen: func(next step, x context) step {
		return &labelStep{slot, body.link(next, context{paths: x.paths})}
	}}
}

func (c *compiler) breaking(n *syntax.Break, u *unit, b *binding) code {
	for at := b; at != nil; at = at.up {
		if at.kind == aLabel && at.name == n.Name {
			return code{e: &breakExpr{u.level - at.level, at.slot}}
		}
	}
	c.fail(n, "a label is made by: label $"+n.Name+" | ...", "$*label-%s is not defined", n.Name)
	return code{}
}
