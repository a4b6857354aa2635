package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// The framed form of s2 and snappy is a row of chunks that may end anywhere:
// a file that lost its second half is a valid file. So our streams carry two
// marks in skippable chunks, which every other decoder passes over: one behind
// the stream identifier, which promises an end, and the end, with the number
// of decompressed bytes between them. A Reader that has seen the promise
// insists on the end, which catches a lost tail, a lost chunk, and a chunk
// whose type was damaged into a skippable one. It costs 44 bytes a stream.
//
// The index that s2 tools append would have done for an end, but nothing at
// the beginning says that it must come.
const (
	markChunk = 0xa7 // among 0x80-0xfd, which the format reserves for skippable chunks
	markTag   = "ndjsontools"
	markOpen  = markTag + "+"
	markEnd   = markTag + "-" // and the count, 8 bytes, little endian
)

var (
	errCount   = errors.New("its length differs from what its end mark says")
	errMarks   = errors.New("a new stream begins before the end mark of the last")
	errBadMark = errors.New("a mark in it is damaged")
)

func endMark(count uint64) []byte {
	return binary.LittleEndian.AppendUint64([]byte(markEnd), count)
}

// mark reads a chunk with our number. One without our tag is somebody else's,
// and passed over.
func (d *s2Decoder) mark(body io.Reader) error {
	text, err := readChunk(body)
	if err != nil {
		return err
	}
	count, isEnd := bytes.CutPrefix(text, []byte(markEnd))
	switch {
	case !bytes.HasPrefix(text, []byte(markTag)):
	case string(text) == markOpen && d.open:
		return errMarks
	case string(text) == markOpen:
		d.open, d.start = true, d.n
	case !isEnd || len(count) != 8:
		return errBadMark
	case d.open && binary.LittleEndian.Uint64(count) != d.n-d.start:
		return errCount
	default:
		d.open = false
	}
	return nil
}

// readChunk reads a chunk's body to its end and returns what a mark could be
// of it: one byte more than the longest. The library does not see that a body
// is cut short when it gives it away, so this does: what it gives is an
// io.LimitedReader, which knows how much is missing.
func readChunk(body io.Reader) ([]byte, error) {
	var buf [len(markEnd) + 8 + 1]byte
	n, err := io.ReadFull(body, buf[:])
	if err == nil {
		_, err = io.Copy(io.Discard, body)
	}
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if l, ok := body.(*io.LimitedReader); ok && l.N > 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return buf[:n], nil
}
