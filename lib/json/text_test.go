package json

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"ndjsontools/lib/jsonscan"
)

// looker compares a deferred value with the same one decoded, by looking at it in
// an order that chance gives: each look may change what is text and what is not.
type looker struct {
	t    testing.TB
	rnd  *rand.Rand
	text string // of the whole, for messages
}

func (l looker) look(got, want Value, deep int) {
	l.t.Helper()
	if got.Kind() != want.Kind() {
		l.t.Fatalf("in %s: got %v; want %v", l.text, got.Kind(), want.Kind())
	}
	for range 1 + l.rnd.IntN(4) {
		switch l.rnd.IntN(6) {
		case 0:
			if show(got) != show(want) {
				l.t.Fatalf("in %s: got %s; want %s", l.text, show(got), show(want))
			}
		case 1:
			if !Equal(got, want) || !Equal(want, got) || Compare(got, want) != 0 || !Equal(got, got) {
				l.t.Fatalf("in %s: %s is not equal to itself", l.text, show(want))
			}
		case 2:
			if c := got.Clone(); l.rnd.IntN(4) == 0 && show(c) != show(want) {
				l.t.Fatalf("in %s: got a clone %s; want %s", l.text, show(c), show(want))
			}
		default:
			l.into(got, want, deep)
		}
	}
}

// into looks at what is in a container.
func (l looker) into(got, want Value, deep int) {
	l.t.Helper()
	switch {
	case deep > 20:
	case want.Kind() == KindArray:
		a, b := got.Array(), want.Array()
		if a.Len() != b.Len() {
			l.t.Fatalf("in %s: got %d elements; want %d", l.text, a.Len(), b.Len())
		}
		for i, x := range b.Elems() {
			l.look(a.At(i), x, deep+1)
		}
	case want.Kind() == KindObject && l.rnd.IntN(3) > 0:
		for range 3 {
			l.field(got, want, deep)
		}
	case want.Kind() == KindObject:
		a, b := got.Object(), want.Object()
		if a.Len() != b.Len() {
			l.t.Fatalf("in %s: got %d keys; want %d", l.text, a.Len(), b.Len())
		}
		for i, k := range b.Keys() {
			if a.KeyAt(i).Str() != k.Str() {
				l.t.Fatalf("in %s: got key %q; want %q", l.text, a.KeyAt(i).Str(), k.Str())
			}
			l.look(a.At(i), b.At(i), deep+1)
		}
	}
}

