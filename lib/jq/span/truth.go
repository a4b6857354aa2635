package span

import (
	"bytes"
	"cmp"
	"strings"
	"unsafe"

	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
)

// test is a comparison, as a set of the three results that satisfy it.
type test uint8

const (
	less test = 1 << iota
	equal
	greater
)

var tests = map[string]test{
	"==": equal, "!=": less | greater, "<": less, "<=": less | equal, ">": greater, ">=": greater | equal,
}

// mirrored is the test for exchanged sides.
func (t test) mirrored() test {
	return t&equal | t&less<<2 | t&greater>>2
}

func (t test) holds(c int) bool { return t>>(c+1)&1 != 0 }

// truth reports whether a condition holds.
func (r *Runner) truth(e *expr) (holds, ok bool) {
	switch e.op {
	case aConstant:
		return e.value.Truthy(), true
	case aPath:
		at, ok := r.locate(e.path)
		if at.end == 0 {
			return false, ok
		}
		c := r.b[at.start]
		return c != 'n' && c != 'f', true
	case anAlternative, aChoice:
		x, ok := r.choose(e)
		if !ok {
			return false, false
		}
		return r.truth(x)
	case aComparison:
		at, ok := r.locate(e.path)
		if !ok {
			return false, false
		}
		return e.test.holds(r.compare(at, e.value)), true
	case anAnd, anOr:
		for _, x := range e.args {
			if holds, ok = r.truth(x); !ok || holds == (e.op == anOr) {
				return holds, ok
			}
		}
		return e.op == anAnd, true
	case aNot:
		holds, ok = r.truth(e.args[0])
		return !holds, ok
	case aPart:
		v, ok := r.valueOf(e)
		return ok && v.Truthy(), ok
	}
	return true, r.check(e)
}

// compare compares a value of the record with a constant that is no array and
// no object.
func (r *Runner) compare(at place, v json.Value) int {
	if at.end == 0 {
		return cmp.Compare(json.KindNull, v.Kind())
	}
	raw := r.b[at.start:at.end]
	kind := kindOf(raw[0])
	if kind != v.Kind() {
		return cmp.Compare(kind, v.Kind())
	}
	switch kind {
	case json.KindNumber:
		n, _ := json.ParseNumber(view(raw))
		return json.Compare(n, v)
	case json.KindString:
		raw = raw[1 : len(raw)-1]
		if bytes.IndexByte(raw, 0x5C) >= 0 {
			r.scratch = jsonscan.Unescape(r.scratch[:0], raw)
			raw = r.scratch
		}
		return strings.Compare(view(raw), v.Str())
	}
	return 0
}

// kindOf is the kind of the value that begins with c.
func kindOf(c byte) json.Kind {
	switch c {
	case '"':
		return json.KindString
	case '{':
		return json.KindObject
	case '[':
		return json.KindArray
	case 'n':
		return json.KindNull
	case 'f':
		return json.KindFalse
	case 't':
		return json.KindTrue
	}
	return json.KindNumber
}

// view is b as a string, which must not outlive the call that it is for.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
