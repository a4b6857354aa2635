// Package jq is the jq language (the one of jq 1.8) over the ordered, exact
// values of lib/json: Compile turns a program into nodes, a Runner runs it over
// one value after the other.
//
// It opens no files, reads no input, prints nothing, and knows no command line:
// what a program needs of the world comes in Options (the clock, the
// environment, variables, the text of modules) and in World (the next input,
// where words go).
//
// # Decisions and their price
//
// A program is compiled to nodes that know what comes after them ("push"): a
// node runs its successor once for each of its outputs, so that backtracking is
// returning. Nothing is allocated to continue, and there are no goroutines. The
// price is that an output can't be asked for: the consumer is called.
//
// What has at most one output (fields, arithmetic, select, constructions of
// such) is an expression instead, which returns its value; most records of most
// programs see nothing else. See node.go.
//
// Functions that do not call themselves are compiled at the place of the call,
// with their arguments in their place; a limit on the size keeps nested
// definitions from exploding. Only the others have frames (see call.go). Their
// depth is counted, since the overflow of a goroutine's stack can't be
// recovered: a runaway recursion is an error of the record.
//
// What is not there yet is an error of Compile that names it. There is no
// silent difference from jq; the known ones are those of numbers, which keep
// their spelling and are exact (see lib/json).
package jq

import (
	"time"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// Options is what a program may know of the world. The zero value is right for
// programs that do not ask.
type Options struct {
	// Now is the clock of now/0. It is asked anew whenever the program asks.
	// Without one, a program that calls now does not compile.
	Now func() time.Time
	// Zone is the time zone of localtime and strflocaltime; nil is UTC.
	Zone *time.Location
	// Env is the environment of env and $ENV, as os.Environ has it.
	Env []string
	// Variables are the global variables by their names without "$", such as
	// those of --arg.
	Variables []Variable
	// Strict makes a key or an element that is not there an error where the
	// program asks for its value, but for a chain of keys on the left of "//".
	Strict bool
	// Modules is where imports are found; nil: nowhere.
	Modules *Modules
}

// Variable is a global variable.
type Variable struct {
	Name  string
	Value json.Value
}

// Program is a compiled program. It never changes: any number of Runners may
// use it at the same time.
type Program struct {
	source     string
	entry      step
	single     expr // what entry does, when the program has at most one output a value
	main       *unit
	sites      int
	merges     int
	patterns   int
	clock      func() time.Time
	zone       *time.Location
	globals    []json.Value
	readsInput bool
	readsLine  bool
	worldly    bool
	modules    *Modules
	modular    bool
}

// Compile compiles a program. An error is a *CompileError.
func Compile(program string, opts Options) (*Program, error) {
	main := &file{text: program}
	if opts.Modules != nil {
		main.dir = opts.Modules.ProgramOrigin
	}
	tree, err := syntax.Parse(program)
	if err != nil {
		return nil, fromSyntax(main, err)
	}
	return compile(main, tree, opts)
}

// Modular tells whether the program is more than its text: it has modules, or the
// user has a file of definitions that all programs include.
func (p *Program) Modular() bool { return p.modular }

// String returns the source text.
func (p *Program) String() string { return p.source }

// Runner runs a program. It serves one goroutine; make one for each.
type Runner struct {
	program *Program
	m       machine
}

// NewRunner returns a runner of p.
func NewRunner(p *Program) *Runner {
	r := &Runner{program: p}
	r.m.init(p)
	return r
}

// Run runs the program over v and calls emit with every output. It stops at the
// first error: a *RuntimeError is the program's, after whose appearance the
// Runner is as good as new, a *Halt asks to end everything, and any other error
// is emit's or the World's own. Outputs share structure with v.
func (r *Runner) Run(v json.Value, emit func(json.Value) error) error {
	m := &r.m
	m.reset(r.program)
	if e := r.program.single; e != nil {
		switch out, o := e.eval(m, v); o {
		case one:
			return emit(out)
		case none:
			return nil
		}
		return m.failure()
	}
	m.emit = emit
	if r.program.entry.run(m, v, nil) == stop {
		return m.failure()
	}
	return nil
}
