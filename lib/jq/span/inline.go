package span

import (
	"slices"
	"strings"

	"ndjsontools/lib/jq/syntax"
)

// A program with definitions is compiled as the text that it is without them: in
// the place of each call stands the body of the function, in parentheses, with
// the arguments in the place of the parameters. It is text and not the tree,
// since parts are compiled from their text.
//
// A call has the same input as the body in its place, so that is all there is to
// it, but for names: a variable must mean the same where the text has come to.
// Where it does not, and where a function calls itself, the program is left as it
// is. A "$x" parameter must be given a literal or a global variable, which stands
// in its place: anything else would have to be worked out once for many uses.

// maxText bounds the text of a program without its definitions: they may multiply
// each other.
const maxText = 16 << 10

// inliner writes a program without definitions.
type inliner struct {
	program string
	at      int // how far the program has been copied
	out     strings.Builder
	origins []origin
	bound   []*name // the variables and labels around the place that is written
}

// origin says where a piece of the text comes from.
type origin struct{ out, program int }

// name is a name in its scope; up is the next one around.
type name struct {
	up   *name
	text string // with "$" before a variable's, "*" before a label's

	def   *syntax.FuncDef // of a function, or
	arg   syntax.Node     // what stands in the place of a parameter ...
	scope *name           // ... and the names that it sees
}

// inline makes the compiler's program one without definitions, where it has some
// and need not keep them, and returns its tree.
func (c *compiler) inline(tree *syntax.Program) (same *syntax.Program) {
	defines := false
	syntax.Walk(tree.Body, func(n syntax.Node) bool {
		_, is := n.(*syntax.Define)
		defines = defines || is
		return !defines
	})
	if !defines {
		return tree
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ours := r.(keeps); !ours {
				panic(r)
			}
			same = tree
		}
	}()
	x := &inliner{program: c.program}
	x.whole(tree.Body, nil)
	without, err := syntax.Parse(x.out.String())
	if err != nil { // more parentheses than may be
		return tree
	}
	c.program, c.origins = x.out.String(), x.origins
	return without
}

// keeps is the panic of a program that has to keep its definitions.
type keeps struct{}

// given is the place in the program, as it was given, of a place in the text.
func (c *compiler) given(at int) int {
	for _, m := range slices.Backward(c.origins) {
		if m.out <= at {
			return m.program + at - m.out
		}
	}
	return at
}

// copy writes the program up to a place.
func (x *inliner) copy(to int) {
	x.origins = append(x.origins, origin{x.out.Len(), x.at})
	x.out.WriteString(x.program[x.at:to])
	if x.at = to; x.out.Len() > maxText {
		panic(keeps{})
	}
}

// whole writes n in parentheses, from wherever it is.
func (x *inliner) whole(n syntax.Node, scope *name) {
	back := x.at
	x.at = n.Place().Start
	x.out.WriteByte('(')
	x.write(n, scope)
	x.copy(n.Place().End)
	x.out.WriteByte(')')
	x.at = back
}

// write goes through n, and writes what is before the last place that changes.
func (x *inliner) write(n syntax.Node, scope *name) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Define:
			x.replace(n, n.Rest, &name{up: scope, text: n.Def.Name, def: n.Def})
		case *syntax.Call:
			return x.call(n, scope)
		case *syntax.Var:
			if at := scope.find("$"+n.Name, 0); at.isParameter() {
				x.replace(n, at.arg, at.scope)
			} else {
				x.same("$"+n.Name, at)
			}
		case *syntax.Break:
			x.same("*"+n.Name, scope.find("*"+n.Name, 0))
		case *syntax.Object:
			for _, p := range n.Pairs {
				if key, short := p.Key.(*syntax.Var); short && scope.find("$"+key.Name, 0).isParameter() {
					panic(keeps{}) // its name is the key
				}
			}
			return true
		case *syntax.Label:
			x.under([]string{"*" + n.Name}, scope, n.Body)
		case *syntax.Bind:
			x.write(n.Source, scope)
			x.under(variables(n.Patterns), scope, n.Body)
		case *syntax.Reduce:
			x.write(n.Source, scope)
			x.write(n.Init, scope)
			x.under(variables(n.Patterns), scope, n.Update)
		case *syntax.Foreach:
			x.write(n.Source, scope)
			x.write(n.Init, scope)
			x.under(variables(n.Patterns), scope, n.Update, n.Extract)
		default:
			return true
		}
		return false
	})
}

