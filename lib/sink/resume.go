package sink

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"ndjsontools/lib/exit"
)

// tailSize is how many bytes a Tail has at most, but for a longer record.
const tailSize = 4 << 10

// tail is the last part of the batch that is in one piece in the input.
func (b *Batch) tail() Tail {
	run := b.Data // neighbours in the input
	if len(b.seams) > 0 {
		_, last := b.split(b.seams[len(b.seams)-1].record)
		run = last.Data
	}
	if len(run) > tailSize { // whole records, at least the last one
		cut := bytes.IndexByte(run[len(run)-tailSize-1:], '\n') + len(run) - tailSize
		if cut == len(run) {
			cut = bytes.LastIndexByte(run[:len(run)-1], '\n') + 1
		}
		run = run[cut:]
	}
	sum := sha256.Sum256(run)
	return Tail{b.next.Offset - int64(len(run)), int64(len(run)), hex.EncodeToString(sum[:])}
}

func mismatch(format string, args ...any) error {
	return exit.With(exit.Input, fmt.Errorf("the input is not the one of the checkpoint: "+format, args...))
}

// Seek moves a file of records, which stands where its input begins, to the
// first record that is not settled. That the bytes before it are those of the
// checkpoint is checked of the Tail.
func (c *Checkpoint) Seek(f *os.File) error {
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return exit.With(exit.IO, err)
	}
	tail := make([]byte, c.Tail.Length)
	n, err := f.ReadAt(tail, start+c.Tail.Offset)
	switch {
	case err != nil && err != io.EOF:
		return exit.With(exit.IO, err)
	case n > 0 && int64(n) == c.Tail.Length-1: // the last record lacks its newline
		tail[n] = '\n'
	case int64(n) < c.Tail.Length:
		return mismatch("it is shorter")
	}
	if sum := sha256.Sum256(tail); c.Tail.Length > 0 && hex.EncodeToString(sum[:]) != c.Tail.Hash {
		return mismatch("the %d bytes at %d are others", c.Tail.Length, c.Tail.Offset)
	}
	_, err = f.Seek(start+c.Next.Offset, io.SeekStart)
	return exit.With(exit.IO, err)
}

// A Skip checks the records before a checkpoint while they are read again.
type Skip struct {
	c *Checkpoint
	h hash.Hash
}

// Skip begins to check.
func (c *Checkpoint) Skip() *Skip { return &Skip{c, sha256.New()} }

// Write takes whole records, each with its newline, in order.
func (s *Skip) Write(p []byte) (int, error) { return s.h.Write(p) }

// End says whether the records were those before the checkpoint; read is how
// many came.
func (s *Skip) End(read int64) error {
	switch {
	case read < s.c.Next.Ordinal:
		return mismatch("it ended after %d of the %d records that are settled", read, s.c.Next.Ordinal)
	case hex.EncodeToString(s.h.Sum(nil)) != s.c.Hash:
		return mismatch("the first %d records are others", read)
	}
	return nil
}
