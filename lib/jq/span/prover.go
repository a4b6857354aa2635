package span

import (
	"math"

	"ndjsontools/lib/jsonscan"
)

// A Prover tells of records whether they are canonical already: what a value of
// lib/json must be known to be whose decoding is put off. The zero Prover is ready
// to use. It serves one goroutine.
type Prover struct {
	scanner
	begun  bool
	tries  patience // with anything
	cached patience // with the cache
}

// Canonical reports whether record is valid JSON and byte for byte its canonical
// form: no white space, no key twice at any depth, every string spelled as it is
// printed. False means that it is not known to be.
func (p *Prover) Canonical(record []byte) bool {
	if !p.begun {
		p.begun, p.tries, p.cached = true, patience{credit: fullCredit}, patience{credit: fullCredit}
		p.cache.reset()
	}
	if p.tries.resting() || uint64(len(record)) > math.MaxUint32 {
		return false
	}
	if !p.valid(record) || p.dirtyTo > 0 || record[len(record)-1]|0x20 != '}' {
		p.tries.miss()
		return false
	}
	p.tries.hit()
	return true
}

// valid scans a record, and notes what is not canonical in it.
func (p *Prover) valid(record []byte) bool {
	switch {
	case jsonscan.Peek(record, 0) == '[':
		p.begin(record, 0)
		p.keys = p.keys[:0]
		return p.elements(record, 0, 0) == len(record)
	case jsonscan.Peek(record, 0) != '{':
		return false
	case p.cached.pause == 0 && p.scan(record, 0):
		p.cached.hit()
		return true
	}
	return p.find(record, 0, &p.cached)
}
