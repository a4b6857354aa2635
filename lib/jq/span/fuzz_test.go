package span

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"ndjsontools/lib/jq"
)

// maker makes programs and records that fit each other, from few names, so that
// paths meet values of all kinds.
type maker struct {
	*rand.Rand
	spaces int      // one token in so many has white space around it; 0 is none
	calls  []string // of the functions that the program defines
}

func (m maker) pick(from ...string) string { return from[m.IntN(len(from))] }

func (m maker) name() string { return m.pick("a", "b", "c", "d", "k1", "k 2") }

func (m maker) path() string {
	var b strings.Builder
	for range 1 + m.IntN(5)/4 {
		fmt.Fprintf(&b, ".%q", m.name())
	}
	return b.String()
}

func (m maker) literal() string {
	return m.pick("1", "0", "-1", "1.0", "2.5", "1e3", "null", "true", "false", `"x"`, `""`, `"b"`, `"\u00e9"`, `"\n"`, `"x\"y"`, "12345678901234567890", "$given")
}

func (m maker) condition(depth int) string {
	if depth > 0 && m.IntN(2) == 0 {
		return "(" + m.condition(depth-1) + m.pick(" and ", " or ") + m.condition(depth-1) + m.pick("", "", "|not") + ")"
	}
	return "(" + m.path() + m.pick("==", "!=", "<", "<=", ">", ">=") + m.literal() + m.pick("", "", "|not") + ")"
}

func (m maker) object(depth int) string {
	names := []string{"a", "b", "k1", "new", "k 2", "\u007f"}
	m.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var pairs []string
	for _, n := range names[:1+m.IntN(3)] {
		pairs = append(pairs, fmt.Sprintf("%s: %s", quoted(n), m.value(depth-1)))
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, "\u007f", `\u007f`) + `"` }

// value is an expression with one output.
func (m maker) value(depth int) string {
	if len(m.calls) > 0 && m.IntN(4) == 0 {
		return m.pick(m.calls...)
	}
	if depth <= 0 {
		return m.pick(".", m.path(), m.path(), m.literal())
	}
	switch m.IntN(14) {
	case 10:
		return "(" + m.path() + " | " + m.stage() + ")"
	case 11:
		return "(" + m.value(depth-1) + m.pick(" + ", " - ", " % ", " == ", " < ") + m.value(depth-1) + ")"
	case 12:
		return "[" + m.path() + m.pick("[]", "[]?", "[]? | "+m.stage(), "[0]?", "[1:]?") + "]"
	case 13:
		return "(" + m.path() + m.pick(" += ", " -= ", " |= ") + m.pick(m.value(depth-1), "1", `"x"`, m.stage()) + ")"
	case 0:
		return m.object(depth)
	case 1:
		return "[" + m.value(depth-1) + ", " + m.value(depth-1) + "]"
	case 2:
		return "(" + m.pick(".", m.path()) + " + " + m.object(depth) + ")"
	case 3:
		return "(" + m.path() + " // " + m.value(depth-1) + ")"
	case 4:
		return `"<\(` + m.path() + `)|\(` + m.path() + `)>"`
	case 5:
		return "(if " + m.condition(1) + " then " + m.value(depth-1) + " else " + m.value(depth-1) + " end)"
	case 6:
		return "(" + m.condition(1) + ")"
	case 7:
		return "(" + m.path() + m.pick(" = ", " |= ", " //= ") + m.value(depth-1) + ")"
	case 8:
		return "del(" + m.path() + m.pick("", ", ."+m.pick("a", "b", "c")) + ")"
	}
	return m.path()
}

// stage is a function of a value, and may be an error.
func (m maker) stage() string {
	return m.pick("length", "tostring", "tojson", "type", "tonumber", "keys", "not", "-.", ". + 1", "[.[]?]", "map(.)?", ".[0]?", "ascii_upcase?", "select(.)", "empty", "first(.[]?)", "(., 1)", "try error catch .",
		`sub("x"; "y\(1)")`, `test("^[a-z]")?`, "to_entries?", "@base64", "@json", ".. | scalars", "tojson | fromjson", "floor?", "isnan", ". == 1", "add?", `has("a")?`, ".a?", "{a: .}", ". as [$x] ?// $x | $x", "reduce .[]? as $x (0; . + 1)", "input?", "debug")
}

