package span

import (
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
)

type op uint8

const (
	aConstant     op = iota // text, value
	aPath                   // path
	anObject                // keys, args
	anArray                 // args
	aMerge                  // path + {keys: args}
	aString                 // args between pieces of text: keys has one piece more
	anAlternative           // args[0] // args[1]
	aChoice                 // if args[0] then args[1] else args[2] end
	aComparison             // path test value
	anAnd                   // args
	anOr                    // args
	aNot                    // args[0]
	aClock                  // clock
	aStamp                  // now|todate
	aPart                   // args[0] | part
)

// expr is an expression whose only variables are paths into the record.
type expr struct {
	op    op
	text  []byte // canonical
	value json.Value
	path  *wanted
	keys  [][]byte // canonical, with colon; of anObject also with the brace or comma before it
	names []string
	spots []*wanted // of a merge: where the keys would stand in the left object
	args  []*expr
	drops bool // some of args are nil
	test  test
	clock int
	part  *part
}

// wanted is a path: the tree of all paths that the program asks for.
type wanted struct {
	name   string
	reg    uint8
	parent *wanted
	kids   []*wanted
}

// maxRegs bounds the paths of a program. It is a power of two. Register 0 is for
// values that nobody wants, and register 1 for the record.
const (
	maxRegs = 64
	topReg  = 1
)

func (w *wanted) child(name string) *wanted {
	if w != nil {
		for _, k := range w.kids {
			if k.name == name {
				return k
			}
		}
	}
	return nil
}

// locate returns where the value of a path stands. An end of 0 means that it is
// null since there is nothing. It is not ok where the evaluator has an error.
func (r *Runner) locate(w *wanted) (at place, ok bool) {
	if at = r.regs[w.reg&(maxRegs-1)]; at.end != 0 {
		return at, true
	}
	for p := w.parent; p != nil; p = p.parent {
		if at := r.regs[p.reg&(maxRegs-1)]; at.end != 0 {
			c := r.b[at.start]
			return place{}, c == '{' || c == 'n'
		}
	}
	return place{}, true
}

// copy appends what stands at a place, in canonical form.
func (r *Runner) copy(dst []byte, from, to int) []byte {
	if from >= r.dirtyTo || to <= r.dirtyFrom {
		return append(dst, r.b[from:to]...)
	}
	dst, r.scratch = appendCanonical(dst, r.b[from:to], r.scratch)
	return dst
}

// append appends the value of an expression.
func (r *Runner) append(dst []byte, e *expr) ([]byte, bool) {
	switch e.op {
	case aConstant:
		return append(dst, e.text...), true
	case aPath:
		at, ok := r.locate(e.path)
		if at.end == 0 {
			return append(dst, "null"...), ok
		}
		return r.copy(dst, int(at.start), int(at.end)), true
	case anObject:
		for i, x := range e.args {
			var ok bool
			dst = append(dst, e.keys[i]...)
			if dst, ok = r.append(dst, x); !ok {
				return dst, false
			}
		}
		return append(dst, '}'), true
	case anArray:
		for i, x := range e.args {
			var ok bool
			dst = append(dst, "[,"[min(i, 1)])
			if dst, ok = r.append(dst, x); !ok {
				return dst, false
			}
		}
		return append(dst, ']'), true
	case aMerge:
		return r.merge(dst, e)
	case aString:
		return r.join(dst, e)
	case anAlternative, aChoice:
		x, ok := r.choose(e)
		if !ok {
			return dst, false
		}
		return r.append(dst, x)
	case aClock:
		if !r.one(r.clocks[e.clock], json.Null()) {
			return dst, false
		}
		return json.Append(dst, r.got), true
	case aStamp:
		return r.stamp(dst)
	case aPart:
		v, ok := r.valueOf(e)
		if !ok {
			return dst, false
		}
		return json.Append(dst, v), true
	}
	holds, ok := r.truth(e)
	if holds {
		return append(dst, "true"...), ok
	}
	return append(dst, "false"...), ok
}

// choose returns the branch that is taken.
func (r *Runner) choose(e *expr) (*expr, bool) {
	holds, ok := r.truth(e.args[0])
	switch {
	case e.op == anAlternative && holds:
		return e.args[0], ok
	case e.op == anAlternative || holds:
		return e.args[1], ok
	}
	return e.args[2], ok
}

// join appends a string with interpolations.
func (r *Runner) join(dst []byte, e *expr) ([]byte, bool) {
	for i, x := range e.args {
		dst = append(dst, e.keys[i]...)
		base, ok := len(dst), false
		if dst, ok = r.append(dst, x); !ok || len(dst) == base {
			return dst, false
		}
		switch dst[base] {
		case '"':
			n := copy(dst[base:], dst[base+1:len(dst)-1])
			dst = dst[:base+n]
		case '[', '{':
			r.scratch = append(r.scratch[:0], dst[base:]...)
			dst = jsonscan.AppendString(dst[:base], r.scratch)
			n := copy(dst[base:], dst[base+1:len(dst)-1])
			dst = dst[:base+n]
		}
	}
	return append(dst, e.keys[len(e.args)]...), true
}

// check reports whether an expression has no error.
func (r *Runner) check(e *expr) bool {
	switch e.op {
	case aPath, aMerge, aComparison:
		at, ok := r.locate(e.path)
		if !ok || e.op == aMerge && at.end != 0 && r.b[at.start] != '{' && r.b[at.start] != 'n' {
			return false
		}
	case aClock:
		if !r.one(r.clocks[e.clock], json.Null()) {
			return false
		}
	case aPart:
		_, ok := r.valueOf(e)
		return ok
	}
	for _, x := range e.args {
		if x != nil && !r.check(x) {
			return false
		}
	}
	return true
}
