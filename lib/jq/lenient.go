package jq

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
)

// lenient reads JSON as jq's fromjson does, for text that is none: it takes the
// numbers that only jq knows (nan, 01, .5), and where it fails it says so in jq's
// words, and at the place that jq names, which is where jq notices, in bytes. The
// rules are those of jq 1.8.2's src/jv_parse.c. It is slow, and only for that.
type lenient struct {
	line, column int
	token        []byte // what was read of a literal or a string
	next         json.Value
	has          bool // there is a next: a value that no container has yet
	stack        []pending
	found        []json.Value // in no container
}

// pending is an open container. An object has a key between its colon and the end
// of the value.
type pending struct {
	value json.Value
	key   json.Value
	keyed bool
}

// fromLenient is the one value in text, or what is wrong with it.
func fromLenient(text string) (json.Value, string) {
	p := &lenient{line: 1}
	quoted, escaped := false, false
	for _, c := range []byte(text) {
		if p.column++; c == '\n' {
			p.line, p.column = p.line+1, 0
		}
		message := ""
		switch {
		case !quoted:
			message = p.plain(c)
			quoted = c == '"'
		case c == '"' && !escaped:
			message = p.text()
			quoted = false
		default:
			p.token = append(p.token, c)
			escaped = c == '\\' && !escaped
		}
		if message != "" {
			return json.Value{}, p.at(message, "")
		}
		if p.done(); len(p.found) > 1 {
			break
		}
	}
	return p.end(quoted)
}

// end is the outcome at the end of the text, or at the second value in it.
func (p *lenient) end(quoted bool) (json.Value, string) {
	const where = " at EOF"
	switch {
	case len(p.found) > 1:
	case quoted:
		return json.Value{}, p.at("Unfinished string", where)
	default:
		if message := p.literal(); message != "" {
			return json.Value{}, p.at(message, where)
		}
		p.done()
	}
	switch {
	case len(p.found) > 1:
		return json.Value{}, "Unexpected extra JSON values"
	case len(p.stack) > 0:
		return json.Value{}, p.at("Unfinished JSON term", where)
	case len(p.found) == 0:
		return json.Value{}, "Expected JSON value"
	}
	return p.found[0], ""
}

func (p *lenient) at(message, where string) string {
	return fmt.Sprintf("%s%s at line %d, column %d", message, where, p.line, p.column)
}

// done moves the next to what was found, if it is in no container.
func (p *lenient) done() {
	if p.has && len(p.stack) == 0 {
		p.found, p.has = append(p.found, p.next), false
	}
}

// plain takes a byte outside of a string.
func (p *lenient) plain(c byte) string {
	switch c {
	case ' ', '\t', '\r', '\n', '"', '[', '{', ':', ',', ']', '}':
	default:
		p.token = append(p.token, c)
		return ""
	}
	if message := p.literal(); message != "" {
		return message
	}
	p.done()
	switch c {
	case '[', '{':
		return p.open(c)
	case ':':
		return p.colon()
	case ',':
		return p.comma()
	case ']':
		return p.closeArray()
	case '}':
		return p.closeObject()
	}
	return ""
}

// value is a scalar that is complete.
func (p *lenient) value(v json.Value) string {
	if p.token = p.token[:0]; p.has {
		return "Expected separator between values"
	}
	p.next, p.has = v, true
	return ""
}

// literal takes what was read as a word or a number.
func (p *lenient) literal() string {
	word := string(p.token)
	switch {
	case word == "":
		return ""
	case word == "true", word == "false":
		return p.value(json.FromBool(word == "true"))
	case word == "null":
		return p.value(json.Value{})
	case word[0] == '\'':
		return `Invalid string literal; expected ", but got '`
	case word[0] == 't', word[0] == 'f', strings.HasPrefix(word, "nu"):
		return "Invalid literal"
	}
	v, ok := looseNumber(word)
	if !ok {
		return "Invalid numeric literal"
	}
	return p.value(v)
}

