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
//   - path + {...} with constant keys; assignments and del on chains of fields
//   - constants, computed ones and global variables among them, and what is made
//     of now
//   - anything that gives a value and does nothing else, over a part of the
//     record: see part.go
//   - definitions and calls of functions whose bodies may stand in the place of
//     the calls: see inline.go
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
	tree = c.inline(tree)
	start := flow{out: &expr{op: aPath, path: top}}
	c.plan.flows = []flow{start}
	if tree.Body != nil {
		c.plan.flows = c.flows(tree.Body, start)
	}
	for _, f := range c.plan.flows {
		for _, s := range f.steps {
			c.plan.number(s.e)
		}
		c.plan.number(f.out)
	}
	return c.plan, nil
}

type compiler struct {
	program string   // without its definitions, if that can be
	origins []origin // where that comes from
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
	panic(&Refusal{fmt.Sprintf(format, args...), c.given(c.at.Start)})
}

// flows compiles n over what comes out of in.
func (c *compiler) flows(n syntax.Node, in flow) (all []flow) {
	defer func(at syntax.Span) { c.at = at }(c.at)
	c.at = n.Place()
	if c.parts++; c.parts > maxParts {
		c.refuse("the program has more than %d parts", maxParts)
	}
	if in.out.op == aPart { // nothing is there for the bytes
		return []flow{c.beyond(n, in)}
	}
	if !in.out.holds(takesAll) { // what can't be done on bytes may be done on this value
		defer func() {
			if r := recover(); r != nil {
				if _, ours := r.(*Refusal); !ours {
					panic(r)
				}
				all = []flow{c.beyond(n, in)}
			}
		}()
	}
	return c.node(n, in)
}

// node is flows for what has not been found to be a part.
func (c *compiler) node(n syntax.Node, in flow) []flow {
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
		if assigns[n.Op] {
			return []flow{c.assign(n, in)}
		}
		return []flow{in.with(c.binary(n, &in))}
	case *syntax.Call:
		return []flow{c.call(n, in)}
	case *syntax.Array:
		return []flow{c.array(n, in)}
	case *syntax.Object:
		return []flow{in.with(c.object(n, &in))}
	case *syntax.Try:
		return c.trial(n, in)
	case *syntax.String:
		if n.Format != "" {
			break
		}
		return []flow{in.with(c.text(n, &in))}
	case *syntax.If:
		other := in.out
		cond, then := c.one(n.Cond, &in), c.one(n.Then, &in)
		if n.Else != nil {
			other = c.one(n.Else, &in)
		}
		return []flow{in.with(&expr{op: aChoice, args: []*expr{cond, then, other}})}
	case *syntax.Iterate:
		return c.suffix(n, n.Base, in)
	case *syntax.Slice:
		if isFixed(n.From) && isFixed(n.To) {
			return c.suffix(n, n.Base, in)
		}
	case *syntax.Negate:
		return []flow{c.evaluated("-.", in.with(c.one(n.X, &in)))}
	}
	return []flow{c.beyond(n, in)}
}

// isFixed reports whether a bound is not there or the same for all records.
func isFixed(n syntax.Node) bool {
	if n == nil {
		return true
	}
	closed, clock := isClosed(n)
	return closed && !clock
}

func (c *compiler) index(n *syntax.Index, in flow) []flow {
	if !isConstantKey(n.Key) {
		if !isFixed(n.Key) {
			c.refuse("keys that depend on the record are for values")
		}
		return c.suffix(n, n.Base, in)
	}
	name := c.constantKey(n.Key)
	all := c.flows(n.Base, in)
	for i, f := range all {
		if f.out.op == aPart {
			all[i] = c.evaluated("(.)"+c.program[n.Base.Place().End:n.Place().End], f)
			continue
		}
		if f.out.op != aPath {
			f = f.guarded()
		}
		all[i] = f.with(c.field(f.out, name))
	}
	return all
}

func isConstantKey(n syntax.Node) bool {
	key, ok := n.(*syntax.String)
	if ok && key.Format == "" {
		_, ok = key.Text()
		return ok
	}
	return false
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
	return c.beyond(n, in)
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
	}
	left, right := c.one(n.Left, in), c.one(n.Right, in)
	if n.Op == "+" && (left.op == aPath || left.op == aMerge) && isObject(right) {
		return c.merge(left, right)
	}
	t, ok := tests[n.Op]
	if !ok {
		return c.arithmetic(n.Op, left, right)
	}
	given := [2]*expr{left, right}
	if left.op == aConstant {
		left, right, t = right, left, t.mirrored()
	}
	if left.op == aConstant && right.op == aConstant && !left.value.IsNaN() && !right.value.IsNaN() {
		return constant(json.FromBool(t.holds(json.Compare(left.value, right.value))))
	}
	if left.op != aPath || right.op != aConstant || right.value.Kind() >= json.KindArray || right.value.IsNaN() {
		return c.arithmetic(n.Op, given[0], given[1])
	}
	return &expr{op: aComparison, path: left.path, test: t, value: right.value}
}
