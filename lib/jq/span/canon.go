package span

import (
	"bytes"

	"ndjsontools/lib/jsonscan"
)

// appendCanonical appends part, which is valid JSON or a piece of it that does
// not cut a token, in canonical form: without white space, and with strings
// spelled anew. That it has no key twice must be known. scratch is room for a
// string, and is returned.
func appendCanonical(dst, part, scratch []byte) (out, room []byte) {
	from := 0 // what is before it is done, and what is from there to i can be copied
	for i := 0; i < len(part); {
		switch c := part[i]; {
		case c == '"':
			end, traits := jsonscan.String(part, i)
			if traits&(jsonscan.HasEscape|jsonscan.HasDelete) != 0 {
				dst = append(dst, part[from:i]...)
				scratch = jsonscan.Unescape(scratch[:0], part[i+1:end-1])
				dst = jsonscan.AppendString(dst, scratch)
				from = end
			}
			i = end
		case c <= ' ':
			dst = append(dst, part[from:i]...)
			i = jsonscan.Space(part, i)
			from = i
		default:
			i++
		}
	}
	return append(dst, part[from:]...), scratch
}

// isCanonical reports whether appendCanonical would copy part as it is.
func isCanonical(part []byte) bool {
	out, _ := appendCanonical(nil, part, nil)
	return bytes.Equal(out, part)
}

// shortEscapes reports whether all escapes of a valid string are those that the
// canonical form has too: a backslash and one character, but not "\/". That one
// of them is spelled as \u is left to appendCanonical.
func shortEscapes(s []byte) bool {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			return true
		}
		if c := s[i+1]; c == 'u' || c == '/' {
			return false
		}
		s = s[i+2:]
	}
}
