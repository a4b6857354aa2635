package jsonscan

// Valid reports whether record is one JSON value with optional white space
// around it. It returns nil, or where and why not. It keeps nothing of record.
// The result is a pointer, for callers that want the offset: compare it with nil
// before making an error of it.
func Valid(record []byte) *SyntaxError {
	at, why := validate(record)
	if why == fine {
		return nil
	}
	return explain(record, at, why)
}

// fault is what the hot loop knows about an error. The numbers name what was
// wanted at the place.
type fault uint8

const (
	fine fault = iota
	wantValue
	wantKey
	wantKeyEnd // a key or '}'
	wantColon
	wantCommaBrace
	wantCommaBracket
	wantNothing
	badString // at is the opening quote
	badNumber // at is the first character
	tooDeep
)

// Peek returns byte i, or 0 behind the end: no token starts with 0. With Space,
// String, Number and Word it is for machines that read JSON in their own way, as
// lib/json does, and must agree with Valid on what is right.
func Peek(b []byte, i int) byte {
	if uint(i) < uint(len(b)) {
		return b[i]
	}
	return 0
}

// Space returns the place of the first byte from i on that is not white space.
func Space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// nest remembers which of the open containers are objects: a bit for each. The
// innermost 64 are in one word, the words below are on a stack that few records
// ever need. So a depth of 10,000 costs 1.3 KB and no recursion.
type nest struct {
	kinds uint64 // bit 0: the innermost container is an object
	depth int
	outer []uint64
}

func (n *nest) push(object uint64) {
	if n.depth&63 == 0 && n.depth > 0 {
		n.outer = append(n.outer, n.kinds)
	}
	n.kinds = n.kinds<<1 | object
	n.depth++
}

func (n *nest) pop() {
	n.depth--
	if n.depth&63 == 0 && n.depth > 0 {
		n.kinds = n.outer[len(n.outer)-1]
		n.outer = n.outer[:len(n.outer)-1]
	} else {
		n.kinds >>= 1
	}
}

// validate is the grammar as a machine of three states. It is one function with
// jumps, so that the place is a local variable and no state is stored and looked
// up again between two tokens. It returns what is wrong and where, or fine.
func validate(b []byte) (int, fault) {
	var open nest
	i, c := 0, byte(0)

value:
	if c = Peek(b, i); c <= ' ' {
		i = Space(b, i)
		c = Peek(b, i)
	}
	switch c {
	case '"':
		end, _ := String(b, i)
		if end < 0 {
			return i, badString
		}
		i = end
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		end, _ := Number(b, i)
		if end < 0 {
			return i, badNumber
		}
		i = end
	case '{':
		if open.depth == MaxDepth {
			return i, tooDeep
		}
		i++
		if c = Peek(b, i); c <= ' ' {
			i = Space(b, i)
			c = Peek(b, i)
		}
		if c == '}' {
			i++
			goto after
		}
		open.push(1)
		if c != '"' {
			return i, wantKeyEnd
		}
		goto key
	case '[':
		if open.depth == MaxDepth {
			return i, tooDeep
		}
		i++
		if c = Peek(b, i); c <= ' ' {
			i = Space(b, i)
			c = Peek(b, i)
		}
		if c == ']' {
			i++
			goto after
		}
		open.push(0)
		goto value
	default:
		end := Word(b, i)
		if end < 0 {
			return i, wantValue
		}
		i = end
	}

after:
	if open.depth == 0 {
		if i = Space(b, i); i < len(b) {
			return i, wantNothing
		}
		return i, fine
	}
	if c = Peek(b, i); c <= ' ' {
		i = Space(b, i)
		c = Peek(b, i)
	}
	if open.kinds&1 == 0 {
		switch c {
		case ',':
			i++
			goto value
		case ']':
			i++
			open.pop()
			goto after
		}
		return i, wantCommaBracket
	}
	switch c {
	case '}':
		i++
		open.pop()
		goto after
	case ',':
		i++
	default:
		return i, wantCommaBrace
	}
	if c = Peek(b, i); c <= ' ' {
		i = Space(b, i)
		c = Peek(b, i)
	}
	if c != '"' {
		return i, wantKey
	}

key:
	end, _ := String(b, i)
	if end < 0 {
		return i, badString
	}
	i = end
	if c = Peek(b, i); c <= ' ' {
		i = Space(b, i)
		c = Peek(b, i)
	}
	if c != ':' {
		return i, wantColon
	}
	i++
	goto value
}
