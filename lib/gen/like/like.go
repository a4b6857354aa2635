// Package like looks at records and says in a template what they are like, so
// that package gen can make more of them.
//
// It keeps shapes, not records: of each field how often it is there, what types
// it has, the ends of its range, its frequent values, and what all its strings
// have in common. One pass, in memory that the constants below bound.
//
// It is a first draft for a person to edit, not a model: fields are taken one by
// one, so that two which depend on each other come out independent. What it
// can't keep it says (Notes).
package like

import (
	"fmt"

	"ndjsontools/lib/jsonscan"
)

// What is kept, at most; the manual names these.
const (
	MaxFields = 1000 // shapes of fields and of elements; what is met later is left out
	MaxValues = 100  // different values of a field, of
	MaxLength = 64   // bytes at most; more, and they are described and not listed
	MaxDepth  = 32   // levels; what is deeper is left out
	reservoir = 512  // numbers of a field, for the middle and the tail
	// and 256 hashes of a field's values, see distinct
)

// A Sample is what the records so far are like. The zero value is ready.
type Sample struct {
	root    shape
	records int64
	shapes  int
	left    map[string]int64 // notes, and how often
}

// A shape is what the values of one field are like. Elements of an array share
// one.
type shape struct {
	count   int64 // values, of any type
	nulls   int64
	bools   [2]int64
	numbers *numbers
	strings *texts
	object  *object
	array   *array
}

// An object is what the members of a field's objects are like, in the order in
// which they were first met.
type object struct {
	count   int64
	names   []string
	members map[string]*shape
}

// An array is what a field's arrays are like.
type array struct {
	count    int64
	min, max int64
	elements shape
}

// Records is how many were added.
func (s *Sample) Records() int64 { return s.records }

// Notes are what the template does not show, in words.
func (s *Sample) Notes() (notes []string) {
	for _, why := range []string{tooMany, tooDeep, tooLarge} {
		if n := s.left[why]; n > 0 {
			notes = append(notes, fmt.Sprintf("%s (%d values)", why, n))
		}
	}
	return notes
}

const (
	tooMany = "there are more than 1000 fields, and the later ones are left out"
	tooDeep = "what is more than 32 levels deep is left out"
	// Package gen makes none, for readers with doubles would see two ids as one.
	tooLarge = "numbers beyond 9007199254740991 are not exact in JSON, and taken for that one"
)

// Add looks at a record, which must be valid JSON, and keeps nothing of it. It
// answers whether the record is an object: others are not counted.
func (s *Sample) Add(record []byte) bool {
	if s.left == nil {
		s.left = map[string]int64{}
	}
	at := jsonscan.Space(record, 0)
	if jsonscan.Peek(record, at) != '{' {
		return false
	}
	s.value(&s.root, record, at, 0)
	s.records++
	return true
}

// value looks at the value at b[i] and returns the place behind it. A nil shape
// only steps over it.
func (s *Sample) value(sh *shape, b []byte, i, depth int) int {
	if depth > MaxDepth && sh != nil {
		s.left[tooDeep]++
		sh = nil
	}
	if sh != nil {
		sh.count++
	}
	switch c := b[i]; c {
	case '{':
		return s.members(sh, b, i+1, depth)
	case '[':
		return s.elements(sh, b, i+1, depth)
	case '"':
		end, _ := jsonscan.String(b, i)
		if sh != nil {
			if sh.strings == nil {
				sh.strings = &texts{}
			}
			sh.strings.add(jsonscan.Unescape(nil, b[i+1:end-1]))
		}
		return end
	case 't', 'f', 'n':
		if sh != nil && c == 'n' {
			sh.nulls++
		} else if sh != nil {
			sh.bools[map[byte]int{'f': 0, 't': 1}[c]]++
		}
		return jsonscan.Word(b, i)
	default:
		end, _ := jsonscan.Number(b, i)
		if sh != nil {
			if sh.numbers == nil {
				sh.numbers = &numbers{}
			}
			if !sh.numbers.add(string(b[i:end])) {
				s.left[tooLarge]++
			}
		}
		return end
	}
}

func (s *Sample) members(sh *shape, b []byte, i, depth int) int {
	if sh != nil {
		if sh.object == nil {
			sh.object = &object{members: map[string]*shape{}}
		}
		sh.object.count++
	}
	for i = jsonscan.Space(b, i); b[i] != '}'; {
		end, _ := jsonscan.String(b, i)
		name := b[i+1 : end-1]
		var member *shape
		if sh != nil {
			member = s.member(sh.object, string(jsonscan.Unescape(nil, name)))
		}
		i = jsonscan.Space(b, end)
		i = s.value(member, b, jsonscan.Space(b, i+1), depth+1)
		if i = jsonscan.Space(b, i); b[i] == ',' {
			i = jsonscan.Space(b, i+1)
		}
	}
	return i + 1
}

// member is the shape of a name, nil when there are too many.
func (s *Sample) member(o *object, name string) *shape {
	m := o.members[name]
	if m == nil {
		if !s.room() {
			return nil
		}
		m = &shape{}
		o.members[name] = m
		o.names = append(o.names, name)
	}
	return m
}

func (s *Sample) room() bool {
	if s.shapes == MaxFields {
		s.left[tooMany]++
		return false
	}
	s.shapes++
	return true
}

func (s *Sample) elements(sh *shape, b []byte, i, depth int) int {
	var each *shape
	if sh != nil {
		if sh.array == nil && s.room() {
			sh.array = &array{min: 1 << 40}
		}
		if sh.array != nil {
			sh.array.count++
			each = &sh.array.elements
		}
	}
	n := int64(0)
	for i = jsonscan.Space(b, i); b[i] != ']'; n++ {
		i = s.value(each, b, i, depth+1)
		if i = jsonscan.Space(b, i); b[i] == ',' {
			i = jsonscan.Space(b, i+1)
		}
	}
	if each != nil {
		sh.array.min, sh.array.max = min(sh.array.min, n), max(sh.array.max, n)
	}
	return i + 1
}
