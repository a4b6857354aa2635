package json

import (
	"slices"
	"unsafe"

	"ndjsontools/lib/jsonscan"
)

// Decoder decodes records into memory that it keeps, and remembers the shapes of
// the objects that it saw. The zero Decoder is ready to use. It serves one
// goroutine; its values may be read by others.
type Decoder struct {
	tree   shapeTree
	stack  []Value // the elements of all open containers
	frames []frame // the open containers but the innermost

	values  slab[Value]
	arrays  slab[Array]
	objects slab[Object]
	shapes  slab[Shape] // of objects with keys of their own
	text    slab[byte]

	wide int // the keys of the last object with many, until another one takes so much room

	shallow bool    // decode one level: see text.go
	known   []Value // and these parts of it are known
	left    int     // bytes that stayed text on the way
	mark    *Shape  // of objects that are text
	habit   habit
	apart   bool
}

// frame is an open container. One with neither a node nor own keys is an array.
type frame struct {
	base  int    // where its elements start on the stack
	node  *node  // of an object whose keys are in the tree
	own   *Shape // of an object whose keys are its own
	place int    // where the value of the key just read goes: see edge
}

// Decode returns the value of one record, which may have white space around it.
// The error is that of jsonscan.Valid. The value shares record's bytes, which
// must not change while it is used; everything else is allocated for it. A
// program that decodes many records uses a Decoder, which is much faster.
func Decode(record []byte) (Value, *jsonscan.SyntaxError) {
	var d Decoder
	return d.Decode(record)
}

// keptStack is how many elements and frames a decoder keeps room for.
const keptStack = 4096

// Decode returns the value of one record, which may have white space around it.
// The error is that of jsonscan.Valid: compare it with nil before making an
// error of it. The value shares record's bytes, which must not change while it
// is used. Values stay valid until Reset.
func (d *Decoder) Decode(record []byte) (Value, *jsonscan.SyntaxError) {
	d.renew()
	v, ok := d.decode(record)
	if ok {
		return v, nil
	}
	err := jsonscan.Valid(record)
	if err == nil {
		panic("json: the decoder and the validator disagree") // a defect; the fuzz tests look for it
	}
	return Value{}, err
}

// DecodeString is Decode for a text that is a string, which is shared, not copied.
func (d *Decoder) DecodeString(text string) (Value, *jsonscan.SyntaxError) {
	return d.Decode(unsafe.Slice(unsafe.StringData(text), len(text)))
}

// KeepApart is for values of which some stay in use when most are let go, as those
// that a program selects: a value that is kept keeps the block that it is in, and
// all that the others there point to. From now on blocks have 32 values, and an
// object that is deferred has memory of its own.
func (d *Decoder) KeepApart() {
	d.apart, d.values.small, d.arrays.small, d.objects.small = true, true, true, true
	d.shapes.small, d.text.small = true, true
}

// renew begins new blocks of every kind where one of them is worn. Values point from
// block to block, so a record that lies in an old and a new one would have the new
// one keep the old one, that one the one before, and so on: a decoder that is never
// reset would keep all that it ever decoded.
func (d *Decoder) renew() {
	if d.values.isWorn() || d.arrays.isWorn() || d.objects.isWorn() || d.shapes.isWorn() || d.text.isWorn() {
		d.values.drop()
		d.arrays.drop()
		d.objects.drop()
		d.shapes.drop()
		d.text.drop()
	}
}

// Reset takes back the memory of all values decoded so far: none of them may be
// used any more. Not calling it is allowed, and leaves the memory to the garbage
// collector. Shapes stay valid.
func (d *Decoder) Reset() {
	d.values.reset()
	d.arrays.reset()
	d.objects.reset()
	d.shapes.reset()
	d.text.reset()
	if cap(d.stack) > keptStack {
		d.stack = nil
	}
	if cap(d.frames) > keptStack {
		d.frames = nil
	}
}

