package json

import (
	"unsafe"

	"ndjsontools/lib/jsonscan"
)

// A container that Defer made is text at first. An array has its decoder in of
// then, an object in the mark that is its shape, and the first of its elements or
// values is the text. Array() and Object() read it before anybody can see that,
// one level deep: the containers in it are text again.
//
// Field asks an object for one key without reading it. What it finds, it finds
// again as the very same value, for programs compare by identity (the paths of
// jq): scalars are the bytes in the text, and what has memory of its own, a
// container or a string with an escape, is noted behind the text, in pairs of its
// place and the value.

const (
	// readSmall is the size in bytes up to which a container in one that is read
	// is read with it. A container that is put off takes 48 bytes, and a scan to
	// find its end.
	readSmall = 32
	// maxLooks is how often Field scans an object. Reading costs about as much as
	// four scans to the last key, and is good for all that follow; and without a
	// bound an object of n keys would cost n*n.
	maxLooks = 3
	// looksBit is where in the word of the text the looks are counted.
	looksBit = 3
	// flagLeft, in the same word, marks what was left when the level around it was
	// decoded: see habit.
	flagLeft = 1 << 5
)

// Defer returns the value of a record without decoding it. The record must be
// known to be valid, and in canonical form at every depth: what Append would make
// of its value, byte for byte. Of another one it gives wrong values. Its
// containers stay text until somebody looks into them, which writes: the value
// and all in it are for the goroutine of the decoder alone.
func (d *Decoder) Defer(record []byte) Value {
	if len(record) == 0 || record[0] != '{' && record[0] != '[' {
		v, _ := d.decode(record)
		return v
	}
	d.renew()
	d.habit.deferred += len(record)
	return d.putOff(record, d.apart)
}

// Defers reports whether it is worth it to defer the next record, of that size:
// no, for a while, where most of the last ones was decoded after all.
func (d *Decoder) Defers(size int) bool { return d.habit.defers(size) }

// rootText is a container that is text in memory of its own.
type rootText struct {
	object Object
	text   [1]Value
}

// putOff makes a container of its text.
func (d *Decoder) putOff(text []byte, apart bool) Value {
	t := stretch(text)
	if text[0] == '[' {
		a, held := &d.arrays.take(1)[0], d.values.take(1)
		held[0] = t
		a.elems, a.of = held, d
		return Value{unsafe.Pointer(a), uint64(KindArray) | flagText}
	}
	if d.mark == nil {
		d.mark = &Shape{of: d}
	}
	var o *Object
	if apart {
		r := &rootText{}
		o = &r.object
		o.vals = r.text[:]
	} else {
		o = &d.objects.take(1)[0]
		o.vals = d.values.take(1)
	}
	o.shape, o.vals[0] = d.mark, t
	return Value{unsafe.Pointer(o), uint64(KindObject) | flagText}
}

// stretch is a string value of bytes as they stand.
func stretch(b []byte) Value {
	return Value{unsafe.Pointer(unsafe.SliceData(b)), uint64(len(b))<<lenShift | uint64(KindString)}
}

// isText reports whether o is still text.
func (o *Object) isText() bool { return o.shape != nil && o.shape.of != nil }

// unread returns the text of a container that is still that.
func (v Value) unread() (string, bool) {
	if v.w&flagText == 0 {
		return "", false
	}
	switch v.Kind() {
	case KindArray:
		if a := (*Array)(v.p); a.of != nil {
			return a.elems[0].text(), true
		}
	case KindObject:
		if o := (*Object)(v.p); o.isText() {
			return o.vals[0].text(), true
		}
	}
	return "", false
}

// sameText reports whether a and b are containers that are the same text, and so
// equal: there is no NaN in a text. Others may be equal too.
func sameText(a, b Value) bool {
	x, ok := a.unread()
	if !ok {
		return false
	}
	y, ok := b.unread()
	return ok && x == y
}

func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// readArray makes an array of elements of one that is text. It panics on what is
// no array.
func (v Value) readArray() *Array {
	v.must(KindArray)
	a := (*Array)(v.p)
	if d := a.of; d != nil {
		*a = *(*Array)(d.level(a.elems[0], nil).p)
	}
	return a
}

