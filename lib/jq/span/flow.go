package span

import "ndjsontools/lib/jq/syntax"

// flow is one way through the program: what must hold, and what comes out.
type flow struct {
	steps []step
	out   *expr
}

// step is a condition, or a guard: an expression whose value is not used, but
// whose error would be one.
type step struct {
	e     *expr
	guard bool
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
	if f.out.op == aPart {
		return f // what follows a part becomes one with it
	}
	return f.checked(f.out)
}

// checked is the flow with a guard for an expression that can have an error.
func (f flow) checked(e *expr) flow {
	if e.op == aConstant || e.op == aPath && e.path.parent == nil {
		return f
	}
	return f.then(step{e, true})
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
	if part.out.op == aPart && !part.out.part.once {
		c.refuse("several outputs inside of an expression are for values")
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
