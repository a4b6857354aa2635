package span

import (
	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// A part of a program that is beyond the bytes, but looks at one small value of
// the record, is the evaluator's: the value is decoded and the rest of the record
// stays bytes. In
//
//	select(.msg | test("time.*out")) | .tags |= map(ascii_upcase)
//
// only .msg and .tags become values. What is not there to be taken apart in this
// way is "." itself, with all of the record: that is no less work than the
// evaluator has without us.
//
// A part is text, compiled for itself: it has no variables but the global ones,
// and does nothing that shows elsewhere, so it does not matter that a record
// which fails here is done again.
type part struct {
	*jq.Program
	once bool // it has one output at most, or nearly always
	at   int  // of its runner, from 1
}

// mostlyOnce are functions that can have several outputs, and hardly ever do.
var mostlyOnce = map[string]bool{"sub": true, "gsub": true, "match": true, "capture": true}

// partRoom is how much a part may write for a record, in bytes. A part without end
// must not fill the memory; the evaluator hands its outputs on.
const partRoom = 64 << 10

// beyond compiles n, which is beyond the bytes, over what comes out of in.
func (c *compiler) beyond(n syntax.Node, in flow) flow {
	call, ok := n.(*syntax.Call)
	f := c.evaluated(c.source(n), in)
	if ok && mostlyOnce[call.Name] && (in.out.op != aPart || in.out.part.once) {
		f.out.part.once = true
	}
	return f
}

// source is the text of a part of the program.
func (c *compiler) source(n syntax.Node) string { return c.program[n.Place().Start:n.Place().End] }

// suffix compiles what follows base in n, such as [0] in .a[0], over what comes
// out of in.
func (c *compiler) suffix(n, base syntax.Node, in flow) []flow {
	text := "(.)" + c.program[base.Place().End:n.Place().End]
	all := c.flows(base, in)
	for i, f := range all {
		all[i] = c.evaluated(text, f)
	}
	return all
}

// holds reports whether some expression in e has a property.
func (e *expr) holds(has func(*expr) bool) bool {
	if e == nil || has(e) {
		return e != nil
	}
	for _, a := range e.args {
		if a.holds(has) {
			return true
		}
	}
	return false
}

// takesAll reports whether an expression is about all of the record.
func takesAll(e *expr) bool {
	return (e.op == aPath || e.op == aMerge) && e.path.parent == nil
}

// computes reports whether a number in an expression may be another one when its
// text is read again: computed ones are doubles.
func computes(e *expr) bool { return e.op == aPart || e.op == aClock }

// evaluated compiles a text over what comes out of in. Parts in a row are one.
func (c *compiler) evaluated(text string, in flow) flow {
	arg, once := in.out, false
	if arg.op == aPart {
		if arg.part.once {
			alone, err := jq.Compile(text, c.opts)
			once = err == nil && alone.IsSingle()
		}
		text = "(" + arg.part.String() + ") | " + text
		arg = arg.args[0]
	}
	if arg.holds(takesAll) {
		c.refuse("%s needs all of the record", text)
	}
	if arg.holds(func(e *expr) bool { return e.op == aMerge && e.holds(computes) }) {
		c.refuse("%s needs a computed object", text)
	}
	p, err := jq.Compile(text, c.opts)
	if err != nil {
		c.refuse("%s means nothing by itself", text)
	}
	if !p.IsPure() {
		c.refuse("%s does more than give a value", text)
	}
	return in.with(&expr{op: aPart, args: []*expr{arg}, part: &part{Program: p, once: once || p.IsSingle()}})
}

// arithmetic compiles an operator over two values.
func (c *compiler) arithmetic(op string, left, right *expr) *expr {
	text, arg := ".[0] "+op+" .[1]", &expr{op: anArray, args: []*expr{left, right}}
	switch {
	case right.isLiteral():
		text, arg = ". "+op+" ("+string(right.text)+")", left
	case left.isLiteral():
		text, arg = "("+string(left.text)+") "+op+" .", right
	}
	return c.evaluated(text, flow{out: arg}).out
}

// isLiteral reports whether an expression is a constant that its text gives back;
// nan's does not.
func (e *expr) isLiteral() bool {
	if e.op != aConstant {
		return false
	}
	v, bad := json.Decode(e.text)
	return bad == nil && json.Equal(v, e.value)
}

// trial compiles try body catch handler. An error outside of a part is one for
// the evaluator, which then does the record, and try with it.
func (c *compiler) trial(n *syntax.Try, in flow) []flow {
	all := c.flows(n.Body, in)
	for i, f := range all {
		switch {
		case f.out.op == aPart:
			text := "try (" + f.out.part.String() + ")"
			if n.Handler != nil {
				text += " catch (" + c.source(n.Handler) + ")"
			}
			all[i] = c.evaluated(text, f.with(f.out.args[0]))
			all[i].out.part.once = all[i].out.part.once || n.Handler == nil && f.out.part.once
		case f.out.holds(computes):
			c.refuse("try around what is computed is for values")
		}
	}
	return all
}

// number gives the parts in an expression their runners' places.
func (p *Plan) number(e *expr) {
	if e == nil {
		return
	}
	if e.op == aPart && e.part.at == 0 {
		p.parts = append(p.parts, e.part.Program)
		e.part.at = len(p.parts)
	}
	for _, a := range e.args {
		p.number(a)
	}
}

// A partRunner is what a part needs to run.
type partRunner struct {
	*jq.Runner
	text []byte // of what in its argument is made on bytes
}

// value is the value of an expression. room is for its text.
func (r *Runner) value(e *expr, room *[]byte) (json.Value, bool) {
	switch e.op {
	case aConstant:
		return e.value, true
	case aPath:
		at, ok := r.locate(e.path)
		if !ok || at.end == 0 {
			return json.Null(), ok
		}
		v, bad := r.decoder.Decode(r.b[at.start:at.end])
		return v, bad == nil
	case aPart:
		return r.valueOf(e)
	case aClock:
		ok := r.one(r.clocks[e.clock], json.Null())
		return r.got, ok
	case anAlternative, aChoice:
		x, ok := r.choose(e)
		if !ok {
			return json.Null(), false
		}
		return r.value(x, room)
	case anArray:
		a := json.NewArray(len(e.args))
		for _, x := range e.args {
			v, ok := r.value(x, room)
			if !ok {
				return v, false
			}
			a.Append(v)
		}
		return a.Value(), true
	case anObject:
		o := json.NewObject(len(e.args))
		for i, x := range e.args {
			v, ok := r.value(x, room)
			if !ok {
				return v, false
			}
			o.Set(e.names[i], v)
		}
		return o.Value(), true
	}
	from := len(*room)
	text, ok := r.append(*room, e)
	if *room = text; !ok {
		return json.Null(), false
	}
	v, bad := r.decoder.Decode(text[from:])
	return v, bad == nil
}

// valueOf is the value of a part. It is not ok where there is none, or are several:
// what an expression makes of these, the evaluator knows.
func (r *Runner) valueOf(e *expr) (json.Value, bool) {
	run := &r.parts[e.part.at-1]
	run.text = run.text[:0]
	v, ok := r.value(e.args[0], &run.text)
	if !ok {
		return v, false
	}
	ok = r.one(run.Runner, v)
	return r.got, ok
}

// one runs a program over a value. It reports whether there was one output, which
// is in got then.
func (r *Runner) one(program *jq.Runner, v json.Value) bool {
	r.gotten = 0
	return program.Run(v, r.take) == nil && r.gotten == 1
}

// outputs appends all outputs of a part, a line each.
func (r *Runner) outputs(dst []byte, e *expr) (out []byte, n int, ok bool) {
	run := &r.parts[e.part.at-1]
	run.text = run.text[:0]
	v, ok := r.value(e.args[0], &run.text)
	if !ok {
		return dst, 0, false
	}
	from := len(dst)
	err := run.Run(v, func(v json.Value) error {
		at := len(dst)
		dst = r.line(json.Append(dst, v), at)
		n++
		if len(dst)-from > partRoom {
			return errPartRoom
		}
		return nil
	})
	return dst, n, err == nil
}
