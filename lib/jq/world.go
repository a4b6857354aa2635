package jq

import (
	"fmt"
	"math"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// World is what a program that runs can reach besides its input. What is nil is
// not there: the input is at its end, line and name are unknown, and words go
// nowhere.
type World struct {
	// Input returns the value that follows in the input, for input and inputs;
	// ok is false at the end. An error ends the run, and is Run's own. The
	// value, and that which Run was given, must stay valid until Run returns.
	Input func() (v json.Value, ok bool, err error)
	// Line is the number of the line that was read last, from 1, for
	// input_line_number.
	Line func() int64
	// Name is that of the file that was read last, for input_filename; ok is
	// false for what has none.
	Name func() (name string, ok bool)
	// Words takes what debug and stderr say. An error ends the run.
	Words func(text []byte) error
}

// Connect gives the program a world.
func (r *Runner) Connect(w World) { r.m.world = w }

// ReadsInput tells whether the program reaches input or inputs: then values
// stay in use while the following records are read.
func (p *Program) ReadsInput() bool { return p.readsInput }

// ReadsLine tells whether the program reaches input_line_number: else nobody need
// know the line of a value before something is wrong with it.
func (p *Program) ReadsLine() bool { return p.readsLine }

// worldly are the functions by which a program reaches its World.
var worldly = map[string]bool{
	"input/0": true, "inputs/0": true, "input_line_number/0": true, "input_filename/0": true,
	"debug/0": true, "stderr/0": true, "halt/0": true, "halt_error/1": true,
}

// IsPure tells whether what the program gives depends on nothing but its input
// value and the Options, and it does nothing else: then it may be run over a
// value again, and stand as text in another program.
func (p *Program) IsPure() bool { return !p.worldly }

// IsSingle tells whether the program has at most one output for each value.
func (p *Program) IsSingle() bool { return p.single != nil }

// Halt is the error of a Run whose program called halt or halt_error: all is to
// end, at once and with a status of its own. No "try" catches it.
type Halt struct {
	Status int
	Words  []byte // for standard error, as they are
}

func (h *Halt) Error() string { return fmt.Sprintf("halted with status %d", h.Status) }

// ExitStatus is the one that the program asks for.
func (h *Halt) ExitStatus() int { return h.Status }

// leave ends the run with an error that is not the program's.
func (m *machine) leave(err error) (json.Value, outcome) {
	m.why, m.caller = byCaller, err
	return json.Value{}, failed
}

// nextInput is the next value; o is none at the end.
func (m *machine) nextInput() (json.Value, outcome) {
	if m.world.Input == nil {
		return json.Value{}, none
	}
	v, ok, err := m.world.Input()
	switch {
	case err != nil:
		return m.leave(err)
	case !ok:
		return v, none
	}
	return v, one
}

// reading notes that the program reads.
func reading(k code) form {
	return func(c *compiler, _ *syntax.Call, _ *unit, _ *binding) code {
		c.readsInput = true
		return k
	}
}

// input is the next value; the error at the end is jq's.
func input(m *machine, _, _, _ json.Value) (json.Value, outcome) {
	v, o := m.nextInput()
	if o == none {
		return m.failText("break")
	}
	return v, o
}

var inputs = code{gen: func(next step, _ context) step { return &inputsStep{next} }}

// inputsStep is all values that follow.
type inputsStep struct{ next step }

func (s *inputsStep) run(m *machine, _ json.Value, p *cell) signal {
	for {
		v, o := m.nextInput()
		switch {
		case o == none:
			return more
		case o == failed || s.next.run(m, v, p) == stop:
			return stop
		}
	}
}

func inputLineNumber(m *machine, _, _, _ json.Value) (json.Value, outcome) {
	if m.world.Line == nil {
		return json.FromInt(0), one
	}
	return json.FromInt(m.world.Line()), one
}

func inputFilename(m *machine, _, _, _ json.Value) (json.Value, outcome) {
	if m.world.Name != nil {
		if name, ok := m.world.Name(); ok {
			return json.FromString(name), one
		}
	}
	return json.Value{}, one
}

// debug says ["DEBUG:",value] on a line.
func debug(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	text := json.Append([]byte(`["DEBUG:",`), v)
	return m.say(v, append(text, "]\n"...))
}

// stderr says a value and nothing else; a string without its quotes.
func stderr(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return m.say(v, plain(v))
}

func plain(v json.Value) []byte {
	if v.Kind() == json.KindString {
		return []byte(v.Str())
	}
	return json.Append(nil, v)
}

func (m *machine) say(v json.Value, text []byte) (json.Value, outcome) {
	if m.world.Words != nil {
		if err := m.world.Words(text); err != nil {
			return m.leave(err)
		}
	}
	return v, one
}

func halt(m *machine, _, _, _ json.Value) (json.Value, outcome) { return m.leave(&Halt{}) }

// haltError ends with a status, of which the system keeps eight bits. Its words
// are a string as it is, nothing for null, and anything else on a line.
func haltError(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if a.Kind() != json.KindNumber || a.IsNaN() || math.Abs(a.Float()) > math.MaxInt32 {
		return m.fail(fault{form: withValue, text: "halt_error/1: number required", a: v})
	}
	h := &Halt{Status: int(a.Float()) & 0xFF}
	switch v.Kind() {
	case json.KindNull:
	case json.KindString:
		h.Words = plain(v)
	default:
		h.Words = append(plain(v), '\n')
	}
	return m.leave(h)
}
