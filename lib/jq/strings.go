package jq

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"ndjsontools/lib/json"
)

func byteLength(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindString {
		return m.fail(fault{form: withValue, text: "only strings have UTF-8 byte length", a: v})
	}
	return json.FromInt(int64(len(v.Str()))), one
}

func tostring(_ *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() == json.KindString {
		return v, one
	}
	return json.FromString(string(json.Append(nil, v))), one
}

func tojson(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	m.scratch = json.Append(m.scratch[:0], v)
	return json.FromString(string(m.scratch)), one
}

func fromjson(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindString {
		return m.fail(fault{form: withValue, text: "only strings can be parsed", a: v})
	}
	out, err := m.decoder.DecodeString(v.Str())
	if err == nil {
		return out, one
	}
	out, message := fromLenient(v.Str())
	if message != "" {
		return m.failText(message + " (while parsing '" + v.Str() + "')")
	}
	return out, one
}

func tonumber(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	switch v.Kind() {
	case json.KindNumber:
		return v, one
	case json.KindString:
		if n, ok := looseNumber(v.Str()); ok {
			return n, one
		}
	}
	return m.fail(fault{form: withValue, text: "cannot be parsed as a number", a: v})
}

// looseNumber reads what jq's tonumber reads: a number as in a program, with a
// sign.
func looseNumber(s string) (json.Value, bool) {
	if v, ok := json.ParseNumber(s); ok {
		return v, true
	}
	if f, ok := special(s); ok {
		return json.FromFloat(f), true
	}
	digits, negative := s, false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		digits, negative = s[1:], s[0] == '-'
	}
	if !isNumeral(digits) {
		return json.Value{}, false
	}
	v := number(digits)
	if negative {
		v = json.Neg(v)
	}
	return v, true
}

// isNumeral tells whether s is digits with at most one point between or beside
// them, and perhaps an exponent.
func isNumeral(s string) bool {
	mantissa := s
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		exponent := strings.TrimLeft(s[i+1:], "+-")
		if len(s[i+1:])-len(exponent) > 1 || !isDigits(exponent) {
			return false
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	return isDigits(whole + fraction)
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

func toboolean(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	switch kind := v.Kind(); {
	case kind == json.KindFalse, kind == json.KindTrue:
		return v, one
	case kind == json.KindString && v.Str() == "true":
		return json.FromBool(true), one
	case kind == json.KindString && v.Str() == "false":
		return json.FromBool(false), one
	}
	return m.fail(fault{form: withValue, text: "cannot be parsed as a boolean", a: v})
}

func asciiDowncase(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return recased(m, v, "explode input must be a string", 'A', 'Z')
}

func asciiUpcase(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return recased(m, v, "explode input must be a string", 'a', 'z')
}

func recased(m *machine, v json.Value, complaint string, from, to byte) (json.Value, outcome) {
	if v.Kind() != json.KindString {
		return m.failText(complaint)
	}
	var out []byte
	for i, c := range []byte(v.Str()) {
		if c >= from && c <= to {
			if out == nil {
				out = []byte(v.Str())
			}
			out[i] ^= 0x20
		}
	}
	if out == nil {
		return v, one
	}
	return json.FromString(string(out)), one
}

func bothStrings(v, a json.Value) bool {
	return v.Kind() == json.KindString && a.Kind() == json.KindString
}

func startswith(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if !bothStrings(v, a) {
		return m.failText("startswith() requires string inputs")
	}
	return json.FromBool(strings.HasPrefix(v.Str(), a.Str())), one
}

func endswith(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if !bothStrings(v, a) {
		return m.failText("endswith() requires string inputs")
	}
	return json.FromBool(strings.HasSuffix(v.Str(), a.Str())), one
}

func ltrimstr(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if !bothStrings(v, a) {
		return m.failText("startswith() requires string inputs")
	}
	return cut(v, strings.TrimPrefix(v.Str(), a.Str())), one
}

func rtrimstr(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if !bothStrings(v, a) {
		return m.failText("endswith() requires string inputs")
	}
	return cut(v, strings.TrimSuffix(v.Str(), a.Str())), one
}

func trimstr(m *machine, v, a, b json.Value) (json.Value, outcome) {
	out, o := ltrimstr(m, v, a, b)
	if o != one {
		return out, o
	}
	return rtrimstr(m, out, a, b)
}

func trim(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return trimmed(m, v, strings.TrimSpace)
}

func ltrim(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return trimmed(m, v, func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) })
}

