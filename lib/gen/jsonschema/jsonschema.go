// Package jsonschema writes a template of which all records are valid against a
// JSON Schema: draft 2020-12, and what draft 7 spells otherwise (definitions,
// items as a list).
//
// A schema says what is valid, not what is likely. Where it leaves a choice, a
// rule of this page makes it, for a person to edit: a property that is not
// required is absent in one of five records, alternatives are all as likely,
// numbers without an end go 1000 from the other one, strings without lengths
// have 5 to 20 characters.
//
// It is exact or it refuses: a keyword that it can't honour is an error that
// names it and shows its place. So is one that says nothing of the type at hand,
// and a oneOf whose alternatives it can't tell apart. Not every valid record can
// come; every one that comes is valid.
//
// Source: https://json-schema.org/draft/2020-12 (core and validation).
package jsonschema

import (
	"fmt"
	"slices"
	"strings"

	"ndjsontools/lib/gen/sketch"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/spell"
)

// maxSchemas bounds the work: references can multiply.
const maxSchemas = 10_000

// Template reads a schema and writes a template, of several lines where the
// records are one of several objects. name is how messages call the text. Errors
// are of type *gen.SchemaError.
func Template(name string, text []byte) ([]byte, error) {
	c := &converter{name: name, text: text}
	if bad := jsonscan.Valid(text); bad != nil {
		return nil, c.fail(&value{at: bad.Offset}, "the schema is not JSON: "+bad.Reason, "")
	}
	c.root, _ = parser{text}.parse(jsonscan.Space(text, 0))
	roots := []*value{c.root}
	for len(roots) == 1 {
		v, leave, err := c.follow(roots[0])
		if err != nil {
			return nil, err
		}
		defer leave()
		alternatives, err := c.alternatives(v)
		if err != nil {
			return nil, err
		}
		if roots[0] = v; alternatives == nil {
			break
		}
		roots = alternatives
	}
	var out []byte
	for _, v := range roots {
		made, err := c.schema(v)
		if err != nil {
			return nil, err
		}
		if !made.object {
			return nil, c.fail(v, "a record is an object, and this schema is of something else", `"type": "object"`)
		}
		out = append(append(out, made.Text()...), '\n')
	}
	return out, nil
}

type converter struct {
	name   string
	text   []byte
	root   *value
	within []*value // the references that are being followed
	inList bool
	inside bool // an object
	count  int
}

// made is what a schema became.
type made struct {
	sketch.Value
	object bool
	domain float64 // how many values it can have and keep apart with uniq; 0 if it can't
}

// annotations say nothing of what is valid.
var annotations = []string{"$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
	"deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType"}

// annotates says whether a keyword says nothing of what is valid, as do those that
// begin with x-, which are anybody's own.
func annotates(name string) bool {
	return slices.Contains(annotations, name) || strings.HasPrefix(name, "x-")
}

// keywords are those of each type. An integer has those of a number.
var keywords = map[string][]string{
	"null": {}, "boolean": {},
	"number":  {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"},
	"integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"},
	"string":  {"minLength", "maxLength", "pattern", "format"},
	"array":   {"items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems"},
	"object":  {"properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"},
}

// schema converts a schema.
func (c *converter) schema(v *value) (m made, err error) {
	if c.count++; c.count > maxSchemas {
		return m, c.fail(v, "with all its references followed, the schema has more than 10000 parts", "")
	}
	v, leave, err := c.follow(v)
	if err != nil {
		return m, err
	}
	defer leave()
	switch {
	case v.kind == 't':
		return made{Value: sketch.Expr("text", "5..20")}, nil
	case v.kind == 'f':
		return m, c.fail(v, "nothing is valid against false", "")
	case v.kind != '{':
		return m, c.fail(v, "a schema is an object, true or false", "")
	}
	if alternatives, err := c.alternatives(v); alternatives != nil || err != nil {
		return c.mixture(alternatives, err)
	}
	if only := v.member("const"); only != nil {
		return c.listed(v, "const", []*value{only})
	}
	if list := v.member("enum"); list != nil {
		if list.kind != '[' || len(list.items) == 0 {
			return m, c.fail(list, "enum is a list of values", "")
		}
		return c.listed(v, "enum", list.items)
	}
	types, err := c.types(v)
	if err != nil {
		return m, err
	}
	return c.typed(v, types)
}

