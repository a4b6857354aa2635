package span

import "ndjsontools/lib/jsonscan"

// The cache is an automaton of the objects that were seen. A node is a key at
// its place: "user", "id" inside of "user". It stands for the moment after that
// key's value. An edge leads from there to the next value, and its literal is
// all that stands between the two values in the record:
//
//	{"id":   ,"ts":   },"tags":   ,"user":{"id":
//
// While the bytes of a record are those of an edge, its grammar and its keys
// need no second look. Since a node does not know how it was reached, records
// with optional keys need as many edges as there are pairs of neighbours, and
// not one for each combination of keys. What a node can't know, whether a key
// came before in the same object, is a bit for each key that the scan carries.
//
// An array is one value. The objects in it have an automaton of their own, with
// its own bits.
//
// The bounds make it at most some 2 MB, whatever the records are. A record
// beyond them is the general scan's.
const (
	cacheNodes   = 2048 // keys at their places, in all objects
	cacheEdges   = 4096
	cacheBytes   = 1 << 18 // of literals and names
	objectKeys   = 255     // in one automaton: a bit each, and one that is never set
	nodeEdges    = 24
	literalSize  = 512 // bytes in a literal
	deepest      = 32  // levels of objects and arrays
	cachePatient = 512 // records that found no place until a full cache is begun anew
)

type cache struct {
	top    *node
	paths  *wanted
	nodes  int
	edges  int
	bytes  int
	missed int // records that found no place since the cache was full
}

// node is a key at its place, or the outside of an object: the root.
type node struct {
	edges   []edge
	members map[string]*node
	parent  *node
	root    *node
	keys    int     // of a root: the keys of its automaton
	inside  *node   // the root of the objects in the array that is this key's value
	paths   *wanted // what the plan wants to know of the value, and of values in it
	reg     uint8
	id      uint8
}

// edge is a literal that was seen after a node, and the value behind it.
type edge struct {
	lo, loMask uint64 // the first 8 bytes, and which of them count
	hi, hiMask uint64
	n          int
	to         *node // nil where the object ends
	rest       *rest // what few edges have
	id         uint8 // of to
	reg        uint8 // where the place of the value goes
	long       bool  // there are more than 16 bytes
	text       string
}

// rest is what the hot loop need not look at.
type rest struct {
	ids   []uint8 // of the other keys in the literal
	marks []mark
	dirty bool // the literal is not canonical
}

// mark is a wanted object that begins or ends in a literal.
type mark struct {
	at  int // the brace, in bytes from the start of the literal
	reg uint8
	end bool
}

// noID is the bit that no key has.
const noID = objectKeys

func newRoot(paths *wanted) *node {
	n := &node{paths: paths, id: noID}
	n.root = n
	return n
}

func (c *cache) reset() {
	*c = cache{top: newRoot(c.paths), paths: c.paths}
}

// learn adds the edges of a record. It reports whether all of them have a place.
func (c *cache) learn(record []byte) bool {
	if jsonscan.Valid(record) != nil {
		return false
	}
	i := jsonscan.Space(record, 0)
	if jsonscan.Peek(record, i) != '{' {
		return false
	}
	l := learner{cache: c, b: record, node: c.top, whole: true}
	if l.object(i, c.top, 0) >= 0 {
		return true
	}
	if l.full {
		if c.missed++; c.missed > cachePatient {
			c.reset()
		}
	}
	return false
}

// learner walks through a valid record.
type learner struct {
	*cache
	b     []byte
	node  *node // of the last value
	from  int   // where that ended
	whole bool  // the literals reach to the ends of the record
	full  bool  // a bound was met

	ids   []uint8
	marks []mark
	seen  [4]uint64
}

// object learns the object at b[i], and returns the place behind it, or -1.
func (l *learner) object(i int, n *node, depth int) int {
	if depth > deepest {
		return -1
	}
	l.mark(i, n, false)
	i = jsonscan.Space(l.b, i+1)
	for l.b[i] != '}' {
		end, traits := jsonscan.String(l.b, i)
		key := l.member(n, l.b[i+1:end-1], traits)
		if key == nil {
			return -1
		}
		i = jsonscan.Space(l.b, end)
		i = jsonscan.Space(l.b, i+1)
		if l.b[i] == '{' {
			i = l.object(i, key, depth+1)
		} else {
			i = l.value(i, key, depth)
		}
		if i < 0 {
			return -1
		}
		if i = jsonscan.Space(l.b, i); l.b[i] == ',' {
			i = jsonscan.Space(l.b, i+1)
		}
	}
	l.mark(i, n, true)
	if i++; n != n.root {
		return i
	}
	if l.whole {
		i = len(l.b)
	}
	if !l.edge(i, nil) {
		return -1
	}
	return i
}

