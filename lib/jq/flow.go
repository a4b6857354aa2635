package jq

import "ndjsontools/lib/json"

// tryStep is try body catch handler. Body ends in a passStep. As in jq, a break in
// the body is caught, too.
type tryStep struct {
	body    step
	handler step // nil: nothing
}

func (s *tryStep) run(m *machine, v json.Value, p *cell) signal {
	if s.body.run(m, v, p) != stop {
		return more
	}
	switch {
	case !m.raised():
		return stop
	case m.bypass > 0:
		m.bypass--
		return stop
	case s.handler == nil:
		return more
	}
	return s.handler.run(m, m.caught(), p)
}

// passStep hands an output out of a try's body: from here on it does not catch.
type passStep struct{ next step }

func (s *passStep) run(m *machine, v json.Value, p *cell) signal {
	sig := s.next.run(m, v, p)
	if sig == stop && m.raised() {
		m.bypass++
	}
	return sig
}

// alternativesStep is "a ?// b ...": the next one where one fails. As in jq, which
// returns to it for as long as there is one left, it does not matter where: in
// the pattern, in the body or in what comes behind it, nor whether it is an error
// or a break, whose label may well be outside. Only a recursion that is too deep is
// not begun again.
type alternativesStep struct{ parts []step }

func (s *alternativesStep) run(m *machine, v json.Value, p *cell) signal {
	last := len(s.parts) - 1
	for _, part := range s.parts[:last] {
		if part.run(m, v, p) != stop {
			return more
		}
		if !m.raised() || m.why == byError && m.fault.text == tooDeep {
			return stop
		}
	}
	return s.parts[last].run(m, v, p)
}

// labelStep is label $slot | body.
type labelStep struct {
	slot int
	body step
}

func (s *labelStep) run(m *machine, v json.Value, p *cell) signal {
	label := m.newLabel()
	m.frame.slots[s.slot] = json.FromInt(label)
	if s.body.run(m, v, p) == stop && !m.landed(label) {
		return stop
	}
	return more
}

// orElseStep is left // right. Left ends in a foundStep.
type orElseStep struct {
	found       int
	left, right step
}

func (s *orElseStep) run(m *machine, v json.Value, p *cell) signal {
	f := m.frame
	f.slots[s.found] = json.FromBool(false)
	if s.left.run(m, v, p) == stop {
		return stop
	}
	if f.slots[s.found].Truthy() {
		return more
	}
	return s.right.run(m, v, p)
}

type foundStep struct {
	found int
	next  step
}

func (s *foundStep) run(m *machine, v json.Value, p *cell) signal {
	if !v.Truthy() {
		return more
	}
	m.frame.slots[s.found] = json.FromBool(true)
	return s.next.run(m, v, p)
}

// limitStep takes the first outputs of source, as many as the slot says, and
// leaves it as soon as it has the last. Source ends in a countStep.
type limitStep struct {
	n, count, label int
	source          step
}

func (s *limitStep) run(m *machine, v json.Value, p *cell) signal {
	f := m.frame
	n := f.slots[s.n]
	switch {
	case json.Compare(n, json.FromInt(0)) < 0: // NaN is less than all numbers
		return m.raise(fault{form: asText, text: "limit doesn't support negative count"})
	case n.Kind() == json.KindNumber && n.Float() == 0:
		return more
	}
	label := m.newLabel()
	f.slots[s.count], f.slots[s.label] = json.FromInt(0), json.FromInt(label)
	if s.source.run(m, v, p) == stop && !m.landed(label) {
		return stop
	}
	return more
}

type countStep struct {
	n, count, label int
	next            step
}

func (s *countStep) run(m *machine, v json.Value, p *cell) signal {
	f := m.frame
	if n := f.slots[s.n]; n.Kind() != json.KindNumber {
		return m.raise(fault{form: withValues, text: "cannot be subtracted", a: n, b: json.FromInt(1)})
	}
	count := f.slots[s.count].Float() + 1
	f.slots[s.count] = json.FromInt(int64(count))
	// Both are read now: the successor may come by here again.
	n, label := f.slots[s.n].Float(), f.slots[s.label]
	if s.next.run(m, v, p) == stop {
		return stop
	}
	if count < n {
		return more
	}
	number, _ := label.Int64()
	m.breakTo(number)
	return stop
}

// firstExpr is the first output of source, which ends in a captureStep.
type firstExpr struct {
	slot, label int
	source      step
}

func (e *firstExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	f := m.frame
	label := m.newLabel()
	f.slots[e.label] = json.FromInt(label)
	if e.source.run(m, v, nil) != stop {
		return v, none
	}
	if m.why != byCapture || m.target != label {
		return v, failed
	}
	return f.slots[e.slot], one
}

// captureStep keeps its input, and leaves for the firstExpr.
type captureStep struct{ slot, label int }

func (s *captureStep) run(m *machine, v json.Value, _ *cell) signal {
	f := m.frame
	f.slots[s.slot] = v
	m.why, m.bypass = byCapture, 0
	m.target, _ = f.slots[s.label].Int64()
	return stop
}

// existsExpr is isempty, any and all: found if there is a first output, and the
// opposite if there is none.
type existsExpr struct {
	first expr
	found json.Value
}

func (e *existsExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	switch v, o := e.first.eval(m, v); o {
	case one:
		return e.found, one
	case failed:
		return v, failed
	}
	return json.FromBool(!e.found.Truthy()), one
}

