package json

import "strings"

// shapeTree remembers the keys of the objects of earlier records, as a tree: a
// path from the root is the keys of an object in order. A decoder that is at a
// node expects one of the keys that followed before. If the record's bytes are
// those of such a key, with quotes and colon, then the key is valid, its text is
// known, it is known whether the object has it already, and all that cost one
// comparison of bytes. The objects share the shape at the node where they end.
//
// The tree is bounded in every direction, because keys may be data ("user-1",
// "user-2", ...). Objects beyond the bounds have keys of their own.
type shapeTree struct {
	root   *node
	nodes  int
	missed int // keys that found no place since the tree was full
}

const (
	treeNodes    = 4096    // in the tree
	treeEdges    = 16      // that leave a node
	treeKeys     = 64      // in an object
	treeKeySize  = 64      // bytes in a key, with its quotes
	treePatience = 1 << 16 // keys missed until a full tree makes way for a new one
)

type node struct {
	keys  []Value
	lent  bool   // a child's keys use the memory behind keys
	shape *Shape // made when the first object ends here
	next  []edge
}

// edge is a key that follows a node. A key that the object has already leads
// back to the same node, and place says where its value goes.
type edge struct {
	literal string // as it stands in records: "key": with quotes and colon
	to      *node
	place   int // of the value in the object, or appended
}

// appended is the place of a value whose key is new.
const appended = -1

func (t *shapeTree) start() *node {
	if t.root == nil || t.missed > treePatience {
		*t = shapeTree{root: &node{}, nodes: 1}
	}
	return t.root
}

// match returns the edge whose literal stands at the start of b.
func (n *node) match(b []byte) *edge {
	for i := range n.next {
		e := &n.next[i]
		if len(b) >= len(e.literal) && string(b[:len(e.literal)]) == e.literal {
			return e
		}
	}
	return nil
}

// find returns the edge for a key as it is spelled in the record, with quotes.
func (n *node) find(quoted []byte) *edge {
	for i := range n.next {
		if e := &n.next[i]; e.literal[:len(e.literal)-1] == string(quoted) {
			return e
		}
	}
	return nil
}

// follow returns the edge for a key that match did not find, and makes it if
// there is room. It returns nil where the object must have keys of its own. key
// is the text of quoted.
func (t *shapeTree) follow(n *node, quoted []byte, key Value) *edge {
	if e := n.find(quoted); e != nil {
		return e // there is white space between the key and the colon
	}
	if len(quoted) > treeKeySize || len(n.next) == treeEdges || len(n.keys) == treeKeys || t.nodes == treeNodes {
		t.missed++
		return nil
	}
	e := edge{literal: string(quoted) + ":", to: n, place: appended}
	if i, ok := (&Shape{keys: n.keys}).Index(key.text()); ok {
		e.place = i
	} else {
		e.to = n.child(key)
	}
	t.nodes++ // an edge back counts too: it takes memory
	n.next = append(n.next, e)
	return &n.next[len(n.next)-1]
}

// child returns a new node for n's keys and one more. The first child continues
// in the memory of n's keys; the keys of a wide object are stored once.
func (n *node) child(key Value) *node {
	key = key.withText(strings.Clone(key.text()))
	keys := n.keys
	if n.lent {
		keys = keys[:len(keys):len(keys)]
	}
	n.lent = true
	return &node{keys: append(keys, key)}
}

// end returns the shape of an object that ends at n.
func (n *node) end() *Shape {
	if n.shape == nil {
		n.shape = &Shape{keys: n.keys[:len(n.keys):len(n.keys)]}
		if len(n.keys) > indexAbove {
			n.shape.rehash(len(n.keys) * 2)
		}
	}
	return n.shape
}
