package jq

import (
	"slices"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// A reduce hands its state from round to round. Where the update only replaces
// something in it, nobody else can hold the containers that an earlier round has
// copied, so a later one may change them: a reduce that fills an object takes
// one copy, not one for each key. What qualifies is decided here, on the tree,
// and is meant to be obviously right rather than complete:
//
//   - the update is an assignment, ". + x", ". * x", setpath, "." itself, or a
//     pipe, an if or a binding of such: nothing in it can keep the whole state;
//   - an assignment has one path at most (the paths of several come from the
//     state as it was);
//   - what is assigned or added is new, or comes from outside: fresh;
//   - what a variable is bound to, a parameter of a function among them, is fresh,
//     or no container;
//   - every part has one output at most: a second one would start from a state
//     that the first one has changed.
//
// A foreach does the same as long as what it hands out of its state is no container.
//
// A function that the program defines is looked at as it stands at the place of
// its call.
//
// What still copies an object in each round, where jq does not: an update that
// defines a function itself or calls a recursive one, an object that grows in a
// recursion, and del of one key of many (which moves those behind it). Where jq copies, too, we do
// for objects: {"k": 1} + ., . as $s | $s + {...}, a construction around an object
// that grows. Arrays that grow at their end are never copied: see json.Appender.
//
// Besides, a container is only owned as long as the one that holds it is, so
// that handing out something that is not owned hands out nothing that is.

// isLinear tells whether update qualifies.
func (c *compiler) isLinear(update syntax.Node, b *binding) bool {
	switch n := update.(type) {
	case *syntax.Identity:
		return true
	case *syntax.If:
		return c.isLinear(n.Then, b) && (n.Else == nil || c.isLinear(n.Else, b))
	case *syntax.Binary:
		switch n.Op {
		case "|":
			return c.isLinear(n.Left, b) && c.isLinear(n.Right, b)
		case "|=":
			return true
		case "=", "+=", "-=", "*=", "/=", "%=", "//=":
			return c.isFresh(n.Right, b)
		case "+", "*":
			_, dot := n.Left.(*syntax.Identity)
			return dot && c.isFresh(n.Right, b)
		}
	case *syntax.Bind:
		return len(n.Patterns) == 1 && n.Patterns[0].Var != "" && c.isLinear(n.Body, b)
	case *syntax.Call:
		if at := resolve(n, b); at != nil {
			body, scope := c.standsFor(at, n, b)
			return body != nil && c.isLinear(body, scope)
		}
		return n.Name == "setpath" && len(n.Args) == 2 && c.isFresh(n.Args[0], b) && c.isFresh(n.Args[1], b)
	}
	return false
}

// isFresh tells whether no output of n can be, or hold, a container of n's input.
func (c *compiler) isFresh(n syntax.Node, b *binding) bool {
	switch n := n.(type) {
	case *syntax.Constant, *syntax.Number, *syntax.String, *syntax.Format, *syntax.Loc, *syntax.Var, *syntax.Negate:
		return true
	case *syntax.Binary:
		switch n.Op {
		case "==", "!=", "<", "<=", ">", ">=", "and", "or", "/", "%":
			return true
		case "|":
			return c.isFresh(n.Left, b) || c.isFresh(n.Right, b)
		case "+", "-", "*":
			return c.isFresh(n.Left, b) && c.isFresh(n.Right, b) || c.isScalar(n.Left, b) || c.isScalar(n.Right, b)
		case "//":
			return c.isFresh(n.Left, b) && c.isFresh(n.Right, b)
		}
	case *syntax.Call:
		if at := resolve(n, b); at != nil {
			body, scope := c.standsFor(at, n, b)
			return body != nil && c.areFresh(at, n, b) && c.isFresh(body, scope)
		}
		return freshCalls[n.Name]
	case *syntax.Comma:
		return !slices.ContainsFunc(n.Parts, func(part syntax.Node) bool { return !c.isFresh(part, b) })
	case *syntax.Array:
		return n.Body == nil || c.isFresh(n.Body, b)
	case *syntax.Object:
		for _, p := range n.Pairs {
			if _, isVar := p.Key.(*syntax.Var); p.Value == nil && !isVar || p.Value != nil && !c.isFresh(p.Value, b) {
				return false
			}
		}
		return true
	case *syntax.If:
		return c.isFresh(n.Then, b) && n.Else != nil && c.isFresh(n.Else, b)
	case *syntax.Index:
		return c.isFresh(n.Base, b)
	}
	return false
}

// isScalar tells whether an output of n is neither null nor a container: a sum with
// it is no container, and new.
func (c *compiler) isScalar(n syntax.Node, b *binding) bool {
	switch n := n.(type) {
	case *syntax.Number, *syntax.String, *syntax.Format:
		return true
	case *syntax.Call:
		return n.Name == "length" && resolve(n, b) == nil
	}
	return false
}

// freshCalls are functions of the language whose outputs are no part of their
// input, with any number of arguments. It is never changed.
var freshCalls = map[string]bool{
	"length": true, "utf8bytelength": true, "type": true, "keys": true, "keys_unsorted": true,
	"has": true, "contains": true, "inside": true, "in": true, "not": true, "tostring": true,
	"tojson": true, "tonumber": true, "ascii_downcase": true, "ascii_upcase": true, "startswith": true,
	"endswith": true, "test": true, "split": true, "join": true, "explode": true, "implode": true,
	"floor": true, "ceil": true, "round": true, "sqrt": true, "now": true, "todate": true,
	"range": true, "input": true, "inputs": true, "input_line_number": true, "any": true, "all": true, "isempty": true, "infinite": true, "nan": true,
}

// linear compiles an update that qualifies on the tree, and reports whether its
// parts have one output at most.
func (c *compiler) linear(update syntax.Node, u *unit, b *binding, own int) (code, bool) {
	switch n := update.(type) {
	case *syntax.Bind:
		return c.linearBinding(n, u, b, own)
	case *syntax.Call:
		return c.linearCall(n, u, b, own)
	case *syntax.If:
		cond, othr, ok := c.code(n.Cond, u, b), identity, true
		then, single := c.linear(n.Then, u, b, own)
		if n.Else != nil {
			othr, ok = c.linear(n.Else, u, b, own)
		}
		if cond.e == nil || !single || !ok {
			return code{}, false
		}
		return c.choose(cond, then, othr, u), true
	case *syntax.Binary:
		switch n.Op {
		case "|":
			left, single := c.linear(n.Left, u, b, own)
			right, both := c.linear(n.Right, u, b, own)
			if !single || !both {
				return code{}, false
			}
			return c.pipe(left, right), true
		case "+", "*":
			right := c.code(n.Right, u, b)
			return code{e: &growExpr{right.e, own, n.Op == "*"}}, right.e != nil
		}
		if c.code(n.Left, u, b).e == nil {
			return code{}, false
		}
		k := c.assign(n, u, b, own)
		return k, k.e != nil
	}
	return identity, true
}

// linearBinding compiles source as $x | update. A container that the variable gets
// may be the state's, which nobody owns from then on.
func (c *compiler) linearBinding(n *syntax.Bind, u *unit, b *binding, own int) (code, bool) {
	source := c.code(n.Source, u, b)
	if source.e == nil {
		return code{}, false
	}
	if !c.isFresh(n.Source, b) {
		source = lend(source, own)
	}
	single := false
	bound := &hook{n.Span, func(*unit, *binding) code { return source }}
	body := &hook{n.Span, func(u *unit, b *binding) code {
		var k code
		k, single = c.linear(n.Body, u, b, own)
		return k
	}}
	k := c.bind(&syntax.Bind{Span: n.Span, Source: bound, Patterns: n.Patterns, Body: body}, u, b)
	return k, single && k.e != nil
}

// lend is an expression that may hand out something of the state.
func lend(k code, own int) code {
	if k.e == nil {
		return k
	}
	return code{e: &lendExpr{k.e, own}}
}

// lendExpr hands out something of the state.
type lendExpr struct {
	source expr
	own    int
}

func (e *lendExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	out, o := e.source.eval(m, v)
	if out.Kind() >= json.KindArray {
		clear(m.ownedBy(e.own))
	}
	return out, o
}

// linearCall compiles a call as an update: of setpath, or of what standsFor knows.
func (c *compiler) linearCall(n *syntax.Call, u *unit, b *binding, own int) (k code, single bool) {
	at := resolve(n, b)
	if at == nil {
		return c.linearSetpath(n, u, b, own)
	}
	body, scope := c.standsFor(at, n, b)
	switch {
	case body == nil:
		return code{}, false
	case at.kind == anArgument:
		defer c.inside(at.file)()
		return c.linear(body, u, scope, own)
	}
	bound := &syntax.Call{Span: n.Span, Name: n.Name, Args: slices.Clone(n.Args)}
	for i, arg := range n.Args {
		if !c.isFresh(arg, b) {
			bound.Args[i] = &hook{arg.Place(), func(u *unit, _ *binding) code { return lend(c.code(arg, u, b), own) }}
		}
	}
	k = c.withArguments(at.fn, bound, 0, u, b, scope, func(u *unit, scope *binding) code {
		defer c.inside(at.fn.file)()
		var k code
		k, single = c.linear(body, u, scope, own)
		return k
	})
	return k, single && k.e != nil
}

// standsFor is what is compiled at the place of a call of at, and the names that
// it sees; nil for what is called.
func (c *compiler) standsFor(at *binding, n *syntax.Call, b *binding) (syntax.Node, *binding) {
	switch {
	case at.kind == anArgument:
		return at.arg, at.env
	case at.kind != aFunction || !c.isExpanded(at.fn):
		return nil, nil
	}
	c.size++ // a look at each of functions that multiply each other must end, too
	return at.fn.def.Body, c.parameters(at.fn, n, b)
}

// areFresh tells whether the values that a call binds to variables are fresh.
func (c *compiler) areFresh(at *binding, n *syntax.Call, b *binding) bool {
	for i, arg := range n.Args {
		if at.fn.def.Params[i].IsVar && !c.isFresh(arg, b) {
			return false
		}
	}
	return true
}

// linearSetpath compiles setpath(path; value).
func (c *compiler) linearSetpath(n *syntax.Call, u *unit, b *binding, own int) (code, bool) {
	path, value := c.code(n.Args[0], u, b), c.code(n.Args[1], u, b)
	set := func(m *machine, v, a, b json.Value) (json.Value, outcome) {
		return setpathIn(m, v, a, b, m.ownedBy(own))
	}
	return code{e: &native2Expr{set, path.e, value.e}}, path.e != nil && value.e != nil
}

// ownedBy is what a reduce owns, made on first use; nil without one.
func (m *machine) ownedBy(own int) owned {
	if own < 0 {
		return nil
	}
	if m.frame.owns[own] == nil {
		m.frame.owns[own] = owned{}
	}
	return m.frame.owns[own]
}

// cheapCopy is the length up to which an array is copied to be owned.
const cheapCopy = 64

// growExpr is . + right or, if deep, . * right, in place where the input is owned.
type growExpr struct {
	right expr
	own   int
	deep  bool
}

func (e *growExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	right, o := e.right.eval(m, v)
	if o != one {
		return right, o
	}
	switch {
	case e.deep && v.Kind() == json.KindObject && right.Kind() == json.KindObject:
		return mergeInto(m, v, right, m.ownedBy(e.own), 0)
	case e.deep:
		return multiply(m, v, right, json.Value{})
	case v.Kind() != right.Kind():
	case v.Kind() == json.KindArray:
		own := m.ownedBy(e.own)
		if _, mine := own[v]; !mine && v.Array().Len() > cheapCopy {
			break // a foreach that lends each state out would copy each
		}
		a := ownedArray(v, own)
		a.Append(right.Array().Elems()...)
		return a.Value(), one
	case v.Kind() == json.KindObject:
		own := m.ownedBy(e.own)
		obj := ownedObject(v, own)
		for i, k := range right.Object().Keys() {
			replace(obj, k, right.Object().At(i), own)
		}
		return obj.Value(), one
	}
	return add(m, v, right, json.Value{})
}

// mergeInto is v * right for objects.
func mergeInto(m *machine, v, right json.Value, own owned, deep int) (json.Value, outcome) {
	if deep > maxNesting {
		return m.failText(mergeTooDeep)
	}
	obj, more := ownedObject(v, own), right.Object()
	for i, k := range more.Keys() {
		x := more.At(i)
		if x.Kind() == json.KindObject {
			if old, ok := obj.Get(k.Str()); ok && old.Kind() == json.KindObject {
				var o outcome
				if x, o = mergeInto(m, old, x, own, deep+1); o != one {
					return x, o
				}
			}
		}
		replace(obj, k, x, own)
	}
	return obj.Value(), one
}

// replace sets a key of an object, and drops what it had before.
func replace(obj *json.Object, key, to json.Value, own owned) {
	if len(own) > 1 { // obj and another one
		if old, ok := obj.Get(key.Str()); ok && old != to {
			own.drop(old)
		}
	}
	obj.SetKey(key, to)
}
