package jsonschema

import (
	"bytes"
	"testing"

	"ndjsontools/lib/gen"
)

// Whatever the schema is, it is refused or becomes a template that compiles.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		`{"type":"object","required":["a"],"properties":{"a":{"enum":[1,"x"]},"b":{"items":{"minimum":1,"maximum":9},"uniqueItems":true}}}`,
		`{"$defs":{"x":{"oneOf":[{"const":"a"},{"type":["null","integer"]}]}},"properties":{"p":{"$ref":"#/$defs/x"},"q":{"pattern":"^[a-z]{2}$"}}}`,
		`{"anyOf":[{"properties":{"f":{"format":"date"}}},{"required":["z"],"additionalProperties":{"multipleOf":0.5}}]}`,
		`{"properties":{"t":{"prefixItems":[true],"items":false,"minItems":1}}}`, `{"properties":[],"required":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		template, err := Template("fuzz", text)
		if err != nil {
			return
		}
		s, err := gen.ParseTemplate("template", template)
		if err != nil && !bytes.Contains(text, []byte("$w")) {
			t.Fatalf("%v: %s: %s", err, text, template)
		}
		if err == nil {
			if _, err := gen.Compile(s, gen.Options{}); err != nil {
				t.Fatalf("%v: %s: %s", err, text, template)
			}
		}
	})
}