// readObject makes an object with values of one that is text. It panics on what
// is no object.
func (v Value) readObject() *Object {
	v.must(KindObject)
	o := (*Object)(v.p)
	if o.isText() {
		*o = *(*Object)(o.shape.of.level(o.vals[0], o.vals[1:]).p)
	}
	return o
}

// level decodes one level of a text. known is what was found in it before.
func (d *Decoder) level(text Value, known []Value) Value {
	b := bytesOf(text.text())
	d.shallow, d.known, d.left = d.habit.leaves() || len(known) > 0, known, 0
	full, ok := d.decode(b)
	if d.shallow, d.known = false, nil; !ok {
		panic("json: a deferred record is not valid")
	}
	d.habit.level(len(b), d.left, text.w&flagLeft != 0)
	return full
}

// at returns the value that is known to stand at a place, and its length there.
func at(known []Value, place unsafe.Pointer) (v Value, n int, ok bool) {
	for k := 0; k < len(known); k += 2 {
		if known[k].p == place {
			return known[k+1], len(known[k].text()), true
		}
	}
	return Value{}, 0, false
}

// inner returns the container at b[i] if it need not be decoded with the one
// that it is in.
func (d *Decoder) inner(b []byte, i int) (v Value, end int, ok bool) {
	if v, n, ok := at(d.known, unsafe.Pointer(&b[i])); ok {
		return v, i + n, true
	}
	if end = jsonscan.Skip(b, i); end-i <= readSmall {
		return v, i, false
	}
	d.left += end - i
	v = d.putOff(b[i:end], false)
	if b[i] == '[' {
		(*Array)(v.p).elems[0].w |= flagLeft
	} else {
		(*Object)(v.p).vals[0].w |= flagLeft
	}
	return v, end, true
}

// Field returns the value of key in the object v, and whether it is there. It is
// v.Object().Get(key), but for an object that is not decoded it decodes no more
// than that value. It panics on another kind.
func (v Value) Field(key string) (Value, bool) {
	v.must(KindObject)
	if o := (*Object)(v.p); v.w&flagText != 0 && o.isText() {
		if out, there, ok := o.look(key); ok {
			return out, there
		}
	}
	return v.Object().Get(key)
}

// IsText reports whether v is an object that Field need not decode. False says nothing.
func (v Value) IsText() bool {
	return v.w&(kindBits|flagText) == uint64(KindObject)|flagText && v.Kind() == KindObject && (*Object)(v.p).isText()
}

// look finds the value of key in the text. ok is false where reading is better,
// or has to be.
func (o *Object) look(key string) (v Value, there, ok bool) {
	text := &o.vals[0]
	if text.w>>looksBit&maxLooks == maxLooks {
		return Value{}, false, false
	}
	text.w += 1 << looksBit
	b := bytesOf(text.text())
	span, there, known := jsonscan.Member(b, key)
	if !there || !known {
		return Value{}, false, known
	}
	return o.found(b, span), true, true
}

// found is the value at a place in the text of o.
func (o *Object) found(b []byte, span jsonscan.Span) Value {
	d, part := o.shape.of, b[span.Start:span.End]
	switch c := part[0]; c {
	case 't', 'f', 'n':
		return word(c)
	case '"':
		end, traits := jsonscan.String(part, 0)
		if traits&jsonscan.HasEscape == 0 {
			return d.str(part[1:end-1], traits)
		}
	case '{', '[':
	default:
		end, integer := jsonscan.Number(part, 0)
		return spelled(part[:end], integer)
	}
	if part[0] == '"' { // as the decoder has it
		part = part[1 : len(part)-1]
	}
	v, _, ok := at(o.vals[1:], unsafe.Pointer(&part[0]))
	switch {
	case ok:
		return v
	case b[span.Start] == '"':
		v = d.str(part, jsonscan.HasEscape)
	case len(part) <= readSmall:
		v, _ = d.decode(part)
	default:
		v = d.putOff(part, false)
	}
	held := d.values.take(len(o.vals) + 2)
	n := copy(held, o.vals)
	held[n] = stretch(part)
	held[n+1] = v
	o.vals = held
	return v
}
