package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// object compiles {...}. The first member is the outermost loop. Constant keys,
// which are nearly all, share one shape that is made here.
func (c *compiler) object(n *syntax.Object, u *unit, b *binding) code {
	var parts []code
	for _, pair := range n.Pairs {
		key, value := c.pair(pair, u, b)
		parts = append(parts, key, value)
	}
	if v, ok := constantObject(parts); ok {
		return constant(v)
	}
	names, ok := constantKeys(parts)
	if !ok {
		return c.apply(u, parts, func(x []expr) expr { return &objectExpr{x} })
	}
	values := make([]code, len(names))
	for i := range values {
		values[i] = parts[2*i+1]
	}
	shape := shapeOf(names)
	return c.apply(u, values, func(x []expr) expr { return &shapedExpr{shape, x} })
}

// pair compiles the key and the value of one member.
func (c *compiler) pair(pair syntax.Pair, u *unit, b *binding) (key, value code) {
	if pair.Value != nil {
		value = c.code(pair.Value, u, b)
		if v, ok := pair.Key.(*syntax.Var); ok {
			return c.variable(v, u, b), value
		}
		return c.code(pair.Key, u, b), value
	}
	switch k := pair.Key.(type) {
	case *syntax.Var:
		return constant(literal(k.Name)), c.variable(k, u, b)
	case *syntax.Loc:
		return constant(json.FromString("__loc__")), c.code(k, u, b)
	}
	// {"a\(1, 2)"}: key and value are the same output, so the key is kept.
	source := c.code(pair.Key, u, b)
	if k, ok := source.constant(); ok {
		return source, c.member(identity, constant(k), false, u)
	}
	slot := u.slot()
	value = code{e: c.member(identity, code{e: &slotExpr{slot}}, false, u).e}
	return c.pipe(source, code{e: &noteExpr{slot}}), value
}

// noteExpr keeps its input in a slot.
type noteExpr struct{ slot int }

func (e *noteExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	m.frame.slots[e.slot] = v
	return v, one
}

// constantKeys returns the keys in parts if they are known, strings and distinct.
func constantKeys(parts []code) ([]json.Value, bool) {
	var names []json.Value
	seen := map[string]bool{}
	for i := 0; i < len(parts); i += 2 {
		k, ok := parts[i].constant()
		if !ok || k.Kind() != json.KindString || seen[k.Str()] {
			return nil, false
		}
		names = append(names, k)
		seen[k.Str()] = true
	}
	return names, true
}

func constantObject(parts []code) (json.Value, bool) {
	o := json.NewObject(len(parts) / 2)
	for i := 0; i < len(parts); i += 2 {
		k, known := parts[i].constant()
		v, both := parts[i+1].constant()
		if !known || !both || k.Kind() != json.KindString {
			return json.Value{}, false
		}
		o.SetKey(k, v)
	}
	return o.Value(), true
}

// shapedExpr is an object with constant keys.
type shapedExpr struct {
	shape  *json.Shape
	values []expr
}

func (e *shapedExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	values := make([]json.Value, len(e.values))
	for i, x := range e.values {
		out, o := x.eval(m, v)
		if o != one {
			return out, o
		}
		values[i] = out
	}
	return json.ObjectOf(e.shape, values).Value(), one
}

// objectExpr is any other object: pairs of keys and values.
type objectExpr struct{ pairs []expr }

func (e *objectExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	obj := json.NewObject(len(e.pairs) / 2)
	for i := 0; i < len(e.pairs); i += 2 {
		key, o := e.pairs[i].eval(m, v)
		if o != one {
			return key, o
		}
		value, o := e.pairs[i+1].eval(m, v)
		if o != one {
			return value, o
		}
		if key.Kind() != json.KindString {
			return m.fail(badKey(key))
		}
		obj.SetKey(key, value)
	}
	return obj.Value(), one
}

func badKey(key json.Value) fault {
	return fault{form: asText, text: "Cannot use " + described(key) + " as object key"}
}

