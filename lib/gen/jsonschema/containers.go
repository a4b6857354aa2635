package jsonschema

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ndjsontools/lib/gen/sketch"
)

func (c *converter) object(v *value) (m made, err error) {
	m.object = true
	top := !c.inside // a record
	c.inside = true
	defer func() { c.inside = !top }()
	var members []string
	required := map[string]*value{}
	if list := v.member("required"); list != nil {
		for _, name := range list.items {
			required[name.text] = name
		}
		if list.kind != '[' {
			return m, c.fail(list, "required is a list of names", "")
		}
	}
	properties := v.member("properties")
	if properties == nil {
		properties = &value{kind: '{'}
	}
	if properties.kind != '{' {
		return m, c.fail(properties, "properties is an object of schemas", "")
	}
	keep, err := c.optional(v, properties, required)
	if err != nil {
		return m, err
	}
	for i, name := range properties.names {
		schema := properties.items[i]
		_, needed := required[name]
		delete(required, name)
		if !needed {
			var made bool
			if made, needed = keep(schema); !made {
				continue
			}
		}
		member, err := c.schema(schema)
		if err != nil {
			return m, err
		}
		if !needed {
			member.Value = member.With(absentShare)
		}
		members = append(members, sketch.Member(name, member.Value, top))
	}
	// What is required and not described is whatever others may be.
	others := v.member("additionalProperties")
	if others == nil {
		others = &value{kind: 't'}
	}
	if list := v.member("required"); list != nil {
		for _, name := range list.items {
			if required[name.text] == nil {
				continue
			}
			delete(required, name.text)
			if others.kind == 'f' {
				return m, c.fail(name, fmt.Sprintf("the property %q is required, and additionalProperties forbids it", name.text), "")
			}
			member, err := c.schema(others)
			if err != nil {
				return m, err
			}
			members = append(members, sketch.Member(name.text, member.Value, top))
		}
	}
	m.Value = sketch.JSON("{" + strings.Join(members, ",") + "}")
	return m, nil
}

// optional answers a function that is asked about one optional property after the
// other: whether it is made, and whether always. As many are always made as
// minProperties wants, and no more at all than maxProperties lets be.
func (c *converter) optional(v, properties *value, required map[string]*value) (keep func(*value) (made, always bool), err error) {
	least, _, err := c.size(v, "minProperties")
	if err != nil {
		return nil, err
	}
	most, limited, err := c.size(v, "maxProperties")
	if err != nil {
		return nil, err
	}
	names := slices.Clone(properties.names)
	count := int64(len(required))
	for name := range required {
		names = append(names, name)
	}
	if limited && count > most {
		return nil, c.fail(v.member("maxProperties"), fmt.Sprintf("%d properties are required", count), "")
	}
	if patterns := v.member("patternProperties"); patterns != nil {
		if patterns.kind != '{' {
			return nil, c.fail(patterns, "patternProperties is an object of schemas", "")
		}
		for i, pattern := range patterns.names {
			is, err := regexp.Compile(pattern)
			if err != nil {
				return nil, c.fail(patterns.items[i], fmt.Sprintf("the pattern %q can't be read: %v", pattern, err), "")
			}
			if at := slices.IndexFunc(names, is.MatchString); at >= 0 {
				return nil, c.fail(patterns.items[i], fmt.Sprintf("the pattern %q is also of the property %q, and two schemas of one value are not supported", pattern, names[at]), "")
			}
		}
	}
	possible := count
	for i, name := range properties.names {
		if required[name] == nil && properties.items[i].kind != 'f' {
			possible++
		}
	}
	if possible < least {
		return nil, c.fail(v.member("minProperties"), fmt.Sprintf("only %d can be made", possible), "")
	}
	return func(schema *value) (made, always bool) {
		if schema.kind == 'f' || limited && count == most {
			return false, false
		}
		count++
		return true, count <= least
	}, nil
}

// array is a list of items, or of as many fixed elements as prefixItems has. It
// is as long as it must be, or a few items longer.
func (c *converter) array(v *value) (m made, err error) {
	before := c.inList
	c.inList = true
	defer func() { c.inList = before }()
	lo, _, err := c.size(v, "minItems")
	if err != nil {
		return m, err
	}
	hi, hasHi, err := c.size(v, "maxItems")
	if err != nil {
		return m, err
	}
	if hasHi && lo > hi {
		return m, c.fail(v, "no array is within the lengths", "")
	}
	if !hasHi {
		hi = lo + fewItems
	}
	items, prefix := v.member("items"), v.member("prefixItems")
	if items != nil && items.kind == '[' { // as draft 7 has it
		items, prefix = v.member("additionalItems"), items
	} else if other := v.member("additionalItems"); other != nil {
		return m, c.fail(other, "additionalItems says nothing where items is no list", "")
	}
	if prefix != nil {
		return c.tuple(v, prefix, items, lo, hi, hasHi)
	}
	if items != nil && items.kind == 'f' {
		if hi = 0; lo > 0 {
			return m, c.fail(items, "there are to be items, and none is valid", "")
		}
	}
	if hi == 0 {
		return made{Value: sketch.JSON("[]")}, nil
	}
	if items == nil {
		items = &value{kind: 't'}
	}
	each, err := c.schema(items)
	if err != nil {
		return m, err
	}
	if u := v.member("uniqueItems"); u != nil && u.kind == 't' && hi > 1 {
		if each, hi, err = c.unique(u, each, lo, hi); err != nil {
			return m, err
		}
	}
	return made{Value: sketch.List(sketch.Range(lo, hi), each.Value)}, nil
}

// unique keeps items apart.
func (c *converter) unique(u *value, each made, lo, hi int64) (made, int64, error) {
	switch {
	case each.Type() == "uuid4": // 122 random bits
		return each, hi, nil
	case each.Type() == "bool":
		each = made{Value: sketch.Expr("pick", "true,false"), domain: 2}
	case each.domain == 0 && lo <= 1: // one item is unlike all others
		return each, 1, nil
	case each.domain == 0:
		return each, hi, c.fail(u, "uniqueItems can't be kept with items of this kind", "numbers, enum, and the formats date, ipv4 and uuid can be kept apart")
	}
	if each.domain < float64(lo) {
		return each, hi, c.fail(u, fmt.Sprintf("there are only %.0f different items for arrays of %d", each.domain, lo), "")
	}
	args := strings.TrimPrefix(each.Args()+",uniq", ",")
	each.Value = sketch.Expr(each.Type(), args)
	return each, int64(min(float64(hi), each.domain)), nil
}

// maxTuple bounds an array that is written out.
const maxTuple = 100

func (c *converter) tuple(v, prefix, rest *value, lo, hi int64, hasHi bool) (m made, err error) {
	n := int64(len(prefix.items))
	if !hasHi {
		hi = max(lo, n)
	}
	n = min(max(lo, n), hi)
	if u := v.member("uniqueItems"); u != nil && u.kind == 't' && n > 1 {
		return m, c.fail(u, "uniqueItems is not supported beside a list of items", "")
	}
	if n > maxTuple {
		return m, c.fail(v, "an array that begins with a list of items has at most "+strconv.Itoa(maxTuple), "")
	}
	var elements []string
	for i := range n {
		schema := rest
		if i < int64(len(prefix.items)) {
			schema = prefix.items[i]
		} else if rest == nil {
			schema = &value{kind: 't'}
		}
		each, err := c.schema(schema)
		if err != nil {
			return m, err
		}
		elements = append(elements, each.Text())
	}
	return made{Value: sketch.JSON("[" + strings.Join(elements, ",") + "]")}, nil
}
