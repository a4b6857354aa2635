// Package jsonscan validates JSON text and locates values in it, on bytes,
// without making values. It uses only the standard library and starts in no
// time, so that every tool can afford it.
//
// It is not a decoder (lib/json is) and not a tokenizer: it answers "is this
// record right, and if not, where not" and "where in it is this value".
//
// # Decisions and their price
//
// The grammar is RFC 8259 without leniency: one value, white space around it,
// UTF-8, no byte order mark. Beyond encoding/json's Valid it refuses invalid
// UTF-8 and escapes of unpaired surrogates, which would have no spelling in the
// output. Nesting ends at MaxDepth.
//
// Strings are read 8 bytes at a time with plain Go arithmetic. What is left of
// one after 32 bytes, and the check of UTF-8, is done by AVX2 kernels in assembly
// where the processor has it; their plain twins serve all others, and the tests
// compare both. Validating in interleaved pairs, with and without them: articles
// (one string of 800 bytes) 10,500 against 3,600 MB/s, a string of 60 KB 32,000
// against 4,100, Cyrillic text 9,000 against 1,060. Records of short strings
// (events), and text with an escape in every 60 bytes, gain nothing and lose
// nothing: a call costs as much as 32 bytes in words do.
//
// The hot loop only knows that something is wrong, and roughly where. A second
// look at that place finds the words. So what a valid record costs does not
// depend on how well errors are explained.
package jsonscan

import "fmt"

// MaxDepth is how deep arrays and objects may nest.
const MaxDepth = 10_000

// SyntaxError says where and why a record is not JSON.
type SyntaxError struct {
	Offset int    // bytes from the start of the record to the offending one, from 0; the length of the record where it ends too early
	Reason string // in words, as "invalid character 'x' after object key"
}

// Error returns the reason and the place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid JSON at byte %d: %s", e.Offset, e.Reason)
}

// ExitStatus is the status of a tool that is stopped by a bad record.
func (e *SyntaxError) ExitStatus() int { return 65 }