// merge compiles left + {...} with constant keys on the right side, the most
// common program there is: the shape of the result is remembered, and neither
// the right object nor a shape is made for each record.
func (c *compiler) merge(op string, left, right code) (code, bool) {
	if op != "+" || left.e == nil {
		return code{}, false
	}
	e := &mergeExpr{left: left.e, site: c.merges}
	switch r := right.e.(type) {
	case *shapedExpr:
		e.values = r.values
		for i := range r.shape.Len() {
			e.keys = append(e.keys, r.shape.Key(i))
		}
	case *constExpr:
		if r.v.Kind() != json.KindObject {
			return code{}, false
		}
		e.keys = r.v.Object().Keys()
		for _, v := range r.v.Object().Values() {
			e.values = append(e.values, &constExpr{v})
		}
	default:
		return code{}, false
	}
	c.merges++
	return code{e: e}, true
}

type mergeExpr struct {
	left   expr
	keys   []json.Value
	values []expr
	site   int
}

func (e *mergeExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	// The right side is evaluated first; its values wait on the machine.
	base := len(m.stack)
	for _, x := range e.values {
		out, o := x.eval(m, v)
		if o != one {
			m.stack = m.stack[:base]
			return out, o
		}
		m.stack = append(m.stack, out)
	}
	left, o := e.left.eval(m, v)
	values := m.stack[base : base+len(e.values)]
	m.stack = m.stack[:base]
	if o != one {
		return left, o
	}
	if left.Kind() == json.KindObject {
		return e.extend(m, left.Object(), values), one
	}
	right := json.NewObject(len(e.keys))
	for i, k := range e.keys {
		right.SetKey(k, values[i])
	}
	return add(m, left, right.Value(), json.Value{})
}

func (e *mergeExpr) extend(m *machine, o *json.Object, values []json.Value) json.Value {
	shape := o.Shape()
	if shape == nil {
		out := o.Clone()
		for i, k := range e.keys {
			out.SetKey(k, values[i])
		}
		return out.Value()
	}
	known := m.merges[e.site].find(shape, e.keys)
	out := make([]json.Value, known.to.Len())
	copy(out, o.Values())
	for i, at := range known.places {
		out[at] = values[i]
	}
	return json.ObjectOf(known.to, out).Value()
}

// merged is what a mergeExpr remembers of a shape.
type merged struct {
	from, to *json.Shape
	places   []int // of each key, in to
}

// mergeCache is what one mergeExpr remembers: the last shape, and the others.
type mergeCache struct {
	last merged
	all  map[*json.Shape]merged
}

// cachedShapes bounds a mergeCache: a stream may have any number of shapes.
const cachedShapes = 256

func (c *mergeCache) find(shape *json.Shape, keys []json.Value) *merged {
	if c.last.from == shape {
		return &c.last
	}
	known, ok := c.all[shape]
	if !ok {
		known = learn(shape, keys)
		if c.all == nil || len(c.all) == cachedShapes {
			c.all = map[*json.Shape]merged{}
		}
		c.all[shape] = known
	}
	c.last = known
	return &c.last
}

func learn(shape *json.Shape, keys []json.Value) merged {
	k := merged{from: shape}
	all := make([]json.Value, 0, shape.Len()+len(keys))
	for i := range shape.Len() {
		all = append(all, shape.Key(i))
	}
	for _, key := range keys {
		at, ok := shape.Index(key.Str())
		if !ok {
			at = len(all)
			all = append(all, key)
		}
		k.places = append(k.places, at)
	}
	k.to = shapeOf(all)
	return k
}

// shapeOf returns a shape of distinct keys. It is made by the decoder where that
// is possible: what the decoder knows of a key (that it prints as it is) speeds
// up the printing of every object.
func shapeOf(keys []json.Value) *json.Shape {
	text := []byte{'{'}
	names := make([]string, len(keys))
	for i, k := range keys {
		if names[i] = k.Str(); i > 0 {
			text = append(text, ',')
		}
		text = append(json.Append(text, k), ":0"...)
	}
	v, err := json.Decode(append(text, '}'))
	if err == nil && v.Object().Shape() != nil && v.Object().Len() == len(keys) {
		return v.Object().Shape()
	}
	return json.NewShape(names...)
}

// literal is a string of the program, with what the decoder knows of it.
func literal(s string) json.Value {
	v := json.FromString(s)
	if known, err := json.Decode(json.Append(nil, v)); err == nil {
		return known
	}
	return v
}
