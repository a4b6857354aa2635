package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// loop compiles the source and the patterns of reduce and foreach, with what is
// to happen for each match in the place of a body.
func (c *compiler) loop(source syntax.Node, patterns []*syntax.Pattern, u *unit, b *binding, body func(u *unit, b *binding) code) code {
	return c.code(&syntax.Bind{
		Span: source.Place(), Source: source, Patterns: patterns, Body: &hook{source.Place(), body},
	}, u, b)
}

func (c *compiler) reduce(n *syntax.Reduce, u *unit, b *binding) code {
	start := c.code(n.Init, u, b)
	slot, place, own := u.slot(), u.cell(), -1
	if c.isLinear(n.Update, b) {
		own = u.own()
	}
	from := c.file // this may be compiled when another one is at hand
	rounds := func(x context) code {
		defer c.inside(from)()
		return c.loop(n.Source, n.Patterns, u, b, func(u *unit, b *binding) code {
			var update code
			single := false
			if own >= 0 && !x.paths {
				update, single = c.linear(n.Update, u, b, own)
			}
			if !single {
				update = c.code(n.Update, u, b)
			}
			return code{gen: func(step, context) step {
				if update.e != nil && !x.paths {
					return &reduceStep{slot, update.e}
				}
				return &roundStep{slot, place, update.link(&stateStep{slot, place, nil}, context{paths: x.paths})}
			}}
		})
	}
	k := code{}
	if start.e != nil {
		k.e = &foldExpr{start: start.e, slot: slot, own: own, source: rounds(context{}).link(nil, context{})}
	}
	k.gen = func(next step, x context) step {
		dot, path := u.slot(), u.cell()
		fold := &foldStep{dot, path, slot, place, own, rounds(x).link(nil, context{}), next}
		return &keepPathStep{dot, path, start.link(fold, context{paths: x.paths})}
	}
	return k
}

func (c *compiler) foreach(n *syntax.Foreach, u *unit, b *binding) code {
	start := c.code(n.Init, u, b)
	slot, place, own := u.slot(), u.cell(), -1
	if c.isLinear(n.Update, b) {
		own = u.own()
	}
	from := c.file
	return code{gen: func(next step, x context) step {
		defer c.inside(from)()
		x.direct = false
		rounds := c.loop(n.Source, n.Patterns, u, b, func(u *unit, b *binding) code {
			var update code
			single, extract, next := false, identity, next
			if own >= 0 && !x.paths {
				update, single = c.linear(n.Update, u, b, own)
			}
			switch {
			case !single:
				update = c.code(n.Update, u, b)
			case n.Extract == nil || !c.isFresh(n.Extract, b):
				next = &lendStep{own, next}
			}
			if n.Extract != nil {
				extract = c.code(n.Extract, u, b)
			}
			return code{gen: func(step, context) step {
				s := &stateStep{slot, place, extract.link(next, x)}
				return &roundStep{slot, place, update.link(s, x)}
			}}
		})
		dot, path := u.slot(), u.cell()
		begin := &beginStep{dot, path, slot, place, own, rounds.link(nil, context{})}
		return &keepPathStep{dot, path, start.link(begin, x)}
	}}
}

// until compiles until(cond; update). In jq it is a recursion; as a node it can own
// its state, as a reduce does. Paths, and what has several outputs, take jq's way.
func (c *compiler) until(n *syntax.Call, u *unit, b *binding) code {
	k := c.function(c.fromLibrary("until/2", library["until/2"]), n, u, b)
	own := -1
	cond, update, single := c.code(n.Args[0], u, b), code{}, false
	if c.isLinear(n.Args[1], b) {
		own = u.own()
		update, single = c.linear(n.Args[1], u, b, own)
	}
	if !single {
		update = c.code(n.Args[1], u, b)
	}
	if cond.e != nil && update.e != nil {
		k.e = &untilExpr{cond.e, update.e, own}
	}
	return k
}

type untilExpr struct {
	cond, update expr
	own          int
}

func (e *untilExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	m.frame.disown(e.own)
	for {
		enough, o := e.cond.eval(m, v)
		if o != one || enough.Truthy() {
			m.frame.disown(e.own)
			return v, o
		}
		if v, o = e.update.eval(m, v); o != one {
			return v, o
		}
	}
}

// pathsOf compiles path(f).
func (c *compiler) pathsOf(f syntax.Node, u *unit, b *binding) code {
	source := c.code(f, u, b)
	return code{gen: func(next step, x context) step {
		path := u.cell()
		return &pathStep{path, source.link(&pathEndStep{path, next}, context{paths: true})}
	}}
}
