package ndjson

import "bytes"

// A Block is a run of whole lines that follow one another in the input.
type Block struct {
	// Data is the lines, each with its LF (added to a last line that lacks it).
	// None is blank. It is the Reader's and is good until the next call of
	// ScanBlock or Scan.
	Data []byte
	// Records is how many lines there are.
	Records int
	// First is the first one: its Data without LF, its position, its ordinal.
	// When its Err is set it is the only one, and Data is empty.
	First Record
}

// ScanBlock goes to the next block: as many lines as the buffer holds, but at
// most records of them and, unless it is a single line, at most size bytes; 0
// means no limit. It says whether there is one. It calls the source's Read only
// when the buffer holds no whole line.
func (r *Reader) ScanBlock(records, size int) bool {
	if !r.Scan() {
		return false
	}
	r.block = Block{First: r.rec}
	if r.rec.Err != nil {
		r.block.Records = 1
		return true
	}
	start := int(r.rec.Offset - r.base)
	end := r.r
	n := 1
	for records == 0 || n < records {
		i := bytes.IndexByte(r.buf[end:r.w], '\n')
		if i < 0 || int64(i) > r.max || size > 0 && end+i+1-start > size {
			break
		}
		if c := r.buf[end]; c <= ' ' && blank(r.buf[end:end+i]) {
			break
		}
		end += i + 1
		n++
	}
	r.line += int64(n - 1)
	r.ordinal += int64(n - 1)
	r.r, r.seen = end, 0
	r.block.Data, r.block.Records = r.buf[start:end], n
	return true
}

// Block is the block that ScanBlock found.
func (r *Reader) Block() *Block { return &r.block }
