package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// assign compiles the assignment operators. The right side of all but "|=" is
// evaluated over the whole input, and each of its outputs makes one result. own
// is where the enclosing reduce keeps what it owns, or -1.
func (c *compiler) assign(n *syntax.Binary, u *unit, b *binding, own int) code {
	if n.Op == "|=" {
		return c.modify(n.Left, n.Right, u, b, own)
	}
	name := c.fresh()
	var change syntax.Node = &syntax.Var{Span: n.Right.Place(), Name: name}
	if n.Op != "=" {
		op := n.Op[:len(n.Op)-1]
		change = &syntax.Binary{Span: n.Span, Op: op, At: n.At, Left: &syntax.Identity{Span: n.Span}, Right: change}
	}
	body := &hook{n.Span, func(u *unit, b *binding) code {
		if n.Op == "+=" && own >= 0 {
			grow := &hook{n.Span, func(u *unit, b *binding) code {
				return code{e: &growExpr{c.variable(&syntax.Var{Span: n.Span, Name: name}, u, b).e, own, false}}
			}}
			return c.modify(n.Left, grow, u, b, own)
		}
		return c.modify(n.Left, change, u, b, own)
	}}
	return c.code(c.destructure(n.Right, variable(name, n.Span), body), u, b)
}

// modify compiles paths |= change. With own, there is one path at most.
func (c *compiler) modify(paths, change syntax.Node, u *unit, b *binding, own int) code {
	f, grows := c.change(change, u, b, own)
	p := c.code(paths, u, b)
	if p.hasPath {
		return code{e: &modifyOneExpr{p.path, f, own, grows}}
	}
	slot, gone := u.slot(), u.slot()
	source := p.link(&modifyStep{slot, gone, f, grows}, context{paths: true})
	return code{e: &modifyExpr{slot, gone, source, p.e == nil, own}}
}

// change compiles what becomes of the value at a path. It says whether that keeps
// nothing of the old value in another place; then what is owned stays so.
func (c *compiler) change(n syntax.Node, u *unit, b *binding, own int) (f expr, grows bool) {
	if own >= 0 && c.isLinear(n, b) {
		if k, ok := c.linear(n, u, b, own); ok && k.e != nil {
			return k.e, true
		}
	}
	f = c.code(n, u, b).first(u)
	_, grows = f.(*growExpr)
	return f, grows || c.isFresh(n, b)
}

// modifyOneExpr is path |= change for a path that is known.
type modifyOneExpr struct {
	path   []json.Value
	change expr
	own    int
	grows  bool // change keeps nothing of the old value elsewhere
}

func (e *modifyOneExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	own := m.ownedBy(e.own)
	old, o := getPath(m, v, e.path)
	if o != one {
		return old, o
	}
	if !e.grows {
		own.lend(old, e.path)
	}
	value, o := e.change.eval(m, old)
	switch o {
	case failed:
		return value, o
	case none:
		clear(own)
		return deletePath(m, v, e.path, nil)
	}
	return setPath(m, v, e.path, value, own)
}

// modifyExpr is paths |= change: the paths come from the input as it was, the
// values from the state so far.
type modifyExpr struct {
	slot, gone int // the state; the paths that are to be deleted
	source     step
	many       bool // there may be more than one path
	own        int
}

func (e *modifyExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	f, before := m.frame, m.own
	if m.own = m.ownedBy(e.own); e.many {
		m.own = owned{}
	}
	f.slots[e.slot], f.slots[e.gone] = v, json.Value{}
	sig := e.source.run(m, v, &cell{value: v})
	m.own = before
	if sig == stop {
		return v, failed
	}
	out, gone := f.slots[e.slot], f.slots[e.gone]
	f.slots[e.slot], f.slots[e.gone] = json.Value{}, json.Value{}
	if gone.Kind() == json.KindArray {
		clear(m.ownedBy(e.own))
		return deletePaths(m, out, gone.Array().Elems())
	}
	return out, one
}

type modifyStep struct {
	slot, gone int
	change     expr
	grows      bool // change keeps nothing of the old value elsewhere
}

func (s *modifyStep) run(m *machine, v json.Value, p *cell) signal {
	if !p.belongs(v) {
		return m.strayed("with result ", v)
	}
	f := m.frame
	path := p.keys()
	state := f.slots[s.slot]
	old, o := getPath(m, state, path)
	if o == failed {
		return stop
	}
	if !s.grows {
		m.own.lend(old, path)
	}
	value, o := s.change.eval(m, old)
	switch o {
	case failed:
		return stop
	case none:
		if f.slots[s.gone].Kind() != json.KindArray {
			f.slots[s.gone] = json.NewArray(1).Value()
		}
		f.slots[s.gone].Array().Append(json.ArrayOf(path).Value())
		return more
	}
	if state, o = setPath(m, state, path, value, m.own); o == failed {
		return stop
	}
	f.slots[s.slot] = state
	return more
}

// deleteOneExpr is del(path) for a path that is known.
type deleteOneExpr struct{ path []json.Value }

func (e *deleteOneExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	if _, o := getPath(m, v, e.path); o != one { // as path(...) would fail
		return v, o
	}
	return deletePath(m, v, e.path, nil)
}
