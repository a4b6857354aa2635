package jsonscan

import "encoding/binary"

// Eight bytes at a time in a uint64 ("SIMD within a register"). In each result
// bit 7 of a byte is the answer for that byte; only the lowest answer is exact,
// because a borrow or a carry may run into higher bytes. Little-endian loads
// make the lowest byte the first. The formulas are of the family in Sean
// Anderson's Bit Twiddling Hacks, "haszero" and "hasless".

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func load8(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }

// stops marks the bytes that end the plain part of a string: the quote, the
// backslash and everything below 0x20. Bytes above 0x7F are not marked.
func stops(w uint64) uint64 {
	return ((w - ones*' ') | ((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones)) &^ w & highs
}

// dels marks 0x7F. It is exact where no byte is 0xFF.
func dels(w uint64) uint64 { return (w + ones) &^ w & highs }

// nonDigits marks the bytes that are not '0' to '9'.
func nonDigits(w uint64) uint64 {
	t := w ^ ones*'0'
	return ((t + ones*0x76) | t) & highs
}

// brackets marks quotes, brackets and braces. Setting bit 5 makes a brace of a
// bracket, and of no other ASCII byte that could stand in a valid record.
func brackets(w uint64) uint64 {
	l := w | ones*0x20
	return (((w ^ ones*'"') - ones) | ((l ^ ones*'{') - ones) | ((l ^ ones*'}') - ones)) &^ w & highs
}