// decode is jsonscan's validating machine with values: only the leaves are
// shared. It does not know what is wrong with a bad record; Valid does.
func (d *Decoder) decode(b []byte) (Value, bool) {
	stack, frames := d.stack[:0], d.frames[:0]
	depth := 0
	var f frame
	var v Value
	i, c := 0, byte(0)

value:
	if c = jsonscan.Peek(b, i); c <= ' ' {
		i = jsonscan.Space(b, i)
		c = jsonscan.Peek(b, i)
	}
	switch c {
	case '"':
		end, traits := jsonscan.String(b, i)
		if end < 0 {
			return Value{}, false
		}
		v = d.str(b[i+1:end-1], traits)
		i = end
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		end, whole := jsonscan.Number(b, i)
		if end < 0 {
			return Value{}, false
		}
		v = spelled(b[i:end], whole)
		i = end
	case '{', '[':
		if depth == jsonscan.MaxDepth {
			return Value{}, false
		}
		if depth > 0 {
			if d.shallow && depth == 1 {
				if inner, end, ok := d.inner(b, i); ok {
					v, i = inner, end
					goto done
				}
			}
			frames = append(frames, f)
		}
		depth++
		f = frame{base: len(stack)}
		if i = jsonscan.Space(b, i+1); c == '[' {
			if jsonscan.Peek(b, i) == ']' {
				goto closed
			}
			goto value
		}
		f.node = d.tree.start()
		if jsonscan.Peek(b, i) == '}' {
			goto closed
		}
		goto key
	default:
		end := jsonscan.Word(b, i)
		if end < 0 {
			return Value{}, false
		}
		v = word(c)
		i = end
	}

done: // v is complete
	if depth == 0 {
		d.stack, d.frames = stack, frames
		return v, jsonscan.Space(b, i) == len(b)
	}
	if c = jsonscan.Peek(b, i); c <= ' ' {
		i = jsonscan.Space(b, i)
		c = jsonscan.Peek(b, i)
	}
	if f.node == nil && f.own == nil {
		stack = append(stack, v)
		switch c {
		case ',':
			i++
			goto value
		case ']':
			goto closed
		}
		return Value{}, false
	}
	if f.place == appended {
		stack = append(stack, v)
	} else {
		stack[f.base+f.place] = v
	}
	switch c {
	case '}':
		goto closed
	case ',':
		i++
		if jsonscan.Peek(b, i) <= ' ' {
			i = jsonscan.Space(b, i)
		}
		goto key
	}
	return Value{}, false

key:
	if f.node != nil && i < len(b) {
		if e := f.node.match(b[i:]); e != nil {
			i += len(e.literal)
			f.node, f.place = e.to, e.place
			goto value
		}
	}
	if jsonscan.Peek(b, i) != '"' {
		return Value{}, false
	}
	{
		end, traits := jsonscan.String(b, i)
		if end < 0 {
			return Value{}, false
		}
		d.key(&f, b[i:end], traits)
		if i = jsonscan.Space(b, end); jsonscan.Peek(b, i) != ':' {
			return Value{}, false
		}
		i++
		goto value
	}

closed: // b[i] closes f
	i++
	v = d.container(f, stack[f.base:])
	stack = stack[:f.base]
	if depth--; depth > 0 {
		f = frames[len(frames)-1]
		frames = frames[:len(frames)-1]
	}
	goto done
}

// key moves f to where a key leads that is not the expected one.
func (d *Decoder) key(f *frame, quoted []byte, traits jsonscan.Traits) {
	key := d.str(quoted[1:len(quoted)-1], traits)
	if f.node != nil {
		if e := d.tree.follow(f.node, quoted, key); e != nil {
			f.node, f.place = e.to, e.place
			return
		}
		f.node, f.own = nil, d.leave(f.node)
	}
	f.place = appended
	if i, ok := f.own.Index(key.text()); ok {
		f.place = i
		return
	}
	if len(f.own.keys) == treeKeys && d.wide > treeKeys {
		f.own.reserve(d.wide)
		d.wide = 0
	}
	f.own.add(key)
}

// leave returns the keys up to n as an object's own.
func (d *Decoder) leave(n *node) *Shape {
	s := &d.shapes.take(1)[0]
	*s = Shape{keys: d.values.take(len(n.keys) + 4)[:len(n.keys)], own: true}
	copy(s.keys, n.keys)
	s.index = slices.Clone(n.end().index)
	return s
}

// container makes the value of a closed container.
func (d *Decoder) container(f frame, elems []Value) Value {
	held := d.values.take(len(elems))
	copy(held, elems)
	if f.node == nil && f.own == nil {
		a := &d.arrays.take(1)[0]
		a.elems, a.of = held, nil
		return a.Value()
	}
	o := &d.objects.take(1)[0]
	o.shape, o.vals = f.own, held
	if f.node != nil {
		o.shape = f.node.end()
	} else if n := len(f.own.keys); n > treeKeys {
		d.wide = n
	}
	return o.Value()
}

// str makes a string of what stands between its quotes.
func (d *Decoder) str(raw []byte, traits jsonscan.Traits) Value {
	if len(raw) == 0 {
		return Value{w: uint64(KindString) | flagPlain | flagASCII}
	}
	w := uint64(KindString)
	if traits&jsonscan.HasEscape != 0 {
		if v, _, ok := at(d.known, unsafe.Pointer(unsafe.SliceData(raw))); ok {
			return v
		}
		room := d.text.take(len(raw)) // no escape is shorter than what it stands for
		raw = jsonscan.Unescape(room[:0], raw)
		d.text.giveBack(room, len(room)-len(raw))
	} else {
		if traits&jsonscan.HasDelete == 0 {
			w |= flagPlain
		}
		if traits&jsonscan.HasHigh == 0 {
			w |= flagASCII
		}
	}
	return Value{unsafe.Pointer(unsafe.SliceData(raw)), uint64(len(raw))<<lenShift | w}
}

// word returns the value of the word that starts with c.
func word(c byte) Value {
	if c == 'n' {
		return Value{}
	}
	return FromBool(c == 't')
}
