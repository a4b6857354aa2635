package syntax

// stringLiteral parses a string with or without a format in front of it.
func (p *parser) stringLiteral(wanted string) *String {
	if p.tok.kind == format {
		t := p.next()
		if p.tok.kind != quote {
			p.unexpected("a string after "+t.text, "")
		}
		return p.formatted(t)
	}
	if p.tok.kind != quote {
		p.unexpected(wanted, "")
	}
	return p.quoted(p.tok.start)
}

func (p *parser) formatted(t token) *String {
	s := p.quoted(t.start)
	s.Format = t.text
	return s
}

// quoted parses the string whose opening quote is the current token.
func (p *parser) quoted(start int) *String {
	p.enter()
	defer p.leave()
	s := &String{}
	open := p.tok.start
	p.pos = p.tok.end
	for {
		text, closed := p.text(open)
		if text != "" {
			s.Parts = append(s.Parts, Part{Text: text})
		}
		if closed {
			break
		}
		p.next()
		s.Parts = append(s.Parts, Part{Expr: p.pipe()})
		if !p.tok.is(")") {
			p.unexpected(`")" after an interpolation`, "")
		}
		p.pos = p.tok.end
	}
	p.tok.end = p.pos
	p.next()
	s.Span = p.from(start)
	return s
}
