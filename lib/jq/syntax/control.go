package syntax

func (p *parser) keyword() Node {
	start := p.tok.start
	switch p.tok.text {
	case "if":
		return p.conditional()
	case "try":
		p.next()
		try := &Try{Body: p.guarded()}
		if p.take("catch") {
			try.Handler = p.guarded()
		}
		try.Span = p.from(start)
		return try
	case "reduce":
		p.next()
		n := &Reduce{}
		n.Source, n.Patterns = p.loopHead("reduce")
		n.Init = p.pipe()
		p.expect(";", "after the first argument of reduce")
		n.Update = p.pipe()
		p.expect(")", "after the arguments of reduce")
		n.Span = p.from(start)
		return n
	case "foreach":
		p.next()
		n := &Foreach{}
		n.Source, n.Patterns = p.loopHead("foreach")
		n.Init = p.pipe()
		p.expect(";", "after the first argument of foreach")
		n.Update = p.pipe()
		if p.take(";") {
			n.Extract = p.pipe()
		}
		p.expect(")", "after the arguments of foreach")
		n.Span = p.from(start)
		return n
	case "break":
		p.next()
		if p.tok.kind != binding {
			p.unexpected(`"$" and a label's name after break`, "break needs a label to break to")
		}
		t := p.next()
		return &Break{p.from(start), t.text}
	}
	p.unexpected("an expression", "")
	return nil
}

// guarded is what try and catch apply to: one postfix term, or a negation.
func (p *parser) guarded() Node {
	p.enter()
	defer p.leave()
	return p.operand()
}

func (p *parser) loopHead(word string) (Node, []*Pattern) {
	source := p.binary(1)
	p.expect("as", "after the source of "+word)
	patterns := p.patterns()
	p.expect("(", "after the variables of "+word)
	return source, patterns
}

// conditional parses from "if" or "elif" on; the outermost takes the "end".
func (p *parser) conditional() Node {
	start := p.next().start
	var arms []*If
	for {
		arm := &If{Cond: p.pipe()}
		arm.Start = start
		p.expect("then", "after a condition")
		arm.Then = p.pipe()
		arms = append(arms, arm)
		if !p.tok.is("elif") {
			break
		}
		if len(arms) > MaxDepth {
			p.fail(p.tok.start, "", "more than %d conditions in a row", MaxDepth)
		}
		start = p.next().start
	}
	if p.take("else") {
		arms[len(arms)-1].Else = p.pipe()
	}
	p.expect("end", "after if")
	for i := len(arms) - 1; i >= 0; i-- {
		arms[i].End = p.last
		if i > 0 {
			arms[i-1].Else = arms[i]
		}
	}
	return arms[0]
}
