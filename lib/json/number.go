package json

import (
	"math"
	"math/big"
	"strconv"
	"unsafe"

	"ndjsontools/lib/jsonscan"
)

// A number is one of four things:
//
//   - an int64, exact; what a literal without a fraction or an exponent becomes;
//   - a *big.Int beyond that, exact;
//   - a float64, the result of a computation that is not exact;
//   - a spelling that came from outside: with a fraction, with an exponent, "-0",
//     or too large for int64. It prints as it came. In a computation it counts as
//     an exact integer if it has no fraction and no exponent and no more than
//     maxDigits digits, and as the nearest double otherwise.

// maxDigits bounds exact integers: above it a number is a double, so infinite.
// Without a bound a record of a few bytes could ask for gigabytes of digits.
const maxDigits = 10_000

// maxBits is the length in bits of 10^maxDigits-1: maxDigits * log2(10).
const maxBits = 33_220

// FromInt returns an exact integer.
func FromInt(i int64) Value {
	return Value{unsafe.Pointer(&intMark), uint64(i)}
}

// FromFloat returns a computed double. NaN and the infinities are values; the
// first prints as null, the others as the largest doubles.
func FromFloat(f float64) Value {
	return Value{unsafe.Pointer(&floatMark), math.Float64bits(f)}
}

// FromBig returns the exact integer x and takes ownership of x. Above 10,000
// digits it returns an infinite double.
func FromBig(x *big.Int) Value {
	switch {
	case x.IsInt64():
		return FromInt(x.Int64())
	case x.BitLen() > maxBits:
		return FromFloat(math.Inf(x.Sign()))
	}
	return Value{unsafe.Pointer(x), uint64(KindNumber) | flagBig}
}

// Float returns the double nearest to the number v, infinite where v is out of
// range. It panics on another kind.
func (v Value) Float() float64 {
	switch v.p {
	case unsafe.Pointer(&floatMark):
		return math.Float64frombits(v.w)
	case unsafe.Pointer(&intMark):
		return float64(int64(v.w))
	}
	v.must(KindNumber)
	if v.w&flagBig != 0 {
		f, _ := (*big.Int)(v.p).Float64()
		return f
	}
	f, _ := strconv.ParseFloat(v.text(), 64) // the grammar is checked; a range error comes with ±Inf or 0
	return f
}

// Int64 returns the number v as an int64, and whether v is an integer that fits.
// 3, 3.0 and 30e-1 are all 3. It panics on another kind.
func (v Value) Int64() (int64, bool) {
	if v.p == unsafe.Pointer(&intMark) {
		return int64(v.w), true
	}
	f := v.Float()
	if v.isWhole() || f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
		return 0, false
	}
	return int64(f), true
}

// IsNaN reports whether v is a number and not a number, as IEEE 754 has it.
func (v Value) IsNaN() bool {
	return v.p == unsafe.Pointer(&floatMark) && math.IsNaN(math.Float64frombits(v.w))
}

// isWhole reports whether v is an exact integer that does not fit an int64.
func (v Value) isWhole() bool {
	return v.p != unsafe.Pointer(&intMark) && v.p != unsafe.Pointer(&floatMark) &&
		v.w&kindBits == uint64(KindNumber) && v.w&(flagBig|flagWhole) != 0
}

// isDouble reports whether v is a computed double.
func (v Value) isDouble() bool { return v.p == unsafe.Pointer(&floatMark) }

// isSpelling reports whether v is a number that prints as it came.
func (v Value) isSpelling() bool {
	return v.p != unsafe.Pointer(&intMark) && v.p != unsafe.Pointer(&floatMark) &&
		v.w&(kindBits|flagBig) == uint64(KindNumber)
}

// big returns v as a big integer, not to be changed, or nil where v is not an
// exact integer.
func (v Value) big() *big.Int {
	switch {
	case v.p == unsafe.Pointer(&intMark):
		return big.NewInt(int64(v.w))
	case !v.isWhole():
		return nil
	case v.w&flagBig != 0:
		return (*big.Int)(v.p)
	}
	x, _ := new(big.Int).SetString(v.text(), 10)
	return x
}

// ParseNumber returns the number that s spells in JSON's grammar, and whether it
// does; white space around it is not allowed. s is shared, not copied.
func ParseNumber(s string) (Value, bool) {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	end, whole := jsonscan.Number(b, 0)
	if end != len(s) {
		return Value{}, false
	}
	return spelled(b, whole), true
}

// spelled returns the number of a literal that is already checked. whole says
// that it has no fraction and no exponent.
func spelled(b []byte, whole bool) Value {
	v := Value{unsafe.Pointer(unsafe.SliceData(b)), uint64(len(b))<<lenShift | uint64(KindNumber)}
	if !whole {
		return v
	}
	digits, neg := b, b[0] == '-'
	if neg {
		digits = b[1:]
	}
	switch n := len(digits); {
	case n <= 18:
		i := int64(0)
		for _, c := range digits {
			i = i*10 + int64(c-'0')
		}
		if !neg {
			return FromInt(i)
		}
		if i == 0 {
			return v // -0 is a spelling: as an integer it would print 0
		}
		return FromInt(-i)
	case n == 19:
		if i, err := strconv.ParseInt(v.text(), 10, 64); err == nil {
			return FromInt(i)
		}
	case n > maxDigits:
		return v
	}
	v.w |= flagWhole
	return v
}
