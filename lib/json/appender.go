package json

// Appender is + on arrays for one program: what Joiner is on strings. An array
// that grows step by step, as in a fold, would be copied in each; so a sum that is
// added to again gets room behind it, where the next elements are put. Nobody can
// see that: an array ends where its length says, and only the sum that was made
// last in its memory ends where the room begins. The last few sums are remembered,
// for a fold may have more than one.
//
// The sums are frozen like all values that are handed out: a Set in one would be
// seen in those that it grew out of. The zero Appender is ready to use. It serves
// one goroutine.
type Appender struct {
	ends [8]*Value // the last elements of the last sums
	next int       // the end to forget first
}

// worthRoom is the length from which sums are remembered: shorter ones cost no
// more to copy.
const worthRoom = 16

// Concat returns an array of a's elements and then b's.
func (p *Appender) Concat(a, b *Array) *Array {
	n := len(a.elems)
	switch {
	case len(b.elems) == 0:
		return a
	case n == 0:
		return &Array{elems: b.elems}
	case n+len(b.elems) < worthRoom:
		return Concat(a, b)
	}
	place, last := p.next, &a.elems[n-1]
	sum := &Array{}
	for i, end := range p.ends {
		if end == last {
			place = i
			sum.elems = append(a.elems, b.elems...)
			break
		}
	}
	if sum.elems == nil {
		sum = Concat(a, b)
		p.next = (place + 1) % len(p.ends)
	}
	p.ends[place] = &sum.elems[len(sum.elems)-1]
	return sum
}

// Reset lets go of the memory of the last sums.
func (p *Appender) Reset() { *p = Appender{} }
