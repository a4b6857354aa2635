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
	case p.tok.is("="), p.tok.is("=="), p.tok.is("<"):
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
