package jsonschema

import (
	"fmt"
	"math"
	"slices"
)

// alternatives are those of anyOf and oneOf, nil where there are none. Those of
// oneOf must be told apart: what is valid against one may not be against
// another.
func (c *converter) alternatives(v *value) (list []*value, err error) {
	for _, keyword := range []string{"anyOf", "oneOf"} {
		of := v.member(keyword)
		if of == nil {
			continue
		}
		if err := c.only(v, "beside "+keyword, keyword); err != nil {
			return nil, err
		}
		if of.kind != '[' || len(of.items) == 0 {
			return nil, c.fail(of, keyword+" is a list of schemas", "")
		}
		for i, a := range of.items {
			for j, b := range of.items[:i] {
				if keyword == "oneOf" && !c.disjoint(a, b, 0) {
					return nil, c.fail(a, fmt.Sprintf("a value may be valid against this and against alternative %d of the oneOf, which takes one only", j+1),
						"different types, or a required property with a const in each, tell them apart; or is it anyOf?")
				}
			}
		}
		return of.items, nil
	}
	return nil, nil
}

// mixture is one of the alternatives; null alone is a share of nulls.
func (c *converter) mixture(list []*value, err error) (made, error) {
	if err != nil {
		return made{}, err
	}
	var items []made
	nulls, objects := 0, 0
	for _, v := range list {
		m, err := c.schema(v)
		if err != nil {
			return made{}, err
		}
		if m.object {
			objects++
		}
		if m.Text() == "null" {
			nulls++
		} else {
			items = append(items, m)
		}
	}
	if len(items) == 0 {
		return c.typed(nil, []string{"null"})
	}
	m := either(items, nulls)
	m.object = objects == len(list)
	return m, nil
}

// disjoint says whether no value is valid against both, as far as can be told
// from types, listed values, ranges of numbers and required properties.
func (c *converter) disjoint(a, b *value, depth int) bool {
	a, b = c.target(a), c.target(b)
	if a == nil || b == nil || a.kind != '{' || b.kind != '{' || depth > 16 {
		return false
	}
	listA, typesA := c.values(a)
	listB, typesB := c.values(b)
	switch {
	case listA != nil && listB != nil:
		for _, x := range listA {
			if slices.ContainsFunc(listB, func(y *value) bool {
				return x.kind != '"' && x.kind != 'n' && x.kind == y.kind || x.kind == y.kind && x.text == y.text
			}) {
				return listA[0].kind == 0 && c.apart(listA, listB)
			}
		}
		return true
	case listA != nil && typesB != nil:
		return !slices.ContainsFunc(listA, func(x *value) bool { return x.is(typesB) })
	case listB != nil && typesA != nil:
		return !slices.ContainsFunc(listB, func(x *value) bool { return x.is(typesA) })
	case typesA == nil || typesB == nil:
		return false
	}
	if !slices.ContainsFunc(typesA, func(t string) bool {
		return slices.Contains(typesB, t) || t == "integer" && slices.Contains(typesB, "number") || t == "number" && slices.Contains(typesB, "integer")
	}) {
		return true
	}
	if len(typesA) > 1 || len(typesB) > 1 {
		return false
	}
	switch typesA[0] {
	case "object":
		return c.tagged(a, b, depth)
	case "number", "integer":
		loA, hiA := c.ends(a)
		loB, hiB := c.ends(b)
		return hiA < loB || hiB < loA
	}
	return false
}

// apart says whether two lists of numbers have none in common.
func (c *converter) apart(a, b []*value) bool {
	for _, x := range a {
		for _, y := range b {
			if x.kind != 0 || y.kind != 0 || x.number() == y.number() {
				return false
			}
		}
	}
	return true
}

// target is what a schema refers to, nil for what can't be followed.
func (c *converter) target(v *value) *value {
	to, leave, err := c.follow(v)
	leave()
	if err != nil {
		return nil
	}
	return to
}

// values are those that a schema lists, or else its types.
func (c *converter) values(v *value) (list []*value, types []string) {
	if only := v.member("const"); only != nil {
		return []*value{only}, nil
	}
	if enum := v.member("enum"); enum != nil && enum.kind == '[' {
		return enum.items, nil
	}
	types, err := c.types(v)
	if err != nil {
		return nil, nil
	}
	return nil, types
}

// tagged says whether two objects have a required property that tells them
// apart.
func (c *converter) tagged(a, b *value, depth int) bool {
	for _, name := range c.needed(a) {
		if !slices.Contains(c.needed(b), name) {
			continue
		}
		x, y := a.member("properties"), b.member("properties")
		if x != nil && y != nil && x.member(name) != nil && y.member(name) != nil && c.disjoint(x.member(name), y.member(name), depth+1) {
			return true
		}
	}
	return false
}

func (c *converter) needed(v *value) (names []string) {
	if list := v.member("required"); list != nil {
		for _, name := range list.items {
			names = append(names, name.text)
		}
	}
	return names
}

// ends are the least and the greatest number that a schema takes.
func (c *converter) ends(v *value) (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	if k := v.member("minimum"); k != nil {
		lo = k.number()
	}
	if k := v.member("maximum"); k != nil {
		hi = k.number()
	}
	if k := v.member("exclusiveMinimum"); k != nil {
		lo = max(lo, math.Nextafter(k.number(), math.Inf(1)))
	}
	if k := v.member("exclusiveMaximum"); k != nil {
		hi = min(hi, math.Nextafter(k.number(), math.Inf(-1)))
	}
	return lo, hi
}
