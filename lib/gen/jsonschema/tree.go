package jsonschema

import (
	"math"
	"strconv"

	"ndjsontools/lib/gen"
	"ndjsontools/lib/jsonscan"
)

// A value is a JSON value that knows its place.
type value struct {
	at    int    // in the text
	kind  byte   // its first character; 0 for a number
	text  string // a string decoded; otherwise as it is written
	names []string
	items []*value // members or elements
}

// member is the member of a name, nil for none; the last of several counts.
func (v *value) member(name string) *value {
	for i := len(v.names) - 1; i >= 0; i-- {
		if v.names[i] == name {
			return v.items[i]
		}
	}
	return nil
}

type parser struct{ text []byte }

// parse reads the value at i of a valid text, and the place behind it.
func (p parser) parse(i int) (*value, int) {
	b := p.text
	v := &value{at: i}
	end := i
	switch v.kind = b[i]; v.kind {
	case '{', '[':
		for i = jsonscan.Space(b, i+1); b[i] != '}' && b[i] != ']'; {
			if v.kind == '{' {
				end, _ := jsonscan.String(b, i)
				v.names = append(v.names, string(jsonscan.Unescape(nil, b[i+1:end-1])))
				i = jsonscan.Space(b, jsonscan.Space(b, end)+1)
			}
			var item *value
			item, i = p.parse(i)
			v.items = append(v.items, item)
			if i = jsonscan.Space(b, i); b[i] == ',' {
				i = jsonscan.Space(b, i+1)
			}
		}
		end = i + 1
	case '"':
		end, _ = jsonscan.String(b, i)
		v.text = string(jsonscan.Unescape(nil, b[i+1:end-1]))
		return v, end
	case 't', 'f', 'n':
		end = jsonscan.Word(b, i)
	default:
		v.kind = 0
		end, _ = jsonscan.Number(b, i)
	}
	v.text = string(b[v.at:end])
	return v, end
}

// fail is an error at a value.
func (c *converter) fail(v *value, message, hint string) error {
	return &gen.SchemaError{Source: c.name, Text: string(c.text), Offset: v.at, Message: message, Next: hint}
}

// number is a number as a double, NaN for what is none.
func (v *value) number() float64 {
	n, err := strconv.ParseFloat(v.text, 64)
	if v.kind != 0 || err != nil {
		return math.NaN()
	}
	return n
}
