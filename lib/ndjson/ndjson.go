// Package ndjson frames a stream of bytes into records, one a line. It parses
// no JSON: whether a record is any good is for somebody else to say.
//
// The rules are those of ndjson-tools(7): a record ends at LF; a CR before it
// is white space; blank lines are skipped; a UTF-8 byte order mark at the very
// start is skipped; a last line without LF is a record. A line that is longer
// than the maximum is a record that carries an error instead of its bytes, and
// the stream goes on after its end: nothing is ever cut off silently, and one
// endless line can't fill the memory.
//
// Lines come out in the reader's own buffer, without a copy. The buffer starts
// at a fixed size and grows, by doubling, to hold the longest line seen.
package ndjson

import (
	"encoding/hex"
	"fmt"
)

const (
	// DefaultMax is the longest record that is taken unless told otherwise.
	DefaultMax = 64 << 20
	// HeadSize is how much of an over-long record is kept to show.
	HeadSize = 4 << 10
	// DefaultBuffer is the size that a Reader's buffer starts at. With less,
	// the price of a read(2) shows; with more, the block falls out of the cache
	// between being read and being worked on.
	DefaultBuffer = 256 << 10
)

// A Record is one line of the input and where it stood.
type Record struct {
	// Data is the line without its LF and without a CR before that. It is the
	// Reader's and is good until the next call of Scan. Of a record with Err
	// it is the first HeadSize bytes.
	Data []byte
	// Line counts lines from 1, blank ones too.
	Line int64
	// Offset is where Data begins, in bytes from the start of the (decoded) input.
	Offset int64
	// Before is how many bytes stand before Data on its line. It is 0 for all
	// records that a Reader finds; others read values that share a line.
	Before int64
	// Ordinal counts records from 0.
	Ordinal int64
	// Err says that the line was longer than the maximum.
	Err *TooLongError
}

// A TooLongError describes a record that was longer than the maximum.
type TooLongError struct {
	Max    int64    // the maximum, in bytes
	Length int64    // how long it was, without its LF
	SHA256 [32]byte // of the whole record, so that it can be found and checked
}

func (e *TooLongError) Error() string {
	return fmt.Sprintf("record of %d bytes is longer than the maximum of %d", e.Length, e.Max)
}

// Hash is the record's SHA-256 in hexadecimal, as sha256sum prints it.
func (e *TooLongError) Hash() string { return hex.EncodeToString(e.SHA256[:]) }
