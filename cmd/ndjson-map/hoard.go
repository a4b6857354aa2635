package main

import "bytes"

// hoardBlock is how much a hoard asks for at a time, in bytes. The manual names it.
const hoardBlock = 256 << 10

// A hoard is the text of the records that --slurp keeps, one behind the other.
// None of them is ever let go alone.
type hoard struct{ block []byte }

// keep returns a copy of b. A large one has memory of its own.
func (h *hoard) keep(b []byte) []byte {
	if len(b) > hoardBlock/8 {
		return bytes.Clone(b)
	}
	if len(b) > cap(h.block)-len(h.block) {
		h.block = make([]byte, 0, hoardBlock)
	}
	from := len(h.block)
	h.block = append(h.block, b...)
	return h.block[from:len(h.block):len(h.block)]
}
