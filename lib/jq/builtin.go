package jq

import (
	"fmt"
	"strings"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
	"ndjsontools/lib/spell"
)

// builtin compiles a call of one of the language's own functions. They are of
// three kinds: those that need the code of their arguments (forms), those that
// only need values (natives), and those that are written in jq (library).
func (c *compiler) builtin(n *syntax.Call, u *unit, b *binding) code {
	name := fmt.Sprintf("%s/%d", n.Name, len(n.Args))
	c.worldly = c.worldly || worldly[name]
	if c.file.library && n.Name[0] == '_' {
		if op, ok := regexOperations[name]; ok {
			return c.regexCall(op, n, u, b)
		}
		if name == "_sub/3" {
			return c.substituting(n, u, b)
		}
	}
	if form, ok := c.forms[name]; ok {
		return form(c, n, u, b)
	}
	if f, ok := natives[name]; ok {
		return c.native(f, n, u, b)
	}
	if source, ok := library[name]; ok {
		return c.function(c.fromLibrary(name, source), n, u, b)
	}
	c.undefined(n, name, b)
	return code{}
}

// native compiles a call with values. The last argument is the outermost loop.
func (c *compiler) native(f nativeFunc, n *syntax.Call, u *unit, b *binding) code {
	var args []code
	for i := len(n.Args) - 1; i >= 0; i-- {
		args = append(args, c.code(n.Args[i], u, b))
	}
	switch len(args) {
	case 0:
		return code{e: &native0Expr{f}}
	case 1:
		return c.apply(u, args, func(x []expr) expr { return &native1Expr{f, x[0]} })
	}
	return c.apply(u, args, func(x []expr) expr { return &native2Expr{f, x[1], x[0]} })
}

func (c *compiler) fromLibrary(name, source string) *function {
	if fn := c.library[name]; fn != nil {
		return fn
	}
	prog, err := syntax.Parse(source)
	if err != nil {
		panic("jq: the library's " + name + ": " + err.Error())
	}
	defer c.inside(&file{library: true})()
	fn := c.define(prog.Defs[0], 0, nil).fn
	c.library[name] = fn
	return fn
}

// undefined explains a name that means nothing.
func (c *compiler) undefined(n *syntax.Call, name string, b *binding) {
	names := []string{"not/0"} // not is no function to builtins/0
	names = append(names, known[:]...)
	for at := b; at != nil; at = at.up {
		switch at.kind {
		case aFunction:
			names = append(names, fmt.Sprintf("%s/%d", at.name, len(at.fn.def.Params)))
		case anArgument, aClosure:
			names = append(names, at.name+"/0")
		}
	}
	c.fail(n, arityHint(n.Name, name, names), "unknown function %s", name)
}

// arityHint suggests the same name with other arguments, or a similar name.
func arityHint(name, call string, names []string) string {
	var same []string
	for _, k := range names {
		if base, _, _ := strings.Cut(k, "/"); base == name {
			same = append(same, k)
		}
	}
	if len(same) > 0 {
		return "there is " + strings.Join(same, ", ") + "; arguments are separated by \";\""
	}
	if near, ok := spell.Nearest(call, names); ok {
		return "did you mean " + near + "?"
	}
	return ""
}

type form func(c *compiler, n *syntax.Call, u *unit, b *binding) code

