package syntax

// Walk calls visit for n and, where visit says true, for everything inside of
// it, definitions included, in the order of the program.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	each := func(nodes ...Node) {
		for _, x := range nodes {
			if x != nil {
				Walk(x, visit)
			}
		}
	}
	switch n := n.(type) {
	case *String:
		for _, p := range n.Parts {
			each(p.Expr)
		}
	case *Array:
		each(n.Body)
	case *Object:
		for _, p := range n.Pairs {
			each(p.Key, p.Value)
		}
	case *Index:
		each(n.Base, n.Key)
	case *Slice:
		each(n.Base, n.From, n.To)
	case *Iterate:
		each(n.Base)
	case *Negate:
		each(n.X)
	case *Binary:
		each(n.Left, n.Right)
	case *Comma:
		each(n.Parts...)
	case *Define:
		each(n.Def.Body, n.Rest)
	case *Bind:
		each(n.Source)
		walkPatterns(n.Patterns, visit)
		each(n.Body)
	case *Reduce:
		each(n.Source)
		walkPatterns(n.Patterns, visit)
		each(n.Init, n.Update)
	case *Foreach:
		each(n.Source)
		walkPatterns(n.Patterns, visit)
		each(n.Init, n.Update, n.Extract)
	case *If:
		each(n.Cond, n.Then, n.Else)
	case *Try:
		each(n.Body, n.Handler)
	case *Label:
		each(n.Body)
	case *Call:
		each(n.Args...)
	}
}

func walkPatterns(patterns []*Pattern, visit func(Node) bool) {
	for _, p := range patterns {
		walkPatterns(p.Array, visit)
		for _, pair := range p.Object {
			if pair.Key != nil {
				Walk(pair.Key, visit)
			}
			if pair.Value != nil {
				walkPatterns([]*Pattern{pair.Value}, visit)
			}
		}
	}
}
