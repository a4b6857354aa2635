package jsonscan

import "strings"

// Member returns where in object, which must be an object in canonical form, the
// value of key stands, and whether it is there. known is false where that can't
// be told from the spelling: key is one that is written with an escape.
func Member(object []byte, key string) (at Span, there, known bool) {
	value := -1
	if hasVector && len(object) > len(key)+vectorRoom {
		value = memberVectors(object, key)
	} else {
		value = memberWords(object, key)
	}
	if value < 0 {
		return Span{}, false, plain([]byte(key)) == len(key)
	}
	return Span{value, Skip(object, value)}, true, strings.IndexByte(key, '\\') < 0
}

// memberWords reads the keys one after the other, and skips the values.
func memberWords(b []byte, key string) int {
	for i := 1; i < len(b) && b[i] == '"'; i++ {
		if end := i + 1 + len(key); end+1 < len(b) && b[end] == '"' && b[end+1] == ':' && string(b[i+1:end]) == key {
			return end + 2
		}
		if i = Skip(b, skipString(b, i)+1); Peek(b, i) != ',' {
			break
		}
	}
	return -1
}

const (
	vectorRoom = 34      // what vectorKey needs besides the key
	outside    = 1 << 40 // so many levels that the kernel never comes to their end
)

// memberVectors looks for the quotes and the colon around something that is as long
// as the key, whose bytes it compares only then, and counts the levels up to there.
// Mostly that is once.
func memberVectors(b []byte, key string) int {
	last := len(b) - len(key) - vectorRoom // the last place to look from
	depth, in, counted := outside+1, uint32(0), 1
	for from := 1; ; from++ {
		start := min(from, last)
		if from-start >= 32 {
			return -1
		}
		next := vectorKey(b[start:], len(key)+1, from-start)
		if next < 0 {
			return -1
		}
		from = start + next
		end := from + 1 + len(key)
		if string(b[from+1:end]) != key {
			continue
		}
		d, inside := nesting(b[counted:from], depth, in)
		if inside != 0 {
			continue // and not counted: this quote may be one behind a backslash
		}
		if d == outside+1 {
			return end + 2
		}
		depth, in, counted = d, 0, from
	}
}
