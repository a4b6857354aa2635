// Package codec reads and writes compressed streams: gzip, zstd, and the
// framed form of s2 and snappy. It is the only importer of
// klauspost/compress.
//
// A Reader finds out by itself, from the first bytes, whether its input is
// compressed; a Writer compresses as a Spec says. It is not for archives, for
// whole files in memory, or for knowing what a record is: a Flush belongs to
// whoever knows where records end.
//
// # Decisions and their price
//
// One goroutine. Every encoder and decoder works in the caller's goroutine,
// although the library could use several: the other stages of a pipe want the
// other cores, and a decoder that reads ahead would take input that a stage
// never uses. The price is wall time for one tool that runs alone.
//
// Live streams come first. Sniffing waits for no byte more than it needs, and
// a decoder hands out what a flushed block holds before it reads on. For gzip
// that means leaving the library's own joining of members aside: it holds the
// end of one member back until it has seen the head of the next.
//
// Nothing ends silently. A stream that stops before its end mark, and one that
// fails its checksum, is an InputError. The framed form of s2 has no end mark,
// so our own streams carry one (see mark.go); in an s2 or snappy stream from
// elsewhere, a cut exactly between two chunks can't be seen by anyone.
// Likewise a cut exactly between two gzip members or zstd frames is a shorter
// stream, not a broken one.
//
// Memory is bounded. A zstd stream may ask its reader for any window up to
// terabytes; a Reader grants 128 MiB, as zstd(1) does, and refuses more.
package codec

import "strings"

// Format is a kind of compression. The zero value is none.
type Format uint8

const (
	Plain  Format = iota // not compressed
	Gzip                 // RFC 1952
	Zstd                 // RFC 8878
	S2                   // klauspost's extension of the snappy framing format
	Snappy               // the snappy framing format; a Reader calls it S2, which contains it
)

// String is the format's name: "plain", "gzip", "zstd", "s2" or "snappy".
func (f Format) String() string {
	switch f {
	case Gzip:
		return "gzip"
	case Zstd:
		return "zstd"
	case S2:
		return "s2"
	case Snappy:
		return "snappy"
	}
	return "plain"
}

// magicLen is enough first bytes to know every format.
const magicLen = 4

// match compares the first bytes of an input with the formats' magic numbers.
// While more is true they begin like f but do not decide yet.
//
// No JSON text begins with a byte of a magic number except "[": it is 0x5b,
// and zstd's skippable frames begin with 0x50 to 0x5f. An array must not wait
// for its second byte, so "[" is plain, and a zstd stream that begins with a
// skippable frame of that one number is not known. pzstd uses 0x50, the
// seekable format 0x5e.
func match(b []byte) (f Format, more bool) {
	if len(b) == 0 {
		return Plain, true
	}
	var magic string
	switch first := b[0]; {
	case first == 0x1f:
		f, magic = Gzip, "\x1f\x8b"
	case first == 0x28:
		f, magic = Zstd, "\x28\xb5\x2f\xfd"
	case first&0xf0 == 0x50 && first != '[':
		f, magic = Zstd, string(first)+"\x2a\x4d\x18"
	case first == 0xff:
		f, magic = S2, "\xff\x06\x00\x00"
	default:
		return Plain, false
	}
	switch got := string(b[:min(len(b), len(magic))]); {
	case got == magic:
		return f, false
	case strings.HasPrefix(magic, got):
		return f, true
	}
	return Plain, false
}

// Recognise is the format of a stream that begins with these bytes; four of them
// tell all.
func Recognise(first []byte) Format {
	f, more := match(first)
	if more {
		return Plain
	}
	return f
}

// isText says whether the beginning of a magic number, at the end of the
// input, is as likely to be a short plain text ("(", "P", "P*M").
func isText(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}
