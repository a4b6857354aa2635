package span

import (
	"fmt"

	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// Bounds of a plan. A program beyond them is the evaluator's.
const (
	maxFlows = 16
	maxParts = 512
)

// Compile makes a plan of a program that lib/jq has compiled with the same
// options. It is not ok for programs with anything else than these:
//
//   - ".", chains of fields with constant names, also with "?"
//   - select(...), "|", ","
//   - comparisons of a path with a constant scalar, and, or, not
//   - "//", if with else
//   - {...} with constant keys, [...], strings with interpolation
//   - path + {...} with constant keys; =, |=, //= and del on chains of fields
//   - constants, computed ones and global variables among them, and what is made
//     of now
//
// For others the error is a *Refusal, which says why not.
func Compile(program string, opts Options) (plan *Plan, err error) {
	tree, err := syntax.Parse(program)
	if err != nil {
		return nil, err
	}
	top := &wanted{reg: topReg}
	c := &compiler{program: program, opts: opts.Options, plan: &Plan{top: top, regs: topReg + 1, raw: opts.Raw}}
	defer func() {
		if r := recover(); r != nil {
			refusal, ours := r.(*Refusal)
			if !ours {
				panic(r)
			}
			plan, err = nil, refusal
		}
	}()
	if tree.Meta != nil || len(tree.Imports) > 0 {
		c.refuse("modules are for values")
	}
	if len(tree.Defs) > 0 {
		c.at = tree.Defs[0].Place()
		c.refuse("definitions are for values")
	}
	start := flow{out: &expr{op: aPath, path: top}}
	c.plan.flows = []flow{start}
	if tree.Body != nil {
		c.plan.flows = c.flows(tree.Body, start)
	}
	return c.plan, nil
}

type compiler struct {
	program string
	opts    jq.Options
	plan    *Plan
	parts   int
	at      syntax.Span // of the part that is compiled
}

// A Refusal is why a program has no plan.
type Refusal struct {
	Reason string
	Offset int // in the program, of the part that it is about
}

func (r *Refusal) Error() string { return r.Reason }

// refuse gives up, by a panic that Compile catches.
func (c *compiler) refuse(format string, args ...any) {
	panic(&Refusal{fmt.Sprintf(format, args...), c.at.Start})
}

// flows compiles n over what comes out of in.
func (c *compiler) flows(n syntax.Node, in flow) []flow {
	defer func(at syntax.Span) { c.at = at }(c.at)
	c.at = n.Place()
	if c.parts++; c.parts > maxParts {
		c.refuse("the program has more than %d parts", maxParts)
	}
	if closed, clock := isClosed(n); closed {
		return []flow{in.with(c.closed(n, clock))}
	}
	switch n := n.(type) {
	case *syntax.Identity:
		return []flow{in}
	case *syntax.Index:
		return c.index(n, in)
	case *syntax.Comma:
		var all []flow
		for _, p := range n.Parts {
			all = append(all, c.flows(p, in)...)
		}
		return c.bounded(all)
	case *syntax.Binary:
		if n.Op == "|" {
			var all []flow
			for _, f := range c.flows(n.Left, in) {
				all = append(all, c.flows(n.Right, f.guarded())...)
			}
			return c.bounded(all)
		}
		if n.Op == "=" || n.Op == "|=" || n.Op == "//=" {
			return []flow{c.assign(n, in)}
		}
		return []flow{in.with(c.binary(n, &in))}
	case *syntax.Call:
		return []flow{c.call(n, in)}
	case *syntax.Array:
		var args []*expr
		for _, f := range c.flows(n.Body, flow{out: in.out}) {
			args = append(args, c.single(&in, f))
		}
		return []flow{in.with(&expr{op: anArray, args: args})}
	case *syntax.Object:
		return []flow{in.with(c.object(n, &in))}
	case *syntax.String:
		return []flow{in.with(c.text(n, &in))}
	case *syntax.If:
		if n.Else == nil {
			c.refuse("if without else is for values")
		}
		return []flow{in.with(&expr{op: aChoice, args: []*expr{c.one(n.Cond, &in), c.one(n.Then, &in), c.one(n.Else, &in)}})}
	}
	c.refuse("%s for values", describe(n))
	return nil
}

// describe names what only the evaluator does.
func describe(n syntax.Node) string {
	switch n := n.(type) {
	case *syntax.Iterate, *syntax.RecurseAll:
		return "iteration is"
	case *syntax.Slice:
		return "slices are"
	case *syntax.Reduce:
		return "reduce is"
	case *syntax.Foreach:
		return "foreach is"
	case *syntax.Bind, *syntax.Var, *syntax.Loc:
		return "variables that the program binds are"
	case *syntax.Try:
		return "try is"
	case *syntax.Define:
		return "definitions are"
	case *syntax.Label, *syntax.Break:
		return "label and break are"
	case *syntax.Format:
		return n.Name + " is"
	}
	return "this is"
}

func (c *compiler) bounded(all []flow) []flow {
	if len(all) > maxFlows {
		c.refuse("there are more than %d outputs", maxFlows)
	}
	return all
}

// with is the flow with another output.
func (f flow) with(e *expr) flow { return flow{f.steps, e} }

// guarded is the flow with a guard for its output, which what follows may drop.
func (f flow) guarded() flow {
	if f.out.op == aConstant || f.out.op == aPath && f.out.path.parent == nil {
		return f
	}
	return f.then(step{f.out, true})
}

func (f flow) then(s step) flow {
	return flow{append(f.steps[:len(f.steps):len(f.steps)], s), f.out}
}

// single is the output of a flow that is part of an expression. Its guards
// become those of the whole: at worst a record goes to the evaluator for
// nothing. It must have no condition.
func (c *compiler) single(f *flow, part flow) *expr {
	for _, s := range part.steps {
		if !s.guard {
			c.refuse("a condition inside of an expression is for values")
		}
		*f = f.then(s)
	}
	return part.out
}

// one compiles a part that has exactly one output.
func (c *compiler) one(n syntax.Node, in *flow) *expr {
	parts := c.flows(n, flow{out: in.out})
	if len(parts) != 1 {
		c.refuse("several outputs inside of an expression are for values")
	}
	return c.single(in, parts[0])
}

func (c *compiler) index(n *syntax.Index, in flow) []flow {
	name := c.constantKey(n.Key)
	all := c.flows(n.Base, in)
	for i, f := range all {
		if f.out.op != aPath {
			f = f.guarded()
		}
		all[i] = f.with(c.field(f.out, name))
	}
	return all
}

// constantKey is the name of a field.
func (c *compiler) constantKey(n syntax.Node) string {
	if key, ok := n.(*syntax.String); ok && key.Format == "" {
		if name, ok := key.Text(); ok {
			return name
		}
	}
	c.refuse("keys that are no constant strings are for values")
	return ""
}

// field is a field of an expression.
func (c *compiler) field(e *expr, name string) *expr {
	switch e.op {
	case aPath:
		return &expr{op: aPath, path: c.want(e.path, name)}
	case anObject, aMerge:
		for i, k := range e.names {
			switch {
			case k != name:
			case e.args[i] == nil:
				return constant(json.Null())
			default:
				return e.args[i]
			}
		}
		if e.op == aMerge {
			return &expr{op: aPath, path: c.want(e.path, name)}
		}
		return constant(json.Null())
	case aConstant:
		switch e.value.Kind() {
		case json.KindNull:
			return e
		case json.KindObject:
			v, _ := e.value.Object().Get(name)
			return constant(v)
		}
	}
	c.refuse("a field of what is computed is for values")
	return nil
}

// want returns the path of a field, and notes it.
func (c *compiler) want(w *wanted, name string) *wanted {
	k := w.child(name)
	if k == nil {
		if c.plan.regs == maxRegs {
			c.refuse("there are more than %d paths", maxRegs-topReg-1)
		}
		k = &wanted{name: name, reg: uint8(c.plan.regs), parent: w}
		c.plan.regs++
		w.kids = append(w.kids, k)
	}
	return k
}

func (c *compiler) call(n *syntax.Call, in flow) flow {
	switch {
	case n.Name == "select" && len(n.Args) == 1:
		cond := c.one(n.Args[0], &in)
		return in.then(step{cond, false})
	case n.Name == "del" && len(n.Args) == 1:
		return c.del(n.Args[0], in)
	case n.Name == "not" && len(n.Args) == 0:
		return in.with(&expr{op: aNot, args: []*expr{in.out}})
	}
	c.refuse("%s/%d is for values", n.Name, len(n.Args))
	return in
}

func (c *compiler) binary(n *syntax.Binary, in *flow) *expr {
	switch n.Op {
	case "and", "or":
		e := &expr{op: anAnd, args: []*expr{c.one(n.Left, in), c.one(n.Right, in)}}
		if n.Op == "or" {
			e.op = anOr
		}
		return e
	case "//":
		return &expr{op: anAlternative, args: []*expr{c.one(n.Left, in), c.one(n.Right, in)}}
	case "+":
		return c.merge(c.one(n.Left, in), c.one(n.Right, in))
	}
	t, ok := tests[n.Op]
	if !ok {
		c.refuse("%s is for values", n.Op)
	}
	left, right := c.one(n.Left, in), c.one(n.Right, in)
	if left.op == aConstant {
		left, right, t = right, left, t.mirrored()
	}
	if left.op == aConstant && right.op == aConstant && !left.value.IsNaN() && !right.value.IsNaN() {
		return constant(json.FromBool(t.holds(json.Compare(left.value, right.value))))
	}
	if left.op != aPath || right.op != aConstant || right.value.Kind() >= json.KindArray || right.value.IsNaN() {
		c.refuse("only a path and a constant scalar are compared on bytes")
	}
	return &expr{op: aComparison, path: left.path, test: t, value: right.value}
}

func keyText(before, name string) []byte {
	return append(json.Append([]byte(before), json.FromString(name)), ':')
}

func (c *compiler) object(n *syntax.Object, in *flow) *expr {
	e := &expr{op: anObject}
	for _, p := range n.Pairs {
		key, ok := p.Key.(*syntax.String)
		var name string
		var value *expr
		switch v, isVar := p.Key.(*syntax.Var); {
		case ok && key.Format == "":
			if name, ok = key.Text(); !ok {
				c.refuse("keys that are no constant strings are for values")
			}
			if p.Value != nil {
				value = c.one(p.Value, in)
			} else {
				value = c.field(in.out, name)
			}
		case isVar && p.Value == nil:
			name, value = v.Name, c.closed(v, false)
		default:
			c.refuse("keys that are no constant strings are for values")
		}
		for _, k := range e.names {
			if k == name {
				c.refuse("a key that is there twice is for values")
			}
		}
		before := ","
		if len(e.names) == 0 {
			before = "{"
		}
		e.names = append(e.names, name)
		e.keys = append(e.keys, keyText(before, name))
		e.args = append(e.args, value)
	}
	return e
}

func (c *compiler) text(n *syntax.String, in *flow) *expr {
	if n.Format != "" {
		c.refuse("%s is for values", n.Format)
	}
	e := &expr{op: aString}
	piece := ""
	for _, p := range n.Parts {
		if p.Expr == nil {
			piece += p.Text
			continue
		}
		e.args = append(e.args, c.one(p.Expr, in))
		e.keys = append(e.keys, inner(piece))
		piece = ""
	}
	e.keys = append(e.keys, append(inner(piece), '"'))
	e.keys[0] = append([]byte{'"'}, e.keys[0]...)
	return e
}

// inner is a text as it stands between quotes.
func inner(text string) []byte {
	quoted := json.Append(nil, json.FromString(text))
	return quoted[1 : len(quoted)-1 : len(quoted)-1]
}
