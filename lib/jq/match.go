package jq

import (
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/jq/regex"
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// regexOperations are what the functions about regular expressions are made of:
// their definitions in the library call them with a pattern and flags. It is never
// changed.
var regexOperations = map[string]regexOperation{
	"_test/2": testRegex, "_match/2": matchRegex, "_capture/2": captureRegex,
	"_scan/2": scanRegex, "_splits/2": splitRegex,
}

// A regexOperation does one thing with the matches in s.
type regexOperation func(m *machine, re *compiledRegex, s json.Value) (json.Value, error)

// compiledRegex is a pattern with its flags.
type compiledRegex struct {
	*regex.Regexp
	key   regexKey
	all   bool // the flag g
	names []json.Value
	// shape is that of an object of the named groups, and places says where
	// in it each group goes, -1 for one without a name.
	shape  *json.Shape
	places []int
}

// regexKey is what a compiled pattern is known by.
type regexKey struct{ pattern, flags string }

// regexSite remembers the last pattern of a place in the program: nearly always
// there is one only.
type regexSite struct {
	key regexKey
	re  *compiledRegex
}

// maxPatterns is how many compiled patterns are kept. Where a program makes more
// than that of its data, they are forgotten all at once.
const maxPatterns = 256

// regexExpr is an operation on the input.
type regexExpr struct {
	op             regexOperation
	pattern, flags expr
	site           int
}

func (c *compiler) regexSite() int {
	c.patterns++
	return c.patterns - 1
}

// regexCall compiles a call of one of the operations.
func (c *compiler) regexCall(op regexOperation, n *syntax.Call, u *unit, b *binding) code {
	pattern, flags := c.code(n.Args[0], u, b), c.code(n.Args[1], u, b)
	site := c.regexSite()
	return c.apply(u, []code{flags, pattern}, func(x []expr) expr { return &regexExpr{op, x[1], x[0], site} })
}

// patternCall compiles f(val), where val is a pattern or an array of a pattern
// and flags. A literal is known to be a pattern.
func patternCall(f string) form {
	return func(c *compiler, n *syntax.Call, u *unit, b *binding) code {
		if v, ok := c.code(n.Args[0], u, b).constant(); ok && v.Kind() == json.KindString {
			literal := &hook{n.Span, func(*unit, *binding) code { return constant(v) }}
			null := &syntax.Constant{Span: n.Span, Name: "null"}
			return c.call(&syntax.Call{Span: n.Span, Name: f, Args: []syntax.Node{literal, null}}, u, nil)
		}
		source := `def ` + f + `($val): ($val | type) as $type
			| if $type == "string" then ` + f + `($val; null)
			elif $type == "array" and ($val | length) > 1 then ` + f + `($val[0]; $val[1])
			elif $type == "array" and ($val | length) > 0 then ` + f + `($val[0]; null)
			else error($type + " not a string or array") end;`
		return c.function(c.fromLibrary(f+"/1", source), n, u, b)
	}
}

func (e *regexExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	flags, o := e.flags.eval(m, v)
	if o != one {
		return flags, o
	}
	pattern, o := e.pattern.eval(m, v)
	if o != one {
		return pattern, o
	}
	re, o := m.regex(e.site, v, pattern, flags)
	if o != one {
		return v, o
	}
	out, err := e.op(m, re, v)
	if err != nil {
		return m.failText("Regex failure: " + err.Error())
	}
	return out, one
}

// regex is the compiled pattern for an input, or what is wrong with one of the
// three.
func (m *machine) regex(site int, v, pattern, flags json.Value) (*compiledRegex, outcome) {
	switch {
	case v.Kind() != json.KindString:
		_, o := m.fail(fault{form: withValue, text: "cannot be matched, as it is not a string", a: v})
		return nil, o
	case pattern.Kind() != json.KindString:
		_, o := m.fail(fault{form: withValue, text: "is not a string", a: pattern})
		return nil, o
	case flags.Kind() != json.KindString && flags.Kind() != json.KindNull:
		_, o := m.fail(fault{form: withValue, text: "is not a string", a: flags})
		return nil, o
	}
	key := regexKey{pattern: pattern.Str()}
	if flags.Kind() == json.KindString {
		key.flags = flags.Str()
	}
	s := &m.regexSites[site]
	if s.re != nil && s.key == key {
		return s.re, one
	}
	re, known := m.regexes[key]
	if !known {
		// What is kept must not be the memory of a record.
		key = regexKey{strings.Clone(key.pattern), strings.Clone(key.flags)}
		var o outcome
		if re, o = m.compileRegex(key); o != one {
			return nil, o
		}
		if len(m.regexes) >= maxPatterns {
			clear(m.regexes)
		}
		if m.regexes == nil {
			m.regexes = map[regexKey]*compiledRegex{}
		}
		m.regexes[key] = re
	} else {
		key = re.key
	}
	*s = regexSite{key, re}
	return re, one
}

func (m *machine) compileRegex(key regexKey) (*compiledRegex, outcome) {
	re := &compiledRegex{key: key}
	var opts regex.Options
	for _, flag := range key.flags {
		switch flag {
		case 'g':
			re.all = true
		case 'i':
			opts.IgnoreCase = true
		case 'x':
			opts.Extended = true
		case 's': // "^" and "$" are about the text, as they are anyway
		case 'p':
			opts.DotAll = true
		case 'l':
			opts.Longest = true
		case 'n':
			opts.NotEmpty = true
		default:
			_, o := m.failText(key.flags + " is not a valid modifier string")
			return nil, o
		}
	}
	var err error
	if re.Regexp, err = regex.Compile(key.pattern, opts); err != nil {
		_, o := m.failText("Regex failure: " + err.Error())
		return nil, o
	}
	re.name()
	return re, one
}

// name prepares what matches say of the groups' names.
func (re *compiledRegex) name() {
	var keys []string
	for _, name := range re.Names {
		if name != "" {
			keys = append(keys, name)
		}
	}
	re.shape = json.NewShape(keys...)
	for _, name := range re.Names {
		place, v := -1, json.Value{}
		if name != "" {
			place, _ = re.shape.Index(name)
			v = json.FromString(name)
		}
		re.names = append(re.names, v)
		re.places = append(re.places, place)
	}
}

// The shapes of what match puts out. They are never changed.
var (
	matchShape   = json.NewShape("offset", "length", "string", "captures")
	captureShape = json.NewShape("offset", "length", "string", "name")
	// unmatchedShape is jq's order for a group that is empty, or took no part.
	unmatchedShape = json.NewShape("offset", "string", "length", "name")
)

func testRegex(_ *machine, re *compiledRegex, v json.Value) (json.Value, error) {
	yes, err := re.Test(v.Str())
	return json.FromBool(yes), err
}

// matchRegex is the array of the matches. Offsets and lengths are in characters.
func matchRegex(_ *machine, re *compiledRegex, v json.Value) (json.Value, error) {
	out, c := json.NewArray(0), counter{s: v.Str(), plain: v.IsASCII()}
	err := re.Each(v.Str(), re.all, func(at []int) bool {
		captures := json.NewArray(len(re.names))
		for i, name := range re.names {
			captures.Append(c.capture(at[2+2*i], at[3+2*i], name))
		}
		from := c.characters(at[0])
		out.Append(json.ObjectOf(matchShape, []json.Value{
			json.FromInt(int64(from)), json.FromInt(int64(c.characters(at[1]) - from)),
			json.FromString(v.Str()[at[0]:at[1]]), captures.Value(),
		}).Value())
		return true
	})
	return out.Value(), err
}

// counter turns offsets in bytes into offsets in characters. It goes on from the
// last one, so that the matches of a text cost one walk over it.
type counter struct {
	s     string
	plain bool // a character is a byte
	bytes int
	count int
}

func (c *counter) characters(offset int) int {
	switch {
	case c.plain:
		return offset
	case offset >= c.bytes:
		c.count += utf8.RuneCountInString(c.s[c.bytes:offset])
	default:
		c.count -= utf8.RuneCountInString(c.s[offset:c.bytes])
	}
	c.bytes = offset
	return c.count
}

func (c *counter) capture(from, to int, name json.Value) json.Value {
	switch {
	case from < 0:
		return json.ObjectOf(unmatchedShape, []json.Value{json.FromInt(-1), {}, json.FromInt(0), name}).Value()
	case from == to:
		at := json.FromInt(int64(c.characters(from)))
		return json.ObjectOf(unmatchedShape, []json.Value{at, json.FromString(""), json.FromInt(0), name}).Value()
	}
	start := c.characters(from)
	return json.ObjectOf(captureShape, []json.Value{
		json.FromInt(int64(start)), json.FromInt(int64(c.characters(to) - start)), json.FromString(c.s[from:to]), name,
	}).Value()
}

// captureRegex is the array of an object of the named groups for each match.
func captureRegex(_ *machine, re *compiledRegex, v json.Value) (json.Value, error) {
	out := json.NewArray(0)
	err := re.Each(v.Str(), re.all, func(at []int) bool {
		out.Append(re.captures(v.Str(), at))
		return true
	})
	return out.Value(), err
}

// captures is the object of the named groups. Of two groups of one name the last
// counts.
func (re *compiledRegex) captures(s string, at []int) json.Value {
	values := make([]json.Value, re.shape.Len())
	for i, place := range re.places {
		if place >= 0 {
			values[place] = group(s, at, i)
		}
	}
	return json.ObjectOf(re.shape, values).Value()
}

// group is what a group matched, null if it took no part.
func group(s string, at []int, i int) json.Value {
	if from := at[2+2*i]; from >= 0 {
		return json.FromString(s[from:at[3+2*i]])
	}
	return json.Value{}
}

// scanRegex is the array of the matches, or of arrays of their groups.
func scanRegex(_ *machine, re *compiledRegex, v json.Value) (json.Value, error) {
	out, s := json.NewArray(0), v.Str()
	err := re.Each(s, re.all, func(at []int) bool {
		if len(re.names) == 0 {
			out.Append(json.FromString(s[at[0]:at[1]]))
			return true
		}
		groups := json.NewArray(len(re.names))
		for i := range re.names {
			groups.Append(group(s, at, i))
		}
		out.Append(groups.Value())
		return true
	})
	return out.Value(), err
}

// splitRegex is the array of what stands between the matches.
func splitRegex(_ *machine, re *compiledRegex, v json.Value) (json.Value, error) {
	out, s, from := json.NewArray(0), v.Str(), 0
	err := re.Each(s, re.all, func(at []int) bool {
		out.Append(json.FromString(s[from:at[0]]))
		from = at[1]
		return true
	})
	out.Append(json.FromString(s[from:]))
	return out.Value(), err
}
