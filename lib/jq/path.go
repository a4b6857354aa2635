package jq

import (
	"slices"

	"ndjsontools/lib/json"
)

// follow is the path from p to its member key.
func (p *cell) follow(key, value json.Value) *cell {
	return &cell{up: p, key: key, value: value}
}

// pathRoom is where the last path that was made stands, with what room is behind
// it. A path that goes on from there by one key is put into that room, so that the
// paths of a value n levels deep take n values, not n*n. Arrays of them end where
// they end: nobody adds to them in place.
type pathRoom struct {
	of   *cell
	keys []json.Value
}

// array is the path of p as jq shows it.
func (r *pathRoom) array(p *cell) *json.Array {
	if p.up != nil && p.up == r.of {
		r.keys = append(r.keys, p.key)
	} else {
		r.keys = p.keys()
	}
	r.of = p
	return json.ArrayOf(slices.Clip(r.keys))
}

// keys is what leads from the root to p.
func (p *cell) keys() []json.Value {
	n := 0
	for c := p; c.up != nil; c = c.up {
		n++
	}
	keys := make([]json.Value, n)
	for c := p; c.up != nil; c = c.up {
		n--
		keys[n] = c.key
	}
	return keys
}

// belongs tells whether v is the very value that p leads to, and not one that
// was computed on the way. Values are compared by identity.
func (p *cell) belongs(v json.Value) bool {
	return p == nil || json.Same(p.value, v)
}

// strayed is the error of a step on a path that v does not belong to.
func (m *machine) strayed(what string, v json.Value) signal {
	return m.raise(fault{form: asText, text: "Invalid path expression " + what + preview(v)})
}

func accessing(key json.Value) string {
	return "near attempt to access element " + preview(key) + " of "
}

// indexStep is .[key] for a key that is known.
type indexStep struct {
	key      json.Value
	optional bool
	next     step
}

func (s *indexStep) run(m *machine, v json.Value, p *cell) signal {
	return m.indexed(v, s.key, p, s.optional, s.next)
}

// indexSlotStep is .[key] for a key in a slot.
type indexSlotStep struct {
	slot     int
	optional bool
	next     step
}

func (s *indexSlotStep) run(m *machine, v json.Value, p *cell) signal {
	return m.indexed(v, m.frame.slots[s.slot], p, s.optional, s.next)
}

// indexEvalStep is .[key] for a key that is an expression of its input.
type indexEvalStep struct {
	key      expr
	optional bool
	next     step
}

func (s *indexEvalStep) run(m *machine, v json.Value, p *cell) signal {
	switch key, o := s.key.eval(m, v); o {
	case one:
		return m.indexed(v, key, p, s.optional, s.next)
	case none:
		return more
	}
	return stop
}

func (m *machine) indexed(v, key json.Value, p *cell, optional bool, next step) signal {
	if !p.belongs(v) {
		return m.strayed(accessing(key), v)
	}
	out, o := index(m, v, key)
	switch {
	case o == failed && optional:
		return more
	case o == failed:
		return stop
	}
	if p != nil {
		p = p.follow(key, out)
	}
	return next.run(m, out, p)
}

// eachStep is .[].
type eachStep struct {
	optional bool
	next     step
}

func (s *eachStep) run(m *machine, v json.Value, p *cell) signal {
	if !p.belongs(v) {
		return m.strayed("near attempt to iterate through ", v)
	}
	switch v.Kind() {
	case json.KindArray:
		a := v.Array()
		for i := 0; i < a.Len(); i++ {
			e, to := a.At(i), p
			if p != nil {
				to = p.follow(json.FromInt(int64(i)), e)
			}
			if s.next.run(m, e, to) == stop {
				return stop
			}
		}
		return more
	case json.KindObject:
		o := v.Object()
		for i := 0; i < o.Len(); i++ {
			e, to := o.At(i), p
			if p != nil {
				to = p.follow(o.KeyAt(i), e)
			}
			if s.next.run(m, e, to) == stop {
				return stop
			}
		}
		return more
	}
	if s.optional {
		return more
	}
	return m.raise(notIterable(v))
}

func notIterable(v json.Value) fault {
	return fault{form: asText, text: "Cannot iterate over " + described(v)}
}

// descendStep is "..": the input and all values in it, each before its members.
type descendStep struct{ next step }

func (s *descendStep) run(m *machine, v json.Value, p *cell) signal {
	if !p.belongs(v) {
		return m.strayed("near attempt to iterate through ", v)
	}
	return s.descend(m, v, p, 0)
}

func (s *descendStep) descend(m *machine, v json.Value, p *cell, deep int) signal {
	if deep > maxNesting {
		return m.raise(fault{form: asText, text: "values nest too deep"})
	}
	if s.next.run(m, v, p) == stop {
		return stop
	}
	switch v.Kind() {
	case json.KindArray:
		for i, e := range v.Array().Elems() {
			to := p
			if p != nil {
				to = p.follow(json.FromInt(int64(i)), e)
			}
			if s.descend(m, e, to, deep+1) == stop {
				return stop
			}
		}
	case json.KindObject:
		o := v.Object()
		for i := range o.Len() {
			to := p
			if p != nil {
				to = p.follow(o.KeyAt(i), o.At(i))
			}
			if s.descend(m, o.At(i), to, deep+1) == stop {
				return stop
			}
		}
	}
	return more
}

// maxNesting bounds the functions that follow a value by calling themselves. It
// is the depth that input is bound to; computed values may be deeper.
const maxNesting = 10_000

// getpathStep is getpath(slot).
type getpathStep struct {
	slot int
	next step
}

func (s *getpathStep) run(m *machine, v json.Value, p *cell) signal {
	path := m.frame.slots[s.slot]
	if path.Kind() != json.KindArray {
		return m.raise(fault{form: asText, text: "Path must be specified as an array"})
	}
	if !p.belongs(v) {
		return m.strayed(accessing(path), v)
	}
	for _, key := range path.Array().Elems() {
		out := json.Value{}
		if v.Kind() != json.KindNull {
			var o outcome
			if out, o = index(m, v, key); o == failed {
				return stop
			}
		}
		if v = out; p != nil {
			p = p.follow(key, v)
		}
	}
	return s.next.run(m, v, p)
}

// pathStep is path(f): f starts on a path of its own, and ends in a pathEndStep.
type pathStep struct {
	path   int
	source step
}

func (s *pathStep) run(m *machine, v json.Value, p *cell) signal {
	m.frame.cells[s.path] = p
	return s.source.run(m, v, &cell{value: v})
}

type pathEndStep struct {
	path int
	next step
}

func (s *pathEndStep) run(m *machine, v json.Value, p *cell) signal {
	if !p.belongs(v) {
		return m.strayed("with result ", v)
	}
	return s.next.run(m, m.paths.array(p).Value(), m.frame.cells[s.path])
}
