package syntax

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
