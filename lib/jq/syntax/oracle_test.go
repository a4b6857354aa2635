package syntax

import (
	"fmt"
	"strings"

	"github.com/itchyny/gojq"
)

// This file writes our tree and gojq's as the same fully bracketed text, so
// that comparing two strings compares precedence, associativity and literals.

func list(head string, parts ...string) string {
	return "(" + head + " " + strings.Join(parts, " ") + ")"
}

func ours(n Node) string {
	switch n := n.(type) {
	case nil:
		return "_"
	case *Identity:
		return "."
	case *RecurseAll:
		return ".."
	case *Constant:
		return n.Name
	case *Number:
		return n.Text
	case *String:
		return oursString(n)
	case *Format:
		return n.Name
	case *Array:
		return list("array", ours(n.Body))
	case *Object:
		return oursObject(n)
	case *Index:
		return oursOptional(list("index", ours(n.Base), ours(n.Key)), n.Optional)
	case *Slice:
		return oursOptional(list("slice", ours(n.Base), ours(n.From), ours(n.To)), n.Optional)
	case *Iterate:
		return oursOptional(list("each", ours(n.Base)), n.Optional)
	case *Negate:
		return oursNegate(n.X)
	case *Binary:
		return list(n.Op, ours(n.Left), ours(n.Right))
	case *Comma:
		return oursComma(n)
	case *Define:
		return list("def", oursDef(n.Def), ours(n.Rest))
	case *Bind:
		return list("bind", ours(n.Source), oursPatterns(n.Patterns), ours(n.Body))
	case *Reduce:
		return list("reduce", ours(n.Source), oursPatterns(n.Patterns), ours(n.Init), ours(n.Update))
	case *Foreach:
		return list("foreach", ours(n.Source), oursPatterns(n.Patterns), ours(n.Init), ours(n.Update), ours(n.Extract))
	case *If:
		return list("if", ours(n.Cond), ours(n.Then), ours(n.Else))
	case *Try:
		return list("try", ours(n.Body), ours(n.Handler))
	case *Label:
		return list("label", n.Name, ours(n.Body))
	case *Break:
		return list("break", n.Name)
	case *Var:
		return "$" + n.Name
	case *Loc:
		return "$__loc__"
	case *Call:
		return oursCall(n)
	}
	panic(fmt.Sprintf("a node that the test does not know: %T", n))
}

func oursOptional(s string, optional bool) string {
	if optional {
		return list("try", s, "_")
	}
	return s
}

// oursNegate gives the minus to the first factor, as gojq does: the value is
// the same, and only jq's own grammar has it around the product.
func oursNegate(x Node) string {
	if b, ok := x.(*Binary); ok && levels[b.Op].binds == negationBinds {
		return list(b.Op, oursNegate(b.Left), ours(b.Right))
	}
	return list("neg", ours(x))
}

func oursString(n *String) string {
	parts := []string{}
	for _, p := range n.Parts {
		if p.Expr != nil {
			parts = append(parts, ours(p.Expr))
		} else {
			parts = append(parts, fmt.Sprintf("%q", p.Text))
		}
	}
	return list("str"+n.Format, parts...)
}

func oursObject(n *Object) string {
	parts := []string{}
	for _, p := range n.Pairs {
		parts = append(parts, ours(p.Key)+":"+ours(p.Value))
	}
	return list("object", parts...)
}

func oursComma(n *Comma) string {
	parts := []string{}
	for _, p := range n.Parts {
		parts = append(parts, ours(p))
	}
	return list(",", parts...)
}

func oursCall(n *Call) string {
	parts := []string{}
	for _, a := range n.Args {
		parts = append(parts, ours(a))
	}
	return list("call "+n.Name, parts...)
}

func oursDef(d *FuncDef) string {
	params := []string{}
	for _, p := range d.Params {
		if p.IsVar {
			params = append(params, "$"+p.Name)
		} else {
			params = append(params, p.Name)
		}
	}
	return list(d.Name, list("params", params...), ours(d.Body))
}

func oursPatterns(ps []*Pattern) string {
	parts := []string{}
	for _, p := range ps {
		parts = append(parts, oursPattern(p))
	}
	return list("as", parts...)
}

func oursPattern(p *Pattern) string {
	parts := []string{}
	switch {
	case p == nil:
		return "_"
	case p.Var != "":
		return "$" + p.Var
	case p.Array != nil:
		for _, e := range p.Array {
			parts = append(parts, oursPattern(e))
		}
		return list("array", parts...)
	}
	for _, m := range p.Object {
		key := "$" + m.Var
		if m.Key != nil {
			key = ours(m.Key)
		}
		parts = append(parts, key+":"+oursPattern(m.Value))
	}
	return list("object", parts...)
}

func theirProgram(q *gojq.Query) string {
	if q.Term == nil && q.Right == nil {
		defs := []string{}
		for _, d := range q.FuncDefs {
			defs = append(defs, theirDef(d))
		}
		return list("program", append(defs, "_")...)
	}
	return list("program", their(q))
}

func ourProgram(p *Program) string {
	defs := []string{}
	for _, d := range p.Defs {
		defs = append(defs, oursDef(d))
	}
	return list("program", append(defs, ours(p.Body))...)
}

func their(q *gojq.Query) string {
	if q == nil {
		return "_"
	}
	s := ""
	switch {
	case q.Term != nil:
		s = theirTerm(q.Term)
	case q.Patterns != nil:
		s = list("bind", their(q.Left), theirPatterns(q.Patterns), their(q.Right))
	case q.Op == gojq.OpComma:
		s = list(",", theirCommas(q)...)
	default:
		s = list(q.Op.String(), their(q.Left), their(q.Right))
	}
	for i := len(q.FuncDefs) - 1; i >= 0; i-- {
		s = list("def", theirDef(q.FuncDefs[i]), s)
	}
	return s
}

