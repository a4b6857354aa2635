package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// member is base[key] as the program has it. Where the program is strict, what is
// not there is an error when its value is wanted. As a path it is no error: it may
// be about to be made, or deleted. jq's own library is never strict.
func (c *compiler) member(base, key code, optional bool, u *unit) code {
	k := c.index(base, key, optional, u)
	if !c.opts.Strict || c.lenient || c.file.library {
		return k
	}
	path := k.gen
	value := c.nest(u, []code{key}, func(slots []int, next step, x context) step {
		return base.link(&strictStep{slots[0], optional, next}, x)
	}).gen
	k.gen = func(next step, x context) step {
		if x.paths {
			return path(next, x)
		}
		return value(next, x)
	}
	if k.e != nil {
		k.e = &indexExpr{base: base.e, key: key.e, optional: optional, strict: true}
	}
	return k
}

// forgiving compiles the left side of "//", where a chain of constant keys may
// lead to what is not there: to say what else to take is what "//" is for.
func (c *compiler) forgiving(n syntax.Node, u *unit, b *binding) code {
	if isChain(n) {
		before := c.lenient
		c.lenient = true
		defer func() { c.lenient = before }()
	}
	return c.code(n, u, b)
}

// isChain tells whether n is ".", a variable, or a constant key of a chain.
func isChain(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Identity, *syntax.Var:
		return true
	case *syntax.Index:
		return isConstantKey(n.Key) && isChain(n.Base)
	case *syntax.Binary:
		return n.Op == "|" && isChain(n.Left) && isChain(n.Right)
	}
	return false
}

func isConstantKey(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Number:
		return true
	case *syntax.Negate:
		return isConstantKey(n.X)
	case *syntax.String:
		_, ok := n.Text()
		return ok
	}
	return false
}

// strictStep is .[key] for a key in a slot, which must be there.
type strictStep struct {
	slot     int
	optional bool
	next     step
}

func (s *strictStep) run(m *machine, v json.Value, _ *cell) signal {
	out, o := indexStrictly(m, v, m.frame.slots[s.slot])
	switch {
	case o == one:
		return s.next.run(m, out, nil)
	case s.optional:
		return more
	}
	return stop
}

// indexStrictly is index, but null is no answer where there is nothing.
func indexStrictly(m *machine, v, key json.Value) (json.Value, outcome) {
	there, what := true, " has no key "
	switch kind := key.Kind(); {
	case v.Kind() == json.KindObject && kind == json.KindString:
		_, there = v.Field(key.Str())
	case v.Kind() == json.KindArray && kind == json.KindNumber:
		_, there = position(key, v.Array().Len())
		there = there && !key.IsNaN()
		what = " has no element "
	case v.Kind() == json.KindNull && (kind == json.KindString || kind == json.KindNumber):
		there = false
	}
	if !there {
		return m.failText(described(v) + what + preview(key))
	}
	return index(m, v, key)
}