// makeForms returns the functions that get code. It is no variable since some of
// them refer to all of them.
func makeForms() map[string]form {
	return map[string]form{
		"empty/0":   func(*compiler, *syntax.Call, *unit, *binding) code { return code{e: emptyExpr{}} },
		"recurse/0": func(*compiler, *syntax.Call, *unit, *binding) code { return descend },
		"select/1":  (*compiler).selecting,
		"map/1":     (*compiler).mapping,
		"path/1": func(c *compiler, n *syntax.Call, u *unit, b *binding) code {
			return c.pathsOf(n.Args[0], u, b)
		},
		"del/1":     (*compiler).deleting,
		"getpath/1": (*compiler).gettingPath,
		"first/1": func(c *compiler, n *syntax.Call, u *unit, b *binding) code {
			return c.limited(c.code(n.Args[0], u, b), constant(json.FromInt(1)), u)
		},
		"limit/2": func(c *compiler, n *syntax.Call, u *unit, b *binding) code {
			return c.limited(c.code(n.Args[1], u, b), c.code(n.Args[0], u, b), u)
		},
		"last/1":       (*compiler).lastOf,
		"until/2":      (*compiler).until,
		"fromstream/1": (*compiler).gathering,
		"isempty/1":    (*compiler).isEmpty,
		"any/0":        func(c *compiler, n *syntax.Call, u *unit, b *binding) code { return c.anyAll(n, true, u, b) },
		"any/1":        func(c *compiler, n *syntax.Call, u *unit, b *binding) code { return c.anyAll(n, true, u, b) },
		"any/2":        func(c *compiler, n *syntax.Call, u *unit, b *binding) code { return c.anyAll(n, true, u, b) },
		"all/0":        func(c *compiler, n *syntax.Call, u *unit, b *binding) code { return c.anyAll(n, false, u, b) },
		"all/1":        func(c *compiler, n *syntax.Call, u *unit, b *binding) code { return c.anyAll(n, false, u, b) },
		"all/2":        func(c *compiler, n *syntax.Call, u *unit, b *binding) code { return c.anyAll(n, false, u, b) },
		"range/1":      (*compiler).ranging,
		"range/2":      (*compiler).ranging,
		"range/3":      (*compiler).ranging,
		"now/0":        (*compiler).nowCall,
		"env/0": func(c *compiler, _ *syntax.Call, _ *unit, _ *binding) code {
			return constant(c.environment())
		},
		"builtins/0":  (*compiler).builtinNames,
		"fma/3":       (*compiler).fma,
		"input/0":     reading(code{e: &native0Expr{input}}),
		"inputs/0":    reading(inputs),
		"test/1":      patternCall("test"),
		"match/1":     patternCall("match"),
		"capture/1":   patternCall("capture"),
		"sort_by/1":   byKeys(sortBy),
		"group_by/1":  byKeys(groupBy),
		"unique_by/1": byKeys(uniqueBy),
		"min_by/1":    byKeys(minBy),
		"max_by/1":    byKeys(maxBy),
		"add/1": func(c *compiler, n *syntax.Call, u *unit, b *binding) code {
			list := c.array(&syntax.Array{Span: n.Span, Body: n.Args[0]}, u, b)
			return c.pipe(list, code{e: &native0Expr{addAll}})
		},
	}
}

var descend = code{gen: func(next step, _ context) step { return &descendStep{next} }}

func (c *compiler) selecting(n *syntax.Call, u *unit, b *binding) code {
	return c.choose(c.code(n.Args[0], u, b), identity, code{e: emptyExpr{}}, u)
}

func (c *compiler) mapping(n *syntax.Call, u *unit, b *binding) code {
	dot := &syntax.Identity{Span: n.Span}
	body := &syntax.Binary{Span: n.Span, Op: "|", Left: &syntax.Iterate{Span: n.Span, Base: dot}, Right: n.Args[0]}
	return c.array(&syntax.Array{Span: n.Span, Body: body}, u, b)
}

func (c *compiler) deleting(n *syntax.Call, u *unit, b *binding) code {
	if p := c.code(n.Args[0], u, b); p.hasPath {
		return code{e: &deleteOneExpr{p.path}}
	}
	slot := u.slot()
	paths := c.pathsOf(n.Args[0], u, b).link(&appendStep{slot}, context{})
	return code{e: &native1Expr{delpaths, &collectExpr{slot, paths}}}
}

func (c *compiler) gettingPath(n *syntax.Call, u *unit, b *binding) code {
	path := c.code(n.Args[0], u, b)
	k := c.nest(u, []code{path}, func(slots []int, next step, x context) step {
		return &getpathStep{slots[0], next}
	})
	if path.e != nil {
		k.e = &native1Expr{getpath, path.e}
	}
	return k
}

// limited is limit(n; source); limit(1; ...) has at most one output, unless a
// "?//" in it catches the break by which it ends, as it does in jq.
func (c *compiler) limited(source, n code, u *unit) code {
	k := c.nest(u, []code{n}, func(slots []int, next step, x context) step {
		count, label := u.slot(), u.slot()
		s := source.link(&countStep{slots[0], count, label, next}, context{paths: x.paths})
		return &limitStep{slots[0], count, label, s}
	})
	if v, ok := n.constant(); ok && v.Kind() == json.KindNumber && v.Float() == 1 && !c.retries {
		k.e = source.first(u)
	}
	return k
}

