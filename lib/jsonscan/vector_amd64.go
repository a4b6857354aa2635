package jsonscan

import "unicode/utf8"

// hasVector says whether the processor and the system have AVX2. It is asked
// once and never changes.
var hasVector = detectAVX2()

// detectAVX2 asks as Intel's manual says (volume 1, 14.3 and 14.7.1): the system
// must save the wide registers.
func detectAVX2() bool {
	const (
		osxsave = 1 << 27 // leaf 1, ECX
		popcnt  = 1 << 23
		saved   = 6      // XCR0: SSE and AVX state
		avx2    = 1 << 5 // leaf 7, EBX
	)
	if most, _, _, _ := cpuid(0, 0); most < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&osxsave == 0 || c&popcnt == 0 || xgetbv()&saved != saved {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

func cpuid(leaf, sub uint32) (a, b, c, d uint32)

func xgetbv() uint32

// stopAVX2 is stopPlain for the n bytes at p.
//
//go:noescape
func stopAVX2(p *byte, n int) (at int, high, del uint32)

// utf8AVX2 reports whether the n bytes at p, rounded down to whole vectors, and
// then tail are UTF-8. The last byte of tail must be ASCII.
//
//go:noescape
func utf8AVX2(p *byte, n int, tail *[32]byte) bool

// nestAVX2 goes through the n bytes at p, rounded down to whole vectors, from a
// place that is depth levels deep, and inside of a string if in is not 0. It
// stops before the vector that has a backslash, or behind all; and, with at before
// it, at the one with as many closing brackets as there are levels. open and shut
// are the brackets of that one, and 0 otherwise; still is in for what follows.
//
//go:noescape
func nestAVX2(p *byte, n, depth int, in uint32) (at, deep int, open, shut, still uint32)

func vectorNest(b []byte, depth int, in uint32) (at, deep int, open, shut, still uint32) {
	return nestAVX2(&b[0], len(b), depth, in)
}

// keyAVX2 returns the first place in the n bytes at p, but not before from, with a
// quote, and k bytes behind it a quote and a colon; or -1. n must be at least k+33,
// and from at most 31.
//
//go:noescape
func keyAVX2(p *byte, n, k, from int) (at int)

func vectorKey(b []byte, k, from int) (at int) { return keyAVX2(&b[0], len(b), k, from) }

func vectorStop(b []byte) (at int, high, del uint32) { return stopAVX2(&b[0], len(b)) }

// validUTF8 is utf8.Valid. It follows Keiser and Lemire, "Validating UTF-8 In
// Less Than One Instruction Per Byte" (2021): three table look-ups find all
// errors of two neighbouring bytes, and a subtraction those of longer forms.
func validUTF8(b []byte) bool {
	if !hasVector || len(b) < vectorFrom {
		return utf8.Valid(b)
	}
	var tail [32]byte
	copy(tail[:], b[len(b)&^31:])
	return utf8AVX2(&b[0], len(b), &tail)
}