// definitions are those of functions, some with names of the language or of each
// other, and what may call them. None calls itself.
func (m maker) definitions() (text string, calls []string) {
	f, g, x := m.pick("f", "g", "not", "length"), m.pick("g", "f", "select", "del", "map"), m.pick("x", "f", "g", "not")
	calls = []string{
		f, g + "(" + m.path() + ")", g + "(" + f + ")", `h("a"; ` + m.value(0) + ")", "h(" + m.literal() + "; " + f + ")",
		g + "(" + g + "(.b))", "(.b | h(\"b\"; " + m.stage() + "))", `h("b"; ` + f + ").a?",
	}
	text = "def " + f + ": " + m.path() + m.pick("", " == 1", " // .b", ", .a", "[]?") + "; "
	text += "def " + g + "(" + x + "): " + m.pick(x, x+" | "+x, "["+x+", .b]", "{a: "+x+"}.a", x+" as $x | [$x, "+x+"]", x+" == 1", `"\(`+x+`)"`, ".a | ["+x+"]", ".a = "+x) + "; "
	text += "def h($k; " + x + "): " + m.pick("", "def "+f+": "+m.path()+"; ")
	m.calls = []string{
		f, x, "(" + x + " | " + m.stage() + ")", "(.a | " + x + ")", g + "(" + x + ")",
		`.[$k]`, "$k", "k", "(. as $v | " + x + ")", "(.a | tostring + $k)", "(.a | . as $x | [" + x + ", $x])",
	}
	return text + m.value(2) + "; ", calls
}

func (m maker) program() string {
	if m.calls == nil && m.IntN(3) == 0 {
		var text string
		text, m.calls = m.definitions()
		return text + m.program()
	}
	var stages []string
	for range 1 + m.IntN(2) {
		if m.IntN(2) == 0 {
			stages = append(stages, "select("+m.condition(2)+")")
		}
	}
	last := m.value(2)
	if m.IntN(6) == 0 {
		last = m.path() + m.pick("[]", "[]?", "[] | "+m.stage(), " | .[]?", " | "+m.stage())
	}
	if m.IntN(5) == 0 {
		last += ", " + m.value(1)
	}
	stages = append(stages, last)
	if m.IntN(4) == 0 {
		stages = append(stages, m.pick(m.path(), "{a}", "[.b]", "select("+m.condition(0)+")"))
	}
	return strings.Join(stages, " | ")
}

func (m maker) space() string {
	if m.spaces > 0 && m.IntN(m.spaces) == 0 {
		return m.pick(" ", "\t", "  ", "\r\n")
	}
	return ""
}

func (m maker) scalar() string {
	return m.pick("1", "0", "-0", "1.0", "1.00", "2.5e0", "1E3", "100", "123456789", "12345678901234567890", "1e-400", "null", "true", "false",
		`"x"`, `""`, `"b"`, `"x\"y"`, `"\u0078"`, `"\n\t"`, `"\/"`, `"é"`, `"\u00e9"`, `"日本語"`, "\"\u007f\"", `"\ud83d\ude00"`, `"a longer string, of more than thirty-two bytes"`,
		`"a longer string, with an \\ in it and more behind that"`, `"eight..."`, `"exactly sixteen."`, `[]`, `{}`)
}

func (m maker) json(depth int) string {
	if depth == 0 || m.IntN(3) == 0 {
		return m.scalar()
	}
	var b strings.Builder
	if m.IntN(4) == 0 {
		b.WriteString("[" + m.space())
		for i := range m.IntN(4) {
			if i > 0 {
				b.WriteString(m.space() + "," + m.space())
			}
			b.WriteString(m.json(depth - 1))
		}
		b.WriteString(m.space() + "]")
		return b.String()
	}
	return m.record(depth)
}

