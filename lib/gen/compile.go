package gen

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"ndjsontools/lib/spell"
)

// Options are what a plan depends on besides the schema.
type Options struct {
	Seed       uint64
	End        int64     // no record from this index on will be asked for; 0 for no end
	Now        time.Time // what time,now starts at
	FromNow    bool      // every time without a start of its own does
	RecordSize int       // of every record in bytes, newline included; 0 for as it comes
	Stamp      string    // a member that is added: the present time and the record's index

	// ReadFile reads a word list of at most MaxFile bytes; nil if there are none.
	ReadFile func(name string) ([]byte, error)
}

// maxRecord bounds the records of a plan, in bytes. It keeps the arithmetic of
// sizes far from overflow and a mistyped repeat from filling the memory. It is
// also the longest record that the other tools read without being told.
const maxRecord = 64 << 20

// maxParts bounds the work of compiling: thirty fields that each refer twice to
// the next would otherwise be a thousand million parts.
const maxParts = 1 << 20

// Compile makes a plan. Errors are of type *SchemaError: what can't be made is
// refused here, not in the middle of the stream.
func Compile(s *Schema, o Options) (*Plan, error) {
	c := &compiler{Options: o, last: maxNumber, ids: map[string]idCell{}, places: recordPlaces, pad: -1}
	if o.End > 0 {
		c.last = min(c.last, o.End-1)
	}
	if err := c.forms(s); err != nil {
		return nil, err
	}
	if o.End > 0 && c.last < o.End-1 {
		if c.short == nil {
			return nil, &SchemaError{Message: fmt.Sprintf("records have numbers up to %d, and %d would be asked for", int64(maxNumber), o.End-1)}
		}
		return nil, c.short
	}
	for i := range c.ops {
		if o := &c.ops[i]; o.kind == opStatic {
			o.bytes = roomy(string(o.bytes))
		}
	}
	p := &Plan{ops: c.ops, max: maxSize(c.ops), last: c.last, wall: c.wall || o.Stamp != "", fields: c.fields, ids: c.ids}
	if o.RecordSize > 0 {
		if c.pad < 0 {
			return nil, &SchemaError{Message: "a fixed size needs one form of record, with the padding outside of every list", Next: ""}
		}
		if p.max > o.RecordSize {
			return nil, &SchemaError{Message: fmt.Sprintf("records can have up to %d bytes; a size of %d is too small", p.max, o.RecordSize),
				Next: "fewer records (-n) have smaller numbers"}
		}
		p.exact, p.pad, p.max = o.RecordSize, c.pad, o.RecordSize
	}
	return p, nil
}

// Places are the positions that a value may be asked for.
const (
	recordPlaces = -1 // the records
	hashedPlaces = 0  // any number of 64 bits
)

type compiler struct {
	Options
	root     *node
	ops      []op
	last     int64   // the last index whose numbers all stay within maxNumber
	short    error   // why last is what it is
	parts    int     // values compiled so far
	text     int     // bytes of text compiled so far
	sealed   int     // operations that are complete: the end of the last repeat
	refs     []*node // the references that are being followed
	inList   bool    // a value stands in a list, however deep
	listMost int64   // the longest that the list can be in which a value stands, 0 outside
	places   int64   // how many positions there are, or one of the constants
	depth    int     // lists and the like around
	optional int     // alternatives around
	pad      int     // the operation that padding takes the place of, -1 for none yet
	wall     bool
	fields   []fieldInfo
	ids      map[string]idCell
}

// static adds constant bytes, joined to those before unless they are the end of
// a complete unit.
func (c *compiler) static(text string) {
	if n := len(c.ops); n > c.sealed && c.ops[n-1].kind == opStatic {
		c.ops[n-1].bytes = append(c.ops[n-1].bytes, text...)
		return
	}
	if text != "" {
		c.ops = append(c.ops, op{kind: opStatic, bytes: []byte(text)})
	}
}

func (c *compiler) quote(inString bool) {
	if !inString {
		c.static(`"`)
	}
}

// around puts what inside compiles into the span of o.
func (c *compiler) around(o op, inside func() error) error {
	at := len(c.ops)
	c.ops = append(c.ops, o)
	c.sealed = len(c.ops)
	if err := inside(); err != nil {
		return err
	}
	c.ops[at].span = len(c.ops) - at - 1
	c.sealed = len(c.ops)
	return nil
}

// at compiles inside as if there were that many positions.
func (c *compiler) at(places int64, inside func() error) error {
	before, most := c.places, c.listMost
	c.places, c.listMost = places, 0
	c.depth++
	err := inside()
	c.places, c.listMost = before, most
	c.depth--
	return err
}

func (c *compiler) forms(s *Schema) error {
	if len(s.forms) == 1 {
		c.root = s.forms[0].root
		return c.record(c.root)
	}
	weights := make([]uint64, len(s.forms))
	for i, f := range s.forms {
		weights[i] = f.weight
	}
	err := c.choose(nil, weights, func(i int) error {
		c.root = s.forms[i].root
		return c.record(c.root)
	})
	c.pad = -1
	return err
}

func (c *compiler) record(root *node) error {
	if err := c.object(root, nil, true); err != nil {
		return err
	}
	c.static("\n")
	return nil
}

const notInString = "an object or array can't stand inside a string"