func theirCommas(q *gojq.Query) []string {
	if q.Op != gojq.OpComma || q.Term != nil || len(q.FuncDefs) > 0 {
		return []string{their(q)}
	}
	return append(theirCommas(q.Left), their(q.Right))
}

func theirDef(d *gojq.FuncDef) string {
	return list(d.Name, list("params", d.Args...), their(d.Body))
}

func theirPatterns(ps []*gojq.Pattern) string {
	parts := []string{}
	for _, p := range ps {
		parts = append(parts, theirPattern(p))
	}
	return list("as", parts...)
}

func theirPattern(p *gojq.Pattern) string {
	parts := []string{}
	switch {
	case p == nil:
		return "_"
	case p.Name != "":
		return p.Name
	case p.Array != nil:
		for _, e := range p.Array {
			parts = append(parts, theirPattern(e))
		}
		return list("array", parts...)
	}
	for _, m := range p.Object {
		key := ""
		switch {
		case m.KeyString != nil:
			key = theirString(m.KeyString, "")
		case m.KeyQuery != nil:
			key = their(m.KeyQuery)
		case m.Key[0] == '$':
			key = m.Key
		default:
			key = list("str", fmt.Sprintf("%q", m.Key))
		}
		parts = append(parts, key+":"+theirPattern(m.Val))
	}
	return list("object", parts...)
}

func theirString(s *gojq.String, format string) string {
	parts := []string{}
	if s.Queries == nil && s.Str != "" {
		parts = append(parts, fmt.Sprintf("%q", s.Str))
	}
	for _, q := range s.Queries {
		switch {
		case q.Term != nil && q.Term.Type == gojq.TermTypeString:
			parts = append(parts, fmt.Sprintf("%q", q.Term.Str.Str))
		case q.Term != nil && q.Term.Type == gojq.TermTypeQuery:
			parts = append(parts, their(q.Term.Query))
		}
	}
	return list("str"+format, parts...)
}

func theirTerm(t *gojq.Term) string {
	s := theirHead(t)
	for _, x := range t.SuffixList {
		switch {
		case x.Optional:
			s = list("try", s, "_")
		case x.Iter:
			s = list("each", s)
		default:
			s = theirIndex(s, x.Index)
		}
	}
	return s
}

func theirIndex(base string, x *gojq.Index) string {
	switch {
	case x.IsSlice:
		return list("slice", base, their(x.Start), their(x.End))
	case x.Str != nil:
		return list("index", base, theirString(x.Str, ""))
	case x.Name != "":
		return list("index", base, list("str", fmt.Sprintf("%q", x.Name)))
	}
	return list("index", base, their(x.Start))
}

func theirHead(t *gojq.Term) string {
	switch t.Type {
	case gojq.TermTypeIdentity:
		return "."
	case gojq.TermTypeRecurse:
		return ".."
	case gojq.TermTypeNull:
		return "null"
	case gojq.TermTypeTrue:
		return "true"
	case gojq.TermTypeFalse:
		return "false"
	case gojq.TermTypeIndex:
		return theirIndex(".", t.Index)
	case gojq.TermTypeFunc:
		return theirCall(t.Func)
	case gojq.TermTypeObject:
		return theirObject(t.Object)
	case gojq.TermTypeArray:
		return list("array", their(t.Array.Query))
	case gojq.TermTypeNumber:
		return t.Number
	case gojq.TermTypeUnary:
		return list("neg", theirTerm(t.Unary.Term))
	case gojq.TermTypeFormat:
		if t.Str == nil {
			return t.Format
		}
		return theirString(t.Str, t.Format)
	case gojq.TermTypeString:
		return theirString(t.Str, "")
	case gojq.TermTypeIf:
		return theirIf(t.If)
	case gojq.TermTypeTry:
		return list("try", their(t.Try.Body), their(t.Try.Catch))
	case gojq.TermTypeReduce:
		r := t.Reduce
		return list("reduce", their(r.Query), list("as", theirPattern(r.Pattern)), their(r.Start), their(r.Update))
	case gojq.TermTypeForeach:
		f := t.Foreach
		return list("foreach", their(f.Query), list("as", theirPattern(f.Pattern)), their(f.Start), their(f.Update), their(f.Extract))
	case gojq.TermTypeLabel:
		return list("label", t.Label.Ident[1:], their(t.Label.Body))
	case gojq.TermTypeBreak:
		return list("break", t.Break[1:])
	case gojq.TermTypeQuery:
		return their(t.Query)
	}
	panic(fmt.Sprintf("a term that the test does not know: %v", t.Type))
}

func theirIf(f *gojq.If) string {
	last := their(f.Else)
	for i := len(f.Elif) - 1; i >= 0; i-- {
		last = list("if", their(f.Elif[i].Cond), their(f.Elif[i].Then), last)
	}
	return list("if", their(f.Cond), their(f.Then), last)
}

func theirCall(f *gojq.Func) string {
	if f.Name[0] == '$' {
		return f.Name
	}
	parts := []string{}
	for _, a := range f.Args {
		parts = append(parts, their(a))
	}
	return list("call "+f.Name, parts...)
}

func theirObject(o *gojq.Object) string {
	parts := []string{}
	for _, kv := range o.KeyVals {
		key := ""
		switch {
		case kv.KeyString != nil:
			key = theirString(kv.KeyString, "")
		case kv.KeyQuery != nil:
			key = their(kv.KeyQuery)
		case kv.Key[0] == '$':
			key = kv.Key
		default:
			key = list("str", fmt.Sprintf("%q", kv.Key))
		}
		parts = append(parts, key+":"+their(kv.Val))
	}
	return list("object", parts...)
}
