// Package units reads and writes the quantities that a user types and reads:
// sizes, counts, rates, durations, limits on rejects.
//
// It is not for dates, currencies or physical units, and it does no arithmetic
// beyond what a spelling needs.
//
// Decisions and their price:
//
//   - Every quantity is held exactly, as integers. "1.5k/s" is 1500 records a
//     second and "1.5/s" is three records in two seconds; a float would drift
//     over a day of pacing. The price is that a value which is not whole in
//     its unit ("0.3B", "1.5ns") is refused rather than rounded.
//   - k, M, G and T are powers of 1000, as SI and every disk vendor have it;
//     Ki, Mi, Gi and Ti are powers of 1024. k and K are the same letter, m is
//     not M: "10m" next to "100/m" would be read as minutes. A wrong case gets
//     a hint, not a guess. A lone b is refused, because it is read as bits by
//     one half of the users and as bytes by the other.
//   - What String prints, Parse reads back as the same value. The zero value
//     prints "", which is what a help page wants of an option that is not set;
//     it is the one value that does not come back, since an empty text is an
//     error.
//
// The types satisfy flag.Value through their pointers. The Human functions
// round for a reader's eye; no Parse function accepts their output.
package units

import (
	"fmt"
	"strings"
)

// ParseError says which part of a quantity could not be read, and why.
type ParseError struct {
	Kind    string // what was expected: "size", "rate", "duration"
	Text    string // what was given, whole
	Problem string // what is wrong, naming the bad part
	Forms   string // accepted spellings, as a comma-separated list
	Hint    string // a spelling that does parse and was probably meant, or ""
}

// Error is one line, without the name of the option: the caller adds it.
func (e *ParseError) Error() string {
	text := e.Text
	if len(text) > maxQuoted {
		text = text[:maxQuoted] + "..."
	}
	s := fmt.Sprintf("%s %q: %s (accepted: %s)", e.Kind, text, e.Problem, e.Forms)
	if e.Hint != "" {
		s += fmt.Sprintf("; did you mean %q?", e.Hint)
	}
	return s
}

// maxQuoted keeps a message on one line when a file's content was given where a
// quantity was wanted.
const maxQuoted = 40

// suggest returns the first candidate that parses.
func suggest(parses func(string) bool, candidates ...string) string {
	for _, c := range candidates {
		if len(c) <= maxQuoted && parses(c) {
			return c
		}
	}
	return ""
}

// plain drops what people put into long numbers: spaces, commas, underscores.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', ',', '_', '\u00a0', '\u202f':
			return -1
		}
		return r
	}, s)
}

// upper is the text with the case that unit letters have: 10mb is 10MB, 4kib
// is 4KiB, 8mBit is 8Mbit.
func upper(s string) string {
	s = strings.ReplaceAll(strings.ToUpper(s), "I", "i")
	return strings.ReplaceAll(s, "BiT", "bit")
}
