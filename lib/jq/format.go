package jq

import (
	"encoding/base32"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
)

// formats are what "@name" does to a value. It is never changed.
var formats = map[string]nativeFunc{
	"@text": tostring, "@json": tojson, "@csv": formatCSV, "@tsv": formatTSV, "@html": formatHTML,
	"@uri": formatURI, "@urid": formatURID, "@sh": formatSh, "@base32": formatBase32, "@base32d": formatBase32d,
	"@base64": formatBase64, "@base64d": formatBase64d,
}

// format finds a format by its name with the "@".
func (c *compiler) format(n syntax.Node, name string) nativeFunc {
	if f, ok := formats[name]; ok {
		return f
	}
	c.fail(n, "formats are @text @json @csv @tsv @html @uri @urid @sh @base32 @base32d @base64 @base64d", "%s is not a valid format", name[1:])
	return nil
}

// formatNamed is format("name").
func formatNamed(m *machine, v, a, b json.Value) (json.Value, outcome) {
	if a.Kind() == json.KindString {
		if f, ok := formats["@"+a.Str()]; ok {
			return f(m, v, b, b)
		}
		return m.failText(a.Str() + " is not a valid format")
	}
	return m.fail(fault{form: withValue, text: "is not a valid format", a: a})
}

// text compiles a string. With several interpolations the last one is the
// outermost loop, as in jq.
func (c *compiler) text(n *syntax.String, u *unit, b *binding) code {
	if s, ok := n.Text(); ok {
		if n.Format != "" {
			c.format(n, n.Format)
		}
		return constant(literal(s))
	}
	format := nativeFunc(tostring)
	if n.Format != "" {
		format = c.format(n, n.Format)
	}
	var parts []code
	for i := len(n.Parts) - 1; i >= 0; i-- {
		if p := n.Parts[i]; p.Expr != nil {
			parts = append(parts, c.code(p.Expr, u, b))
		}
	}
	return c.apply(u, parts, func(x []expr) expr {
		e := &textExpr{format: format, plain: n.Format == "" || n.Format == "@text"}
		at := len(x)
		for _, p := range n.Parts {
			piece := textPiece{text: p.Text}
			if p.Expr != nil {
				at--
				piece.value = x[at]
			}
			e.pieces = append(e.pieces, piece)
		}
		return e
	})
}

// textExpr is a string with interpolations.
type textExpr struct {
	format nativeFunc
	plain  bool // no format but tostring
	pieces []textPiece
}

type textPiece struct {
	text  string
	value expr
}

func (e *textExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	out := m.scratch
	m.scratch = nil // the pieces may be strings with pieces, too
	defer func() { m.scratch = out[:0] }()
	out = out[:0]
	var head json.Value // a long string at the start
	for i := range e.pieces {
		p := &e.pieces[i]
		if p.value == nil {
			out = append(out, p.text...)
			continue
		}
		x, o := p.value.eval(m, v)
		if o != one {
			return x, o
		}
		switch {
		case !e.plain:
			if x, o = e.format(m, x, json.Value{}, json.Value{}); o != one {
				return x, o
			}
		case x.Kind() != json.KindString:
			out = json.Append(out, x)
			continue
		case i == 0 && len(x.Str()) >= longHead:
			head = x
			continue
		}
		out = append(out, x.Str()...)
	}
	if head.Kind() == json.KindString {
		return m.sums.Join(head, json.FromString(string(out))), one
	}
	return json.FromString(string(out)), one
}

// What characters become; a NUL is \0 to all of these, as with jq. To build one
// takes longer than to use it on a field.
var (
	csvEscapes  = strings.NewReplacer(`"`, `""`, "\x00", `\0`)
	tsvEscapes  = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`, "\x00", `\0`)
	shEscapes   = strings.NewReplacer("'", `'\''`, "\x00", `\0`)
	htmlEscapes = strings.NewReplacer("<", "&lt;", ">", "&gt;", "&", "&amp;", "'", "&apos;", `"`, "&quot;", "\x00", `\0`)
)

// longHead is the length in bytes from which a string at the start may be the text
// so far of a fold: the rest is put behind it, as with "+".
const longHead = 256

func formatCSV(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return row(m, v, "csv", ",", func(out []byte, s string) []byte {
		return append(append(append(out, '"'), csvEscapes.Replace(s)...), '"')
	})
}

func formatTSV(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return row(m, v, "tsv", "\t", func(out []byte, s string) []byte {
		return append(out, tsvEscapes.Replace(s)...)
	})
}

