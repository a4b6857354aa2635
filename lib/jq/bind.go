package jq

import (
	"fmt"
	"slices"
	"strings"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/spell"
)

func (c *compiler) variable(n *syntax.Var, u *unit, b *binding) code {
	for at := b; at != nil; at = at.up {
		if at.kind == aVariable && at.name == n.Name {
			if at.level == u.level {
				return code{e: &slotExpr{at.slot}}
			}
			return code{e: &outerExpr{u.level - at.level, at.slot}}
		}
		if at.kind == aGlobal && at.name == n.Name {
			return code{e: &globalExpr{at.slot}}
		}
	}
	if i, ok := c.globals[n.Name]; ok {
		return code{e: &globalExpr{i}}
	}
	if n.Name == "ENV" {
		return constant(c.environment())
	}
	known := []string{"ENV", "__loc__"}
	for at := b; at != nil; at = at.up {
		if (at.kind == aVariable || at.kind == aGlobal) && !strings.HasPrefix(at.name, "\x00") {
			known = append(known, at.name)
		}
	}
	for name := range c.globals {
		known = append(known, name)
	}
	hint := ""
	if near, ok := spell.Nearest(n.Name, known); ok {
		hint = "did you mean $" + near + "?"
	}
	c.fail(n, hint, "$%s is not defined", n.Name)
	return code{}
}

// fresh is a variable's name that no program can have.
func (c *compiler) fresh() string {
	c.names++
	return fmt.Sprintf("\x00%d", c.names)
}

// bind compiles source as patterns | body. Destructuring is taken apart into
// bindings of single variables.
func (c *compiler) bind(n *syntax.Bind, u *unit, b *binding) code {
	if len(n.Patterns) > 1 {
		return c.alternatives(n, u, b)
	}
	p := n.Patterns[0]
	if p.Var == "" {
		return c.code(c.destructure(n.Source, c.distinct(p), n.Body), u, b)
	}
	source := c.code(n.Source, u, b)
	slot := u.slot()
	body := c.code(n.Body, u, &binding{up: b, kind: aVariable, name: p.Var, level: u.level, slot: slot})
	k := code{}
	if source.e != nil && body.e != nil {
		if k.e = (&bindExpr{source.e, slot, body.e}); body.gen == nil {
			return k
		}
	}
	k.gen = func(next step, x context) step {
		if source.e != nil {
			return &bindStep{source.e, slot, body.link(next, x)}
		}
		dot, path := u.slot(), u.cell()
		s := &storeStep{slot, dot, path, true, body.link(next, context{paths: x.paths})}
		return &keepStep{dot, path, source.link(s, context{})}
	}
	return k
}

func variable(name string, at syntax.Span) *syntax.Pattern {
	return &syntax.Pattern{Span: at, Var: name}
}

// destructure is source as p | body with patterns that are variables only. A key
// that is computed sees the value that is taken apart.
func (c *compiler) destructure(source syntax.Node, p *syntax.Pattern, body syntax.Node) syntax.Node {
	if p.Var != "" {
		return &syntax.Bind{Span: p.Span, Source: source, Patterns: []*syntax.Pattern{p}, Body: body}
	}
	whole := c.fresh()
	member := func(key syntax.Node) syntax.Node {
		return &syntax.Index{Span: p.Span, Base: &syntax.Var{Span: p.Span, Name: whole}, Key: key}
	}
	for i := range p.Array { // the last element is the outermost loop
		key := &syntax.Number{Span: p.Span, Text: fmt.Sprint(i)}
		body = c.destructure(member(key), p.Array[i], body)
	}
	for i := len(p.Object) - 1; i >= 0; i-- {
		pair := p.Object[i]
		if pair.Key != nil {
			name := c.fresh()
			body = c.destructure(member(&syntax.Var{Span: pair.At, Name: name}), pair.Value, body)
			key := &syntax.Binary{
				Span: pair.At, Op: "|", Left: &syntax.Var{Span: p.Span, Name: whole}, Right: pair.Key,
			}
			body = c.destructure(key, variable(name, pair.At), body)
			continue
		}
		if pair.Value != nil {
			body = c.destructure(&syntax.Var{Span: pair.At, Name: pair.Var}, pair.Value, body)
		}
		key := &syntax.String{Span: pair.At, Parts: []syntax.Part{{Text: pair.Var}}}
		body = c.destructure(member(key), variable(pair.Var, pair.At), body)
	}
	return c.destructure(source, variable(whole, p.Span), body)
}

