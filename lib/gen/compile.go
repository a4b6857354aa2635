package gen

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/exit"
)

// A SchemaError says which field of a schema can't be compiled, and why.
type SchemaError struct {
	Path   []string // of the field, from the root
	Reason string
}

func (e *SchemaError) Error() string {
	return fmt.Sprintf("field %q: %s", strings.Join(e.Path, "."), e.Reason)
}

// ExitStatus is exit.Compile.
func (e *SchemaError) ExitStatus() int { return exit.Compile }

// maxRecord bounds the records of a plan, in bytes. It keeps the arithmetic of
// sizes far from overflow and a mistyped Repeat from filling the memory. It is
// also the longest record that the other tools read without being told.
const maxRecord = 64 << 20

// Compile makes a plan that renders the records of a schema for one seed.
// Errors are of type *SchemaError. The plan keeps nothing of s.
func Compile(s Schema, seed uint64) (*Plan, error) {
	c := &compiler{seed: seed, fields: s.Fields, last: maxNumber}
	for i, f := range s.Fields {
		if err := c.member(i, f); err != nil {
			return nil, err
		}
	}
	if len(s.Fields) == 0 {
		c.static("{")
	}
	c.static("}\n")
	return &Plan{ops: c.ops, max: maxSize(c.ops), last: c.last}, nil
}

// maxParts bounds the work of compiling: thirty fields that each refer twice to
// the next would otherwise be a thousand million parts.
const maxParts = 1 << 20

type compiler struct {
	seed   uint64
	fields []Field
	ops    []op
	last   int64    // the last index whose numbers all stay within maxNumber
	parts  int      // values compiled so far
	text   int      // bytes of text compiled so far
	sealed int      // operations that are complete: the end of the last repeat
	refs   []string // the references that are being followed
}

func (c *compiler) member(i int, f Field) error {
	path := []string{f.Name}
	for _, g := range c.fields[:i] {
		if g.Name == f.Name {
			return fail(path, "stands twice in the record")
		}
	}
	if !utf8.ValidString(f.Name) {
		return fail(path, "its name is not valid UTF-8")
	}
	open := ","
	if i == 0 {
		open = "{"
	}
	c.static(open + `"` + escape(f.Name) + `":`)
	if err := c.value(f.Value, path, false); err != nil {
		return err
	}
	if maxSize(c.ops) > maxRecord {
		return fail(path, "makes the record longer than 64 MiB")
	}
	return nil
}

func (c *compiler) value(v Value, path []string, inString bool) error {
	if v == nil {
		return fail(path, "has no value")
	}
	if c.parts++; c.parts > maxParts {
		return fail(path, "the record has more than a million parts")
	}
	return v.compile(c, path, inString)
}

// static adds constant bytes, joined to those before unless they are the end of
// a repeated unit.
func (c *compiler) static(text string) {
	if n := len(c.ops); n > c.sealed && c.ops[n-1].kind == opStatic {
		c.ops[n-1].bytes = append(c.ops[n-1].bytes, text...)
		return
	}
	c.ops = append(c.ops, op{kind: opStatic, bytes: []byte(text)})
}

func (c *compiler) quote(inString bool) {
	if !inString {
		c.static(`"`)
	}
}

func (v Seq) compile(c *compiler, path []string, _ bool) error {
	if v.First < 0 || v.First > maxNumber {
		return fail(path, fmt.Sprintf("a sequence starts between 0 and %d, not at %d", int64(maxNumber), v.First))
	}
	c.last = min(c.last, maxNumber-v.First)
	c.ops = append(c.ops, op{kind: opSeq, start: v.First})
	return nil
}

func (v Time) compile(c *compiler, path []string, _ bool) error {
	switch {
	case v.Start < 0:
		return fail(path, "a time can't start before 1970")
	case v.Step < 1:
		return fail(path, "the step of a time is at least 1 ms")
	case v.Start > maxNumber || v.Step > maxNumber-v.Start:
		return fail(path, "a time beyond the year 287396 is not exact in JSON; start earlier or shorten the step")
	}
	c.last = min(c.last, (maxNumber-v.Start)/v.Step-1)
	c.ops = append(c.ops, op{kind: opTime, start: v.Start, step: v.Step, key: key(c.seed, path, "jitter")})
	return nil
}

func (v Text) compile(c *compiler, path []string, inString bool) error {
	if !utf8.ValidString(string(v)) {
		return fail(path, "its text is not valid UTF-8")
	}
	if c.text += len(v); c.text > maxRecord {
		return fail(path, "makes the record longer than 64 MiB")
	}
	c.quote(inString)
	c.static(escape(string(v)))
	c.quote(inString)
	return nil
}

func (v Concat) compile(c *compiler, path []string, inString bool) error {
	c.quote(inString)
	for _, part := range v {
		if err := c.value(part, path, true); err != nil {
			return err
		}
	}
	c.quote(inString)
	return nil
}

// compile renders the other field with the other field's path, and so with its
// cells: both places show the same value.
func (v Ref) compile(c *compiler, path []string, inString bool) error {
	for _, name := range c.refs {
		if name == string(v) {
			return fail(path, fmt.Sprintf("refers to itself through %q", name))
		}
	}
	for _, f := range c.fields {
		if f.Name != string(v) {
			continue
		}
		c.refs = append(c.refs, f.Name)
		c.quote(inString)
		err := c.value(f.Value, []string{f.Name}, true)
		c.quote(inString)
		c.refs = c.refs[:len(c.refs)-1]
		return err
	}
	return fail(path, fmt.Sprintf("refers to %q, which is no field of this record", string(v)))
}

func (v Repeat) compile(c *compiler, path []string, inString bool) error {
	if v.Times < 0 || v.Times > maxRecord {
		return fail(path, fmt.Sprintf("can't repeat %d times", v.Times))
	}
	c.quote(inString)
	at := len(c.ops)
	c.ops = append(c.ops, op{kind: opRepeat, times: v.Times})
	if err := c.value(v.Value, path, true); err != nil {
		return err
	}
	if v.Times == 0 {
		c.ops = c.ops[:at]
	} else {
		c.ops[at].span = len(c.ops) - at - 1
	}
	c.sealed = len(c.ops)
	c.quote(inString)
	return nil
}

func fail(path []string, reason string) error {
	return &SchemaError{Path: path, Reason: reason}
}

// escape spells text as it stands between the quotes of a JSON string
// (RFC 8259, section 7): only what must be escaped is.
func escape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; {
		case ch == '"' || ch == '\\':
			b.WriteByte('\\')
			b.WriteByte(ch)
		case ch < 0x20:
			fmt.Fprintf(&b, `\u%04x`, ch)
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}
