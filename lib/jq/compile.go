package jq

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// inlineBudget is the number of nodes after which functions are called instead
// of being compiled in their place: definitions may multiply each other.
const inlineBudget = 20_000

// maxNodes bounds the size of the compiled program: some parts are compiled for
// more than one purpose, and nesting can multiply that.
const maxNodes = 1 << 20

// context says what is known of the place of a step.
type context struct {
	paths  bool // the path is wanted
	direct bool // what it returns is returned at once by the unit's entry
}

// code is a compiled part of a program that has no successor yet. Every part has
// one of both forms; paths, which also work with at most one output, have both.
type code struct {
	e     expr
	gen   func(next step, x context) step
	parts []code // of a comma
	// path is the path that this is, where it is known now and is one.
	path    []json.Value
	hasPath bool
}

func (k code) link(next step, x context) step {
	if k.e != nil && (!x.paths || k.gen == nil) {
		if _, same := k.e.(identityExpr); same {
			return next
		}
		return &evalStep{k.e, next}
	}
	return k.gen(next, x)
}

// first is the code as an expression: its first output.
func (k code) first(u *unit) expr {
	if k.e != nil {
		return k.e
	}
	slot, label := u.slot(), u.slot()
	return &firstExpr{slot, label, k.gen(&captureStep{slot, label}, context{})}
}

func constant(v json.Value) code { return code{e: &constExpr{v}} }

var identity = code{e: identityExpr{}, hasPath: true, gen: func(next step, _ context) step { return next }}

func (k code) constant() (json.Value, bool) {
	if c, ok := k.e.(*constExpr); ok {
		return c.v, true
	}
	return json.Value{}, false
}

// compiler holds what is common to the parts of one program.
type compiler struct {
	file    *file // whose part is compiled now
	opts    Options
	modules map[string]*aModule
	sites   int
	merges  int
	// patterns counts the places that remember a regular expression.
	patterns   int
	readsInput bool
	readsLine  bool
	worldly    bool
	retries    bool // there are patterns with "?//", which catch breaks, too
	size       int
	names      int
	globals    map[string]int
	values     []json.Value
	library    map[string]*function
	forms      map[string]form
	lenient    bool        // a missing key is null even if the program is strict
	at         syntax.Span // the last call outside of the library, ...
	atFile     *file       // ... and where that stands
}

// hook is a node whose code is made by the compiler.
type hook struct {
	syntax.Span
	code func(u *unit, b *binding) code
}

func compile(text *file, tree *syntax.Program, opts Options) (p *Program, err error) {
	c := &compiler{
		file: text, atFile: text, opts: opts, modules: map[string]*aModule{},
		globals: map[string]int{}, library: map[string]*function{}, forms: makeForms(),
	}
	defer func() {
		if r := recover(); r != nil {
			e, ours := r.(*CompileError)
			if !ours {
				panic(r)
			}
			p, err = nil, e
		}
	}()
	for _, v := range opts.Variables {
		c.globals[v.Name] = len(c.values)
		c.values = append(c.values, v.Value)
	}
	body := tree.Body
	if body == nil {
		body = &syntax.Identity{}
	}
	for i := len(tree.Defs) - 1; i >= 0; i-- {
		body = &syntax.Define{Span: tree.Defs[i].Span, Def: tree.Defs[i], Rest: body}
	}
	c.checkMeta(tree)
	c.survey(tree)
	scope := c.imports(tree, c.home())
	main := &unit{}
	k := c.code(body, main, scope)
	p = &Program{source: text.text, modules: opts.Modules, modular: len(c.modules) > 0 || len(tree.Imports) > 0, single: k.e, main: main, clock: opts.Now, zone: cmp.Or(opts.Zone, time.FixedZone("UTC", 0))}
	p.entry = k.link(emitStep{}, context{})
	p.readsInput, p.readsLine, p.worldly = c.readsInput, c.readsLine, c.worldly
	p.sites, p.merges, p.patterns, p.globals = c.sites, c.merges, c.patterns, c.values
	return p, nil
}

func (c *compiler) fail(n syntax.Node, hint, message string, args ...any) {
	at, where := n.Place().Start, c.file
	if where.library {
		at, where = c.at.Start, c.atFile
	}
	panic(&CompileError{File: where.name, Program: where.text, Offset: at, Message: fmt.Sprintf(message, args...), Hint: hint})
}

// site gives a place to remember a shape at.
func (c *compiler) site() int {
	c.sites++
	return c.sites - 1
}

