package filter

import (
	"ndjsontools/lib/codec"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/stdio"
)

// sectionSize is how much of a regular file is given out at a time: with what is
// read around it, it fills a chunk's buffer.
const sectionSize = InputBuffer - 8<<10

// Sections lets ScanChunk answer chunks of regular files that are not read yet:
// whoever scans one reads it, at the same time as others theirs. Their lines can't
// be counted before.
func (i *Inputs) Sections() { i.sections = true }

// divide is how much of the present input can be given out in sections. What is
// compressed can't be.
func (i *Inputs) divide() int64 {
	left := stdio.Left(i.in.File())
	if left < 2*sectionSize {
		return 0
	}
	head, err := i.in.Section(0, 0)
	if err != nil {
		return 0
	}
	defer head.Close()
	if format, err := codec.NewReader(head).Format(); err != nil || format != codec.Plain {
		return 0
	}
	return left
}

// sectionChunk makes c the next section, of which the last one is all that there
// will be.
func (i *Inputs) sectionChunk(c *ndjson.Chunk) bool {
	if i.left == 0 {
		return false
	}
	size := int64(sectionSize)
	if i.left < 2*size {
		size = -1
	}
	src, err := i.in.Section(size, min(1, i.at))
	if err != nil {
		i.Reader.Halt(err)
		return false
	}
	i.Reader.SectionChunk(c, src, i.at, size)
	i.at += sectionSize
	if i.left -= sectionSize; size < 0 {
		i.left = 0
	}
	return true
}

// Nth counts the inputs that were opened: it tells which one a chunk is of.
func (i *Inputs) Nth() int { return i.nth }

// Abandon lets ScanChunk go to the next input.
func (i *Inputs) Abandon() { i.left = 0 }

// Lost is for a section that could not be read, where its turn is to put out what
// came of it: it says what is wrong with the input, whose other sections are to
// be left out. Its error is what ends the stream.
func (i *Inputs) Lost(c *ndjson.Chunk, name string) error {
	err := c.Err()
	if ioe, ok := err.(*stdio.Error); !ok || ioe.Op != "read" {
		return err
	}
	i.life.skip(err)
	i.life.cutOff(name, c.Pending())
	return nil
}