// field asks for a key that is there, or for one that is not, and again.
func (l looker) field(got, want Value, deep int) {
	l.t.Helper()
	keys := want.Object().Keys()
	if len(keys) == 0 || l.rnd.IntN(5) == 0 {
		for _, absent := range []string{"no such key", "", `a"`, `\`, "\n"} {
			x, there := got.Field(absent)
			if y, really := want.Object().Get(absent); there != really || show(x) != show(y) {
				l.t.Fatalf("in %s: %q is %v, there: %v; want %v", l.text, absent, show(x), there, really)
			}
		}
		return
	}
	name := keys[l.rnd.IntN(len(keys))].Str()
	x, there := got.Field(name)
	if !there {
		l.t.Fatalf("in %s: there is no %q", l.text, name)
	}
	y, _ := want.Object().Get(name)
	l.look(x, y, deep+1)
	if again, _ := got.Field(name); again != x {
		l.t.Fatalf("in %s: %q is another value when asked for again", l.text, name)
	}
	if again, _ := got.Object().Get(name); l.rnd.IntN(3) == 0 && again != x {
		l.t.Fatalf("in %s: %q is another value when the object is read", l.text, name)
	}
}

// nested makes canonical texts of some hundred bytes, with small and large
// containers, keys and strings that are written with escapes, and every number.
func nested(rnd *rand.Rand, deep int) string {
	scalars := []string{`null`, `true`, `false`, `0`, `-0`, `-12`, `3.50`, `1e400`, `123456789012345678901`, `""`, `"x"`, `"a longer text, longer than a word"`, `"é"`, `"\"},{\\"`, `"\n"`, `"` + strings.Repeat("long ", 30) + `"`}
	switch kind := rnd.IntN(4); {
	case deep == 0 || kind == 0:
		return scalars[rnd.IntN(len(scalars))]
	case kind == 1:
		var parts []string
		for range rnd.IntN(6) {
			parts = append(parts, nested(rnd, deep-1))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	names := []string{`a`, `b`, `long name of a key`, `\"`, `\n`, `é`, ``, `id`, `items`, `\\`}
	var parts []string
	for _, i := range rnd.Perm(len(names))[:rnd.IntN(len(names))] {
		parts = append(parts, `"`+names[i]+`":`+nested(rnd, deep-1))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func TestDefer(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 22))
	var d Decoder
	whole, apart := 0, &Decoder{}
	apart.KeepApart()
	for range 500 {
		text := nested(rnd, 5)
		want, err := Decode([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		d.Reset()
		if rnd.IntN(50) == 0 { // as if most that was put off had been decoded after all
			d.habit = habit{left: habitFrom, after: rnd.IntN(2) * habitFrom}
		}
		for _, d := range []*Decoder{&d, apart} {
			got := d.Defer([]byte(text))
			if text, ok := got.unread(); ok != (got.Kind() >= KindArray) {
				t.Fatalf("%s is not put off", text)
			}
			levels := d.habit.levels
			looker{t, rnd, text}.look(got, want, 0)
			if d.habit.levels > levels {
				whole++
			}
		}
	}
	t.Logf("%d of 1000 values were read, at least in part", whole)
}

// TestDeferWhole decodes a level with all that is in it where that is the habit,
// but for what is known already.
func TestDeferWhole(t *testing.T) {
	text := `{"a":{"x":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]},"b":{"y":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}}`
	for _, tt := range []struct {
		name string
		ask  bool
		want bool // that .b is decoded
	}{{"nothing known", false, true}, {"a known value", true, false}} {
		var d Decoder
		d.habit = habit{left: habitFrom, after: habitFrom}
		v := d.Defer([]byte(text))
		var a Value
		if tt.ask {
			a, _ = v.Field("a")
		}
		b, _ := v.Object().Get("b")
		if _, put := b.unread(); put == tt.want {
			t.Errorf("%s: is .b text: %v; want %v", tt.name, put, !tt.want)
		}
		if again, _ := v.Object().Get("a"); tt.ask && again != a {
			t.Errorf("%s: .a is another value when the object is read", tt.name)
		}
		if got := string(Append(nil, v)); got != text {
			t.Errorf("%s: got %s; want %s", tt.name, got, text)
		}
	}
}

// TestHabit: a decoder whose values are all decoded after all stops to put off,
// for a while; one whose values are looked at goes on.
func TestHabit(t *testing.T) {
	for _, tt := range []struct {
		name string
		use  func(Value)
		want bool
	}{
		{"nobody looks", func(Value) {}, true},
		{"one key", func(v Value) { v.Field("level") }, true},
		{"all keys", func(v Value) { v.Object() }, false},
		{"a part", func(v Value) { x, _ := v.Field("user"); x.Object() }, true},
	} {
		var d Decoder
		put, all := 0, 100_000
		for range all {
			d.Reset()
			if d.Defers(len(event)) {
				put++
				tt.use(d.Defer([]byte(event)))
			}
		}
		if tt.want && put != all || !tt.want && (put > all/20 || put < habitFrom/len(event)) {
			t.Errorf("%s: %d of %d records were put off", tt.name, put, all)
		}
	}
}

// TestFieldIsBounded: an object that is asked again and again is read.
func TestFieldIsBounded(t *testing.T) {
	var d Decoder
	v := d.Defer([]byte(event))
	for i := range 10 {
		if got, _ := v.Field("code"); show(got) != "402" {
			t.Fatalf("got %s; want 402", show(got))
		}
		if text := v.IsText(); text != (i < maxLooks) {
			t.Errorf("after %d looks: text: %v", i+1, text)
		}
	}
}

func TestDeferAllocates(t *testing.T) {
	var d Decoder
	record := []byte(event)
	n := testing.AllocsPerRun(100, func() {
		d.Reset()
		v := d.Defer(record)
		v.Field("id")
		x, _ := v.Field("user")
		x.Field("name")
		x.Object()
		v.Object()
	})
	if n != 0 {
		t.Errorf("a deferred record allocates %v times; want 0", n)
	}
}

// TestDeferDepth reads a text level by level that is as deep as a record may be.
func TestDeferDepth(t *testing.T) {
	text := []byte(strings.Repeat(`{"a":[`, jsonscan.MaxDepth/2) + strings.Repeat(`]}`, jsonscan.MaxDepth/2))
	var d Decoder
	v := d.Defer(text)
	for range jsonscan.MaxDepth/2 - 1 {
		x, _ := v.Field("a")
		v = x.Array().At(0)
	}
	if got := show(v); got != `{"a":[]}` {
		t.Errorf("got %s at the bottom", got)
	}
}

func FuzzDefer(f *testing.F) {
	rnd := rand.New(rand.NewPCG(23, 24))
	for i := range 20 {
		f.Add([]byte(nested(rnd, 4)), uint64(i))
	}
	f.Fuzz(func(t *testing.T, record []byte, seed uint64) {
		v, err := Decode(record)
		if err != nil {
			return
		}
		text := Append(nil, v)
		var d Decoder
		got := d.Defer(bytes.Clone(text))
		looker{t, rand.New(rand.NewPCG(seed, 1)), fmt.Sprintf("%q", text)}.look(got, v, 0)
	})
}

// BenchmarkDefer are the costs of an event that is not decoded: its beginning,
// and then what is asked for.
func BenchmarkDefer(b *testing.B) {
	record := []byte(event)
	for _, bb := range []struct {
		name string
		use  func(Value)
	}{
		{"nothing", func(Value) {}},
		{"first", func(v Value) { v.Field("id") }},
		{"middle", func(v Value) { v.Field("msg") }},
		{"last", func(v Value) { v.Field("code") }},
		{"absent", func(v Value) { v.Field("nothing") }},
		{"inner", func(v Value) { x, _ := v.Field("user"); x.Field("name") }},
		{"level", func(v Value) { v.Object() }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var d Decoder
			b.SetBytes(int64(len(record)))
			b.ReportAllocs()
			for b.Loop() {
				d.Reset()
				bb.use(d.Defer(record))
			}
		})
	}
}

// TestSame: a container is the same by its own pointer and by its decoder's value,
// and nothing else is.
func TestSame(t *testing.T) {
	var d Decoder
	v, w := d.Defer([]byte(event)), d.Defer([]byte(event))
	for _, tt := range []struct {
		a, b Value
		want bool
	}{
		{v, v, true}, {v, v.Object().Value(), true}, {v.Object().Value(), v, true}, {v, w, false},
		{FromInt(6), FromInt(14), false}, {FromInt(6), FromInt(6), true}, {Null(), Null(), true}, {v, Null(), false},
	} {
		if got := Same(tt.a, tt.b); got != tt.want {
			t.Errorf("Same(%s, %s) = %v; want %v", show(tt.a), show(tt.b), got, tt.want)
		}
	}
}

// TestKeepApart keeps one record in a hundred, and looks whether the others are
// let go.
func TestKeepApart(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const records = 10_000
	body := strings.Repeat("long ", 1000)
	before := heap()
	var d Decoder
	d.KeepApart()
	var kept []Value
	for i := range records {
		v := d.Defer(fmt.Appendf(nil, `{"id":%d,"user":{"name":"a name that is not small"},"body":"%s"}`, i, body))
		user, _ := v.Field("user")
		user.Field("name")
		if i%100 == 0 {
			kept = append(kept, v)
		}
	}
	// A kept record may keep those of which it shares a block: 32 of 100.
	if grown := heap() - before; grown > records*uint64(len(body))/2 {
		t.Errorf("%d of %d records of %d bytes take %d bytes", len(kept), records, len(body), grown)
	}
	runtime.KeepAlive(&d)
	runtime.KeepAlive(kept)
}
