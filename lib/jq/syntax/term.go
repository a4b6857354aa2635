package syntax

import "strings"

// postfix is a term and the suffixes after it.
func (p *parser) postfix() Node {
	p.enter()
	defer p.leave()
	start := p.tok.start
	bare := !p.tok.is("(") // a "?" behind parentheses is about all in them
	x := p.term()
	for n := 0; ; n, bare = n+1, true {
		if n > MaxDepth {
			p.fail(p.tok.start, "", "more than %d suffixes in a row", MaxDepth)
		}
		switch {
		case p.tok.kind == field:
			t := p.next()
			x = &Index{p.from(start), x, fieldKey(t), false}
		case p.tok.is("?"):
			p.next()
			x = optional(x, p.from(start), bare)
		case p.tok.is("["):
			x = p.bracket(start, x)
		case p.tok.is("."):
			p.next()
			switch {
			case p.tok.is("["):
				x = p.bracket(start, x)
			case p.tok.kind == quote, p.tok.kind == format:
				key := p.stringLiteral("a name in quotes after the dot")
				x = &Index{p.from(start), x, key, false}
			default:
				p.unexpected(`a name, a string or "[" after the dot`, p.dotHint())
			}
		default:
			return x
		}
	}
}

// optional is x with a "?" behind it, at the place at.
func optional(x Node, at Span, bare bool) Node {
	switch n := x.(type) {
	case *Index:
		if bare && !n.Optional {
			n.Span, n.Optional = at, true
			return n
		}
	case *Slice:
		if bare && !n.Optional {
			n.Span, n.Optional = at, true
			return n
		}
	case *Iterate:
		if bare && !n.Optional {
			n.Span, n.Optional = at, true
			return n
		}
	}
	return &Try{at, x, nil}
}

// fieldKey is the string that ".name" stands for.
func fieldKey(t token) Node {
	return &String{Span: Span{t.end - len(t.text), t.end}, Parts: []Part{{Text: t.text}}}
}

func (p *parser) dotHint() string {
	switch p.tok.kind {
	case name, keyword:
		if p.hasSpace() {
			return "no space between the dot and the name"
		}
	case number:
		return "an array's element is .[0]"
	}
	return `names with other characters need quotes: ."a-b"`
}

// bracket parses [], [key], [from:], [:to] and [from:to] after x.
func (p *parser) bracket(start int, x Node) Node {
	p.next()
	if p.take("]") {
		return &Iterate{p.from(start), x, false}
	}
	if p.take(":") {
		to := p.pipe()
		p.expect("]", "after a slice")
		return &Slice{p.from(start), x, nil, to, false}
	}
	key := p.pipe()
	if p.take("]") {
		return &Index{p.from(start), x, key, false}
	}
	if !p.take(":") {
		p.unexpected(`"]" or ":" after an index`, "")
	}
	if p.take("]") {
		return &Slice{p.from(start), x, key, nil, false}
	}
	to := p.pipe()
	p.expect("]", "after a slice")
	return &Slice{p.from(start), x, key, to, false}
}

func (p *parser) term() Node {
	t := p.tok
	at := Span{t.start, t.end}
	switch t.kind {
	case number:
		p.next()
		return &Number{at, t.text}
	case quote:
		return p.stringLiteral("")
	case format:
		if p.next(); p.tok.kind == quote {
			return p.formatted(t)
		}
		return &Format{at, t.text}
	case field:
		p.next()
		return &Index{at, &Identity{Span{t.start, t.start + 1}}, fieldKey(t), false}
	case binding:
		p.next()
		return p.variable(t)
	case name:
		p.next()
		return p.call(t)
	case keyword:
		return p.keyword()
	case mark:
		if n := p.marked(); n != nil {
			return n
		}
	}
	p.unexpected("an expression", p.termHint())
	return nil
}

func (p *parser) termHint() string {
	switch {
	case p.tok.is("|"), p.tok.is(","):
		return "something is missing before it"
	case p.tok.is("="):
		return `comparison is "=="`
	case p.tok.is("+"):
		return "numbers are written without a plus sign"
	}
	return ""
}

func (p *parser) variable(t token) Node {
	at := Span{t.start, t.end}
	if t.text == "__loc__" {
		return &Loc{at, 1 + strings.Count(p.src[:t.start], "\n")}
	}
	return &Var{at, t.text}
}

// call parses a name with or without arguments. The names of the constants
// are constants even where somebody defined a function so, as in jq.
func (p *parser) call(t token) Node {
	if !p.tok.is("(") {
		at := Span{t.start, t.end}
		if t.text == "null" || t.text == "true" || t.text == "false" {
			return &Constant{at, t.text}
		}
		return &Call{at, t.text, nil}
	}
	p.next()
	args := []Node{p.pipe()}
	for p.take(";") {
		args = append(args, p.pipe())
	}
	p.expect(")", "after the arguments of "+t.text)
	return &Call{p.from(t.start), t.text, args}
}

// marked parses the terms that start with a mark, or nothing.
func (p *parser) marked() Node {
	start := p.tok.start
	switch p.tok.text {
	case "..":
		p.next()
		return &RecurseAll{p.from(start)}
	case ".":
		p.next()
		at := p.from(start)
		if p.tok.kind == quote || p.tok.kind == format {
			key := p.stringLiteral("a name in quotes after the dot")
			return &Index{p.from(start), &Identity{at}, key, false}
		}
		if p.tok.kind == name || p.tok.kind == keyword && p.hasSpace() && !startsOperator(p.tok.text) {
			p.unexpected("an operator", p.dotHint())
		}
		return &Identity{at}
	case "(":
		p.next()
		n := p.pipe()
		p.closing(")", "(", start)
		return n
	case "[":
		p.next()
		if p.take("]") {
			return &Array{p.from(start), nil}
		}
		body := p.pipe()
		p.closing("]", "[", start)
		return &Array{p.from(start), body}
	case "{":
		return p.object()
	}
	return nil
}

// startsOperator tells the keywords that may follow a whole term.
func startsOperator(word string) bool {
	switch word {
	case "and", "or", "as", "then", "elif", "else", "end", "catch":
		return true
	}
	return false
}

// closing takes the bracket that closes the one at start.
func (p *parser) closing(shut, open string, start int) {
	if !p.tok.is(shut) {
		hint := p.strayHint()
		if p.tok.kind == end {
			hint = "an opening bracket has no partner"
			p.fail(start, hint, "%q is not closed", open)
		}
		p.unexpected(`"`+shut+`"`, hint)
	}
	p.next()
}
