package jq

import (
	"fmt"
	"strings"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
	"ndjsontools/lib/spell"
)

// binding is a name that a part of the program sees; up is the next one around.
type binding struct {
	up    *binding
	kind  bindingKind
	name  string
	level int // of the unit whose frame has it
	slot  int // aVariable, aLabel: in the frame; aClosure: its number

	fn  *function   // aFunction
	arg syntax.Node // anArgument: what stands in the place of the name ...
	env *binding    // ... and the names that it sees
	lib bool        // it is part of the library
}

type bindingKind uint8

const (
	aVariable bindingKind = iota
	aLabel
	aFunction
	anArgument // of a function that is compiled at the place of the call
	aClosure   // an argument of a function that is called
)

// function is a definition, together with the names that it sees.
type function struct {
	def     *syntax.FuncDef
	scope   *binding // with the function itself
	level   int      // of the unit that has the definition
	called  bool     // it calls itself: it has units
	library bool
	units   [2]*unit // for values, for paths
}

// define returns b with the function of a definition.
func (c *compiler) define(def *syntax.FuncDef, level int, b *binding) *binding {
	if strings.Contains(def.Name, "::") {
		c.fail(def, "", "not implemented yet: modules (the name %s)", def.Name)
	}
	fn := &function{def: def, level: level, library: c.lost}
	fn.called = mentions(def.Body, def.Name, len(def.Params))
	fn.scope = &binding{up: b, kind: aFunction, name: def.Name, level: level, fn: fn}
	return fn.scope
}

// mentions tells whether n calls name/arity, or something that looks like it.
func mentions(n syntax.Node, name string, arity int) bool {
	found := false
	syntax.Walk(n, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.Call); ok && call.Name == name && len(call.Args) == arity {
			found = true
		}
		return !found
	})
	return found
}

func (c *compiler) variable(n *syntax.Var, u *unit, b *binding) code {
	for at := b; at != nil; at = at.up {
		if at.kind == aVariable && at.name == n.Name {
			if at.level == u.level {
				return code{e: &slotExpr{at.slot}}
			}
			return code{e: &outerExpr{u.level - at.level, at.slot}}
		}
	}
	if i, ok := c.globals[n.Name]; ok {
		return code{e: &globalExpr{i}}
	}
	if n.Name == "ENV" {
		return constant(c.environment())
	}
	if strings.Contains(n.Name, "::") {
		c.fail(n, "", "not implemented yet: modules (the variable $%s)", n.Name)
	}
	known := []string{"ENV", "__loc__"}
	for at := b; at != nil; at = at.up {
		if at.kind == aVariable && !strings.HasPrefix(at.name, "\x00") {
			known = append(known, at.name)
		}
	}
	for name := range c.globals {
		known = append(known, name)
	}
	hint := ""
	if near, ok := spell.Nearest(n.Name, known); ok {
		hint = "did you mean $" + near + "?"
	}
	c.fail(n, hint, "$%s is not defined", n.Name)
	return code{}
}

// environment is $ENV: of two settings of a name the first one counts, as with
// getenv.
func (c *compiler) environment() json.Value {
	o := json.NewObject(len(c.opts.Env))
	for _, setting := range c.opts.Env {
		name, value, ok := strings.Cut(setting, "=")
		if _, again := o.Get(name); ok && !again {
			o.Set(strings.ToValidUTF8(name, "\uFFFD"), json.FromString(strings.ToValidUTF8(value, "\uFFFD")))
		}
	}
	return o.Value()
}

// fresh is a variable's name that no program can have.
func (c *compiler) fresh() string {
	c.names++
	return fmt.Sprintf("\x00%d", c.names)
}

// bind compiles source as patterns | body. Destructuring is taken apart into
// bindings of single variables, which see the same input as the body.
func (c *compiler) bind(n *syntax.Bind, u *unit, b *binding) code {
	if len(n.Patterns) > 1 {
		return c.alternatives(n, u, b)
	}
	p := n.Patterns[0]
	if p.Var == "" {
		return c.code(c.destructure(n.Source, p, n.Body), u, b)
	}
	source := c.code(n.Source, u, b)
	slot := u.slot()
	body := c.code(n.Body, u, &binding{up: b, kind: aVariable, name: p.Var, level: u.level, slot: slot})
	k := code{}
	if source.e != nil && body.e != nil {
		if k.e = (&bindExpr{source.e, slot, body.e}); body.gen == nil {
			return k
		}
	}
	k.gen = func(next step, x context) step {
		if source.e != nil {
			return &bindStep{source.e, slot, body.link(next, x)}
		}
		dot, path := u.slot(), u.cell()
		s := &storeStep{slot, dot, path, true, body.link(next, context{paths: x.paths})}
		return &keepStep{dot, path, source.link(s, context{})}
	}
	return k
}

func variable(name string, at syntax.Span) *syntax.Pattern {
	return &syntax.Pattern{Span: at, Var: name}
}

