package jq

import (
	"time"

	"ndjsontools/lib/json"
)

// A program is made of two kinds of nodes.
//
// An expr has at most one output, and returns it. It needs no successor, so it
// composes like a function.
//
// A step may have any number of outputs: it runs its successor, which it knows,
// once for each. It returns more when it is done, or stop when everything has
// to be left: an error, a break, or a caller who wants no more.
//
// Steps also carry the path of their input, for path(f) and everything that
// assigns: it is nil where nobody asks. A step that does not know paths hands
// its input's path on with its own value, and whoever takes the next step on
// the path sees that path and value do not belong together. This is jq's rule,
// word for word.

type outcome uint8

const (
	one outcome = iota
	none
	failed // m says why
)

type signal uint8

const (
	more  signal = iota
	stop         // m says why
	again        // a tail call: m says of what
)

type expr interface {
	eval(m *machine, v json.Value) (json.Value, outcome)
}

type step interface {
	run(m *machine, v json.Value, p *cell) signal
}

// cell is a path: the way to one value, linked to the way to its container.
type cell struct {
	up    *cell // nil for the root
	key   json.Value
	value json.Value
}

type reason uint8

const (
	byError reason = iota
	byBreak
	byCapture // a firstExpr has what it wants; no "?//" stands in its way
	byCaller
)

// machine is the state of one Runner.
type machine struct {
	frame *frame
	spare *frame // free frames, linked by caller

	why    reason
	fault  fault
	target int64 // the label of a break
	caller error // emit's
	// bypass counts the tries whose bodies have handed on an output already,
	// and through whose successors the current error comes: these must not
	// catch it. Bodies and successors nest like brackets, so a count will do.
	bypass int

	labels int64 // given out so far
	depth  int   // of calls, weighted by the size of what is called
	jump   jump
	own    owned // of the update that runs, nil for one that sets a single path

	emit       func(json.Value) error
	modules    *Modules
	world      World
	clock      func() time.Time
	zone       *time.Location
	globals    []json.Value
	sites      []site
	merges     []mergeCache
	regexSites []regexSite
	regexes    map[regexKey]*compiledRegex
	stack      []json.Value // of the merges that run
	dates      dateCache
	sums       json.Joiner
	lists      json.Appender
	paths      pathRoom
	decoder    json.Decoder // of fromjson, never reset: its values are the collector's
	scratch    []byte
}

// site remembers where an object of a certain shape has a key.
type site struct {
	shape *json.Shape
	at    int // -1 where it has not
}

func (m *machine) init(p *Program) {
	m.clock, m.zone, m.globals, m.modules = p.clock, p.zone, p.globals, p.modules
	m.sites = make([]site, p.sites)
	m.merges = make([]mergeCache, p.merges)
	m.regexSites = make([]regexSite, p.patterns)
	m.frame = m.newFrame(p.main)
}

// reset forgets a run that ended in the middle.
func (m *machine) reset(p *Program) {
	for m.frame.caller != nil {
		m.frame = m.frame.caller
	}
	clear(m.frame.slots)
	clear(m.frame.cells)
	clear(m.frame.owns)
	m.bypass, m.depth, m.labels = 0, 0, 0
	m.emit, m.own = nil, nil
	m.stack = m.stack[:0]
	m.sums.Reset()
	m.lists.Reset()
	m.paths = pathRoom{}
}

// failure is the error of a run that was stopped.
func (m *machine) failure() error {
	switch m.why {
	case byCaller:
		return m.caller
	case byBreak: // of an "error" that made it up
		m.fault = fault{form: asValue, a: m.caught()}
	}
	return &RuntimeError{m.fault.message(), m.fault.value()}
}

// fail notes an error. The results are for the return statement of an expr.
func (m *machine) fail(f fault) (json.Value, outcome) {
	m.why, m.fault, m.bypass = byError, f, 0
	return json.Value{}, failed
}

func (m *machine) failText(text string) (json.Value, outcome) {
	return m.fail(fault{form: asText, text: text})
}

// raise is fail for a step.
func (m *machine) raise(f fault) signal {
	m.fail(f)
	return stop
}

