package gen

import "math/bits"

// gamma is the odd step of SplitMix64: 2^64 divided by the golden ratio.
const gamma = 0x9E3779B97F4A7C15

// mix is the finalizer of SplitMix64, a bijection of 64 bits in which every
// input bit reaches every output bit (Stafford's variant 13).
//
// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom
// number generators", OOPSLA 2014; the constants are those of its reference
// code, https://prng.di.unimi.it/splitmix64.c.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// key names a stream of cells. It depends on the seed, on the field's path and
// on the role, which is what the cell decides ("jitter", later "null"...).
// Separate roles keep one decision from shifting another.
//
// Each part is hashed behind its length, so the paths a, bc and ab, c differ.
// The hash is 64-bit FNV-1a.
func key(seed uint64, path []string, role string) uint64 {
	h := uint64(fnvOffset)
	for _, part := range path {
		h = fnvPart(h, part)
	}
	h = fnvPart(h, role)
	return mix(seed ^ mix(h))
}

const (
	fnvOffset = 0xCBF29CE484222325
	fnvPrime  = 0x100000001B3
)

func fnvPart(h uint64, part string) uint64 {
	for n, i := uint64(len(part)), 0; i < 8; i++ {
		h = (h ^ n>>(8*i)&0xFF) * fnvPrime
	}
	for i := 0; i < len(part); i++ {
		h = (h ^ uint64(part[i])) * fnvPrime
	}
	return h
}

// cell returns the random bits of one record in the stream of a key: the
// (index+1)-th output of SplitMix64 seeded with key, reached without the
// outputs before it.
func cell(key uint64, index int64) uint64 {
	return mix(key + (uint64(index)+1)*gamma)
}

// below maps a cell to 0..n-1 by the high half of a product. Some values are
// likelier than others by at most n/2^64, which nobody can see; a rejection
// loop would cost a second draw and with it the rule of one cell a decision.
func below(cell, n uint64) uint64 {
	hi, _ := bits.Mul64(cell, n)
	return hi
}

// draw is cell for a position that need not be an index.
func draw(key, at uint64) uint64 { return mix(key + (at+1)*gamma) }

// Hash is a hash of 64 bits that never changes: 64-bit FNV-1a behind the
// finalizer of SplitMix64, so that all bits are as good. It makes a position of a
// value's text: the same text, the same cells.
func Hash(b []byte) uint64 {
	h := uint64(fnvOffset)
	for _, ch := range b {
		h = (h ^ uint64(ch)) * fnvPrime
	}
	return mix(h)
}
