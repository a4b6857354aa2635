package span

import "bytes"

// merge appends path + {...}. Of a key that the left object has, the value is
// replaced where it stands, or the member is left out.
func (r *Runner) merge(dst []byte, e *expr) ([]byte, bool) {
	at, ok := r.locate(e.path)
	if !ok {
		return dst, false
	}
	base, from := len(dst), int(at.start)
	switch {
	case at.end == 0 || r.b[from] == 'n':
		if e.drops {
			return dst, false // there is nothing to delete from, and so null remains
		}
		return r.members(append(dst, '{'), e, base)
	case r.b[from] != '{', e.drops && !r.clean(at):
		return dst, false
	}
	// The keys that are there, in the order of their places: few, and mostly none.
	for {
		next := -1
		var spot place
		for i, w := range e.spots {
			p := r.regs[w.reg&(maxRegs-1)]
			if p.end != 0 && int(p.start) >= from && (next < 0 || p.start < spot.start) {
				next, spot = i, p
			}
		}
		if next < 0 {
			break
		}
		to := int(spot.start)
		if x := e.args[next]; x != nil {
			dst = r.piece(dst, from, to)
			if dst, ok = r.append(dst, x); !ok {
				return dst, false
			}
		} else {
			to -= len(e.keys[next])
			if to < from || !bytes.Equal(r.b[to:spot.start], e.keys[next]) {
				return dst, false // the key is spelled in another way
			}
			dst = r.piece(dst, from, to)
		}
		from = int(spot.end)
	}
	if dst = r.piece(dst, from, int(at.end)-1); dst[len(dst)-1] == ',' {
		dst = dst[:len(dst)-1] // the last members were left out
	}
	return r.members(dst, e, base)
}

// members appends the members that the left object does not have, and the brace.
func (r *Runner) members(dst []byte, e *expr, base int) ([]byte, bool) {
	for i, x := range e.args {
		if x == nil || r.regs[e.spots[i].reg&(maxRegs-1)].end != 0 {
			continue
		}
		if len(dst) > base+1 {
			dst = append(dst, ',')
		}
		dst = append(dst, e.keys[i]...)
		var ok bool
		if dst, ok = r.append(dst, x); !ok {
			return dst, false
		}
	}
	return append(dst, '}'), true
}

// piece appends a piece of an object that ends before a key or a value, or at
// the object's brace. Where a member before it was left out, so is one comma.
func (r *Runner) piece(dst []byte, from, to int) []byte {
	if from < to && r.b[from] == ',' {
		if c := dst[len(dst)-1]; c == '{' || c == ',' {
			from++
		}
	}
	return r.copy(dst, from, to)
}

// clean reports whether a value is known to be canonical.
func (r *Runner) clean(at place) bool {
	return int(at.start) >= r.dirtyTo || int(at.end) <= r.dirtyFrom
}
