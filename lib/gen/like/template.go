package like

import (
	"math"
	"strings"

	"ndjsontools/lib/gen"
	"ndjsontools/lib/gen/sketch"
)

// Template is a template, as package gen reads them, of which records come that
// are like those of the sample.
func (s *Sample) Template() []byte {
	w := writer{records: s.records}
	return []byte(w.object(s.root.object, true).Text())
}

type writer struct {
	records int64 // a field that is in so many is in every record; -1 in lists
}

// object writes the members. Each is absent as often as it was.
func (w *writer) object(o *object, top bool) sketch.Value {
	var members []string
	if o != nil {
		for _, name := range o.names {
			m := o.members[name]
			v := w.value(name, m)
			if m.count < o.count {
				v = v.With("absent=" + sketch.Share(o.count-m.count, o.count))
			}
			members = append(members, sketch.Member(name, v, top))
		}
	}
	return sketch.JSON("{" + strings.Join(members, ",") + "}")
}

// value writes one value.
func (w *writer) value(name string, sh *shape) sketch.Value {
	var kinds []sketch.Value
	var counts []int64
	add := func(n int64, v sketch.Value) { kinds, counts = append(kinds, v), append(counts, n) }
	if n := sh.numbers; n != nil {
		v := sketch.Expr(n.expression(name, n.count == w.records))
		if typ := v.Type(); typ == "int" || typ == "float" {
			v = v.With(n.repeats(n.count, (n.max-n.min)*math.Pow(10, float64(n.decimals))+1))
		}
		add(n.count, v)
	}
	if x := sh.strings; x != nil {
		add(x.count, x.value(x.count == w.records))
	}
	if n := sh.bools[0] + sh.bools[1]; n > 0 {
		add(n, sketch.Expr("bool", "p="+sketch.Share(sh.bools[1], n)))
	}
	if o := sh.object; o != nil {
		add(o.count, w.object(o, false))
	}
	if a := sh.array; a != nil {
		inside := writer{records: -1} // nothing in a list goes from record to record
		add(a.count, sketch.List(sketch.Range(a.min, a.max), inside.value("", &a.elements)))
	}
	if len(kinds) == 0 { // nothing but null, or what was left out
		return sketch.Expr("null", "")
	}
	all := kinds[0]
	if len(kinds) > 1 {
		all = sketch.One(counts, kinds...)
	}
	if sh.nulls > 0 {
		all = all.With("null=" + sketch.Share(sh.nulls, sh.count))
	}
	return all
}

// value writes strings: the expression of what they have in common, or a list of
// them.
func (x *texts) value(ordered bool) sketch.Value {
	switch typ, args := x.expression(ordered); {
	case typ == "concat":
		return x.numbered.value(func(of float64) string { return x.repeats(x.count, of) })
	case typ == "time" || typ == "date" || typ == "uuid7" || typ == "ulid":
		return sketch.Expr(typ, args)
	case typ != "":
		return sketch.Expr(typ, args).With(x.repeats(x.count, 0))
	case len(x.seen) == 1:
		return sketch.String(x.seen[0])
	}
	var constants []sketch.Value
	var counts []int64
	plain := true
	for _, v := range x.seen {
		// Braces and an empty argument are better written as JSON.
		plain = plain && v != "" && !strings.ContainsAny(v, "{}")
		constants, counts = append(constants, sketch.String(v)), append(counts, x.counts[v])
	}
	if plain {
		return sketch.Expr("pick", x.values(gen.Argument))
	}
	return sketch.One(counts, constants...)
}
