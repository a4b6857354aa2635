package gen

import (
	"bytes"
	"slices"
	"strings"

	"ndjsontools/lib/jsonscan"
)

// A Spoiled is a record that was made bad: the ground truth of a test.
type Spoiled struct {
	Index  int64
	Kind   string
	Accept bool // a reader takes it all the same: it is JSON, or a blank line
	Lines  int64
}

// A kind is a way to spoil a record.
type kind struct {
	name   string
	accept bool
	// value stands as the value of one more member, or else spoil changes the
	// record at from, which ends dst; pick is random.
	value string
	spoil func(dst []byte, from int, pick uint64) []byte
}

// longValue makes a record of more than 1 MiB.
const longValue = 1 << 20

var kinds = []kind{
	{name: "nan", value: `NaN`},
	{name: "esc", value: `"\x"`},
	{name: "ctrl", value: "\"\x01\""},
	{name: "nul", value: "\"\x00\""},
	{name: "utf8", value: "\"\xc3(\""},
	{name: "surrogate", value: `"\ud800"`},
	{name: "zero", value: `01`},
	{name: "quote", value: `"`},
	{name: "deep", spoil: func(dst []byte, from int, _ uint64) []byte {
		return append(fill(fill(bad(dst, from), '[', 10_001), ']', 10_001), "}\n"...)
	}},
	{name: "split", value: "\"\n\""},
	{name: "comma", spoil: func(dst []byte, _ int, _ uint64) []byte { return append(open(dst), ",}\n"...) }},
	{name: "trunc", spoil: func(dst []byte, _ int, _ uint64) []byte { return append(open(dst), '\n') }},
	{name: "glue", spoil: func(dst []byte, from int, _ uint64) []byte { return append(dst[:len(dst)-1], dst[from:]...) }},
	{name: "bom", spoil: func(dst []byte, from int, _ uint64) []byte { return insert(dst, from, "\ufeff") }},
	{name: "bignum", accept: true, value: `1e400`},
	{name: "dupkey", accept: true, value: `1,"bad":2`},
	{name: "extra", accept: true, value: `true`},
	{name: "long", accept: true, spoil: func(dst []byte, from int, _ uint64) []byte {
		return append(fill(append(bad(dst, from), '"'), 'x', longValue), "\"}\n"...)
	}},
	{name: "crlf", accept: true, spoil: func(dst []byte, _ int, _ uint64) []byte { return append(open(dst), "}\r\n"...) }},
	{name: "empty", accept: true, spoil: func(dst []byte, from int, _ uint64) []byte { return append(dst[:from], '\n') }},
	{name: "type", accept: true, spoil: retype},
	{name: "missing", accept: true, spoil: omit},
}

// noEOL is the kind that is no record's: the last line of the output has no end.
const noEOL = "noeol"

// Kinds are the names of the ways to spoil a record.
func Kinds() (names []string) {
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return append(names, noEOL)
}

func kindOf(name string) int {
	for i, k := range kinds {
		if k.name == name {
			return i
		}
	}
	return -1
}

// apply spoils the record at from, which ends dst.
func (k *kind) apply(dst []byte, from int, pick uint64) []byte {
	if k.spoil != nil {
		return k.spoil(dst, from, pick)
	}
	return append(append(bad(dst, from), k.value...), "}\n"...)
}

// bad begins one more member.
func bad(dst []byte, from int) []byte {
	body := open(dst)
	if !bytes.Equal(body[from:], []byte("{")) {
		body = append(body, ',')
	}
	return append(body, `"bad":`...)
}

// fill appends n times c. Made here and not kept: a text of a megabyte would
// cost every start 2 ms.
func fill(dst []byte, c byte, n int) []byte {
	at := len(dst)
	dst = slices.Grow(dst, n)[:at+n]
	for i := range dst[at:] {
		dst[at+i] = c
	}
	return dst
}

// lines is how many lines a record of this kind has.
func (k *kind) lines() int64 { return 1 + int64(strings.Count(k.value, "\n")) }

// open takes the bracket and the newline off the end.
func open(dst []byte) []byte { return dst[:len(dst)-2] }

func insert(dst []byte, at int, text string) []byte {
	dst = append(dst, text...)
	copy(dst[at+len(text):], dst[at:len(dst)-len(text)])
	copy(dst[at:], text)
	return dst
}

// A member is where a member of an object is.
type member struct {
	name             string
	from, value, end int
}

// members are those of an object, valid JSON.
func members(record []byte) (list []member) {
	for i := jsonscan.Space(record, 1); record[i] != '}'; {
		end, _ := jsonscan.String(record, i)
		name := string(jsonscan.Unescape(nil, record[i+1:end-1]))
		at, _ := jsonscan.Find(record, jsonscan.Path{name})
		list = append(list, member{name, i, at.Start, at.End})
		if i = jsonscan.Space(record, at.End); record[i] == ',' {
			i = jsonscan.Space(record, i+1)
		}
	}
	return list
}

// retype gives a member the value of another type: a text in a list, an object or
// a list gone, everything else in quotes. A record without members becomes a
// list itself.
func retype(dst []byte, from int, pick uint64) []byte {
	list := members(dst[from:])
	if len(list) == 0 {
		return append(dst[:from], "[]\n"...)
	}
	m := list[below(pick, uint64(len(list)))]
	value := string(dst[from+m.value : from+m.end])
	switch value[0] {
	case '"':
		value = "[" + value + "]"
	case '{', '[':
		value = "null"
	default:
		value = `"` + value + `"`
	}
	rest := string(dst[from+m.end:])
	return append(append(dst[:from+m.value], value...), rest...)
}

// omit leaves out a member; a record without any becomes null.
func omit(dst []byte, from int, pick uint64) []byte {
	list := members(dst[from:])
	if len(list) == 0 {
		return append(dst[:from], "null\n"...)
	}
	i := below(pick, uint64(len(list)))
	begin, end := list[i].from, list[i].end
	if i+1 < uint64(len(list)) {
		end = list[i+1].from
	} else if i > 0 {
		begin = list[i-1].end
	}
	return append(dst[:from+begin], dst[from+end:]...)
}
