package json

import "unsafe"

// Kind is the kind of a value. Kinds are numbered in jq's order of values, so
// that two values of different kinds compare as their kinds do.
type Kind uint8

// The kinds, in jq's order.
const (
	KindNull Kind = iota
	KindFalse
	KindTrue
	KindNumber
	KindString
	KindArray
	KindObject
)

// String returns jq's name of the type: false and true are both "boolean".
func (k Kind) String() string {
	switch k {
	case KindNull:
		return "null"
	case KindFalse, KindTrue:
		return "boolean"
	case KindNumber:
		return "number"
	case KindString:
		return "string"
	case KindArray:
		return "array"
	default:
		return "object"
	}
}

// Value is one JSON value. The zero Value is null. Values are copied by
// assignment; see the package comment for what a copy shares.
//
// Representation: where p is &intMark or &floatMark the word is the int64 or
// the bits of the float64. Everywhere else the word's lowest three bits are the
// Kind, five bits are flags, and the upper 56 bits are a length in bytes:
//
//	null, false, true   p is nil
//	string              p is the first byte, length in the word
//	number, spelling    p is the first byte of the literal, length in the word
//	number, big         p is a *big.Int, flagBig
//	array, object       p is an *Array, an *Object; flagText where it began as text
type Value struct {
	p unsafe.Pointer
	w uint64
}

const (
	kindBits  = 0x07
	lenShift  = 8
	flagPlain = 1 << 3 // string: prints as it is, without an escape
	flagASCII = 1 << 4 // string: has no byte above 0x7F
	flagWhole = 1 << 3 // number spelling: an integer too large for int64, within maxDigits
	flagBig   = 1 << 4 // number: p is a *big.Int
	flagText  = 1 << 3 // array, object: its decoder left it as text, and it may still be that
)

// The addresses mark immediate numbers; the bytes are never read. Two different
// variables of non-zero size have two different addresses.
var intMark, floatMark byte

// Null returns null, the zero Value.
func Null() Value { return Value{} }

// FromBool returns true or false.
func FromBool(b bool) Value {
	if b {
		return Value{w: uint64(KindTrue)}
	}
	return Value{w: uint64(KindFalse)}
}

// FromString returns a string. s must be valid UTF-8; it is shared, not copied.
func FromString(s string) Value {
	return Value{unsafe.Pointer(unsafe.StringData(s)), uint64(len(s))<<lenShift | uint64(KindString)}
}

// Kind returns the kind of v.
func (v Value) Kind() Kind {
	if v.p == unsafe.Pointer(&intMark) || v.p == unsafe.Pointer(&floatMark) {
		return KindNumber
	}
	return Kind(v.w & kindBits)
}

// Truthy reports whether v counts as true in a condition: all but null and false.
func (v Value) Truthy() bool { return v.Kind() > KindFalse }

// Str returns the text of a string, shared with v. It panics on another kind.
func (v Value) Str() string {
	v.must(KindString)
	return v.text()
}

// Array returns the container of an array, and decodes its elements if that was
// put off. It panics on another kind.
func (v Value) Array() *Array {
	if v.isPlain(KindArray) {
		return (*Array)(v.p)
	}
	return v.readArray()
}

// Object returns the container of an object, and decodes its values if that was
// put off. It panics on another kind.
func (v Value) Object() *Object {
	if v.isPlain(KindObject) {
		return (*Object)(v.p)
	}
	return v.readObject()
}

// isPlain reports whether v is a container of kind k that never was text.
func (v Value) isPlain(k Kind) bool {
	return v.w&(kindBits|flagText) == uint64(k) && v.p != unsafe.Pointer(&intMark) && v.p != unsafe.Pointer(&floatMark)
}

// Same reports whether a and b are one value: by identity, so that two equal
// containers are not the same unless they are one container.
func Same(a, b Value) bool {
	if a.Kind() >= KindArray && a.w^b.w == flagText { // one is from the container, the other from its decoder
		b.w = a.w
	}
	return a == b
}

// IsASCII reports whether the string v is known to have only ASCII characters,
// so that its length in bytes is its length in characters. False means unknown.
func (v Value) IsASCII() bool { return v.Kind() == KindString && v.w&flagASCII != 0 }

// text returns the bytes of a string or of a number's spelling.
func (v Value) text() string {
	return unsafe.String((*byte)(v.p), int(v.w>>lenShift))
}

func (v Value) must(k Kind) {
	if v.Kind() != k {
		panic("json: value is " + v.Kind().String() + ", not " + k.String())
	}
}
