package span

import (
	"fmt"
	"strings"

	"ndjsontools/lib/json"
)

// Explain describes the plan as it is run, a step a line: which places are found
// in the record, what must hold for an output, and what is written for it, where
// "<.a>" is a copy of what stands at .a.
func (p *Plan) Explain() string {
	x := explainer{plan: p}
	if found := x.below(p.top); len(found) > 0 {
		x.line("find", strings.Join(found, ", "))
	}
	for i := range p.flows {
		for _, s := range p.flows[i].steps {
			if s.guard {
				x.line("check", x.text(s.e))
			} else {
				x.line("if", x.text(s.e))
			}
		}
		x.line("write", x.text(p.flows[i].out))
	}
	return x.String()
}

type explainer struct {
	strings.Builder
	plan *Plan
}

func (x *explainer) line(step, text string) { fmt.Fprintf(x, "%-7s %s\n", step, text) }

// below are the paths below one.
func (x *explainer) below(w *wanted) (paths []string) {
	for _, k := range w.kids {
		paths = append(append(paths, k.String()), x.below(k)...)
	}
	return paths
}

// String is the path as a program has it.
func (w *wanted) String() string {
	switch {
	case w.parent == nil:
		return "."
	case w.parent.parent == nil:
		return "." + keyName(w.name)
	}
	return w.parent.String() + "." + keyName(w.name)
}

// keyName is a name as it stands behind a dot, with quotes where they must be.
func keyName(name string) string {
	for i, c := range name {
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return quote(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

func quote(s string) string { return string(json.Append(nil, json.FromString(s))) }

func (x *explainer) text(e *expr) string {
	switch e.op {
	case aConstant:
		return string(e.text)
	case aPath:
		return "<" + e.path.String() + ">"
	case anObject:
		return "{" + strings.Join(x.members(e), ",") + "}"
	case anArray:
		return "[" + x.list(e.args, ",") + "]"
	case aMerge:
		return x.merge(e)
	case aString:
		var b strings.Builder
		for i, a := range e.args {
			b.Write(e.keys[i])
			b.WriteString(x.text(a))
		}
		b.Write(e.keys[len(e.args)])
		return b.String()
	case anAlternative:
		return "(" + x.list(e.args, " // ") + ")"
	case aChoice:
		return fmt.Sprintf("(if %s then %s else %s end)", x.text(e.args[0]), x.text(e.args[1]), x.text(e.args[2]))
	case aComparison:
		return fmt.Sprintf("%v %s %s", e.path, e.test, json.Append(nil, e.value))
	case anAnd:
		return "(" + x.list(e.args, " and ") + ")"
	case anOr:
		return "(" + x.list(e.args, " or ") + ")"
	case aNot:
		return x.text(e.args[0]) + " | not"
	case aClock:
		return "(" + x.plan.clocks[e.clock].String() + ")"
	case aStamp:
		return "(now | todate)"
	case aPart:
		return "(" + x.text(e.args[0]) + " | " + e.part.String() + ")"
	}
	panic("span: an expression that Explain does not know")
}

func (x *explainer) list(args []*expr, between string) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = x.text(a)
	}
	return strings.Join(texts, between)
}

// members are the members of a construction, or those that a merge sets.
func (x *explainer) members(e *expr) (all []string) {
	for i, a := range e.args {
		if a != nil {
			all = append(all, quote(e.names[i])+":"+x.text(a))
		}
	}
	return all
}

func (x *explainer) merge(e *expr) string {
	text := "<" + e.path.String() + ">"
	if set := x.members(e); len(set) > 0 {
		text += " with {" + strings.Join(set, ",") + "}"
	}
	var gone []string
	for i, a := range e.args {
		if a == nil {
			gone = append(gone, e.spots[i].String())
		}
	}
	if len(gone) > 0 {
		text += " without " + strings.Join(gone, ", ")
	}
	return text
}

// String is the operator.
func (t test) String() string {
	for name, same := range tests {
		if t == same {
			return name
		}
	}
	panic("span: a test without a name")
}