// replace writes other, in parentheses, where n is.
func (x *inliner) replace(n, other syntax.Node, scope *name) {
	x.copy(n.Place().Start)
	x.whole(other, scope)
	x.at = n.Place().End
}

// call writes a call. It reports whether that stays as it is, but for its
// arguments.
func (x *inliner) call(n *syntax.Call, scope *name) bool {
	at := scope.find(n.Name, len(n.Args))
	switch {
	case at == nil:
		return true
	case at.def == nil:
		x.replace(n, at.arg, at.scope)
		return false
	case at.def.Start <= n.Start && n.End <= at.def.End: // it calls itself
		panic(keeps{})
	}
	inside := at
	for i, p := range at.def.Params {
		arg, from := n.Args[i], scope
		if p.IsVar {
			arg, from = literal(arg, scope)
			inside = &name{up: inside, text: "$" + p.Name, arg: arg, scope: from}
		}
		inside = &name{up: inside, text: p.Name, arg: arg, scope: from}
	}
	x.replace(n, at.def.Body, inside)
	return false
}

// literal is what a "$x" parameter is replaced by: a literal or a global variable,
// also one that is handed on from a parameter.
func literal(n syntax.Node, scope *name) (syntax.Node, *name) {
	switch n := n.(type) {
	case *syntax.Constant, *syntax.Number:
		return n, nil
	case *syntax.String:
		if _, plain := n.Text(); plain && n.Format == "" {
			return n, nil
		}
	case *syntax.Negate:
		if _, number := n.X.(*syntax.Number); number {
			return n, nil
		}
	case *syntax.Var:
		switch at := scope.find("$"+n.Name, 0); {
		case at == nil:
			return n, nil
		case at.isParameter():
			return at.arg, nil
		}
	}
	panic(keeps{})
}

// find is the nearest name, of a function with so many parameters.
func (n *name) find(text string, args int) *name {
	for ; n != nil; n = n.up {
		if n.text == text && (n.def == nil && args == 0 || n.def != nil && len(n.def.Params) == args) {
			return n
		}
	}
	return nil
}

// isParameter reports whether something stands in the place of a name.
func (n *name) isParameter() bool { return n != nil && n.arg != nil }

// same makes sure that a variable or a label means the same in its new place.
func (x *inliner) same(text string, at *name) {
	var here *name
	for _, b := range slices.Backward(x.bound) {
		if b.text == text {
			here = b
			break
		}
	}
	if here != at {
		panic(keeps{})
	}
}

// under writes nodes that see more names.
func (x *inliner) under(names []string, scope *name, nodes ...syntax.Node) {
	before := len(x.bound)
	for _, text := range names {
		scope = &name{up: scope, text: text}
		x.bound = append(x.bound, scope)
	}
	for _, n := range nodes {
		if n != nil {
			x.write(n, scope)
		}
	}
	x.bound = x.bound[:before]
}

// variables are those of patterns. A computed key may see some of them: that is
// left as it is.
func variables(patterns []*syntax.Pattern) (all []string) {
	for _, p := range patterns {
		if p.Var != "" {
			all = append(all, "$"+p.Var)
		}
		all = append(all, variables(p.Array)...)
		for _, pair := range p.Object {
			if pair.Var != "" {
				all = append(all, "$"+pair.Var)
			}
			if pair.Key != nil && !isConstantKey(pair.Key) {
				panic(keeps{})
			}
			if pair.Value != nil {
				all = append(all, variables([]*syntax.Pattern{pair.Value})...)
			}
		}
	}
	return all
}