// node compiles the value at a place. In a string, it renders without quotes.
func (c *compiler) node(n *node, path []string, inString bool) error {
	if c.parts++; c.parts > maxParts {
		return n.src.fail(0, "the record has more than a million parts", "")
	}
	if inString && n.kind != constNode && n.kind != exprNode && n.kind != textNode {
		return n.src.fail(0, notInString, "")
	}
	for _, item := range n.items {
		if a := absentOf(item); a != nil && n.kind != objectNode {
			return item.src.fail(a.off, "only a field of an object can be absent", "")
		}
	}
	switch n.kind {
	case objectNode:
		return c.object(n, path, false)
	case arrayNode:
		c.static("[")
		for i, item := range n.items {
			if i > 0 {
				c.static(",")
			}
			if err := c.node(item, sub(path, strconv.Itoa(i)), false); err != nil {
				return err
			}
		}
		c.static("]")
	case constNode:
		raw := n.raw
		if inString {
			switch raw[0] {
			case '"':
				raw = raw[1 : len(raw)-1]
			case '{', '[':
				return n.src.fail(0, notInString, "")
			}
		}
		if c.text += len(raw); c.text > maxRecord {
			return n.src.fail(0, "the record is longer than 64 MiB", "")
		}
		c.static(raw)
	case textNode:
		c.quote(inString)
		drawn := 0
		for _, part := range n.items {
			at := path
			if part.kind == exprNode {
				at = sub(path, "{{"+strconv.Itoa(drawn)+"}}")
				drawn++
			}
			if err := c.node(part, at, true); err != nil {
				return err
			}
		}
		c.quote(inString)
	case exprNode:
		return c.expr(n.expr, path, inString)
	case listNode:
		lo, hi, err := parseInts(n.count)
		if err != nil || lo < 0 || hi > maxRecord {
			return n.src.fail(0, "a repeated array has a range of lengths: {{*0..3}}", "")
		}
		return c.nullable(n.src, n.null, path, func() error {
			return c.list(path, lo, hi, func(p []string) error { return c.node(n.items[0], p, false) })
		})
	case oneNode:
		return c.nullable(n.src, n.null, path, func() error { return c.one(n, path) })
	}
	return nil
}

// nullable puts null in the place of what inside compiles, as often as a says.
func (c *compiler) nullable(src source, a *arg, path []string, inside func() error) error {
	if a == nil {
		return inside()
	}
	p, err := parseShare(a.value)
	if err != nil {
		return src.fail(a.off, "null="+a.value+": "+err.Error(), "")
	}
	return c.around(op{kind: opMaybe, n: p, bytes: []byte("null"), key: key(c.Seed, path, "null")}, inside)
}

// one compiles alternatives. They have the path of the place, as if each stood
// there alone.
func (c *compiler) one(n *node, path []string) error {
	weights := n.weights
	if weights == nil {
		weights = slices.Repeat([]uint64{1}, len(n.items))
	}
	total := uint64(0)
	for _, w := range weights {
		total += w
	}
	if total == 0 || len(weights) > maxForms {
		return n.src.fail(0, "alternatives are 1 to 1000, and not all have the weight 0", "")
	}
	c.optional++
	err := c.choose(path, weights, func(i int) error { return c.node(n.items[i], path, false) })
	c.optional--
	return err
}

// choose compiles alternatives, of which each record gets one.
func (c *compiler) choose(path []string, weights []uint64, alternative func(i int) error) error {
	m := &more{alias: newAlias(weights)}
	return c.around(op{kind: opForm, key: key(c.Seed, path, "form"), more: m}, func() error {
		from := len(c.ops)
		for i := range weights {
			m.spans = append(m.spans, len(c.ops)-from)
			if err := alternative(i); err != nil {
				return err
			}
			c.sealed = len(c.ops)
			m.spans = append(m.spans, len(c.ops)-from)
		}
		return nil
	})
}

func sub(path []string, name string) []string {
	return append(path[:len(path):len(path)], name)
}

func (c *compiler) list(path []string, lo, hi int64, element func(path []string) error) error {
	c.static("[")
	err := c.around(op{kind: opList, start: lo, n: uint64(hi-lo) + 1, key: key(c.Seed, path, "length")}, func() error {
		return c.at(hashedPlaces, func() error {
			before := c.inList
			c.listMost, c.inList = hi, true
			err := element(sub(path, "[]"))
			c.inList = before
			return err
		})
	})
	c.static("]")
	return err
}

// ref compiles the field at a path of the record as it renders there: with its
// own path, and so with its cells, and at the record's own position.
func (c *compiler) ref(src source, off int, target string, inString bool) error {
	n := c.root.find(splitPath(target))
	if n == nil {
		return src.fail(off, "there is no field "+quoteText(target)+spell.DidYouMean(target, c.root.paths("", nil), "", ""), "")
	}
	for _, r := range c.refs {
		if r == n {
			return src.fail(off, "the field "+quoteText(target)+" refers to itself", "")
		}
	}
	c.refs = append(c.refs, n)
	inside := func() error { return c.node(n, splitPath(target), inString) }
	var err error
	if c.depth > 0 {
		before := c.inList
		c.inList = false
		err = c.around(op{kind: opRoot}, func() error { return c.at(recordPlaces, inside) })
		c.inList = before
	} else {
		c.depth++
		err = inside()
		c.depth--
	}
	c.refs = c.refs[:len(c.refs)-1]
	return err
}

// limit takes into account that a counting type ends after so many positions.
func (c *compiler) limit(src source, off int, last int64, why string) error {
	err := src.fail(off, why, "")
	switch {
	case c.places == hashedPlaces:
		return src.fail(off, "a type that counts records can't stand in a list or behind by=", "int and uuid4 can")
	case c.places > 0 && c.places-1 > last:
		return err
	case c.places == recordPlaces && last < c.last:
		c.last, c.short = last, err
	}
	return nil
}
