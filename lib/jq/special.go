package jq

import (
	"fmt"
	"math"
	"strings"

	"ndjsontools/lib/json"
)

// special reads a number that is not one, or infinite, as jq's tonumber and
// fromjson read them: in letters of any case, with a sign or without.
func special(s string) (float64, bool) {
	word, negative := strings.CutPrefix(s, "-")
	if !negative {
		word = strings.TrimPrefix(s, "+")
	}
	switch strings.ToLower(word) {
	case "nan":
		return math.NaN(), true
	case "inf", "infinity":
		if negative {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	}
	return 0, false
}

// decodeSpecial decodes JSON that has such numbers in it. Each becomes a string
// that the text does not have, and that is replaced in the value. It is for
// text that is no JSON otherwise.
func decodeSpecial(text string) (json.Value, bool) {
	mark := "\uFFFF"
	for strings.Contains(text, mark) {
		mark += "\uFFFF"
	}
	var b strings.Builder
	var found []float64
	for i := 0; i < len(text); {
		n := 1
		switch c := text[i]; {
		case c == '"':
			n = quotedLength(text[i:])
		case isWordByte(c):
			for i+n < len(text) && isWordByte(text[i+n]) {
				n++
			}
			if f, ok := special(text[i : i+n]); ok {
				fmt.Fprintf(&b, `"%s%d"`, mark, len(found))
				found = append(found, f)
				i += n
				continue
			}
		}
		b.WriteString(text[i : i+n])
		i += n
	}
	if len(found) == 0 {
		return json.Value{}, false
	}
	v, bad := json.Decode([]byte(b.String()))
	if bad != nil {
		return v, false
	}
	return withSpecials(v, mark, found), true
}

// quotedLength is the length of the string that s begins with, with its quotes.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

func isWordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'
}

// withSpecials puts the numbers into a value that was just decoded, and so is ours.
// It nests no deeper than a record may.
func withSpecials(v json.Value, mark string, found []float64) json.Value {
	switch v.Kind() {
	case json.KindString:
		if number, ok := strings.CutPrefix(v.Str(), mark); ok {
			var i int
			fmt.Sscan(number, &i)
			return json.FromFloat(found[i])
		}
	case json.KindArray:
		for i, x := range v.Array().Elems() {
			v.Array().Set(i, withSpecials(x, mark, found))
		}
	case json.KindObject:
		for i, x := range v.Object().Values() {
			v.Object().SetAt(i, withSpecials(x, mark, found))
		}
	}
	return v
}
