package jq

import (
	"strings"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
)

// binding is a name that a part of the program sees; up is the next one around.
type binding struct {
	up    *binding
	kind  bindingKind
	name  string
	level int // of the unit whose frame has it
	slot  int // aVariable, aLabel: in the frame; aClosure: its number

	fn   *function   // aFunction
	arg  syntax.Node // anArgument: what stands in the place of the name ...
	env  *binding    // ... and the names that it sees
	file *file       // ... and the file that it is in
}

type bindingKind uint8

const (
	aVariable bindingKind = iota
	aLabel
	aFunction
	aGlobal    // the data of a module: the slot is its place among the globals
	anArgument // of a function that is compiled at the place of the call
	aClosure   // an argument of a function that is called
)

// define returns b with the function of a definition.
func (c *compiler) define(def *syntax.FuncDef, level int, b *binding) *binding {
	fn := &function{def: def, level: level, file: c.file}
	fn.called = mentions(def.Body, def.Name, len(def.Params))
	fn.scope = &binding{up: b, kind: aFunction, name: def.Name, level: level, fn: fn}
	return fn.scope
}

// mentions tells whether n calls name/arity, or something that looks like it.
func mentions(n syntax.Node, name string, arity int) bool {
	found := false
	syntax.Walk(n, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.Call); ok && call.Name == name && len(call.Args) == arity {
			found = true
		}
		return !found
	})
	return found
}

// survey notes what must be known of all files before any of them is compiled.
func (c *compiler) survey(tree *syntax.Program) {
	look := func(n syntax.Node) bool {
		patterns := 1
		switch n := n.(type) {
		case *syntax.Bind:
			patterns = len(n.Patterns)
		case *syntax.Reduce:
			patterns = len(n.Patterns)
		case *syntax.Foreach:
			patterns = len(n.Patterns)
		}
		c.retries = c.retries || patterns > 1
		return true
	}
	for _, def := range tree.Defs {
		syntax.Walk(def.Body, look)
	}
	syntax.Walk(tree.Body, look)
}

// environment is $ENV: of two settings of a name the first one counts, as with
// getenv.
func (c *compiler) environment() json.Value {
	o := json.NewObject(len(c.opts.Env))
	for _, setting := range c.opts.Env {
		name, value, ok := strings.Cut(setting, "=")
		if _, again := o.Get(name); ok && !again {
			o.Set(jsonscan.MendString(name), json.FromString(jsonscan.MendString(value)))
		}
	}
	return o.Value()
}

// resolve is what the program has by the name of a call, the nearest definition or
// parameter; nil: nothing, the language may have it.
func resolve(n *syntax.Call, b *binding) *binding {
	for at := b; at != nil; at = at.up {
		if at.name != n.Name {
			continue
		}
		switch at.kind {
		case anArgument, aClosure:
			if len(n.Args) == 0 {
				return at
			}
		case aFunction:
			if len(at.fn.def.Params) == len(n.Args) {
				return at
			}
		}
	}
	return nil
}

func (c *compiler) call(n *syntax.Call, u *unit, b *binding) code {
	at := resolve(n, b)
	switch {
	case at == nil:
		return c.builtin(n, u, b)
	case at.kind == anArgument:
		defer c.inside(at.file)()
		return c.code(at.arg, u, at.env)
	case at.kind == aFunction:
		return c.function(at.fn, n, u, b)
	}
	up, in := u.level-at.level, at.slot
	return code{gen: func(next step, x context) step {
		return &closureStep{up, in, u, x.paths, next}
	}}
}
