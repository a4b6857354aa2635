package syntax

// object parses "{...}". A comma may follow the last member, as in jq.
func (p *parser) object() Node {
	start := p.next().start
	obj := &Object{}
	for !p.tok.is("}") {
		obj.Pairs = append(obj.Pairs, p.pair())
		if !p.take(",") {
			break
		}
	}
	if !p.tok.is("}") {
		if p.tok.kind == end {
			p.fail(start, "an opening bracket has no partner", `"{" is not closed`)
		}
		p.unexpected(`"," or "}" in an object`, p.pairHint())
	}
	p.next()
	obj.Span = p.from(start)
	return obj
}

func (p *parser) pairHint() string {
	if p.tok.is("as") || p.tok.is(";") {
		return "put parentheses around the value"
	}
	return ""
}

func (p *parser) pair() Pair {
	t := p.tok
	short := true
	var key Node
	switch t.kind {
	case name, keyword:
		p.next()
		key = &String{Span: Span{t.start, t.end}, Parts: []Part{{Text: t.text}}}
	case binding:
		p.next()
		key = p.variable(t)
	case quote, format:
		key = p.stringLiteral("")
	default:
		if !p.tok.is("(") {
			p.unexpected("a key", p.keyHint())
		}
		p.next()
		key = p.pipe()
		p.closing(")", "(", t.start)
		short = false
	}
	if !p.tok.is(":") {
		if !short {
			p.unexpected(`":" after a computed key`, "")
		}
		return Pair{Key: key}
	}
	p.next()
	return Pair{key, p.objectValue()}
}

func (p *parser) keyHint() string {
	switch p.tok.kind {
	case field:
		return "a key stands without the dot, or in parentheses when it is computed: {(." + p.tok.text + "): 1}"
	case number:
		return "keys are strings: put it in quotes"
	}
	return "a computed key needs parentheses: {(.a): 1}"
}

// objectValue is an expression or a pipe of them: no comma, no binding.
func (p *parser) objectValue() Node {
	p.enter()
	defer p.leave()
	x := p.binary(1)
	if !p.tok.is("|") {
		return x
	}
	at := p.next().start
	y := p.objectValue()
	return &Binary{p.from(x.Place().Start), "|", at, x, y}
}

// patterns parses what stands after "as".
func (p *parser) patterns() []*Pattern {
	all := []*Pattern{p.pattern()}
	for p.takeAlternative() {
		all = append(all, p.pattern())
	}
	return all
}

func (p *parser) pattern() *Pattern {
	p.enter()
	defer p.leave()
	start := p.tok.start
	pat := &Pattern{}
	switch {
	case p.tok.kind == binding:
		pat.Var = p.next().text
	case p.take("["):
		pat.Array = append(pat.Array, p.pattern())
		for p.take(",") {
			pat.Array = append(pat.Array, p.pattern())
		}
		p.expect("]", "after an array pattern")
	case p.take("{"):
		pat.Object = append(pat.Object, p.patternPair())
		for p.take(",") {
			pat.Object = append(pat.Object, p.patternPair())
		}
		p.expect("}", "after an object pattern")
	default:
		hint := ""
		if p.tok.kind == name {
			hint = "a variable's name starts with $"
		}
		p.unexpected(`"$" and a name, "[" or "{"`, hint)
	}
	pat.Span = p.from(start)
	return pat
}

func (p *parser) patternPair() PatternPair {
	t := p.tok
	pair := PatternPair{At: Span{t.start, t.end}}
	switch t.kind {
	case binding:
		p.next()
		if pair.Var = t.text; !p.take(":") {
			return pair
		}
		pair.Value = p.pattern()
		return pair
	case name, keyword:
		p.next()
		pair.Key = &String{Span: pair.At, Parts: []Part{{Text: t.text}}}
	case quote, format:
		pair.Key = p.stringLiteral("")
	default:
		if !p.tok.is("(") {
			p.unexpected("a key in an object pattern", "")
		}
		p.next()
		pair.Key = p.pipe()
		p.closing(")", "(", t.start)
	}
	p.expect(":", "and a pattern after a key")
	pair.Value = p.pattern()
	return pair
}
