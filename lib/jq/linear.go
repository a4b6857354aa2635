package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// A reduce hands its state from round to round. Where the update only replaces
// something in it, nobody else can hold the containers that an earlier round has
// copied, so a later one may change them: a reduce that fills an object takes
// one copy, not one for each key. What qualifies is decided here, on the tree,
// and is meant to be obviously right rather than complete:
//
//   - the update is an assignment, ". + x", "." itself, or a pipe or an if of
//     such: nothing in it can keep the whole state;
//   - an assignment has one path at most (the paths of several come from the
//     state as it was);
//   - what is assigned or added is new, or comes from outside: fresh;
//   - every part has one output at most: a second one would start from a state
//     that the first one has changed.
//
// A foreach does the same as long as what it hands out of its state is no container.
//
// Besides, a container is only owned as long as the one that holds it is, so
// that handing out something that is not owned hands out nothing that is.

// isLinear tells whether update qualifies.
func isLinear(update syntax.Node) bool {
	switch n := update.(type) {
	case *syntax.Identity:
		return true
	case *syntax.If:
		return isLinear(n.Then) && (n.Else == nil || isLinear(n.Else))
	case *syntax.Binary:
		switch n.Op {
		case "|":
			return isLinear(n.Left) && isLinear(n.Right)
		case "|=":
			return true
		case "=", "+=", "-=", "*=", "/=", "%=", "//=":
			return isFresh(n.Right)
		case "+":
			_, dot := n.Left.(*syntax.Identity)
			return dot && isFresh(n.Right)
		}
	}
	return false
}

// isFresh tells whether no output of n can be, or hold, a container of n's input.
func isFresh(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Constant, *syntax.Number, *syntax.String, *syntax.Format, *syntax.Loc, *syntax.Var, *syntax.Negate:
		return true
	case *syntax.Binary:
		switch n.Op {
		case "==", "!=", "<", "<=", ">", ">=", "and", "or":
			return true
		case "|":
			return isFresh(n.Left) || isFresh(n.Right)
		case "+", "-", "*", "/", "%", "//":
			return isFresh(n.Left) && isFresh(n.Right)
		}
	case *syntax.Array:
		return n.Body == nil || isFresh(n.Body)
	case *syntax.Object:
		for _, p := range n.Pairs {
			if _, isVar := p.Key.(*syntax.Var); p.Value == nil && !isVar || p.Value != nil && !isFresh(p.Value) {
				return false
			}
		}
		return true
	case *syntax.If:
		return isFresh(n.Then) && n.Else != nil && isFresh(n.Else)
	case *syntax.Index:
		return isFresh(n.Base)
	}
	return false
}

// linear compiles an update that qualifies on the tree, and reports whether its
// parts have one output at most.
func (c *compiler) linear(update syntax.Node, u *unit, b *binding, own int) (code, bool) {
	switch n := update.(type) {
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
		case "+":
			right := c.code(n.Right, u, b)
			return code{e: &growExpr{right.e, own}}, right.e != nil
		}
		if c.code(n.Left, u, b).e == nil {
			return code{}, false
		}
		k := c.assign(n, u, b, own)
		return k, k.e != nil
	}
	return identity, true
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

// growExpr is . + right, in place where the input is owned.
type growExpr struct {
	right expr
	own   int
}

func (e *growExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	right, o := e.right.eval(m, v)
	if o != one {
		return right, o
	}
	switch {
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
		obj := ownedObject(v, m.ownedBy(e.own))
		for i, k := range right.Object().Keys() {
			obj.SetKey(k, right.Object().At(i))
		}
		return obj.Value(), one
	}
	return add(m, v, right, json.Value{})
}
