package jsonschema

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	oracle "github.com/santhosh-tekuri/jsonschema/v6"

	"ndjsontools/lib/gen"
)

// validator is the schema as another program understands it, formats included.
func validator(t *testing.T, text string) *oracle.Schema {
	t.Helper()
	doc, err := oracle.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := oracle.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:///schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:///schema.json")
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return s
}

// valid makes records of a schema and has each of them validated.
func valid(t *testing.T, text string) (records []string) {
	t.Helper()
	template, err := Template("schema.json", []byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	s, err := gen.ParseTemplate("template", template)
	if err != nil {
		t.Fatalf("%v: %s", err, template)
	}
	p, err := gen.Compile(s, gen.Options{})
	if err != nil {
		t.Fatalf("%v: %s", err, template)
	}
	schema := validator(t, text)
	for i := range int64(300) {
		line := p.Append(nil, i, 0)
		doc, err := oracle.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if err := schema.Validate(doc); err != nil {
			t.Fatalf("%s\nof the template %sis not valid: %v", line, template, err)
		}
		records = append(records, string(line))
	}
	return records
}

// All that is made is valid, for each keyword alone.
func TestKeywords(t *testing.T) {
	for _, schema := range []string{
		`true`, `{}`, `{"type":"null"}`, `{"type":"boolean"}`, `{"type":["string","null"]}`, `{"type":["integer","array","null"],"minimum":3,"maxItems":2}`,
		`{"type":"integer","minimum":5,"maximum":9}`, `{"type":"integer","exclusiveMinimum":5,"exclusiveMaximum":7}`, `{"type":"integer","minimum":-1.5,"maximum":1.5}`,
		`{"type":"integer","multipleOf":7,"minimum":10}`, `{"type":"integer","multipleOf":2.5,"maximum":-3}`, `{"minimum":0.125,"maximum":0.126}`,
		`{"type":"number","multipleOf":0.25,"minimum":0.3,"maximum":2}`, `{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":0.02}`, `{"type":"integer","maximum":1e15}`,
		`{"type":"string","minLength":3,"maxLength":4}`, `{"minLength":300}`, `{"maxLength":0}`, `{"maxLength":100000}`,
		`{"pattern":"^[A-Z]{2}-\\d{1,3}$"}`, `{"pattern":"a|b"}`, `{"pattern":"^\\{\\\\[{}]\\}/\\/$"}`, `{"type":"string","pattern":"^x{3,5}$","minLength":3,"maxLength":5}`,
		`{"format":"date-time"}`, `{"format":"date"}`, `{"format":"time"}`, `{"format":"duration"}`, `{"format":"email"}`, `{"format":"hostname"}`, `{"format":"ipv4"}`,
		`{"format":"ipv6"}`, `{"format":"uri"}`, `{"format":"uuid"}`, `{"format":"json-pointer"}`,
		`{"enum":["a","b=1","null",".5","3"]}`, `{"enum":[1,2.5,true,null]}`, `{"enum":["x",1,{"a":[]},["{{*2}}"]]}`, `{"const":{"a":"{{seq}}"}}`, `{"type":"string","enum":["{}",""]}`,
		`{"type":"array"}`, `{"items":{"type":"integer"},"minItems":2}`, `{"items":{"format":"date-time"},"maxItems":1}`, `{"type":"array","items":false}`,
		`{"items":{"type":"integer","minimum":1,"maximum":4},"uniqueItems":true,"minItems":4}`, `{"items":{"enum":["a","b","c"]},"uniqueItems":true,"maxItems":9}`,
		`{"items":{"type":"boolean"},"uniqueItems":true,"minItems":2}`, `{"items":{"format":"date"},"uniqueItems":true,"minItems":50}`,
		`{"items":{"type":"number","minimum":0,"maximum":0.03},"uniqueItems":true,"minItems":4}`, `{"items":{"format":"uuid"},"uniqueItems":true}`,
		`{"items":{"type":"string"},"uniqueItems":true}`, `{"items":{"type":"object"},"uniqueItems":true,"minItems":1}`,
		`{"type":"object","patternProperties":{"^x-":{"type":"null"}},"properties":{"a":{"type":"integer"}},"x-anything":1}`,
		`{"minProperties":2,"maxProperties":2,"required":["c"],"properties":{"a":true,"b":true,"c":true}}`, `{"maxProperties":1,"properties":{"a":true,"b":true}}`,
		`{"minProperties":1,"properties":{"n":false,"a":true,"b":true}}`, `{"type":"integer","format":"int32","minimum":2147483600}`, `{"type":"number","format":"double"}`,
		`{"type":"string","format":"password","minLength":8,"maxLength":9}`, `{"type":"string","format":"byte"}`, `{"type":"string","enum":["a",null,"b",1]}`,
		`{"pattern":"^\\\\/x$"}`,
		`{"prefixItems":[{"const":1},{"type":"string"}],"items":{"type":"null"},"minItems":4}`, `{"prefixItems":[{"const":1},{"type":"string"}],"maxItems":1}`,
		`{"type":"object","properties":{"a":{"type":"integer"},"b":false,"c":{}},"required":["a","z"]}`, `{"required":["p"],"additionalProperties":{"type":"boolean"}}`,
		`{"properties":{"o":{"properties":{"i":{"type":"array","items":{"properties":{"x":{"type":"null"}}}}}}}}`,
		`{"anyOf":[{"type":"string"},{"type":"null"}]}`, `{"anyOf":[{"type":"integer"},{"type":"number"}]}`, `{"oneOf":[{"type":"string"},{"type":"object"},{"const":4}]}`,
		`{"oneOf":[{"type":"integer","maximum":5},{"type":"number","exclusiveMinimum":5}]}`, `{"oneOf":[{"enum":["a","b"]},{"const":"c"},{"enum":[1,2]},{"const":3.5}]}`,
		`{"title":"t","description":"d","default":1,"examples":[2],"deprecated":true,"type":"integer"}`,
	} {
		valid(t, `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["v"],"properties":{"v":`+schema+`}}`)
	}
	for _, schema := range []string{
		`{"items":[{"const":1},{"const":2}],"additionalItems":{"const":3},"minItems":4,"maxItems":6}`, `{"$ref":"#/definitions/n"}`, `{"items":[{"type":"string"}],"additionalItems":false}`,
	} {
		valid(t, `{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"n":{"$ref":"#/definitions/a~1b"},"a/b":{"minimum":4}},
			"type":"object","required":["v"],"properties":{"v":`+schema+`}}`)
	}
}

// A schema as people write them: references, a mixture, optional parts.
func TestWhole(t *testing.T) {
	records := valid(t, `{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$defs": {
			"money": {"type": "object", "properties": {"amount": {"type": "number", "minimum": 0, "multipleOf": 0.01, "maximum": 100}, "currency": {"enum": ["EUR", "USD"]}}, "required": ["amount", "currency"], "additionalProperties": false},
			"base": {"type": "string", "format": "uuid"}
		},
		"oneOf": [
			{"type": "object", "required": ["kind", "id", "total"], "properties": {"kind": {"const": "order"}, "id": {"$ref": "#/$defs/base"}, "total": {"$ref": "#/$defs/money"},
				"lines": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "object", "properties": {"sku": {"type": "string", "pattern": "^SKU-[0-9]{4}$"}, "qty": {"type": "integer", "minimum": 1, "maximum": 9}}, "required": ["sku"]}},
				"note": {"type": ["string", "null"], "maxLength": 40}}},
			{"type": "object", "required": ["kind", "id"], "properties": {"kind": {"const": "refund"}, "id": {"$ref": "#/$defs/base"}, "of": {"$ref": "#/$defs/money"}}}
		]}`)
	kinds := map[string]int{}
	for _, line := range records {
		for _, word := range []string{`"order"`, `"refund"`, `"lines"`, `"note":null`, `"of"`} {
			kinds[word] += strings.Count(line, word)
		}
	}
	if kinds[`"order"`] < 110 || kinds[`"refund"`] < 110 || kinds[`"lines"`] < 60 || kinds[`"lines"`] == kinds[`"order"`] || kinds[`"note":null`] < 20 || kinds[`"of"`] < 60 {
		t.Errorf("of 300 records: %v", kinds)
	}
}

// What can't be kept is named, with its place.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ schema, at, want string }{
		{`{"propertyNames":{}}`, `{}`, `the keyword "propertyNames" is not supported`},
		{`{"patternProperties":{"^a":{"type":"null"}},"properties":{"ab":{"type":"integer"}}}`, `{"type":"null"}`, `is also of the property "ab"`},
		{`{"patternProperties":{"^a":true},"required":["ab"]}`, `true`, `is also of the property "ab"`},
		{`{"minProperties":2,"properties":{"a":true,"b":false}}`, `2`, `only 1 can be made`},
		{`{"maxProperties":1,"required":["a","b"]}`, `1`, `2 properties are required`},
		{`{"$ref":"#there"}`, `"#there"`, `$anchor`},
		{`{"type":"integer","format":"int128"}`, `"int128"`, `the format "int128"`},
		{`{"minlength":3}`, `3`, `did you mean minLength?`},
		{`{"type":"integer","minLength":3}`, `3`, `"minLength" says nothing of the type integer`},
		{`{"type":"strnig"}`, `"strnig"`, `did you mean string?`},
		{`{"minimum":1,"minLength":1}`, `{"minimum`, `of several types: string, number`},
		{`{"minimum":5,"maximum":4}`, `{"minimum`, `no number`},
		{`{"type":"integer","exclusiveMinimum":4,"exclusiveMaximum":5}`, `{"type`, `no number`},
		{`{"minimum":4,"exclusiveMinimum":true}`, `true`, `exclusiveMinimum is a number`},
		{`{"multipleOf":0}`, `0`, `above 0`},
		{`{"minLength":4,"maxLength":3}`, `{"minLength`, `no string`},
		{`{"pattern":"a(?=b)"}`, `"a(?=b)"`, `can't be generated`},
		{`{"pattern":"[{]"}`, `"[{]"`, `not paired`},
		{`{"pattern":"x+","maxLength":3}`, `"x+"`, `have 1 to 9 characters`},
		{`{"format":"regex"}`, `"regex"`, `the format "regex"`},
		{`{"format":"date","minLength":3}`, `3`, `"minLength" is not supported beside format`},
		{`{"$ref":"#/$defs/x"}`, `"#/$defs/x"`, `nothing at`},
		{`{"$ref":"other.json"}`, `"other.json"`, `within the document`},
		{`{"$ref":"#"}`, `"#"`, `refers to itself`},
		{`{"$ref":"#/properties/v"}`, `"#/prop`, `refers to itself`},
		{`{"items":{"$ref":"#/properties/v"}}`, `"#/prop`, `a record has an end`},
		{`{"$ref":"#/$defs/x","minimum":1}`, `1`, `"minimum" is not supported beside $ref`},
		{`{"oneOf":[{"minimum":1},{"type":"integer"}]}`, `{"type":"integer"`, `alternative 1 of the oneOf`},
		{`{"oneOf":[{"required":["a"]},{"required":["b"]}]}`, `{"required":["b"`, `alternative 1`},
		{`{"anyOf":[{"minimum":1}],"maximum":3}`, `3`, `beside anyOf`},
		{`{"enum":[]}`, `[]`, `list of values`},
		{`{"enum":["a"],"minLength":1}`, `1`, `beside enum`},
		{`{"type":"string","const":1}`, `1`, `not of the type string`},
		{`{"required":["a"],"additionalProperties":false}`, `"a"`, `forbids it`},
		{`{"minItems":3,"maxItems":2}`, `{"minItems`, `no array`},
		{`{"items":{"type":"string"},"uniqueItems":true,"minItems":2}`, `true`, `can't be kept`},
		{`{"items":{"enum":[1,2]},"uniqueItems":true,"minItems":3}`, `true`, `only 2 different items`},
		{`{"prefixItems":[{},{}],"uniqueItems":true}`, `true`, `beside a list of items`},
		{`false`, `false`, `nothing is valid`},
		{`3`, `3`, `a schema is an object`},
	} {
		text := `{"type":"object","required":["v"],"properties":{"v":` + c.schema + `}}`
		got, err := Template("s", []byte(text))
		var bad *gen.SchemaError
		if !errors.As(err, &bad) || !strings.Contains(err.Error()+bad.Next, c.want) {
			t.Errorf("%s: %s, %v; want %q", c.schema, got, err, c.want)
		} else if place := text[bad.Offset:]; !strings.HasPrefix(place, c.at) {
			t.Errorf("%s: the place is %.20q; want %q", c.schema, place, c.at)
		}
	}
	for text, want := range map[string]string{`{"type":"string"}`: "a record is an object", `{`: "not JSON", `{"anyOf":[{"type":"object"},{"type":"null"}]}`: "a record is an object"} {
		if _, err := Template("s", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
	// References that double fifteen times.
	defs := `"d0":{"type":"null"}`
	for i := range 15 {
		d := string(rune('a' + i))
		before := "d0"
		if i > 0 {
			before = string(rune('a' + i - 1))
		}
		defs += `,"` + d + `":{"properties":{"x":{"$ref":"#/$defs/` + before + `"},"y":{"$ref":"#/$defs/` + before + `"}}}`
	}
	if _, err := Template("s", []byte(`{"$defs":{`+defs+`},"$ref":"#/$defs/o"}`)); err == nil || !strings.Contains(err.Error(), "more than 10000 parts") {
		t.Errorf("a bomb: %v", err)
	}
}