// alternatives compiles source as p ?// q ... | body. The variables of all patterns
// exist in each, as null where the pattern does not have them.
func (c *compiler) alternatives(n *syntax.Bind, u *unit, b *binding) code {
	whole := c.fresh()
	var names []string
	for _, p := range n.Patterns {
		names = patternNames(p, names)
	}
	var tries []syntax.Node
	for _, p := range n.Patterns {
		body := c.destructure(&syntax.Var{Span: p.Span, Name: whole}, c.distinct(p), n.Body)
		for _, name := range names {
			null := &syntax.Constant{Span: p.Span, Name: "null"}
			body = c.destructure(null, variable(name, p.Span), body)
		}
		tries = append(tries, body)
	}
	chain := &hook{n.Span, func(u *unit, b *binding) code {
		parts := make([]code, len(tries))
		for i, try := range tries {
			parts[i] = c.code(try, u, b)
		}
		return code{gen: func(next step, x context) step {
			s := &alternativesStep{make([]step, len(parts))}
			for i, k := range parts {
				last := i == len(parts)-1
				s.parts[i] = k.link(next, context{x.paths, x.direct && last})
			}
			return s
		}}
	}}
	return c.code(c.destructure(n.Source, variable(whole, n.Span), chain), u, b)
}

// distinct is p where each variable is there once: of several of one name the one
// that is bound first counts, as in jq.
func (c *compiler) distinct(p *syntax.Pattern) *syntax.Pattern {
	names := patternNames(p, nil)
	slices.Sort(names)
	if len(slices.Compact(names)) == len(names) {
		return p
	}
	return c.renamed(p, map[string]bool{})
}

// renamed gives all variables that are seen already a name that nobody knows, in
// the order in which they are bound.
func (c *compiler) renamed(p *syntax.Pattern, seen map[string]bool) *syntax.Pattern {
	name := func(name string) string {
		if name == "" {
			return ""
		}
		if seen[name] {
			return c.fresh()
		}
		seen[name] = true
		return name
	}
	r := &syntax.Pattern{Span: p.Span, Var: name(p.Var), Array: slices.Clone(p.Array)}
	for i := len(p.Array) - 1; i >= 0; i-- {
		r.Array[i] = c.renamed(p.Array[i], seen)
	}
	for _, pair := range p.Object {
		if again := pair.Var != "" && seen[pair.Var]; again {
			// {$x: pattern}: the key stays, the variable goes.
			pair.Key = &syntax.String{Span: pair.At, Parts: []syntax.Part{{Text: pair.Var}}}
			if pair.Var = ""; pair.Value == nil {
				pair.Value = variable(c.fresh(), pair.At)
			}
		} else {
			pair.Var = name(pair.Var)
		}
		if pair.Value != nil {
			pair.Value = c.renamed(pair.Value, seen)
		}
		r.Object = append(r.Object, pair)
	}
	return r
}

func patternNames(p *syntax.Pattern, names []string) []string {
	if p.Var != "" {
		names = append(names, p.Var)
	}
	for _, e := range p.Array {
		names = patternNames(e, names)
	}
	for _, pair := range p.Object {
		if pair.Var != "" {
			names = append(names, pair.Var)
		}
		if pair.Value != nil {
			names = patternNames(pair.Value, names)
		}
	}
	return names
}