// destructure is source as p | body with patterns that are variables only.
func (c *compiler) destructure(source syntax.Node, p *syntax.Pattern, body syntax.Node) syntax.Node {
	if p.Var != "" {
		return &syntax.Bind{Span: p.Span, Source: source, Patterns: []*syntax.Pattern{p}, Body: body}
	}
	whole := c.fresh()
	member := func(key syntax.Node) syntax.Node {
		return &syntax.Index{Span: p.Span, Base: &syntax.Var{Span: p.Span, Name: whole}, Key: key}
	}
	for i := len(p.Array) - 1; i >= 0; i-- {
		key := &syntax.Number{Span: p.Span, Text: fmt.Sprint(i)}
		body = c.destructure(member(key), p.Array[i], body)
	}
	for i := len(p.Object) - 1; i >= 0; i-- {
		pair := p.Object[i]
		if pair.Key != nil {
			name := c.fresh()
			body = c.destructure(member(&syntax.Var{Span: pair.At, Name: name}), pair.Value, body)
			body = c.destructure(pair.Key, variable(name, pair.At), body)
			continue
		}
		if pair.Value != nil {
			body = c.destructure(&syntax.Var{Span: pair.At, Name: pair.Var}, pair.Value, body)
		}
		key := &syntax.String{Span: pair.At, Parts: []syntax.Part{{Text: pair.Var}}}
		body = c.destructure(member(key), variable(pair.Var, pair.At), body)
	}
	return c.destructure(source, variable(whole, p.Span), body)
}

// alternatives compiles source as p ?// q ... | body: where p, or the body with
// p, fails, q is tried. The variables of all patterns exist in each, as null.
func (c *compiler) alternatives(n *syntax.Bind, u *unit, b *binding) code {
	whole := c.fresh()
	var names []string
	for _, p := range n.Patterns {
		names = patternNames(p, names)
	}
	var tries []syntax.Node
	for _, p := range n.Patterns {
		body := c.destructure(&syntax.Var{Span: p.Span, Name: whole}, p, n.Body)
		for _, name := range names {
			null := &syntax.Constant{Span: p.Span, Name: "null"}
			body = c.destructure(null, variable(name, p.Span), body)
		}
		tries = append(tries, body)
	}
	chain := &hook{n.Span, func(u *unit, b *binding) code {
		k := c.code(tries[len(tries)-1], u, b)
		for i := len(tries) - 2; i >= 0; i-- {
			k = c.orTry(c.code(tries[i], u, b), k)
		}
		return k
	}}
	return c.code(c.destructure(n.Source, variable(whole, n.Span), chain), u, b)
}

// orTry is first, or second over the same input where first fails.
func (c *compiler) orTry(first, second code) code {
	k := code{}
	if first.e != nil && second.e != nil {
		if k.e = (&alternativeExpr{first.e, second.e}); first.gen == nil && second.gen == nil {
			return k
		}
	}
	k.gen = func(next step, x context) step {
		x.direct = false
		return &tryStep{first.link(&passStep{next}, x), second.link(next, x), true}
	}
	return k
}

func patternNames(p *syntax.Pattern, names []string) []string {
	if p.Var != "" {
		names = append(names, p.Var)
	}
	for _, e := range p.Array {
		names = patternNames(e, names)
	}
	for _, pair := range p.Object {
		if pair.Var != "" {
			names = append(names, pair.Var)
		}
		if pair.Value != nil {
			names = patternNames(pair.Value, names)
		}
	}
	return names
}

// call finds what a name means: the nearest definition or parameter, then the
// language's own functions.
func (c *compiler) call(n *syntax.Call, u *unit, b *binding) code {
	for at := b; at != nil; at = at.up {
		if at.name != n.Name {
			continue
		}
		switch {
		case at.kind == anArgument && len(n.Args) == 0:
			defer c.inside(at.lib)()
			return c.code(at.arg, u, at.env)
		case at.kind == aClosure && len(n.Args) == 0:
			up, in := u.level-at.level, at.slot
			return code{gen: func(next step, x context) step {
				return &closureStep{up, in, u, x.paths, next}
			}}
		case at.kind == aFunction && len(at.fn.def.Params) == len(n.Args):
			return c.function(at.fn, n, u, b)
		}
	}
	return c.builtin(n, u, b)
}

// inside notes whether what is compiled now is part of the library, whose places
// mean nothing to the user. The result takes it back.
func (c *compiler) inside(library bool) func() {
	before := c.lost
	c.lost = library
	return func() { c.lost = before }
}

// function compiles a call of a defined function. Arguments for "$x" are bound
// first, the first one outermost.
func (c *compiler) function(fn *function, n *syntax.Call, u *unit, b *binding) code {
	if !c.lost {
		c.at = n.Span
	}
	lib := c.lost
	if fn.called || c.size > inlineBudget {
		return c.unitCall(fn, n, u, b)
	}
	scope := fn.scope
	for i, p := range fn.def.Params {
		scope = &binding{up: scope, kind: anArgument, name: p.Name, arg: n.Args[i], env: b, lib: lib}
	}
	return c.withArguments(fn, n, 0, u, b, scope, func(u *unit, scope *binding) code {
		defer c.inside(fn.library)()
		return c.code(fn.def.Body, u, scope)
	})
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
	defer c.inside(fn.library)()
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
