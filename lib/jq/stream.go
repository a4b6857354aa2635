package jq

import (
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// gathering compiles fromstream(f). In jq it is a foreach over f; as a node it
// can own the value that it builds until that is done, so that a value of n
// leaves costs n steps and not n copies.
func (c *compiler) gathering(n *syntax.Call, u *unit, b *binding) code {
	f := c.code(n.Args[0], u, b)
	slot, place, own := u.slot(), u.cell(), u.own()
	return code{gen: func(next step, _ context) step {
		return &fromStreamStep{slot, place, own, f.link(&gatherStep{slot, place, own, next}, context{})}
	}}
}

// fromStreamStep begins without a value.
type fromStreamStep struct {
	slot, place, own int // the value so far; the path of the input; what is owned
	source           step
}

func (s *fromStreamStep) run(m *machine, v json.Value, p *cell) signal {
	m.frame.slots[s.slot], m.frame.cells[s.place] = json.Value{}, p
	m.frame.disown(s.own)
	return s.source.run(m, v, nil)
}

// gatherStep takes an event: [path, leaf], or [path] at the end of a container.
// Where the path shows that a top-level value is complete, that is an output.
type gatherStep struct {
	slot, place, own int
	next             step
}

func (s *gatherStep) run(m *machine, v json.Value, _ *cell) signal {
	f := m.frame
	if _, o := length(m, v, json.Value{}, json.Value{}); o != one { // as jq asks first
		return stop
	}
	path, o := index(m, v, json.FromInt(0))
	if o != one {
		return stop
	}
	var keys []json.Value
	switch path.Kind() {
	case json.KindArray:
		keys = path.Array().Elems()
	case json.KindNull:
	default:
		return m.raise(fault{form: withValues, text: "cannot be added", a: json.ArrayOf([]json.Value{json.FromString("x")}).Value(), b: path})
	}
	complete := len(keys) == 1
	if v.Kind() == json.KindArray && v.Array().Len() == 2 {
		complete = len(keys) == 0
		out, o := setPath(m, f.slots[s.slot], keys, v.Array().At(1), m.ownedBy(s.own))
		if o != one {
			return stop
		}
		f.slots[s.slot] = out
	}
	if !complete {
		return more
	}
	out := f.slots[s.slot]
	f.slots[s.slot] = json.Value{}
	f.disown(s.own)
	return s.next.run(m, out, f.cells[s.place])
}