// breakTo starts leaving for the label with that number.
func (m *machine) breakTo(label int64) {
	m.why, m.target, m.bypass = byBreak, label, 0
}

// raised tells whether a stop is an error or a break.
func (m *machine) raised() bool { return m.why == byError || m.why == byBreak }

// caught is what a "catch" sees of it: jq shows a break as such an object.
func (m *machine) caught() json.Value {
	if m.why == byError {
		return m.fault.value()
	}
	o := json.NewObject(1)
	o.Set("__jq", json.FromInt(m.target))
	return o.Value()
}

// throw is error: of what caught has shown, it is the break again.
func throw(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() == json.KindObject && v.Object().Len() == 1 {
		target, _ := v.Object().Get("__jq")
		if target.Kind() == json.KindNumber {
			if label, whole := target.Int64(); whole {
				m.breakTo(label)
				return v, failed
			}
		}
	}
	return m.fail(fault{form: asValue, a: v})
}

// newLabel is the number of a label, from 0.
func (m *machine) newLabel() int64 {
	m.labels++
	return m.labels - 1
}

// landed tells whether a stop is the break to the label with that number.
func (m *machine) landed(label int64) bool { return m.why == byBreak && m.target == label }

// evalStep runs an expression and then its successor.
type evalStep struct {
	e    expr
	next step
}

func (s *evalStep) run(m *machine, v json.Value, p *cell) signal {
	switch out, o := s.e.eval(m, v); o {
	case one:
		return s.next.run(m, out, p)
	case none:
		return more
	}
	return stop
}

// emitStep is the successor of a whole program.
type emitStep struct{}

func (emitStep) run(m *machine, v json.Value, _ *cell) signal {
	if err := m.emit(v); err != nil {
		m.why, m.caller = byCaller, err
		return stop
	}
	return more
}

// commaStep runs its parts one after the other.
type commaStep struct{ parts []step }

func (s *commaStep) run(m *machine, v json.Value, p *cell) signal {
	last := len(s.parts) - 1
	for _, part := range s.parts[:last] {
		if part.run(m, v, p) == stop {
			return stop
		}
	}
	return s.parts[last].run(m, v, p)
}

// ifStep chooses by an expression.
type ifStep struct {
	cond       expr
	then, othr step
}

func (s *ifStep) run(m *machine, v json.Value, p *cell) signal {
	switch c, o := s.cond.eval(m, v); {
	case o == none:
		return more
	case o == failed:
		return stop
	case c.Truthy():
		return s.then.run(m, v, p)
	}
	return s.othr.run(m, v, p)
}

// keepStep saves its input and path before a step whose outputs are about them.
type keepStep struct {
	dot, path int
	next      step
}

func (s *keepStep) run(m *machine, v json.Value, p *cell) signal {
	m.frame.slots[s.dot], m.frame.cells[s.path] = v, p
	return s.next.run(m, v, nil)
}

// storeStep saves an output in a slot and goes on with the input that a keepStep
// saved, and with its path when it is the last of several (withPath).
type storeStep struct {
	slot, dot, path int
	withPath        bool
	next            step
}

func (s *storeStep) run(m *machine, v json.Value, _ *cell) signal {
	f := m.frame
	f.slots[s.slot] = v
	var p *cell
	if s.withPath {
		p = f.cells[s.path]
	}
	return s.next.run(m, f.slots[s.dot], p)
}

// bindStep is storeStep for an expression, which needs nothing saved.
type bindStep struct {
	source expr
	slot   int
	next   step
}

func (s *bindStep) run(m *machine, v json.Value, p *cell) signal {
	switch x, o := s.source.eval(m, v); o {
	case one:
		m.frame.slots[s.slot] = x
		return s.next.run(m, v, p)
	case none:
		return more
	}
	return stop
}

// chooseStep is the rest of an "if" whose condition is no expression.
type chooseStep struct {
	dot, path  int
	then, othr step
}

func (s *chooseStep) run(m *machine, v json.Value, _ *cell) signal {
	dot, p := m.frame.slots[s.dot], m.frame.cells[s.path]
	if v.Truthy() {
		return s.then.run(m, dot, p)
	}
	return s.othr.run(m, dot, p)
}
