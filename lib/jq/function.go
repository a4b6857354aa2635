package jq

import "ndjsontools/lib/jq/syntax"

// function is a definition, together with the names that it sees.
type function struct {
	def    *syntax.FuncDef
	scope  *binding // with the function itself
	level  int      // of the unit that has the definition
	called bool     // it calls itself: it has units
	file   *file    // where it stands
	units  [2]*unit // for values, for paths
}

// inside notes which file the part that is compiled now stands in. The result takes
// it back.
func (c *compiler) inside(f *file) func() {
	before := c.file
	c.file = f
	return func() { c.file = before }
}

// function compiles a call of a defined function. Arguments for "$x" are bound
// first, the first one outermost.
func (c *compiler) function(fn *function, n *syntax.Call, u *unit, b *binding) code {
	if !c.file.library {
		c.at, c.atFile = n.Span, c.file
	}
	if !c.isExpanded(fn) {
		return c.unitCall(fn, n, u, b)
	}
	return c.withArguments(fn, n, 0, u, b, c.parameters(fn, n, b), func(u *unit, scope *binding) code {
		defer c.inside(fn.file)()
		return c.code(fn.def.Body, u, scope)
	})
}

// isExpanded tells whether fn is compiled at the place of a call.
func (c *compiler) isExpanded(fn *function) bool { return !fn.called && c.size <= inlineBudget }

// parameters are the names that the body of fn sees there: the arguments, over
// what fn sees.
func (c *compiler) parameters(fn *function, n *syntax.Call, b *binding) *binding {
	scope := fn.scope
	for i, p := range fn.def.Params {
		scope = &binding{up: scope, kind: anArgument, name: p.Name, arg: n.Args[i], env: b, file: c.file}
	}
	return scope
}

// withArguments binds the "$x" parameters from i on, on top of scope, and then
// compiles body.
func (c *compiler) withArguments(fn *function, n *syntax.Call, i int, u *unit, b, scope *binding, body func(*unit, *binding) code) code {
	for ; i < len(fn.def.Params); i++ {
		p := fn.def.Params[i]
		if !p.IsVar {
			continue
		}
		argument := &hook{n.Args[i].Place(), func(u *unit, _ *binding) code { return c.code(n.Args[i], u, b) }}
		rest := &hook{n.Span, func(u *unit, scope *binding) code {
			return c.withArguments(fn, n, i+1, u, b, scope, body)
		}}
		return c.bind(&syntax.Bind{
			Span: n.Span, Source: argument, Patterns: []*syntax.Pattern{variable(p.Name, n.Span)}, Body: rest,
		}, u, scope)
	}
	return body(u, scope)
}

// unitCall compiles a call of a function that has a frame.
func (c *compiler) unitCall(fn *function, n *syntax.Call, u *unit, b *binding) code {
	return c.withArguments(fn, n, 0, u, b, nil, func(u *unit, bound *binding) code {
		var args []argument
		capture := u.level == fn.level
		for i, p := range fn.def.Params {
			if p.IsVar {
				for at := bound; at != nil; at = at.up {
					if at.name == p.Name {
						args = append(args, argument{slot: at.slot})
						break
					}
				}
			}
			if fn.needsClosure(p) {
				a := c.closure(n.Args[i], u, b)
				capture = capture || a.in < 0
				args = append(args, a)
			}
		}
		return code{gen: func(next step, x context) step {
			_, last := next.(returnStep)
			return &callStep{
				to: c.unit(fn, x.paths), caller: u, up: u.level - fn.level, args: args, next: next,
				tail: last && x.direct, capture: capture,
			}
		}}
	})
}

// needsClosure tells whether a parameter is used as a function. "$x" may be.
func (fn *function) needsClosure(p syntax.Param) bool {
	return !p.IsVar || mentions(fn.def.Body, p.Name, 0)
}

// closure compiles an argument that is used as a function. One that is itself
// a parameter is handed on as it is, or chains would grow with the recursion.
func (c *compiler) closure(n syntax.Node, u *unit, b *binding) argument {
	if call, ok := n.(*syntax.Call); ok && len(call.Args) == 0 {
		for at := b; at != nil; at = at.up {
			if at.name == call.Name && at.kind == aClosure {
				return argument{slot: -1, up: u.level - at.level, in: at.slot}
			}
			if at.name == call.Name && (at.kind == anArgument || at.kind == aFunction && len(at.fn.def.Params) == 0) {
				break
			}
		}
	}
	value, path := &unit{level: u.level + 1}, &unit{level: u.level + 1}
	value.entry = c.code(n, value, b).link(returnStep{}, context{direct: true})
	path.entry = c.code(n, path, b).link(returnStep{}, context{paths: true, direct: true})
	return argument{slot: -1, in: -1, closure: closure{value: value, path: path}}
}

// unit compiles a function as a unit, once for values and once for paths.
func (c *compiler) unit(fn *function, paths bool) *unit {
	which := 0
	if paths {
		which = 1
	}
	if fn.units[which] != nil {
		return fn.units[which]
	}
	defer c.inside(fn.file)()
	u := &unit{level: fn.level + 1}
	fn.units[which] = u
	scope := fn.scope
	for _, p := range fn.def.Params {
		if fn.needsClosure(p) {
			scope = &binding{up: scope, kind: aClosure, name: p.Name, level: u.level, slot: u.closures}
			u.closures++
		}
		if p.IsVar {
			scope = &binding{up: scope, kind: aVariable, name: p.Name, level: u.level, slot: u.slot()}
		}
	}
	u.entry = c.code(fn.def.Body, u, scope).link(returnStep{}, context{paths: paths, direct: true})
	return u
}