// code compiles n, which stands in u and sees the names of b.
func (c *compiler) code(n syntax.Node, u *unit, b *binding) code {
	if c.size++; c.size > maxNodes {
		c.fail(n, "", "the program is too large: it has more than %d parts when its functions are expanded", maxNodes)
	}
	u.weight++
	switch n := n.(type) {
	case *hook:
		return n.code(u, b)
	case *syntax.Identity:
		return identity
	case *syntax.RecurseAll:
		return code{gen: func(next step, _ context) step { return &descendStep{next} }}
	case *syntax.Constant:
		return constant(constantNamed(n.Name))
	case *syntax.Number:
		return constant(number(n.Text))
	case *syntax.String:
		return c.text(n, u, b)
	case *syntax.Format:
		return code{e: &native0Expr{c.format(n, n.Name)}}
	case *syntax.Array:
		return c.array(n, u, b)
	case *syntax.Object:
		return c.object(n, u, b)
	case *syntax.Index:
		return c.member(c.code(n.Base, u, b), c.code(n.Key, u, b), n.Optional, u)
	case *syntax.Slice:
		return c.index(c.code(n.Base, u, b), c.sliceKey(n, u, b), n.Optional, u)
	case *syntax.Iterate:
		return c.pipe(c.code(n.Base, u, b), each(n.Optional))
	case *syntax.Negate:
		return c.negate(c.code(n.X, u, b))
	case *syntax.Binary:
		return c.binary(n, u, b)
	case *syntax.Comma:
		return c.comma(n, u, b)
	case *syntax.Define:
		return c.code(n.Rest, u, c.define(n.Def, u.level, b))
	case *syntax.Bind:
		return c.bind(n, u, b)
	case *syntax.Reduce:
		return c.reduce(n, u, b)
	case *syntax.Foreach:
		return c.foreach(n, u, b)
	case *syntax.If:
		return c.conditional(n, u, b)
	case *syntax.Try:
		return c.try(n, u, b)
	case *syntax.Label:
		return c.label(n, u, b)
	case *syntax.Break:
		return c.breaking(n, u, b)
	case *syntax.Var:
		return c.variable(n, u, b)
	case *syntax.Loc:
		c.worldly = true
		o := json.NewObject(2)
		o.Set("file", json.FromString(cmp.Or(c.file.name, "<top-level>")))
		o.Set("line", json.FromInt(int64(n.Line)))
		return constant(o.Value())
	case *syntax.Call:
		return c.call(n, u, b)
	}
	panic(fmt.Sprintf("jq: a node that the compiler does not know: %T", n))
}

func constantNamed(name string) json.Value {
	if name == "null" {
		return json.Value{}
	}
	return json.FromBool(name == "true")
}

// number is the value of a literal. Those that JSON does not know are spelled
// as JSON has them: .5 is 0.5, 5. is 5, 007 is 7.
func number(text string) json.Value {
	if v, ok := json.ParseNumber(text); ok {
		return v
	}
	mantissa, exponent := text, ""
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponent = text[:i], text[i:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	v, _ := json.ParseNumber(whole + fraction + exponent)
	return v
}

func (c *compiler) index(base, key code, optional bool, u *unit) code {
	k := code{}
	if base.e != nil && key.e != nil {
		k.e = &indexExpr{base: base.e, key: key.e, optional: optional}
		if name, ok := key.constant(); ok && name.Kind() == json.KindString {
			field := code{e: &fieldExpr{name.Str(), c.site(), optional}}
			k.e = c.pipe(code{e: base.e}, field).e
		}
	}
	switch name, known := key.constant(); {
	case known:
		if k.hasPath = base.hasPath && !optional; k.hasPath {
			k.path = append(append(k.path, base.path...), name)
		}
		k.gen = func(next step, x context) step { return base.link(&indexStep{name, optional, next}, x) }
	case key.e != nil && base.e == identity.e:
		k.gen = func(next step, _ context) step { return &indexEvalStep{key.e, optional, next} }
	default:
		k.gen = c.nest(u, []code{key}, func(slots []int, next step, x context) step {
			return base.link(&indexSlotStep{slots[0], optional, next}, x)
		}).gen
	}
	return k
}

func (c *compiler) sliceKey(n *syntax.Slice, u *unit, b *binding) code {
	from, to := constant(json.Value{}), constant(json.Value{})
	if n.From != nil {
		from = c.code(n.From, u, b)
	}
	if n.To != nil {
		to = c.code(n.To, u, b)
	}
	f, known := from.constant()
	if t, both := to.constant(); known && both {
		return constant(sliceKey(f, t))
	}
	return c.apply(u, []code{from, to}, func(x []expr) expr {
		return &native2Expr{func(_ *machine, _, a, b json.Value) (json.Value, outcome) {
			return sliceKey(b, a), one
		}, x[1], x[0]}
	})
}

func (c *compiler) negate(x code) code {
	if v, ok := x.constant(); ok && v.Kind() == json.KindNumber {
		return constant(json.Neg(v))
	}
	return c.pipe(x, code{e: &native0Expr{negate}})
}

func (c *compiler) binary(n *syntax.Binary, u *unit, b *binding) code {
	switch n.Op {
	case "|":
		return c.pipe(c.code(n.Left, u, b), c.code(n.Right, u, b))
	case "and", "or":
		return c.logic(n, u, b)
	case "//":
		return c.orElse(c.forgiving(n.Left, u, b), c.code(n.Right, u, b), u)
	case "=", "|=", "+=", "-=", "*=", "/=", "%=", "//=":
		return c.assign(n, u, b, -1)
	}
	left, right := c.code(n.Left, u, b), c.code(n.Right, u, b)
	if k, ok := c.merge(n.Op, left, right); ok {
		return k
	}
	op := operators[n.Op]
	l, isConst := left.constant()
	if r, both := right.constant(); isConst && both {
		if v, o := op(&machine{}, l, r, json.Value{}); o == one {
			return constant(v)
		}
	}
	return c.apply(u, []code{right, left}, func(x []expr) expr {
		return &binaryExpr{op, x[1], x[0]}
	})
}
