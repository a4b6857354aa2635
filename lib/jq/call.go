package jq

import "ndjsontools/lib/json"

// Only functions that call themselves are called; all others stand at the place
// of their call. A called function has a frame for its variables, and so has an
// argument of it that is not a variable (a closure), since both may be active
// several times at once.

// unit is code with a frame of its own.
type unit struct {
	level    int // 0 is the main program
	slots    int
	cells    int
	closures int
	owns     int
	weight   int // how much stack an activation may take: the number of its nodes
	entry    step
}

func (u *unit) slot() int {
	u.slots++
	return u.slots - 1
}

func (u *unit) cell() int {
	u.cells++
	return u.cells - 1
}

func (u *unit) own() int {
	u.owns++
	return u.owns - 1
}

// frame is one activation of a unit.
type frame struct {
	slots    []json.Value
	cells    []*cell
	closures []closure
	owns     []owned // what the reduces that run have made: see linear.go
	parent   *frame  // of the code around it
	caller   *frame
	next     step // what the caller does with an output
	back     int  // the caller's weight
}

// closure is an argument: its code, once for values and once for paths, and
// the frame that its variables are in.
type closure struct {
	value, path *unit
	env         *frame
}

// maxDepth bounds the sum of the weights of all activations. A node takes 200 to
// 400 bytes of stack (measured): it is at most a tenth of what Go allows.
const maxDepth = 250_000

// tooDeep is the error of what goes beyond it.
const tooDeep = "recursion is too deep"

func (m *machine) newFrame(u *unit) *frame {
	f := m.spare
	if f == nil {
		f = &frame{}
	} else {
		m.spare = f.caller
	}
	f.slots = resized(f.slots, u.slots)
	f.cells = resized(f.cells, u.cells)
	f.closures = resized(f.closures, u.closures)
	f.owns = resized(f.owns, u.owns)
	f.caller, f.parent, f.next = nil, nil, nil
	return f
}

func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func (m *machine) release(f *frame) {
	f.parent, f.next = nil, nil
	f.caller, m.spare = m.spare, f
}

// outer is the frame that many levels around f.
func (f *frame) outer(up int) *frame {
	for ; up > 0; up-- {
		f = f.parent
	}
	return f
}

// enter runs u, in frame f, until no tail call is left.
func (m *machine) enter(u *unit, f *frame, v json.Value, p *cell) signal {
	caller := m.frame
	held := 0 // frames that tail calls left behind
	var sig signal
	for {
		if m.depth += u.weight; m.depth > maxDepth {
			m.depth -= u.weight + held
			m.release(f)
			m.frame = caller
			return m.raise(fault{form: asText, text: tooDeep})
		}
		m.frame = f
		sig = u.entry.run(m, v, p)
		m.depth -= u.weight
		m.frame = caller
		if sig != again {
			break
		}
		// The frame of the tail call takes the place of f, but stays behind
		// it for its closures, which may refer to f.
		j := m.jump
		if j.keep {
			held++
			m.depth++
		} else {
			m.release(f)
		}
		u, f, v, p = j.unit, j.frame, j.v, j.p
	}
	m.depth -= held
	m.release(f)
	return sig
}

// jump is a tail call on its way to the enter of the function that makes it.
type jump struct {
	unit  *unit
	frame *frame
	v     json.Value
	p     *cell
	keep  bool // the frame that is left is still in use by a closure
}

// argument is a parameter in a call: a value from a slot, or a closure.
type argument struct {
	slot    int // of the caller, or -1
	closure closure
	up, in  int // where a closure that is only handed on is found; in is -1 for a new one
}

// callStep calls a unit. The values of its variable parameters are in slots of
// the caller already.
type callStep struct {
	to      *unit
	caller  *unit
	up      int // from the caller's frame to the one around the function
	args    []argument
	next    step
	tail    bool
	capture bool // the new frame refers to the caller's
}

func (s *callStep) run(m *machine, v json.Value, p *cell) signal {
	me := m.frame
	f := m.newFrame(s.to)
	f.parent = me.outer(s.up)
	slot, hole := 0, 0
	for i := range s.args {
		switch a := &s.args[i]; {
		case a.slot >= 0:
			f.slots[slot] = me.slots[a.slot]
			slot++
		case a.in >= 0:
			f.closures[hole] = me.outer(a.up).closures[a.in]
			hole++
		default:
			f.closures[hole] = closure{a.closure.value, a.closure.path, me}
			hole++
		}
	}
	if s.tail {
		f.caller, f.next, f.back = me.caller, me.next, me.back
		m.jump = jump{s.to, f, v, p, s.capture}
		return again
	}
	f.caller, f.next, f.back = me, s.next, s.caller.weight
	return m.enter(s.to, f, v, p)
}

// closureStep runs an argument of a function around it.
type closureStep struct {
	up, in int
	caller *unit
	paths  bool
	next   step
}

func (s *closureStep) run(m *machine, v json.Value, p *cell) signal {
	me := m.frame
	c := me.outer(s.up).closures[s.in]
	u := c.value
	if s.paths {
		u = c.path
	}
	f := m.newFrame(u)
	f.parent, f.caller, f.next, f.back = c.env, me, s.next, s.caller.weight
	return m.enter(u, f, v, p)
}

// returnStep ends a unit: the caller goes on in its own frame.
type returnStep struct{}

func (returnStep) run(m *machine, v json.Value, p *cell) signal {
	f := m.frame
	if m.depth += f.back; m.depth > maxDepth {
		m.depth -= f.back
		return m.raise(fault{form: asText, text: tooDeep})
	}
	m.frame = f.caller
	sig := f.next.run(m, v, p)
	m.frame = f
	m.depth -= f.back
	return sig
}