// lastOf keeps the last output and its path.
func (c *compiler) lastOf(n *syntax.Call, u *unit, b *binding) code {
	source := c.code(n.Args[0], u, b)
	if source.e != nil {
		return source
	}
	slot, flag, place := u.slot(), u.slot(), u.cell()
	k := code{e: &foldExpr{slot: slot, flag: flag, own: -1, source: source.link(&keepLastStep{slot, flag}, context{})}}
	k.gen = func(next step, x context) step {
		s := source.link(&lastStep{slot: slot, flag: flag, place: place}, context{paths: true})
		return &lastEndStep{slot, flag, place, s, next}
	}
	return k
}

// lastStep keeps an output with its path, and lastEndStep hands the last one on.
type lastStep struct{ slot, flag, place int }

func (s *lastStep) run(m *machine, v json.Value, p *cell) signal {
	m.frame.cells[s.place] = p
	return (&keepLastStep{s.slot, s.flag}).run(m, v, p)
}

type lastEndStep struct {
	slot, flag, place int
	source, next      step
}

func (s *lastEndStep) run(m *machine, v json.Value, p *cell) signal {
	f := m.frame
	f.slots[s.flag] = json.FromBool(false)
	if s.source.run(m, v, p) == stop {
		return stop
	}
	if !f.slots[s.flag].Truthy() {
		return more
	}
	return s.next.run(m, f.slots[s.slot], f.cells[s.place])
}

// retriedLibrary are jq's own definitions of functions that are left by a break.
// They count where a "?//" may catch it. It is never changed.
var retriedLibrary = map[string]string{
	"isempty/1": `def isempty(g): label $go | (g | false, break $go), true;`,
	"any/2":     `def any(generator; condition): isempty(first(generator | condition or empty)) | not;`,
	"all/2":     `def all(generator; condition): isempty(first(generator | condition and empty));`,
}

func (c *compiler) retried(name string, n *syntax.Call, u *unit, b *binding) code {
	return c.function(c.fromLibrary(name, retriedLibrary[name]), n, u, b)
}

func (c *compiler) isEmpty(n *syntax.Call, u *unit, b *binding) code {
	if c.retries {
		return c.retried("isempty/1", n, u, b)
	}
	return code{e: &existsExpr{c.code(n.Args[0], u, b).first(u), json.FromBool(false)}}
}

// anyAll is any and all: it looks for the first output that decides.
func (c *compiler) anyAll(n *syntax.Call, is bool, u *unit, b *binding) code {
	if c.retries && len(n.Args) == 2 {
		return c.retried(n.Name+"/2", n, u, b)
	}
	source, cond := each(false), identity
	switch len(n.Args) {
	case 1:
		cond = c.code(n.Args[0], u, b)
	case 2:
		source, cond = c.code(n.Args[0], u, b), c.code(n.Args[1], u, b)
	}
	empty := code{e: emptyExpr{}}
	decides := c.choose(identity, identity, empty, u)
	if !is {
		decides = c.choose(identity, empty, identity, u)
	}
	first := c.pipe(source, c.pipe(cond, decides)).first(u)
	return code{e: &existsExpr{first, json.FromBool(is)}}
}

func (c *compiler) ranging(n *syntax.Call, u *unit, b *binding) code {
	args := []code{}
	for _, a := range n.Args {
		args = append(args, c.code(a, u, b))
	}
	if len(args) == 1 {
		args = []code{constant(json.FromInt(0)), args[0]}
	}
	return c.nest(u, args, func(slots []int, next step, _ context) step {
		by := -1
		if len(slots) == 3 {
			by = slots[2]
		}
		return &rangeStep{slots[0], slots[1], by, next}
	})
}

func (c *compiler) builtinNames(*syntax.Call, *unit, *binding) code {
	names := json.NewArray(len(known))
	for _, name := range known {
		if c.implements(name) {
			names.Append(json.FromString(name))
		}
	}
	return constant(names.Value())
}

func (c *compiler) implements(name string) bool {
	_, isForm := c.forms[name]
	_, isNative := natives[name]
	_, inLibrary := library[name]
	return isForm || isNative || inLibrary
}

// byKeys compiles f_by(key): f gets the input and the array of [key] of each.
func byKeys(f nativeFunc) form {
	return func(c *compiler, n *syntax.Call, u *unit, b *binding) code {
		key := &syntax.Array{Span: n.Span, Body: n.Args[0]}
		keys := c.mapping(&syntax.Call{Span: n.Span, Args: []syntax.Node{key}}, u, b)
		return code{e: &native1Expr{f, keys.e}}
	}
}