// text takes what was read as a string.
func (p *lenient) text() string {
	var out []byte
	for in := p.token; len(in) > 0; {
		c := in[0]
		switch {
		case c < 0x20:
			return "Invalid string: control characters from U+0000 through U+001F must be escaped"
		case c != '\\':
			out = append(out, c)
			in = in[1:]
			continue
		}
		if i := strings.IndexByte(`"\/bfnrt`, in[1]); i >= 0 {
			out = append(out, "\"\\/\b\f\n\r\t"[i])
			in = in[2:]
			continue
		}
		if in[1] != 'u' {
			return "Invalid escape"
		}
		r, size := codeUnit(in), 6
		switch {
		case r < 0:
			return `Invalid \uXXXX escape`
		case r >= 0xD800 && r <= 0xDBFF:
			if r = utf16.DecodeRune(r, codeUnit(in[6:])); r == '\uFFFD' {
				return `Invalid \uXXXX\uXXXX surrogate pair escape`
			}
			size = 12
		}
		out = append(out, string(r)...) // U+FFFD for a half of a pair
		in = in[size:]
	}
	return p.value(json.FromString(string(out)))
}

// codeUnit is the number in the escape \uXXXX that in begins with, -1 if it does not.
func codeUnit(in []byte) rune {
	if len(in) < 6 || in[0] != '\\' || in[1] != 'u' {
		return -1
	}
	r := rune(0)
	for _, c := range in[2:6] {
		digit := hexDigit(c)
		if digit < 0 {
			return -1
		}
		r = r<<4 | rune(digit)
	}
	return r
}

// top is the innermost open container, nil outside.
func (p *lenient) top() *pending {
	if len(p.stack) == 0 {
		return nil
	}
	return &p.stack[len(p.stack)-1]
}

func (p *lenient) open(c byte) string {
	switch {
	case len(p.stack) >= jsonscan.MaxDepth:
		return "Exceeds depth limit for parsing"
	case p.has:
		return "Expected separator between values"
	}
	v := json.NewArray(0).Value()
	if c == '{' {
		v = json.NewObject(0).Value()
	}
	p.stack = append(p.stack, pending{value: v})
	return ""
}

func (p *lenient) colon() string {
	top := p.top()
	switch {
	case !p.has:
		return "Expected string key before ':'"
	case top == nil || top.keyed || top.value.Kind() != json.KindObject:
		return "':' not as part of an object"
	case p.next.Kind() != json.KindString:
		return "Object keys must be strings"
	}
	top.key, top.keyed, p.has = p.next, true, false
	return ""
}

// add puts the next into the innermost container.
func (p *lenient) add() bool {
	top := p.top()
	switch {
	case top.keyed:
		top.value.Object().SetKey(top.key, p.next)
		top.keyed = false
	case top.value.Kind() == json.KindArray:
		top.value.Array().Append(p.next)
	default:
		return false
	}
	p.has = false
	return true
}

const noPair = "Objects must consist of key:value pairs"

func (p *lenient) comma() string {
	switch {
	case !p.has:
		return "Expected value before ','"
	case !p.add():
		return noPair
	}
	return ""
}

func (p *lenient) closeArray() string {
	top := p.top()
	switch {
	case top == nil || top.value.Kind() != json.KindArray:
		return "Unmatched ']'"
	case p.has:
		p.add()
	case top.value.Array().Len() > 0:
		return "Expected another array element"
	}
	return p.close()
}

func (p *lenient) closeObject() string {
	top := p.top()
	switch {
	case top == nil:
		return "Unmatched '}'"
	case p.has && !top.keyed:
		return noPair
	case p.has:
		p.add()
	case top.keyed || top.value.Kind() != json.KindObject:
		return "Unmatched '}'"
	case top.value.Object().Len() > 0:
		return "Expected another key-value pair"
	}
	return p.close()
}

func (p *lenient) close() string {
	p.next, p.has = p.top().value, true
	p.stack = p.stack[:len(p.stack)-1]
	return ""
}
