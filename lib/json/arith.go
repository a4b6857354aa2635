package json

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"unsafe"
)

// ErrDivisor is the error of a division or a remainder by zero.
var ErrDivisor = errors.New("the divisor is zero")

// The operations below want numbers and panic on other kinds. Two exact
// integers give an exact integer wherever the result is one; everything else is
// computed in doubles.

// Add returns a + b.
func Add(a, b Value) Value {
	if x, y, ok := ints(a, b); ok {
		if s := x + y; (s > x) == (y > 0) {
			return FromInt(s)
		}
	}
	if x, y := bigs(a, b); x != nil {
		return FromBig(new(big.Int).Add(x, y))
	}
	return FromFloat(a.Float() + b.Float())
}

// Sub returns a - b.
func Sub(a, b Value) Value {
	if x, y, ok := ints(a, b); ok {
		if d := x - y; (d < x) == (y > 0) {
			return FromInt(d)
		}
	}
	if x, y := bigs(a, b); x != nil {
		return FromBig(new(big.Int).Sub(x, y))
	}
	return FromFloat(a.Float() - b.Float())
}

// Mul returns a * b.
func Mul(a, b Value) Value {
	if x, y, ok := ints(a, b); ok {
		hi, lo := bits.Mul64(uint64(x), uint64(y))
		// For signed factors the high word is corrected by each other factor.
		hi -= uint64(x>>63)&uint64(y) + uint64(y>>63)&uint64(x)
		if hi == uint64(int64(lo)>>63) {
			return FromInt(int64(lo))
		}
	}
	if x, y := bigs(a, b); x != nil {
		return FromBig(new(big.Int).Mul(x, y))
	}
	return FromFloat(a.Float() * b.Float())
}

// Div returns a / b: exact where both are exact and nothing remains. A divisor
// of zero is ErrDivisor.
func Div(a, b Value) (Value, error) {
	if b.Float() == 0 {
		return Value{}, ErrDivisor
	}
	if x, y, ok := ints(a, b); ok && y != -1 {
		if x%y == 0 {
			return FromInt(x / y), nil
		}
	} else if x, y := bigs(a, b); x != nil {
		q, r := new(big.Int).QuoRem(x, y, new(big.Int))
		if r.Sign() == 0 {
			return FromBig(q), nil
		}
		// Not by the doubles of x and y: these may both be infinite.
		f, _ := new(big.Rat).SetFrac(x, y).Float64()
		return FromFloat(f), nil
	}
	return FromFloat(a.Float() / b.Float()), nil
}

// Mod returns the remainder of a / b, with the sign of a. As in jq, a number
// that is not an integer is cut to one first, at most to the ends of int64, and
// NaN on either side gives NaN. A divisor that is then zero is ErrDivisor.
func Mod(a, b Value) (Value, error) {
	if a.IsNaN() || b.IsNaN() {
		return FromFloat(math.NaN()), nil
	}
	x, y := a.truncated(), b.truncated()
	if i, j, ok := ints(x, y); ok {
		if j == 0 {
			return Value{}, ErrDivisor
		}
		if j == -1 { // the quotient of the smallest int64 would overflow
			return FromInt(0), nil
		}
		return FromInt(i % j), nil
	}
	p, q := bigs(x, y)
	return FromBig(new(big.Int).Rem(p, q)), nil // q is not zero: zero is an int64
}

// Neg returns -v. A spelling keeps its digits: -(1.10) is -1.10. The negative of
// zero is zero, without a sign.
func Neg(v Value) Value {
	switch i, ok := v.int(); {
	case ok && i != math.MinInt64:
		return FromInt(-i)
	case v.isSpelling():
		return negSpelling(v)
	}
	if x := v.big(); x != nil {
		return FromBig(new(big.Int).Neg(x))
	}
	return FromFloat(-v.Float())
}

// Abs returns v without its sign. A spelling keeps its digits.
func Abs(v Value) Value {
	switch {
	case v.isSpelling():
		if v.text()[0] == '-' {
			return negSpelling(v)
		}
		return v
	case v.p == unsafe.Pointer(&floatMark):
		return FromFloat(math.Abs(v.Float()))
	}
	if v.big().Sign() < 0 {
		return Neg(v)
	}
	return v
}

func negSpelling(v Value) Value {
	s := v.text()
	if s[0] == '-' {
		n, _ := ParseNumber(s[1:])
		return n
	}
	if isZero(s) {
		return v
	}
	n, _ := ParseNumber("-" + s)
	return n
}

// isZero reports whether the number that s spells is zero, by its digits: 1e-999
// is not, though its double is.
func isZero(s string) bool {
	for i := 0; i < len(s) && s[i]|0x20 != 'e'; i++ {
		if '1' <= s[i] && s[i] <= '9' {
			return false
		}
	}
	return true
}

// truncated returns v cut to an exact integer, doubles within int64.
func (v Value) truncated() Value {
	if _, ok := v.int(); ok || v.isWhole() {
		return v
	}
	switch f := v.Float(); {
	case f < -1<<63:
		return FromInt(math.MinInt64)
	case f >= 1<<63:
		return FromInt(math.MaxInt64)
	default:
		return FromInt(int64(f))
	}
}

// isExact reports whether v is an exact integer.
func (v Value) isExact() bool { return v.p == unsafe.Pointer(&intMark) || v.isWhole() }

func (v Value) int() (int64, bool) {
	return int64(v.w), v.p == unsafe.Pointer(&intMark)
}

func ints(a, b Value) (x, y int64, ok bool) {
	return int64(a.w), int64(b.w), a.p == unsafe.Pointer(&intMark) && b.p == unsafe.Pointer(&intMark)
}

// bigs returns both as big integers, or nil twice unless both are exact.
func bigs(a, b Value) (x, y *big.Int) {
	if !a.isExact() || !b.isExact() {
		return nil, nil
	}
	return a.big(), b.big()
}