// foldExpr runs source for what it leaves in the slot: reduce and last. Before,
// the slot has start's output. Without a start the flag says whether there was
// an output at all.
type foldExpr struct {
	start      expr // or nil
	slot, flag int
	own        int // what the updates of a reduce own, or -1: see linear.go
	source     step
}

func (e *foldExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	f := m.frame
	if e.start != nil {
		x, o := e.start.eval(m, v)
		if o != one {
			return x, o
		}
		f.slots[e.slot] = x
		f.disown(e.own)
	} else {
		f.slots[e.flag] = json.FromBool(false)
	}
	if e.source.run(m, v, nil) == stop {
		return v, failed
	}
	out := f.slots[e.slot]
	f.slots[e.slot] = json.Value{}
	if e.start == nil && !f.slots[e.flag].Truthy() {
		return v, none
	}
	return out, one
}

// foldStep is foldExpr where paths count, or start has many outputs: the input
// of the step is the start.
type foldStep struct {
	dot, path   int // the input of the whole
	slot, place int
	own         int
	source      step
	next        step
}

func (s *foldStep) run(m *machine, v json.Value, p *cell) signal {
	f := m.frame
	f.slots[s.slot], f.cells[s.place] = v, p
	f.disown(s.own)
	if s.source.run(m, f.slots[s.dot], nil) == stop {
		return stop
	}
	out, place := f.slots[s.slot], f.cells[s.place]
	f.slots[s.slot] = json.Value{}
	return s.next.run(m, out, place)
}

// disown begins a new reduce: the last one's state is somebody else's now.
func (f *frame) disown(own int) {
	if own >= 0 {
		f.owns[own] = nil
	}
}

// keepLastStep leaves its input in the slot.
type keepLastStep struct{ slot, flag int }

func (s *keepLastStep) run(m *machine, v json.Value, _ *cell) signal {
	m.frame.slots[s.slot], m.frame.slots[s.flag] = v, json.FromBool(true)
	return more
}

// reduceStep is one round of a reduce whose update is an expression. The state
// is moved out of its slot: an update without an output leaves null, as in jq.
type reduceStep struct {
	slot   int
	update expr
}

func (s *reduceStep) run(m *machine, _ json.Value, _ *cell) signal {
	f := m.frame
	state := f.slots[s.slot]
	f.slots[s.slot] = json.Value{}
	switch out, o := s.update.eval(m, state); o {
	case one:
		f.slots[s.slot] = out
	case failed:
		return stop
	}
	return more
}

// roundStep is one round of a reduce or a foreach: it takes the state, and its
// successor ends in a stateStep that puts it back.
type roundStep struct {
	slot, place int
	update      step
}

func (s *roundStep) run(m *machine, _ json.Value, _ *cell) signal {
	f := m.frame
	state, p := f.slots[s.slot], f.cells[s.place]
	f.slots[s.slot] = json.Value{}
	return s.update.run(m, state, p)
}

// stateStep keeps its input as the state, and goes on if there is a successor.
type stateStep struct {
	slot, place int
	next        step
}

func (s *stateStep) run(m *machine, v json.Value, p *cell) signal {
	m.frame.slots[s.slot], m.frame.cells[s.place] = v, p
	if s.next == nil {
		return more
	}
	return s.next.run(m, v, p)
}

// rangeStep is range over numbers in slots.
type rangeStep struct {
	from, to, by int // slots; by is -1 for 1
	next         step
}

func (s *rangeStep) run(m *machine, _ json.Value, p *cell) signal {
	f := m.frame
	from, to, by := f.slots[s.from], f.slots[s.to], json.FromInt(1)
	if s.by >= 0 {
		by = f.slots[s.by]
	}
	if from.Kind() != json.KindNumber || to.Kind() != json.KindNumber || by.Kind() != json.KindNumber {
		return m.raise(fault{form: asText, text: "Range bounds must be numeric"})
	}
	if by.Float() == 0 || from.IsNaN() || to.IsNaN() || by.IsNaN() {
		return more
	}
	sign := json.Compare(by, json.FromInt(0))
	for i := from; json.Compare(i, to) == -sign; i = json.Add(i, by) {
		if s.next.run(m, i, p) == stop {
			return stop
		}
	}
	return more
}

// keepPathStep is keepStep for a successor that wants the path, too.
type keepPathStep struct {
	dot, path int
	next      step
}

func (s *keepPathStep) run(m *machine, v json.Value, p *cell) signal {
	m.frame.slots[s.dot], m.frame.cells[s.path] = v, p
	return s.next.run(m, v, p)
}

// beginStep starts a foreach: its input is the first state.
type beginStep struct {
	dot, path   int
	slot, place int
	own         int // what the updates own, or -1
	source      step
}

func (s *beginStep) run(m *machine, v json.Value, p *cell) signal {
	f := m.frame
	f.slots[s.slot], f.cells[s.place] = v, p
	f.disown(s.own)
	return s.source.run(m, f.slots[s.dot], nil)
}

// lendStep hands out what a foreach makes of its state. A container may be, or
// be in, the state, which nobody owns from then on.
type lendStep struct {
	own  int
	next step
}

func (s *lendStep) run(m *machine, v json.Value, p *cell) signal {
	if v.Kind() >= json.KindArray {
		m.frame.disown(s.own)
	}
	return s.next.run(m, v, p)
}
