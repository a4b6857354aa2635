package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// substituting compiles _sub(pattern; text; flags), whose pattern and flags have
// one output each. Text has the named groups for its input. With its first
// output for each match the first output of sub is made, with its second the
// second, and so on.
func (c *compiler) substituting(n *syntax.Call, u *unit, b *binding) code {
	pattern, flags := c.code(n.Args[0], u, b), c.code(n.Args[2], u, b)
	text := c.code(n.Args[1], u, b)
	e := &substituteExpr{pattern: pattern.first(u), flags: flags.first(u), text: text.e, site: c.regexSite()}
	if e.text == nil {
		e.texts = c.array(&syntax.Array{Span: n.Span, Body: n.Args[1]}, u, b).first(u)
	}
	return c.pipe(code{e: e}, each(false))
}

// substituteExpr answers the array of outputs.
type substituteExpr struct {
	pattern, flags expr
	text           expr // has one output at most; or nil, and then
	texts          expr // has the array of all outputs
	site           int
}

func (e *substituteExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	pattern, o := e.pattern.eval(m, v)
	if o != one {
		return pattern, o
	}
	flags, o := e.flags.eval(m, v)
	if o != one {
		return flags, o
	}
	re, o := m.regex(e.site, v, pattern, flags)
	if o != one {
		return v, o
	}
	// The text may be a program that calls this again: nothing is kept in e.
	s, last, broke := v.Str(), 0, false
	var results []result
	err := re.Each(s, re.all, func(at []int) bool {
		gap := s[last:at[0]]
		last = at[1]
		o = e.inserts(m, re.captures(s, at), func(i int, x json.Value) outcome {
			if i == len(results) {
				results = append(results, nil)
			}
			return results[i].add(m, gap, x)
		})
		broke = o == failed
		return !broke
	})
	switch {
	case broke:
		return v, failed
	case err != nil:
		return m.failText("Regex failure: " + err.Error())
	case len(results) == 0:
		return json.ArrayOf([]json.Value{v}).Value(), one
	}
	out := json.NewArray(len(results))
	for _, r := range results {
		out.Append(json.FromString(string(append(r, s[last:]...))))
	}
	return out.Value(), one
}

// inserts calls f with each of the texts for a match.
func (e *substituteExpr) inserts(m *machine, captures json.Value, f func(i int, x json.Value) outcome) outcome {
	if e.text != nil {
		x, o := e.text.eval(m, captures)
		if o == one {
			o = f(0, x)
		}
		return o
	}
	list, o := e.texts.eval(m, captures)
	if o != one {
		return o
	}
	for i, x := range list.Array().Elems() {
		if o := f(i, x); o != one {
			return o
		}
	}
	return one
}

// result is a text in the making.
type result []byte

func (r *result) add(m *machine, gap string, x json.Value) outcome {
	*r = append(*r, gap...)
	switch x.Kind() {
	case json.KindString:
		*r = append(*r, x.Str()...)
	case json.KindNull:
	default:
		_, o := m.fail(fault{form: withValues, text: "cannot be added", a: json.FromString(gap), b: x})
		return o
	}
	return one
}
