package jsonscan

import "bytes"

// Span is a part of a record: the bytes from Start up to but not including End.
type Span struct{ Start, End int }

// Find returns where in record the value of path stands, without white space
// around it. Of a key that an object has more than once the last one counts, at
// every level, as it does for lib/json; so each object on the way is read to its
// end. Keys are compared decoded.
//
// The record must be valid. Of one that is not, the answer means nothing, but is
// inside of the record.
func Find(record []byte, path Path) (Span, bool) {
	i := Space(record, 0)
	for _, name := range path {
		at, ok := member(record, i, name)
		if !ok {
			return Span{}, false
		}
		i = at
	}
	return Span{i, Skip(record, i)}, i < len(record)
}

// member returns the place of the last value of key name in the object at b[i].
func member(b []byte, i int, name string) (at int, ok bool) {
	if Peek(b, i) != '{' {
		return 0, false
	}
	for i = Space(b, i+1); Peek(b, i) == '"'; {
		end := skipString(b, i)
		same := isKey(b[i:end], name)
		if i = Space(b, end); Peek(b, i) != ':' {
			return 0, false
		}
		if i = Space(b, i+1); same {
			at, ok = i, true
		}
		i = Space(b, Skip(b, i))
		if Peek(b, i) != ',' {
			return at, ok
		}
		i = Space(b, i+1)
	}
	return at, ok
}

// isKey reports whether quoted, a string with its quotes, is name.
func isKey(quoted []byte, name string) bool {
	if len(quoted) < len(name)+2 {
		return false
	}
	inner := quoted[1 : len(quoted)-1]
	if string(inner) == name {
		return true
	}
	if bytes.IndexByte(inner, '\\') < 0 {
		return false
	}
	end, _ := String(quoted, 0) // Unescape must not see what is not valid
	return end == len(quoted) && string(Unescape(nil, inner)) == name
}
