package like

import (
	"strconv"
	"strings"

	"ndjsontools/lib/gen"
	"ndjsontools/lib/jsonscan"
)

// Template is a template, as package gen reads them, of which records come that
// are like those of the sample.
func (s *Sample) Template() []byte {
	w := writer{records: s.records}
	return []byte(w.object(s.root.object))
}

type writer struct {
	records int64
}

// object writes the members. Each is absent as often as it was.
func (w *writer) object(o *object) string {
	var b strings.Builder
	b.WriteByte('{')
	if o != nil {
		for i, name := range o.names {
			if i > 0 {
				b.WriteByte(',')
			}
			m := o.members[name]
			absent := ""
			if m.count < o.count {
				absent = "absent=" + percent(o.count-m.count, o.count)
			}
			b.WriteString(quoted(name) + ":" + w.value(name, m, absent))
		}
	}
	b.WriteByte('}')
	return b.String()
}

// A kind is one of the types that a field's values have.
type kind struct {
	count int64
	write func(mods string) string
	plain bool // it can't take modifiers: {{one}} does around it
}

// value writes one value; mods are modifiers that it is to have.
func (w *writer) value(name string, sh *shape, mods string) string {
	ordered := sh.count == w.records
	var kinds []kind
	if n := sh.numbers; n != nil {
		kinds = append(kinds, kind{n.count, func(mods string) string {
			typ, args := n.expression(name, ordered && n.count == w.records)
			return expression(typ, mods, args)
		}, false})
	}
	if x := sh.strings; x != nil {
		kinds = append(kinds, kind{x.count, func(mods string) string { return w.text(x, ordered && x.count == w.records, mods) }, x.plain()})
	}
	if n := sh.bools[0] + sh.bools[1]; n > 0 {
		kinds = append(kinds, kind{n, func(mods string) string { return expression("bool", mods, "p="+percent(sh.bools[1], n)) }, false})
	}
	if o := sh.object; o != nil {
		kinds = append(kinds, kind{o.count, func(string) string { return w.object(o) }, true})
	}
	if a := sh.array; a != nil {
		kinds = append(kinds, kind{a.count, func(mods string) string {
			return `["{{*` + sizes(a.min, a.max) + join(",", mods) + `}}",` + w.element(&a.elements) + `]`
		}, false})
	}
	if len(kinds) == 0 { // nothing but null, or what was left out
		return expression("null", mods, "")
	}
	if sh.nulls > 0 {
		mods = join(mods, ",null="+percent(sh.nulls, sh.count))
		mods = strings.TrimPrefix(mods, ",")
	}
	if len(kinds) == 1 && (mods == "" || !kinds[0].plain) {
		return kinds[0].write(mods)
	}
	head, items := "one", ""
	for _, k := range kinds {
		if len(kinds) > 1 {
			head += "," + strconv.FormatInt(min(k.count, 1<<30-1), 10)
		}
		items += "," + k.write("")
	}
	return `["{{` + head + join(",", mods) + `}}"` + items + `]`
}

// element writes the element of an array; one that was always empty has null.
func (w *writer) element(sh *shape) string {
	before := w.records
	w.records = -1 // nothing in a list goes from record to record
	defer func() { w.records = before }()
	return w.value("", sh, "")
}

// join puts sep and b behind a, if there is a b.
func join(a, b string) string {
	if b == "" || b == "," {
		return strings.TrimSuffix(a, ",")
	}
	return a + b
}

func expression(typ, mods, args string) string {
	text := join(join(typ, ","+mods), ","+args)
	return quoted("{{" + text + "}}")
}

// plain says whether the strings are written without an expression of their own.
func (x *texts) plain() bool {
	typ, _ := x.expression(true)
	return typ == "concat" || typ == "" && x.spelled()
}

// spelled says whether the values are better written as JSON than as arguments.
func (x *texts) spelled() bool {
	if len(x.seen) == 1 {
		return true
	}
	for _, v := range x.seen {
		if strings.ContainsAny(v, "{}\\") || v == "" {
			return true
		}
	}
	return false
}

func (w *writer) text(x *texts, ordered bool, mods string) string {
	typ, args := x.expression(ordered)
	switch {
	case typ == "concat":
		d := x.numbered
		return quoted(braces(d.prefix) + "{{int," + sizes(d.min, d.max) + "}}" + braces(d.suffix))
	case typ != "":
		return expression(typ, mods, args)
	case len(x.seen) == 1:
		return quoted(braces(x.seen[0]))
	case x.spelled():
		head, items := "one", ""
		for _, v := range x.seen {
			head += "," + strconv.FormatInt(min(x.counts[v], 1<<30-1), 10)
			items += "," + quoted(braces(v))
		}
		return `["{{` + head + `}}"` + items + `]`
	}
	return expression("pick", mods, x.values(gen.Argument))
}

// braces doubles those that would begin an expression.
func braces(s string) string { return strings.ReplaceAll(s, "{{", "{{{{") }

func quoted(s string) string { return string(jsonscan.AppendString(nil, []byte(s))) }