func rtrim(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return trimmed(m, v, func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) })
}

func trimmed(m *machine, v json.Value, f func(string) string) (json.Value, outcome) {
	if v.Kind() != json.KindString {
		return m.failText("trim input must be a string")
	}
	return cut(v, f(v.Str())), one
}

// cut is v without an end of it, or v itself.
func cut(v json.Value, left string) json.Value {
	if len(left) == len(v.Str()) {
		return v
	}
	return json.FromString(left)
}

func split(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	if !bothStrings(v, a) {
		return m.failText("split input and separator must be strings")
	}
	return splitString(v.Str(), a.Str()), one
}

// splitString splits into characters where the separator is empty, and an empty
// string into nothing.
func splitString(s, separator string) json.Value {
	out := json.NewArray(0)
	if s != "" {
		for _, part := range strings.Split(s, separator) {
			out.Append(json.FromString(part))
		}
	}
	return out.Value()
}

func explode(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindString {
		return m.failText("explode input must be a string")
	}
	points := make([]json.Value, 0, runes(v))
	for _, r := range v.Str() {
		points = append(points, json.FromInt(int64(r)))
	}
	return json.ArrayOf(points).Value(), one
}

// implode makes U+FFFD of what is no code point.
func implode(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindArray {
		return m.failText("implode input must be an array")
	}
	var b strings.Builder
	for _, x := range v.Array().Elems() {
		if x.Kind() != json.KindNumber || x.IsNaN() {
			return m.fail(fault{form: withValue, text: "can't be imploded, unicode codepoint needs to be numeric", a: x})
		}
		f := math.Trunc(x.Float())
		if f < 0 || f > unicode.MaxRune {
			f = utf8.RuneError
		}
		b.WriteRune(rune(f))
	}
	return json.FromString(b.String()), one
}

// join is jq's: null is nothing, numbers and booleans are their JSON.
func join(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	parts, ok := members(v)
	if !ok {
		return m.fail(notIterable(v))
	}
	out := m.scratch[:0]
	for i, x := range parts {
		if i > 0 && a.Kind() != json.KindNull {
			if a.Kind() != json.KindString {
				return add(m, json.FromString(string(out)), a, json.Value{})
			}
			out = append(out, a.Str()...)
		}
		switch x.Kind() {
		case json.KindNull:
		case json.KindString:
			out = append(out, x.Str()...)
		case json.KindArray, json.KindObject:
			return add(m, json.FromString(string(out)), x, json.Value{})
		default:
			out = json.Append(out, x)
		}
	}
	m.scratch = out
	return json.FromString(string(out)), one
}

// indices are the places of a string in a string, in code points, also where
// they overlap, or of an element or an array in an array.
func indices(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	switch {
	case v.Kind() == json.KindArray && a.Kind() == json.KindArray:
		return indicesOfArray(v.Array(), a.Array()), one
	case v.Kind() == json.KindArray:
		return indicesOfArray(v.Array(), json.ArrayOf([]json.Value{a})), one
	case !bothStrings(v, a):
		return index(m, v, a)
	case a.Str() == "":
		return json.NewArray(0).Value(), one
	}
	out := json.NewArray(0)
	s, count, at := v.Str(), 0, 0
	for {
		i := strings.Index(s[at:], a.Str())
		if i < 0 {
			return out.Value(), one
		}
		count += utf8.RuneCountInString(s[at : at+i])
		out.Append(json.FromInt(int64(count)))
		_, size := utf8.DecodeRuneInString(s[at+i:])
		at += i + size
		count++
	}
}