func row(m *machine, v json.Value, kind, separator string, text func([]byte, string) []byte) (json.Value, outcome) {
	if v.Kind() != json.KindArray {
		return m.fail(fault{form: withValue, text: "cannot be " + kind + "-formatted, only array", a: v})
	}
	var out []byte
	for i, x := range v.Array().Elems() {
		if i > 0 {
			out = append(out, separator...)
		}
		switch {
		case x.Kind() == json.KindNull, x.Kind() == json.KindNumber && x.IsNaN():
		case x.Kind() == json.KindString:
			out = text(out, x.Str())
		case x.Kind() == json.KindArray, x.Kind() == json.KindObject:
			return m.fail(fault{form: withValue, text: "is not valid in a csv row", a: x})
		default:
			out = json.Append(out, x)
		}
	}
	return json.FromString(string(out)), one
}

func formatHTML(m *machine, v, a, b json.Value) (json.Value, outcome) {
	s, _ := tostring(m, v, a, b)
	return json.FromString(htmlEscapes.Replace(s.Str())), one
}

func formatSh(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	words := []json.Value{v}
	if v.Kind() == json.KindArray {
		words = v.Array().Elems()
	}
	var out []byte
	for i, x := range words {
		if i > 0 {
			out = append(out, ' ')
		}
		switch x.Kind() {
		case json.KindArray, json.KindObject:
			return m.fail(fault{form: withValue, text: "can not be escaped for shell", a: x})
		case json.KindString:
			out = append(out, '\'')
			out = append(out, shEscapes.Replace(x.Str())...)
			out = append(out, '\'')
		default:
			out = json.Append(out, x)
		}
	}
	return json.FromString(string(out)), one
}

// unreserved has true for what stands for itself in a URI (RFC 3986, 2.3). It is
// never changed.
var unreserved = func() (plain [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~") {
		plain[c] = true
	}
	return plain
}()

func formatURI(m *machine, v, a, b json.Value) (json.Value, outcome) {
	const digits = "0123456789ABCDEF"
	s, _ := tostring(m, v, a, b)
	text, size := s.Str(), 0
	for i := range len(text) {
		if size++; !unreserved[text[i]] {
			size += len("%00") - 1
		}
	}
	if size == len(text) {
		return s, one
	}
	var out strings.Builder
	out.Grow(size)
	for from := 0; from < len(text); from++ {
		to := from
		for to < len(text) && unreserved[text[to]] {
			to++
		}
		if out.WriteString(text[from:to]); to < len(text) {
			c := text[to]
			out.WriteByte('%')
			out.WriteByte(digits[c>>4])
			out.WriteByte(digits[c&15])
		}
		from = to
	}
	return json.FromString(out.String()), one
}

func formatURID(m *machine, v, a, b json.Value) (json.Value, outcome) {
	s, _ := tostring(m, v, a, b)
	var out []byte
	for rest := s.Str(); rest != ""; {
		if rest[0] != '%' {
			out = append(out, rest[0])
			rest = rest[1:]
			continue
		}
		if len(rest) < 3 || hexDigit(rest[1]) < 0 || hexDigit(rest[2]) < 0 {
			return m.fail(fault{form: withValue, text: "is not a valid uri encoding", a: s})
		}
		out = append(out, byte(hexDigit(rest[1])<<4|hexDigit(rest[2])))
		rest = rest[3:]
	}
	if !utf8.Valid(out) {
		return m.fail(fault{form: withValue, text: "is not a valid uri encoding", a: s})
	}
	return json.FromString(string(out)), one
}

func hexDigit(c byte) int {
	if c >= 'A' && c <= 'F' {
		c |= 0x20
	}
	return strings.IndexByte("0123456789abcdef", c)
}

func formatBase32(m *machine, v, a, b json.Value) (json.Value, outcome) {
	s, _ := tostring(m, v, a, b)
	return json.FromString(base32.StdEncoding.EncodeToString([]byte(s.Str()))), one
}

func formatBase64(m *machine, v, a, b json.Value) (json.Value, outcome) {
	s, _ := tostring(m, v, a, b)
	return json.FromString(base64.StdEncoding.EncodeToString([]byte(s.Str()))), one
}

// mended is what was decoded, with U+FFFD for what is not UTF-8 in it.
func mended(text []byte) json.Value {
	return json.FromString(jsonscan.MendString(string(text)))
}

// formatBase32d takes padding or leaves it.
func formatBase32d(m *machine, v, a, b json.Value) (json.Value, outcome) {
	s, _ := tostring(m, v, a, b)
	out, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(s.Str(), "="))
	if err != nil {
		return m.fail(fault{form: withValue, text: "is not valid base32 data", a: s})
	}
	return mended(out), one
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// formatBase64d reads up to the first =, as jq does, and asks for no padding. The
// library would also skip line breaks.
func formatBase64d(m *machine, v, a, b json.Value) (json.Value, outcome) {
	s, _ := tostring(m, v, a, b)
	text, _, _ := strings.Cut(s.Str(), "=")
	if strings.TrimLeft(text, base64Digits) != "" {
		return m.fail(fault{form: withValue, text: "is not valid base64 data", a: s})
	}
	out, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return m.fail(fault{form: withValue, text: "trailing base64 byte found", a: s})
	}
	return mended(out), one
}