// follow goes to what a schema refers to. leave is to be called when the work on
// that is done.
func (c *converter) follow(v *value) (to *value, leave func(), err error) {
	before := len(c.within)
	leave = func() { c.within = c.within[:before] }
	for v.kind == '{' && v.member("$ref") != nil {
		ref := v.member("$ref")
		if err := c.only(v, "beside $ref", "$ref"); err != nil {
			return nil, leave, err
		}
		target := c.root
		rest, ok := strings.CutPrefix(ref.text, "#")
		if ref.kind != '"' || !ok {
			return nil, leave, c.fail(ref, "a $ref that can be followed is within the document: #/$defs/name", "")
		}
		if rest != "" && rest[0] != '/' {
			return nil, leave, c.fail(ref, fmt.Sprintf("the $anchor of %q is not supported", ref.text), "a path is: #/$defs/name")
		}
		for _, name := range strings.Split(rest, "/")[1:] {
			name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
			if target = target.member(name); target == nil {
				return nil, leave, c.fail(ref, fmt.Sprintf("there is nothing at %q", ref.text), "")
			}
		}
		if slices.Contains(c.within, target) || target == c.root {
			return nil, leave, c.fail(ref, fmt.Sprintf("%q refers to itself; a record has an end", ref.text), "")
		}
		c.within = append(c.within, target)
		v = target
	}
	return v, leave, nil
}

// only answers an error unless v has no keywords but those and annotations.
func (c *converter) only(v *value, where string, allowed ...string) error {
	for i, name := range v.names {
		if !slices.Contains(allowed, name) && !annotates(name) {
			return c.fail(v.items[i], fmt.Sprintf("the keyword %q is not supported %s", name, where), "")
		}
	}
	return nil
}

// types are those that a schema names, or that its keywords are of.
func (c *converter) types(v *value) (types []string, err error) {
	t := v.member("type")
	if t == nil {
		for _, name := range []string{"object", "array", "string", "number"} {
			if slices.ContainsFunc(v.names, func(k string) bool {
				return slices.Contains(keywords[name], k) && !(k == "format" && name == "number") // which is OpenAPI's alone
			}) {
				types = append(types, name)
			}
		}
		if len(types) > 1 {
			return nil, c.fail(v, "the keywords are of several types: "+strings.Join(types, ", ")+"; \"type\" says which", "")
		}
		return types, c.supported(v, types)
	}
	list := []*value{t}
	if t.kind == '[' {
		list = t.items
	}
	for _, one := range list {
		if _, ok := keywords[one.text]; one.kind != '"' || !ok {
			return nil, c.fail(one, fmt.Sprintf("there is no type %.40q%s", one.text, spell.DidYouMean(one.text, []string{"null", "boolean", "number", "integer", "string", "array", "object"}, "", "")), "")
		}
		types = append(types, one.text)
	}
	if len(types) == 0 {
		return nil, c.fail(t, "type names no type", "")
	}
	return types, c.supported(v, types)
}

// supported answers an error for a keyword that none of the types has.
func (c *converter) supported(v *value, types []string) error {
	for i, name := range v.names {
		known := name == "type" || annotates(name)
		anywhere := false
		var all []string
		for t, list := range keywords {
			all = append(all, list...)
			known = known || slices.Contains(types, t) && slices.Contains(list, name)
			anywhere = anywhere || slices.Contains(list, name)
		}
		switch {
		case known:
		case anywhere:
			return c.fail(v.items[i], fmt.Sprintf("the keyword %q says nothing of the type %s", name, strings.Join(types, ", ")), "")
		default:
			slices.Sort(all)
			return c.fail(v.items[i], fmt.Sprintf("the keyword %q is not supported%s", name, spell.DidYouMean(name, append(all, "const", "enum", "oneOf", "anyOf"), "", "")), "")
		}
	}
	return nil
}

// typed converts a schema of known types, all of them as likely.
func (c *converter) typed(v *value, types []string) (m made, err error) {
	convert := map[string]func(*value) (made, error){
		"null":    func(*value) (made, error) { return made{Value: sketch.JSON("null")}, nil },
		"boolean": func(*value) (made, error) { return made{Value: sketch.Expr("bool", "")}, nil },
		"integer": func(v *value) (made, error) { return c.number(v, true) },
		"number":  func(v *value) (made, error) { return c.number(v, false) },
		"string":  c.str, "array": c.array, "object": c.object,
	}
	if len(types) == 0 {
		return made{Value: sketch.Expr("text", "5..20")}, nil
	}
	var items []made
	nulls := 0
	for _, t := range types {
		if t == "null" && len(types) > 1 {
			nulls = 1
			continue
		}
		item, err := convert[t](v)
		if err != nil {
			return m, err
		}
		items = append(items, item)
	}
	return either(items, nulls), nil
}

// either is one of several, or null, all as likely.
func either(items []made, nulls int) made {
	if len(items) == 1 && nulls == 0 {
		return items[0]
	}
	var values []sketch.Value
	for _, item := range items {
		values = append(values, item.Value)
	}
	if nulls == 0 {
		return made{Value: sketch.One(nil, values...)}
	}
	return made{Value: sketch.One(nil, values...).With("null=" + sketch.Share(int64(nulls), int64(len(items)+nulls)))}
}
