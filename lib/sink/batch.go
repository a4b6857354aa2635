package sink

import (
	"bytes"
	"crypto/sha256"
	"fmt"
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

// split takes the first n lines of a block apart from the others.
func (b Block) split(n int) (head, rest Block) {
	size := 0
	for i := range n {
		line := bytes.IndexByte(b.Data[size:], '\n') + 1
		if line == 0 { // it holds fewer than it says
			n = i
			break
		}
		size += line
	}
	return b.cut(n, size)
}

// cut is split where the size of the n lines is known.
func (b Block) cut(n, size int) (head, rest Block) {
	return Block{b.Data[:size:size], n, b.At}, Block{b.Data[size:], b.Records - n, b.At.after(n, size)}
}

// A Batch is what one delivery carries. It is the Engine's: a destination may
// read it until Deliver returns.
type Batch struct {
	Data    []byte   // whole lines, each ending in \n
	Records int      // the number of lines
	First   Position // of the first record; the same for every attempt
	Attempt int      // counts deliveries of these same records, from 1

	// Place is what is settled once the batch is stored, for a Keeper alone,
	// which stores it with the records; nil if no checkpoint is kept.
	Place *Place

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

// key is an idempotency key for the batch in a run. The hash keeps parts of a
// batch apart: a key that comes again with another body is an error to some.
func (b *Batch) key(run string) string {
	hash := sha256.Sum256(b.Data)
	return fmt.Sprintf("%s-%d-%x", run, b.First.Ordinal, hash[:8])
}

// Last is the ordinal of the last record.
func (b *Batch) Last() int64 { return b.next.Ordinal - 1 }

// before is the data of the records before an ordinal.
func (b *Batch) before(ordinal int64) []byte {
	if ordinal >= b.next.Ordinal {
		return b.Data
	}
	end := 0
	for at, line := range b.All() {
		if at.Ordinal >= ordinal {
			break
		}
		end += len(line) + 1
	}
	return b.Data[:end]
}

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

// add copies a block onto the end of the batch. Its memory doubles, but up to
// most only to what is needed: a batch at its limit is no larger than that.
func (b *Batch) add(blk Block, most int) {
	if need := len(b.Data) + len(blk.Data); need > cap(b.Data) {
		grown := make([]byte, len(b.Data), max(need, min(2*cap(b.Data), most)))
		copy(grown, b.Data)
		b.Data = grown
	}
	b.note(blk.Records, len(blk.Data), blk.At)
	b.Data = append(b.Data, blk.Data...)
}

// copy adds one record.
func (b *Batch) copy(at Position, line []byte) {
	b.note(1, len(line)+1, at)
	b.Data = append(append(b.Data, line...), '\n')
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
	return b.divide(2, func(i int, _ []byte) int {
		if len(refused) > 0 && refused[0].Index == i {
			refused = refused[1:]
			return 1
		}
		return 0
	})[0]
}

// divide copies each record, in order, to the part that where answers.
func (b *Batch) divide(parts int, where func(i int, line []byte) int) []Batch {
	divided := make([]Batch, parts)
	i := 0
	for at, line := range b.All() {
		divided[where(i, line)].copy(at, line)
		i++
	}
	return divided
}

// sort makes a batch of all records with the same place, in the order of the
// first of each, and names those that have none.
func (b *Batch) sort(place func(line []byte) (string, error)) (parts []Batch, refused []Refusal) {
	known := map[string]int{} // the part of a place
	where := make([]int, 0, b.Records)
	for _, line := range b.All() {
		at, err := place(line)
		if err != nil {
			refused = append(refused, Refusal{Index: len(where), Reason: err})
			where = append(where, -1)
			continue
		}
		part, ok := known[at]
		if !ok {
			part = len(known)
			known[at] = part
		}
		where = append(where, part)
	}
	if len(known) == 1 && refused == nil {
		return []Batch{*b}, nil
	}
	n := len(known)
	return b.divide(n+1, func(i int, _ []byte) int {
		if where[i] < 0 {
			return n
		}
		return where[i]
	})[:n], refused
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
