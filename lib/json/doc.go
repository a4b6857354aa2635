// Package json holds JSON values as a filter needs them: objects keep the
// order of their keys, numbers keep their spelling and their exactness, and a
// value is 16 bytes that can be copied freely. It decodes one record, compares,
// computes, and prints the one canonical compact form.
//
// It is not for mapping JSON to Go structs, not for indented or coloured
// output, and not for validating without a value: lib/jsonscan does that, on
// bytes, for less.
//
// # Ownership
//
// Scalars never change. Arrays and objects do, through *Array and *Object, and
// nothing counts who else holds them: that would cost every copy. So there is
// one rule. A container belongs to the code that made it (NewArray, NewObject,
// Clone, Merge ...) until a Value of it is handed to other code; from then on
// it is frozen, and who wants to change it clones it first. Clone on a
// container is shallow: cloning the containers along a path and setting the
// last is an update that shares all the rest. Code that can prove that it holds
// the only copy (an accumulator of a fold) may go on changing it in place.
// Frozen values may be read by many goroutines at once: no read ever writes.
//
// # Memory
//
// A decoded value points into the record for strings without escapes and for
// numbers that are not small integers, and into the decoder's own blocks for
// the rest. It is valid as long as the record's bytes are unchanged and the
// decoder is not reset. Value.Clone copies a value out of both.
//
// # Decisions and their price
//
// A Value is a pointer and a word, made with unsafe. An interface would be as
// small, but boxes every number and string header; a struct of all kinds would
// be 48 bytes. The price is that == on two Values compares identity and means
// nothing: use Equal.
//
// A number that is not a small integer is kept as its spelling and parsed when
// it is computed with. Most numbers of a stream are only moved; one that is
// compared a thousand times is parsed a thousand times.
//
// Functions that walk a value use a stack of their own, on the heap. A computed
// value can nest deeper than any input, and the overflow of a goroutine's stack
// can't be recovered. MergeDeep does recurse, and has a limit instead.
package json
