package jq

import (
	"ndjsontools/lib/json"
)

// identityExpr is ".".
type identityExpr struct{}

func (identityExpr) eval(_ *machine, v json.Value) (json.Value, outcome) { return v, one }

// constExpr is a value that is known.
type constExpr struct{ v json.Value }

func (e *constExpr) eval(*machine, json.Value) (json.Value, outcome) { return e.v, one }

// emptyExpr is empty.
type emptyExpr struct{}

func (emptyExpr) eval(*machine, json.Value) (json.Value, outcome) { return json.Value{}, none }

// fieldExpr is .name, which remembers the place of the key in the last shape.
type fieldExpr struct {
	key      string
	site     int
	optional bool
}

func (e *fieldExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindObject {
		return e.miss(m, v)
	}
	if v.IsText() {
		out, _ := v.Field(e.key)
		return out, one
	}
	o := v.Object()
	shape, at := o.Shape(), &m.sites[e.site]
	if shape == nil || shape != at.shape {
		i, ok := o.Index(e.key)
		if !ok {
			i = -1
		}
		if at.at = i; shape != nil {
			at.shape = shape
		} else {
			at.shape = nil
		}
	}
	if at.at < 0 {
		return json.Value{}, one
	}
	return o.At(at.at), one
}

// miss is the field of what is no object.
func (e *fieldExpr) miss(m *machine, v json.Value) (json.Value, outcome) {
	if v.Kind() == json.KindNull {
		return v, one
	}
	if e.optional {
		return v, none
	}
	return m.fail(fault{form: withIndex, a: v, b: json.FromString(e.key)})
}

// indexExpr is base[key]; both see the same input. The key goes first, as in jq.
type indexExpr struct {
	base, key expr
	optional  bool
	strict    bool // it must be there
}

func (e *indexExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	key, o := e.key.eval(m, v)
	if o != one {
		return key, o
	}
	base, o := e.base.eval(m, v)
	if o != one {
		return base, o
	}
	look := index
	if e.strict {
		look = indexStrictly
	}
	out, o := look(m, base, key)
	if o == failed && e.optional {
		return out, none
	}
	return out, o
}

// pipeExpr is left | right.
type pipeExpr struct{ left, right expr }

func (e *pipeExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	v, o := e.left.eval(m, v)
	if o != one {
		return v, o
	}
	return e.right.eval(m, v)
}

// nativeFunc is a function of the input and up to two arguments. An operator
// has its left side as the input.
type nativeFunc func(m *machine, v, a, b json.Value) (json.Value, outcome)

type native0Expr struct{ f nativeFunc }

func (e *native0Expr) eval(m *machine, v json.Value) (json.Value, outcome) {
	return e.f(m, v, json.Value{}, json.Value{})
}

type native1Expr struct {
	f nativeFunc
	a expr
}

func (e *native1Expr) eval(m *machine, v json.Value) (json.Value, outcome) {
	a, o := e.a.eval(m, v)
	if o != one {
		return a, o
	}
	return e.f(m, v, a, json.Value{})
}

type native2Expr struct {
	f    nativeFunc
	a, b expr
}

func (e *native2Expr) eval(m *machine, v json.Value) (json.Value, outcome) {
	b, o := e.b.eval(m, v)
	if o != one {
		return b, o
	}
	a, o := e.a.eval(m, v)
	if o != one {
		return a, o
	}
	return e.f(m, v, a, b)
}

// binaryExpr is an operator. The right side goes first, as in jq.
type binaryExpr struct {
	f           nativeFunc
	left, right expr
}

func (e *binaryExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	right, o := e.right.eval(m, v)
	if o != one {
		return right, o
	}
	left, o := e.left.eval(m, v)
	if o != one {
		return left, o
	}
	return e.f(m, left, right, json.Value{})
}

// logicExpr is "and" (stopAt false) and "or" (stopAt true).
type logicExpr struct {
	left, right expr
	stopAt      bool
}

func (e *logicExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	left, o := e.left.eval(m, v)
	if o != one {
		return left, o
	}
	if left.Truthy() == e.stopAt {
		return json.FromBool(e.stopAt), one
	}
	right, o := e.right.eval(m, v)
	if o != one {
		return right, o
	}
	return json.FromBool(right.Truthy()), one
}

// ifExpr is if and select.
type ifExpr struct{ cond, then, othr expr }

func (e *ifExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	c, o := e.cond.eval(m, v)
	if o != one {
		return c, o
	}
	if c.Truthy() {
		return e.then.eval(m, v)
	}
	return e.othr.eval(m, v)
}

// orElseExpr is left // right.
type orElseExpr struct{ left, right expr }

func (e *orElseExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	left, o := e.left.eval(m, v)
	if o == failed || o == one && left.Truthy() {
		return left, o
	}
	return e.right.eval(m, v)
}

// tryExpr is try body catch handler. A nil handler is that of "?".
type tryExpr struct{ body, handler expr }

func (e *tryExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	out, o := e.body.eval(m, v)
	if o != failed || !m.raised() {
		return out, o
	}
	if e.handler == nil {
		return json.Value{}, none
	}
	return e.handler.eval(m, m.caught())
}

// slotExpr is a variable of the running function; outerExpr is one of a function
// around it.
type slotExpr struct{ slot int }

func (e *slotExpr) eval(m *machine, _ json.Value) (json.Value, outcome) {
	return m.frame.slots[e.slot], one
}

type outerExpr struct{ up, slot int }

func (e *outerExpr) eval(m *machine, _ json.Value) (json.Value, outcome) {
	return m.frame.outer(e.up).slots[e.slot], one
}

type globalExpr struct{ i int }

func (e *globalExpr) eval(m *machine, _ json.Value) (json.Value, outcome) {
	return m.globals[e.i], one
}

// bindExpr is source as $slot | body.
type bindExpr struct {
	source expr
	slot   int
	body   expr
}

func (e *bindExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	x, o := e.source.eval(m, v)
	if o != one {
		return x, o
	}
	m.frame.slots[e.slot] = x
	return e.body.eval(m, v)
}

// breakExpr is break: the label's number is in a slot.
type breakExpr struct{ up, slot int }

func (e *breakExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	label, _ := m.frame.outer(e.up).slots[e.slot].Int64()
	m.breakTo(label)
	return v, failed
}

// arrayExpr is [body] for a body with at most one output.
type arrayExpr struct{ body expr }

func (e *arrayExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	x, o := e.body.eval(m, v)
	switch o {
	case one:
		return json.ArrayOf([]json.Value{x}).Value(), one
	case none:
		return json.NewArray(0).Value(), one
	}
	return x, o
}

// mapExpr is [.[] | body] for a body with at most one output.
type mapExpr struct {
	body     expr
	optional bool // .[]?
}

func (e *mapExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	in, ok := members(v)
	if !ok && !e.optional {
		return m.fail(notIterable(v))
	}
	out := make([]json.Value, 0, len(in))
	for _, x := range in {
		switch y, o := e.body.eval(m, x); o {
		case one:
			out = append(out, y)
		case failed:
			return y, o
		}
	}
	return json.ArrayOf(out).Value(), one
}

// collectExpr is [body]: body ends in an appendStep to the slot.
type collectExpr struct {
	slot int
	body step
}

func (e *collectExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	f := m.frame
	out := json.NewArray(0).Value()
	f.slots[e.slot] = out
	if e.body.run(m, v, nil) == stop {
		return v, failed
	}
	return out, one
}

type appendStep struct{ slot int }

func (s *appendStep) run(m *machine, v json.Value, _ *cell) signal {
	m.frame.slots[s.slot].Array().Append(v)
	return more
}
