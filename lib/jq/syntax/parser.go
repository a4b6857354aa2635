package syntax

import "strings"

// parser is the recursive part of Parse; it leaves by a panic with an *Error.
type parser struct {
	lexer
	tok   token // the one to look at
	last  int   // where the token before it ended
	depth int
}

func (p *parser) next() token {
	t := p.tok
	p.last = t.end
	p.tok = p.lex()
	return t
}

// take skips the given mark or keyword if it is there.
func (p *parser) take(text string) bool {
	if p.tok.is(text) {
		p.next()
		return true
	}
	return false
}

// expect takes the given mark or keyword; where says in which construct.
func (p *parser) expect(text, where string) token {
	if !p.tok.is(text) {
		p.unexpected(`"`+text+`" `+where, "")
	}
	return p.next()
}

func (p *parser) unexpected(wanted, hint string) {
	p.fail(p.tok.start, hint, "unexpected %s, expected %s", p.tok.describe(), wanted)
}

func (t token) describe() string {
	switch t.kind {
	case end:
		return "end of the program"
	case keyword:
		return `keyword "` + t.text + `"`
	case field:
		return `".` + t.text + `"`
	case binding:
		return `"$` + t.text + `"`
	case number:
		return `number "` + t.text + `"`
	case quote:
		return "string"
	}
	return `"` + t.text + `"`
}

// enter and leave count the nesting.
func (p *parser) enter() {
	if p.depth++; p.depth > MaxDepth {
		p.fail(p.tok.start, "", "the program nests deeper than %d levels", MaxDepth)
	}
}

func (p *parser) leave() { p.depth-- }

// from is the place from start to the end of the last token.
func (p *parser) from(start int) Span { return Span{start, p.last} }

func (p *parser) program() *Program {
	prog := &Program{}
	if p.tok.is("module") {
		p.next()
		prog.Meta = p.constantObject("module")
		p.expect(";", "after the module's metadata")
	}
	for p.tok.is("import") || p.tok.is("include") {
		prog.Imports = append(prog.Imports, p.importing())
	}
	for p.tok.is("def") {
		prog.Defs = append(prog.Defs, p.funcDef())
	}
	if p.tok.kind != end {
		body := p.pipe()
		for i := len(prog.Defs) - 1; i >= 0; i-- {
			def := prog.Defs[i]
			body = &Define{p.from(def.Start), def, body}
		}
		prog.Defs, prog.Body = nil, body
	}
	if p.tok.kind != end {
		p.unexpected("an operator, or the end of the program", p.strayHint())
	}
	prog.Span = Span{0, len(p.src)}
	return prog
}

// strayHint guesses why there is something after a whole expression.
func (p *parser) strayHint() string {
	switch {
	case p.tok.is("?") || p.tok.is("="), p.tok.is("=="), p.tok.is("<"):
		return "comparisons and assignments do not chain: use parentheses"
	case p.tok.is(")"), p.tok.is("]"), p.tok.is("}"):
		return "nothing is open that it could close"
	case p.tok.kind == name, p.tok.kind == binding, p.tok.kind == quote, p.tok.kind == number:
		return `is a "|" or a "," missing?`
	case p.tok.is(";"):
		return `";" stands between arguments and after a def`
	}
	return ""
}

func (p *parser) importing() *Import {
	start, include := p.tok.start, p.next().text == "include"
	im := &Import{Include: include}
	path, ok := p.stringLiteral("a module's path in quotes").Text()
	if !ok {
		p.fail(p.last, "", "a module's path must be a constant string")
	}
	im.Path = path
	if !include {
		p.expect("as", "and a name after the module's path")
		switch p.tok.kind {
		case binding:
			im.IsData = true
		case name:
		default:
			p.unexpected(`a name, or "$" and a name`, "")
		}
		im.Alias = p.next().text
	}
	if !p.tok.is(";") {
		im.Meta = p.constantObject("import")
	}
	p.expect(";", "after an import")
	im.Span = p.from(start)
	return im
}

func (p *parser) constantObject(what string) Node {
	if !p.tok.is("{") {
		p.unexpected("the object that describes the "+what, "")
	}
	n := p.object()
	if !isConstant(n) {
		p.fail(n.Place().Start, "", "the metadata of a %s must be constant", what)
	}
	return n
}

func isConstant(n Node) bool {
	switch n := n.(type) {
	case *Constant, *Number:
		return true
	case *String:
		_, ok := n.Text()
		return ok && n.Format == ""
	case *Array:
		return n.Body == nil || isConstant(n.Body)
	case *Comma:
		for _, part := range n.Parts {
			if !isConstant(part) {
				return false
			}
		}
		return true
	case *Object:
		for _, pair := range n.Pairs {
			if pair.Value == nil || !isConstant(pair.Key) || !isConstant(pair.Value) {
				return false
			}
		}
		return true
	}
	return false
}