func (l *learner) mark(i int, n *node, end bool) {
	if n.reg != 0 {
		l.marks = append(l.marks, mark{i - l.from, n.reg, end})
	}
}

// member returns the node of a key. It returns nil where there is no room, and
// for a key that the object has already: such records are the evaluator's.
func (l *learner) member(n *node, quoted []byte, traits jsonscan.Traits) *node {
	name := string(quoted)
	if traits&jsonscan.HasEscape != 0 {
		name = string(jsonscan.Unescape(nil, quoted))
	}
	key := n.members[name]
	if key == nil {
		if l.nodes == cacheNodes || n.root.keys == objectKeys || len(name) > literalSize || l.bytes+len(name) > cacheBytes {
			l.full = true
			return nil
		}
		key = &node{parent: n, root: n.root, id: uint8(n.root.keys)}
		if key.paths = n.paths.child(name); key.paths != nil {
			key.reg = key.paths.reg
		}
		if n.members == nil {
			n.members = map[string]*node{}
		}
		n.members[name] = key
		n.root.keys++
		l.nodes++
		l.bytes += len(name)
	}
	word, bit := key.id>>6, uint64(1)<<(key.id&63)
	if l.seen[word]&bit != 0 {
		return nil
	}
	l.seen[word] |= bit
	l.ids = append(l.ids, key.id)
	return key
}

// value learns the value of key at b[i], and the edge to it.
func (l *learner) value(i int, key *node, depth int) int {
	if !l.edge(i, key) {
		return -1
	}
	end := l.element(i, key, depth)
	l.node, l.from = key, end
	return end
}

// element is a value that is no object, or is in an array.
func (l *learner) element(i int, key *node, depth int) int {
	switch l.b[i] {
	case '"':
		end, _ := jsonscan.String(l.b, i)
		return end
	case '{':
		if key.inside == nil {
			key.inside = newRoot(nil)
		}
		inner := learner{cache: l.cache, b: l.b, node: key.inside, from: i}
		end := inner.object(i, key.inside, depth+1)
		l.full = l.full || inner.full
		return end
	case '[':
		if depth > deepest {
			return -1
		}
		for i = jsonscan.Space(l.b, i+1); l.b[i] != ']'; {
			if i = l.element(i, key, depth+1); i < 0 {
				return -1
			}
			if i = jsonscan.Space(l.b, i); l.b[i] == ',' {
				i = jsonscan.Space(l.b, i+1)
			}
		}
		return i + 1
	case 't', 'f', 'n':
		return jsonscan.Word(l.b, i)
	}
	end, _ := jsonscan.Number(l.b, i)
	return end
}

// edge adds the edge from the last value to the one at b[i], or to the end.
func (l *learner) edge(i int, to *node) bool {
	ids, marks := l.ids, l.marks
	l.ids, l.marks = nil, nil
	text := l.b[l.from:i]
	n := l.node
	at := len(n.edges)
	for k, e := range n.edges {
		if e.text == string(text) {
			return true
		}
		if at == len(n.edges) && len(e.text) < len(text) && e.text == string(text[:len(e.text)]) {
			at = k // the longer one is tried first: {"a": is not {"a":{"b":
		}
	}
	if len(text) > literalSize || len(n.edges) == nodeEdges || l.edges == cacheEdges || l.bytes+len(text) > cacheBytes {
		l.full = true
		return false
	}
	l.bytes += len(text)
	l.edges++
	e := edge{n: len(text), to: to, id: noID, long: len(text) > 16, text: string(text)}
	e.lo, e.loMask = word8(text)
	e.hi, e.hiMask = word8(text[min(8, len(text)):])
	if to != nil {
		e.id, e.reg = to.id, to.reg
		ids = ids[:len(ids)-1] // the last key is to
	}
	dirty := !isCanonical(text)
	if len(ids) > 0 || len(marks) > 0 || dirty {
		e.rest = &rest{ids, marks, dirty}
	}
	n.edges = append(n.edges, edge{})
	copy(n.edges[at+1:], n.edges[at:])
	n.edges[at] = e
	return true
}

// word8 is up to 8 bytes as a number, and the mask of those that there are.
func word8(b []byte) (w, mask uint64) {
	for i := range min(8, len(b)) {
		w |= uint64(b[i]) << (8 * i)
		mask |= 0xFF << (8 * i)
	}
	return w, mask
}
