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
// Frozen values may be read by many goroutines at once: no read of them writes.
// But a value of Decoder.Defer is text at first, and looking into it writes: it,
// and all that is taken out of it, is for the goroutine of its decoder. What
// goroutines share, such as the constants of a program, comes from Decode.
//
// # Memory
//
// A decoded value points into the record for strings without escapes and for
// numbers that are not small integers, and into the decoder's own blocks for
// the rest. It is valid as long as the record's bytes are unchanged and the
// decoder is not reset. Value.Clone copies a value out of both.
//
// A deferred value is its record's bytes, and 48 for each container that somebody
// has come across but not looked into.
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
// Containers may stay text until somebody looks into them (Decoder.Defer), if it
// is known that the text is canonical, for then it can be printed as it is. Who
// knows that is not this package: lib/jq/span proves it in half the time of
// decoding. So a record is either text as a whole or decoded as a whole. Decoding
// the first level only is no gain: of an event it takes 290 ns, since the ends of
// the rest have to be found, and all of it 270. Nor is it one to put off what is
// then decoded: walk and paths took an eighth longer, ".." a quarter. That a
// program will do so is not read from its text but from its habit (habit.go). What
// --slurp has read before the program begins can't be helped, and costs a walk over
// all of it a twentieth.
//
// A key of a text is searched for, in less than a quarter of the time of decoding,
// and at most three times: reading a level costs as much as decoding. The price is
// a branch in Value.Array and Value.Object, and that a container that was text has
// a flag in its Value, which identity must not see: Same knows.
//
// A text that nests n levels deep is scanned up to n times when it is read level by
// level, so whoever defers should have a limit of levels.
//
// Functions that walk a value use a stack of their own, on the heap. A computed
// value can nest deeper than any input, and the overflow of a goroutine's stack
// can't be recovered. MergeDeep does recurse, and has a limit instead.
package json
