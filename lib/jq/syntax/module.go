package syntax

func (p *parser) importing() *Import {
	word := p.next()
	im := &Import{Include: word.text == "include"}
	path, ok := p.stringLiteral("a module's path in quotes").Text()
	if !ok {
		p.fail(p.last, "", "a module's path must be a constant string")
	}
	im.Path = path
	if !im.Include {
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
	im.Span = p.from(word.start)
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