func (m maker) record(depth int) string {
	names := []string{"a", "b", "c", "d", "k1", "k 2", `\u0061`, "a key of some length that is seldom"}
	m.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	if m.IntN(8) > 0 { // mostly in order, mostly without a twin
		names = []string{"a", "b", "c", "d", "k1", "k 2"}
		if m.IntN(10) == 0 {
			names[m.IntN(6)] = names[m.IntN(6)]
		}
	}
	var b strings.Builder
	b.WriteString("{" + m.space())
	first := true
	for _, n := range names {
		if m.IntN(3) == 0 {
			continue
		}
		if !first {
			b.WriteString("," + m.space())
		}
		first = false
		b.WriteString(`"` + n + `"` + m.space() + ":" + m.space() + m.json(depth-1) + m.space())
	}
	return b.String() + "}"
}

// TestGenerated runs generated programs over generated records, in a cache that
// fills up as it does in life.
func TestGenerated(t *testing.T) {
	m := maker{Rand: rand.New(rand.NewPCG(1, 2))}
	programs, taken, general, all, empty, inlined := 0, 0, 0, 0, 0, 0
	for range 3000 {
		program := m.program()
		if _, err := jq.Compile(program, options); err != nil {
			t.Fatalf("Compile(%s): %v", program, err)
		}
		if _, err := Compile(program, Options{Options: options}); err != nil {
			empty++
			continue
		}
		if programs++; strings.HasPrefix(program, "def") {
			inlined++
		}
		x := newBoth(t, program, m.IntN(4) == 0)
		for range 40 {
			m.spaces = 0
			if m.IntN(4) == 0 {
				m.spaces = 1 + m.IntN(20)
			}
			record := m.space() + m.record(1+m.IntN(3)) + m.space()
			all++
			if x.compare(t, program, []byte(record)) {
				taken++
			}
		}
		if general += x.general; t.Failed() {
			return
		}
	}
	t.Logf("%d programs, %d with definitions, %d refused, %d of %d records on bytes, %d by the general scan", programs, inlined, empty, taken, all, general)
	if programs < 2000 || inlined < 400 || taken < all/3 || general < all/3 {
		t.Errorf("%d programs with a plan, %d with definitions, %d and %d of %d records on bytes; want 2000, 400 and a third each", programs, inlined, taken, general, all)
	}
}

// TestCut cuts records at every byte, and changes every byte, after the cache has
// learned the whole one.
func TestCut(t *testing.T) {
	for _, record := range []string{event, `{"a": {"b" : [1, {"x":"\u00e9"}], "c":{}} , "k":"é\n", "n":-1.5e3, "t":true, "z":null}`} {
		for _, program := range []string{`.`, `.id`, `. + {id:1,z:2}`, `select(.level=="error")|{id,m:.msg,tags}`} {
			x := newBoth(t, program, false)
			if !x.compare(t, program, []byte(record)) {
				t.Errorf("%s over %s: not on bytes", program, record)
			}
			for i := range len(record) {
				x.compare(t, program, []byte(record[:i]))
				for _, c := range []byte("\x00 \"\\{}[]:,019-.eEtn\x1f\x7f\x80\xff") {
					broken := []byte(record)
					broken[i] = c
					x.compare(t, program, broken)
					x.compare(t, program, append(append([]byte(record[:i]), c), record[i:]...))
				}
				if !x.compare(t, program, []byte(record)) {
					t.Fatalf("%s over %s: not on bytes after broken records", program, record)
				}
			}
		}
	}
}

// endless are the words of programs that may not end.
var endless = regexp.MustCompile(`range|repeat|recurse|until|while|limit|def|combinations|\.\.|inputs|implode|\*|splits|ascii|todate|env`)

// FuzzSame takes any program and any three records, one after the other.
func FuzzSame(f *testing.F) {
	for i, program := range programs {
		f.Add(program, []byte(records[i%len(records)]+"\n"+event+"\n"+records[(i*7+3)%len(records)]))
	}
	f.Fuzz(func(t *testing.T, program string, text []byte) {
		if _, err := jq.Compile(program, options); err != nil || endless.MatchString(program) {
			return
		}
		if _, err := Compile(program, Options{Options: options}); err != nil {
			return
		}
		x := newBoth(t, program, len(text)%2 == 0)
		for _, record := range bytes.SplitN(text, []byte("\n"), 4) {
			first := x.compare(t, program, bytes.Clone(record))
			if again := x.compare(t, program, bytes.Clone(record)); first && !again {
				t.Errorf("%s over %q: on bytes at first, and not when it is known", program, record)
			}
		}
	})
}