func (p *parser) funcDef() *FuncDef {
	p.enter()
	defer p.leave()
	start := p.next().start
	if p.tok.kind != name {
		p.unexpected("a function's name after def", "")
	}
	def := &FuncDef{At: Span{p.tok.start, p.tok.end}, Name: p.next().text}
	if p.take("(") {
		for {
			if p.tok.kind != name && p.tok.kind != binding {
				p.unexpected("a parameter's name", "")
			}
			t := p.next()
			def.Params = append(def.Params, Param{t.text, t.kind == binding})
			if !p.take(";") {
				break
			}
		}
		hint := ""
		if p.tok.is(",") {
			hint = `parameters are separated by ";"`
		}
		if !p.tok.is(")") {
			p.unexpected(`";" or ")" after a parameter`, hint)
		}
		p.next()
	}
	p.expect(":", "before the function's body")
	def.Body = p.pipe()
	p.expect(";", "after the function's body")
	def.Span = p.from(start)
	return def
}

// pipe parses the loosest level: "a, b | c, d", and what extends as far to the
// right as it can. It is a loop since programs may be long.
func (p *parser) pipe() Node {
	p.enter()
	defer p.leave()
	var stages []Node
	var at []int
	for {
		stages = append(stages, p.comma())
		if !p.tok.is("|") {
			break
		}
		if at = append(at, p.tok.start); len(at) > MaxDepth {
			p.fail(p.tok.start, "", "more than %d stages in a pipe", MaxDepth)
		}
		p.next()
	}
	n := stages[len(stages)-1]
	for i := len(stages) - 2; i >= 0; i-- {
		n = &Binary{p.from(stages[i].Place().Start), "|", at[i], stages[i], n}
	}
	return n
}

func (p *parser) comma() Node {
	start := p.tok.start
	first := p.item()
	if !p.tok.is(",") {
		return first
	}
	parts := []Node{first}
	for p.take(",") {
		parts = append(parts, p.item())
	}
	return &Comma{p.from(start), parts}
}

// item is an operand of "," and "|": a definition, a label or a binding, which
// all take the rest of the pipe, or an expression.
func (p *parser) item() Node {
	start := p.tok.start
	if p.tok.is("def") || p.tok.is("label") {
		return p.prefixed()
	}
	e := p.binary(1)
	if !p.take("as") {
		return e
	}
	patterns := p.patterns()
	p.expect("|", "after the variables of a binding")
	return &Bind{Source: e, Patterns: patterns, Body: p.pipe(), Span: p.from(start)}
}

// prefixed parses "def f: ...; rest" and "label $x | rest".
func (p *parser) prefixed() Node {
	start := p.tok.start
	if p.tok.is("def") {
		def := p.funcDef()
		if p.tok.kind == end {
			p.unexpected("an expression after the definition", "")
		}
		rest := p.pipe()
		return &Define{p.from(start), def, rest}
	}
	p.next()
	if p.tok.kind != binding {
		p.unexpected(`"$" and a name after label`, "")
	}
	label := &Label{Name: p.next().text}
	p.expect("|", "after a label")
	label.Body = p.pipe()
	label.Span = p.from(start)
	return label
}

type associativity uint8

const (
	left associativity = iota
	right
	none
)

type level struct {
	binds int // more is tighter
	assoc associativity
}

const negationBinds = 7

// levels are the binary operators above "," as in jq's grammar.
var levels = map[string]level{
	"//": {1, right},
	"=":  {2, none}, "|=": {2, none}, "+=": {2, none}, "-=": {2, none}, "*=": {2, none},
	"/=": {2, none}, "%=": {2, none}, "//=": {2, none},
	"or":  {3, left},
	"and": {4, left},
	"==":  {5, none}, "!=": {5, none}, "<": {5, none}, "<=": {5, none}, ">": {5, none}, ">=": {5, none},
	"+": {6, left}, "-": {6, left},
	"*": {7, left}, "/": {7, left}, "%": {7, left},
}

// binary parses operators that bind at least as tightly as min.
func (p *parser) binary(min int) Node {
	p.enter()
	defer p.leave()
	start := p.tok.start
	x := p.operand()
	for n := 0; p.tok.kind == mark || p.tok.kind == keyword; n++ {
		op := p.tok
		lv, ok := levels[op.text]
		if !ok || lv.binds < min {
			break
		}
		if n > MaxDepth {
			p.fail(op.start, "", "more than %d operators in a row", MaxDepth)
		}
		p.next()
		above := lv.binds + 1
		if lv.assoc == right {
			above = lv.binds
		}
		y := p.binary(above)
		x = &Binary{p.from(start), op.text, op.start, x, y}
		if again, ok := levels[p.tok.text]; lv.assoc == none && ok && again.binds == lv.binds && p.tok.kind == mark {
			p.fail(p.tok.start, "use parentheses", "%q can't follow %q on the same level", p.tok.text, op.text)
		}
	}
	return x
}

// operand is a term, or what may stand in the place of one. Minus reaches over
// multiplications, as in jq: -a * b is -(a * b).
func (p *parser) operand() Node {
	start := p.tok.start
	switch {
	case p.tok.is("-"):
		p.next()
		x := p.binary(negationBinds)
		return &Negate{p.from(start), x}
	case p.tok.is("def"), p.tok.is("label"):
		return p.prefixed()
	}
	return p.postfix()
}

// hasSpace tells whether the current token touches the one before it not.
func (p *parser) hasSpace() bool { return p.last != p.tok.start }

// takeAlternative takes "?//", which is no token of the lexer.
func (p *parser) takeAlternative() bool {
	if !p.tok.is("?") || !strings.HasPrefix(p.src[p.tok.end:], "//") {
		return false
	}
	p.pos = p.tok.end + 2
	p.tok.end = p.pos
	p.next()
	return true
}
