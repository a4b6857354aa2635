package json

import "unsafe"

// Joiner is + on strings for one program. A string that grows step by step, as in
// a fold, would be copied in each; so the last result has room behind it, and
// when it is the left side again, the right side is put there. Nobody can see
// that: a string ends where its length says, and only the one that was made last
// ends where the room begins. The zero Joiner is ready to use. It serves one
// goroutine.
type Joiner struct {
	last []byte // the bytes of the last result
}

// Join returns a + b, which must be strings.
func (j *Joiner) Join(a, b Value) Value {
	x, y := a.Str(), b.Str()
	switch {
	case len(x) == 0:
		return b
	case len(y) == 0:
		return a
	case len(x) == len(j.last) && unsafe.StringData(x) == unsafe.SliceData(j.last):
		j.last = append(j.last, y...)
	default:
		j.last = append(append(make([]byte, 0, len(x)+len(y)), x...), y...)
	}
	v := FromString(unsafe.String(unsafe.SliceData(j.last), len(j.last)))
	v.w |= a.w & b.w & (flagPlain | flagASCII)
	return v
}

// Reset lets go of the last result's memory.
func (j *Joiner) Reset() { j.last = nil }
