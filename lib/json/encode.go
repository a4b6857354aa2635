package json

import (
	"math"
	"math/big"
	"strconv"
	"unsafe"

	"ndjsontools/lib/jsonscan"
)

// Append appends v to dst in the canonical form: no white space, keys in order,
// strings as jsonscan.AppendString writes them, numbers that were not computed
// as they came, integers in full, and doubles as jq prints them.
func Append(dst []byte, v Value) []byte {
	if v.Kind() < KindArray {
		return appendScalar(dst, v)
	}
	if text, ok := v.unread(); ok {
		return append(dst, text...)
	}
	var room [16]cursor
	open := append(room[:0], enter(v))
	dst = append(dst, open[0].opening())
	for len(open) > 0 {
		c := &open[len(open)-1]
		if c.next == len(c.vals) {
			dst = append(dst, c.opening()+2) // ']' is '[' + 2, '}' is '{' + 2
			open = open[:len(open)-1]
			continue
		}
		if c.next > 0 {
			dst = append(dst, ',')
		}
		if c.keys != nil {
			dst = append(appendString(dst, c.keys[c.next]), ':')
		}
		v := c.vals[c.next]
		c.next++
		if v.Kind() < KindArray {
			dst = appendScalar(dst, v)
			continue
		}
		if text, ok := v.unread(); ok {
			dst = append(dst, text...)
			continue
		}
		open = append(open, enter(v))
		dst = append(dst, open[len(open)-1].opening())
	}
	return dst
}

// cursor is the place in a container that is being read.
type cursor struct {
	keys, vals []Value
	next       int
	object     bool
}

func enter(v Value) cursor {
	if v.Kind() == KindArray {
		return cursor{vals: v.Array().elems}
	}
	o := v.Object()
	return cursor{keys: o.Keys(), vals: o.vals, object: true}
}

func (c *cursor) opening() byte {
	if c.object {
		return '{'
	}
	return '['
}

func appendScalar(dst []byte, v Value) []byte {
	switch v.Kind() {
	case KindNull:
		return append(dst, "null"...)
	case KindFalse:
		return append(dst, "false"...)
	case KindTrue:
		return append(dst, "true"...)
	case KindString:
		return appendString(dst, v)
	}
	return appendNumber(dst, v)
}

func appendString(dst []byte, v Value) []byte {
	s := v.text()
	if v.w&flagPlain != 0 {
		dst = append(dst, '"')
		dst = append(dst, s...)
		return append(dst, '"')
	}
	return jsonscan.AppendString(dst, unsafe.Slice(unsafe.StringData(s), len(s)))
}

func appendNumber(dst []byte, v Value) []byte {
	switch {
	case v.p == unsafe.Pointer(&intMark):
		return strconv.AppendInt(dst, int64(v.w), 10)
	case v.p == unsafe.Pointer(&floatMark):
		return appendFloat(dst, math.Float64frombits(v.w))
	case v.w&flagBig != 0:
		return (*big.Int)(v.p).Append(dst, 10)
	}
	return append(dst, v.text()...)
}

// appendFloat prints f as jq does: the shortest digits that read back as f, and
// an exponent where the point would stand 4 or more places before the digits or
// 16 or more behind their end (jv_dtoa.c, jvp_dtoa_fmt, after David Gay's
// g_fmt.c). NaN is null; what is infinite is the largest double.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "null"...)
	case f == 0:
		if math.Signbit(f) {
			dst = append(dst, '-')
		}
		return append(dst, '0')
	case math.IsInf(f, 0):
		f = math.Copysign(math.MaxFloat64, f)
	}
	if f < 0 {
		dst = append(dst, '-')
		f = -f
	}
	var room [32]byte
	digits, point := shortest(room[:0], f)
	switch n := len(digits); {
	case point <= -4 || point > n+15:
		return appendExponent(dst, digits, point-1)
	case point <= 0:
		dst = append(dst, "0.000"[:2-point]...)
		return append(dst, digits...)
	case point < n:
		dst = append(append(dst, digits[:point]...), '.')
		return append(dst, digits[point:]...)
	default:
		dst = append(dst, digits...)
		return append(dst, "000000000000000"[:point-n]...)
	}
}

// shortest returns the shortest digits of f > 0, in room, and where the point
// is: f is 0.digits times ten to the power of point.
func shortest(room []byte, f float64) (digits []byte, point int) {
	s := strconv.AppendFloat(room, f, 'e', -1, 64) // d.ddde±xx
	e := len(s) - 1
	for s[e] != 'e' {
		e--
	}
	for _, c := range s[e+2:] {
		point = point*10 + int(c-'0')
	}
	if s[e+1] == '-' {
		point = -point
	}
	if e > 1 {
		copy(s[1:], s[2:e]) // over the '.'
		e--
	}
	return s[:e], point + 1
}

func appendExponent(dst, digits []byte, exp int) []byte {
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	sign := byte('+')
	if exp < 0 {
		sign, exp = '-', -exp
	}
	dst = append(dst, 'e', sign)
	if exp < 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(exp), 10)
}
