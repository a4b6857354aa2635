package json

import (
	"cmp"
	"math"
	"math/big"
	"strings"
)

// Compare returns -1, 0 or 1 as a is before, equal to or after b in jq's order:
// null, false, true, numbers, strings, arrays, objects. Strings compare by code
// point, arrays element by element, objects first by their sorted keys and then
// by the values in that order.
//
// Numbers compare exactly, 0.1 before 0.10000000000000000001, unless one of them
// is a computed double: then both do as doubles, so that a spelling equals the
// double that it is computed with. The price is that two different spellings can
// both equal one double. NaN is before every number, also before NaN.
func Compare(a, b Value) int {
	if c := compareFlat(a, b); c != 0 || a.Kind() < KindArray || sameText(a, b) {
		return c
	}
	open := []pairs{pairUp(a, b)}
	for len(open) > 0 {
		p := &open[len(open)-1]
		if p.next == p.n {
			if p.rest != 0 {
				return p.rest
			}
			open = open[:len(open)-1]
			continue
		}
		x, y := p.at()
		if c := compareFlat(x, y); c != 0 {
			return c
		}
		if x.Kind() >= KindArray && !sameText(x, y) {
			open = append(open, pairUp(x, y))
		}
	}
	return 0
}

// compareFlat compares without looking into elements: arrays are all equal, and
// objects are if they have the same keys.
func compareFlat(a, b Value) int {
	k := a.Kind()
	if c := cmp.Compare(k, b.Kind()); c != 0 {
		return c
	}
	switch k {
	case KindNumber:
		return compareNumbers(a, b)
	case KindString:
		return strings.Compare(a.text(), b.text())
	case KindObject:
		if sameText(a, b) {
			return 0
		}
		return compareKeys(a.Object(), b.Object())
	}
	return 0
}

func compareKeys(a, b *Object) int {
	if a.shape == b.shape {
		return 0
	}
	p, q := a.Sorted(nil), b.Sorted(nil)
	for i := range min(len(p), len(q)) {
		if c := strings.Compare(a.shape.keys[p[i]].text(), b.shape.keys[q[i]].text()); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(p), len(q))
}

// pairs walks two containers of one kind side by side.
type pairs struct {
	a, b    []Value
	p, q    []int // of objects: the places in the order of the keys
	next, n int
	rest    int // the answer when all pairs are equal
}

func pairUp(a, b Value) pairs {
	if a.Kind() == KindArray {
		x, y := a.Array().elems, b.Array().elems
		return pairs{a: x, b: y, n: min(len(x), len(y)), rest: cmp.Compare(len(x), len(y))}
	}
	x, y := a.Object(), b.Object()
	return pairs{a: x.vals, b: y.vals, p: x.Sorted(nil), q: y.Sorted(nil), n: len(x.vals)}
}

// at returns the next pair and moves on.
func (p *pairs) at() (Value, Value) {
	i := p.next
	p.next++
	if p.p == nil {
		return p.a[i], p.b[i]
	}
	return p.a[p.p[i]], p.b[p.q[i]]
}

// Equal reports whether Compare(a, b) is 0, without sorting keys. NaN is not
// equal to itself.
func Equal(a, b Value) bool {
	var room [8][2]Value
	todo := append(room[:0], [2]Value{a, b})
	for len(todo) > 0 {
		a, b := todo[len(todo)-1][0], todo[len(todo)-1][1]
		todo = todo[:len(todo)-1]
		k := a.Kind()
		if k != b.Kind() {
			return false
		}
		ok := true
		switch {
		case sameText(a, b):
		case k == KindNumber:
			ok = compareNumbers(a, b) == 0
		case k == KindString:
			ok = a.text() == b.text()
		case k == KindArray:
			todo, ok = equalElements(todo, a.Array().elems, b.Array().elems)
		case k == KindObject:
			todo, ok = equalMembers(todo, a.Object(), b.Object())
		}
		if !ok {
			return false
		}
	}
	return true
}

// equalElements compares the scalars of a and b, and adds to todo the pairs that
// are containers.
func equalElements(todo [][2]Value, a, b []Value) ([][2]Value, bool) {
	if len(a) != len(b) {
		return todo, false
	}
	for i, x := range a {
		if x.Kind() >= KindArray {
			todo = append(todo, [2]Value{x, b[i]})
		} else if !equalScalars(x, b[i]) {
			return todo, false
		}
	}
	return todo, true
}

// equalMembers does the same for the values of objects, by key.
func equalMembers(todo [][2]Value, a, b *Object) ([][2]Value, bool) {
	if a.shape == b.shape {
		return equalElements(todo, a.vals, b.vals)
	}
	if len(a.vals) != len(b.vals) {
		return todo, false
	}
	for i, k := range a.Keys() {
		x := a.vals[i]
		y, ok := b.Get(k.text())
		switch {
		case !ok:
			return todo, false
		case x.Kind() >= KindArray:
			todo = append(todo, [2]Value{x, y})
		case !equalScalars(x, y):
			return todo, false
		}
	}
	return todo, true
}

func equalScalars(a, b Value) bool {
	return compareFlat(a, b) == 0
}

func compareNumbers(a, b Value) int {
	if x, y, ok := ints(a, b); ok {
		return cmp.Compare(x, y)
	}
	x, y := a.Float(), b.Float()
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case math.IsNaN(x):
		return -1
	case math.IsNaN(y):
		return 1
	case a.isDouble() || b.isDouble():
		return 0
	}
	return compareDecimals(a.decimal(), b.decimal())
}

// decimal is a number as text, without its value ever being expanded: it is
// 0.digits times ten to the power of point, and zero has no digits.
type decimal struct {
	neg    bool
	digits string // neither starts nor ends with 0
	point  *big.Int
}

// compareDecimals compares two decimals whose doubles are equal.
func compareDecimals(a, b decimal) int {
	switch {
	case a.digits == "" || b.digits == "": // one is too small for a double, or both are zero
		return cmp.Compare(a.sign(), b.sign())
	case a.neg != b.neg: // both are too small
		return cmp.Compare(a.sign(), b.sign())
	}
	c := a.point.Cmp(b.point)
	if c == 0 {
		c = strings.Compare(a.digits, b.digits)
	}
	return c * a.sign()
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.neg:
		return -1
	}
	return 1
}

// decimal reads an exact number or a spelling.
func (v Value) decimal() decimal {
	var d decimal
	s := string(appendNumber(nil, v))
	s, d.neg = strings.CutPrefix(s, "-")
	d.point = new(big.Int)
	if e := strings.IndexAny(s, "eE"); e >= 0 {
		d.point.SetString(s[e+1:], 10)
		s = s[:e]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	leading := len(whole) + len(fraction) - len(digits)
	d.point.Add(d.point, big.NewInt(int64(len(whole)-leading)))
	d.digits = strings.TrimRight(digits, "0")
	return d
}
