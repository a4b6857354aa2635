package gen

import (
	"slices"
	"strconv"
)

// padded puts n padding bytes in at at.
func padded(dst []byte, at, n int) []byte {
	if n <= 0 {
		return dst
	}
	end := len(dst)
	dst = fill(dst, 'x', n)
	copy(dst[at+n:], dst[at:end])
	fill(dst[:at], 'x', n)
	return dst
}

// double makes times copies of dst[at:] in place, each copy twice as long as
// the one before: six calls of copy for fifty short units instead of fifty.
func double(dst []byte, at, times int) []byte {
	unit := len(dst) - at
	total := unit * times
	dst = slices.Grow(dst, total-unit)[:at+total]
	for n := unit; 0 < n && n < total; n *= 2 {
		copy(dst[at+n:], dst[at:at+n])
	}
	return dst
}

// maxSize is a bound on the bytes of the operations, or a bit more than
// maxRecord when it is beyond that: nested repeats must not overflow.
func maxSize(ops []op) int {
	n := int64(0)
	for i := 0; i < len(ops); i++ {
		o := &ops[i]
		inside := int64(0)
		if o.span > 0 {
			inside = int64(maxSize(ops[i+1 : i+1+o.span]))
		}
		switch o.kind {
		case opStatic:
			n += int64(len(o.bytes))
		case opRepeat:
			n += int64(o.times) * inside
		case opMaybe:
			n += max(int64(len(o.bytes)), inside)
		case opList:
			n += min(o.start+int64(o.n)-1, maxRecord) * (inside + 1)
		case opHash:
			n += max(inside, int64(o.times))
		case opClose:
			n++
		case opForm:
			most := 0
			for f := 0; o.span > 0 && f < len(o.more.spans); f += 2 {
				most = max(most, maxSize(ops[i+1+o.more.spans[f]:i+1+o.more.spans[f+1]]))
			}
			n += int64(most)
		case opBy, opCard, opRoot:
			n += inside
		default:
			n += int64(o.max)
		}
		n = min(n, maxRecord+1)
		i += o.span
	}
	return int(n)
}

// digits is the number of characters of v.
func digits(v int64) int { return len(strconv.AppendInt(nil, v, 10)) }
