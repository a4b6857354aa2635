package sink

import (
	"bytes"
	"iter"
)

// Position says where a record stands in the sink's own input.
type Position struct {
	Ordinal int64 `json:"ordinal"` // counts records, bad ones too, from 0
	Line    int64 `json:"line"`    // counts lines, blank ones too, from 1
	Offset  int64 `json:"offset"`  // bytes before the record
}

// A Block is a run of neighbouring lines as the input had them: record i has
// the ordinal At.Ordinal+i and stands on line At.Line+i. The input's blank
// lines and bad records end a block.
type Block struct {
	Data    []byte // whole lines, each ending in \n
	Records int    // the number of lines
	At      Position
}

// A Batch is what one delivery carries. It is the Engine's: a destination may
// read it until Deliver returns.
type Batch struct {
	Data    []byte   // whole lines, each ending in \n
	Records int      // the number of lines
	First   Position // of the first record; the same for every attempt
	Attempt int      // counts deliveries of these same records, from 1

	// Place is the checkpoint that holds once the batch is stored, for a Keeper
	// alone, which stores it with the records; nil if none is kept.
	Place *Checkpoint

	seams []seam   // where the lines are not neighbours in the input
	next  Position // of the record that would follow without a seam
}

// A seam marks the record of a batch at which its position jumps.
type seam struct {
	record int
	at     Position
}

// All yields each record's position and its line without the newline.
func (b *Batch) All() iter.Seq2[Position, []byte] {
	return func(yield func(Position, []byte) bool) {
		at, seams, rest := b.First, b.seams, b.Data
		for i := range b.Records {
			if len(seams) > 0 && seams[0].record == i {
				at, seams = seams[0].at, seams[1:]
			}
			line, tail, _ := bytes.Cut(rest, []byte{'\n'})
			if !yield(at, line) {
				return
			}
			rest = tail
			at = at.after(1, len(line)+1)
		}
	}
}

// Last is the ordinal of the last record.
func (b *Batch) Last() int64 { return b.next.Ordinal - 1 }

// after is the position that follows records of size bytes, newlines included.
func (p Position) after(records, size int) Position {
	return Position{p.Ordinal + int64(records), p.Line + int64(records), p.Offset + int64(size)}
}

// note enters the positions of records whose bytes are, or will be, in Data.
func (b *Batch) note(records, size int, at Position) {
	switch {
	case b.Records == 0:
		b.First = at
	case at != b.next:
		b.seams = append(b.seams, seam{b.Records, at})
	}
	b.Records += records
	b.next = at.after(records, size)
}

// add copies a block onto the end of the batch.
func (b *Batch) add(blk Block) {
	b.note(blk.Records, len(blk.Data), blk.At)
	b.Data = append(b.Data, blk.Data...)
}

// reset empties the batch and keeps its memory.
func (b *Batch) reset() {
	*b = Batch{Data: b.Data[:0], seams: b.seams[:0]}
}

// borrow makes a batch of a block without copying it.
func borrow(blk Block) Batch {
	b := Batch{Data: blk.Data}
	b.note(blk.Records, len(blk.Data), blk.At)
	return b
}

// halves splits a batch of at least two records; both parts share its bytes.
func (b *Batch) halves() (left, right Batch) { return b.split(b.Records / 2) }

// split takes the first n records apart from the others; both parts share the
// batch's bytes.
func (b *Batch) split(n int) (left, right Batch) {
	i, size := 0, 0
	for at, line := range b.All() {
		part := &left
		if i >= n {
			part = &right
		} else {
			size += len(line) + 1
		}
		part.note(1, len(line)+1, at)
		i++
	}
	left.Data, right.Data = b.Data[:size:size], b.Data[size:]
	return left, right
}

// without copies the batch less the refused records.
func (b *Batch) without(refused []Refusal) Batch {
	var rest Batch
	i := 0
	for at, line := range b.All() {
		if len(refused) > 0 && refused[0].Index == i {
			refused = refused[1:]
		} else {
			rest.note(1, len(line)+1, at)
			rest.Data = append(append(rest.Data, line...), '\n')
		}
		i++
	}
	return rest
}

// ranges yields the ordinals of the batch as runs without a gap.
func (b *Batch) ranges() iter.Seq[Range] {
	return func(yield func(Range) bool) {
		from, at := 0, b.First
		for i := 0; i <= len(b.seams); i++ {
			to, next := b.Records, Position{}
			if i < len(b.seams) {
				to, next = b.seams[i].record, b.seams[i].at
			}
			n := int64(to - from)
			if n > 0 && !yield(Range{at.Ordinal, at.Ordinal + n - 1, n}) {
				return
			}
			from, at = to, next
		}
	}
}
