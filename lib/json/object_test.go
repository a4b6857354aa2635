package json

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"ndjsontools/lib/jsonscan"
)

func show(v Value) string { return string(Append(nil, v)) }

func TestObject(t *testing.T) {
	o := NewObject(0)
	if _, ok := o.Get("a"); ok || o.Len() != 0 || len(o.Keys()) != 0 || show(o.Value()) != "{}" || o.Delete("a") {
		t.Errorf("an empty object is %s", show(o.Value()))
	}
	o.Set("b", FromInt(1))
	o.Set("a\n", FromBool(true))
	o.Set("b", Null())
	o.SetKey(FromString("c"), FromString("x"))
	if got, want := show(o.Value()), `{"b":null,"a\n":true,"c":"x"}`; got != want {
		t.Errorf("object = %s; want %s", got, want)
	}
	if got := o.Sorted(nil); fmt.Sprint(got) != "[1 0 2]" {
		t.Errorf("Sorted = %v; want [1 0 2]", got)
	}
	if !o.Delete("b") || o.Delete("b") {
		t.Error("Delete does not report what was there")
	}
	o.Set("b", FromInt(2))
	if got, want := show(o.Value()), `{"a\n":true,"c":"x","b":2}`; got != want {
		t.Errorf("object = %s; want %s", got, want)
	}
}

// TestObjectAgainstModel does the same random steps on an object and on a slice
// and a map, with key counts on both sides of the index's threshold.
func TestObjectAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, keys := range []int{5, 20, 200} {
		o, vals, order := NewObject(0), map[string]int64{}, []string{}
		for step := range 5000 {
			key := fmt.Sprint("key", r.IntN(keys))
			_, had := vals[key]
			switch r.IntN(8) {
			case 0, 1, 2:
				if o.Delete(key) != had {
					t.Fatalf("step %d: Delete(%s) = %v; want %v", step, key, !had, had)
				}
				delete(vals, key)
				for i, k := range order {
					if k == key {
						order = append(order[:i], order[i+1:]...)
						break
					}
				}
			case 3:
				old := show(o.Value())
				frozen := o
				o = o.Clone()
				o.Set("other", FromInt(1))
				o.Delete("other")
				if show(frozen.Value()) != old {
					t.Fatalf("step %d: a change of the clone changed the original", step)
				}
			default:
				o.Set(key, FromInt(int64(step)))
				if vals[key] = int64(step); !had {
					order = append(order, key)
				}
			}
			if o.Len() != len(order) {
				t.Fatalf("step %d: %d keys; want %d", step, o.Len(), len(order))
			}
			for i, k := range order {
				got, ok := o.Get(k)
				if n, whole := got.Int64(); !ok || !whole || n != vals[k] || o.KeyAt(i).Str() != k || !Equal(o.At(i), got) {
					t.Fatalf("step %d: %s = %s, %v, key %d is %s; want %d", step, k, show(got), ok, i, o.KeyAt(i).Str(), vals[k])
				}
			}
		}
	}
}

func TestSharedShapeIsNotChanged(t *testing.T) {
	s := NewShape("a", "b", "a")
	if s.Len() != 2 {
		t.Fatalf("NewShape of a, b, a has %d keys; want 2", s.Len())
	}
	one := ObjectOf(s, []Value{FromInt(1), FromInt(2)})
	two := one.Clone()
	if two.Shape() != s {
		t.Error("a clone has another shape")
	}
	two.Set("c", FromInt(3))
	three := one.Clone()
	three.Delete("a")
	for _, tt := range []struct {
		o    *Object
		want string
	}{{one, `{"a":1,"b":2}`}, {two, `{"a":1,"b":2,"c":3}`}, {three, `{"b":2}`}} {
		if got := show(tt.o.Value()); got != tt.want {
			t.Errorf("object = %s; want %s", got, tt.want)
		}
	}
	if one.Shape() != s || two.Shape() != nil || three.Shape() != nil || s.Len() != 2 {
		t.Error("a shape that was shared is changed, or one that is not is shown")
	}
}

func TestMerge(t *testing.T) {
	for _, tt := range []struct{ a, b, plus, times string }{
		{`{}`, `{}`, `{}`, `{}`},
		{`{"a":1}`, `{}`, `{"a":1}`, `{"a":1}`},
		{`{}`, `{"a":1}`, `{"a":1}`, `{"a":1}`},
		{`{"a":1,"b":2}`, `{"c":3,"a":4}`, `{"a":4,"b":2,"c":3}`, `{"a":4,"b":2,"c":3}`},
		{`{"k":{"a":1,"b":2}}`, `{"k":{"a":0,"c":3}}`, `{"k":{"a":0,"c":3}}`, `{"k":{"a":0,"b":2,"c":3}}`},
		{`{"k":{"a":{"x":1}},"l":[1]}`, `{"k":{"a":{"y":[]}},"l":{}}`, `{"k":{"a":{"y":[]}},"l":{}}`, `{"k":{"a":{"x":1,"y":[]}},"l":{}}`},
		{`{"k":1}`, `{"k":{"a":1}}`, `{"k":{"a":1}}`, `{"k":{"a":1}}`},
		{`{"k":{"a":1}}`, `{"k":null}`, `{"k":null}`, `{"k":null}`},
	} {
		a, b := value(t, tt.a).Object(), value(t, tt.b).Object()
		if got := show(Merge(a, b).Value()); got != tt.plus {
			t.Errorf("%s + %s = %s; want %s", tt.a, tt.b, got, tt.plus)
		}
		deep, err := MergeDeep(a, b)
		if err != nil || show(deep.Value()) != tt.times {
			t.Errorf("%s * %s = %s, %v; want %s", tt.a, tt.b, show(deep.Value()), err, tt.times)
		}
		var m Merger
		for range 2 {
			if got := m.Merge(a, b); show(got.Value()) != tt.plus || got.Shape() == nil {
				t.Errorf("%s + %s by a Merger = %s; want %s, with a shape", tt.a, tt.b, show(got.Value()), tt.plus)
			}
		}
		if got := m.Merge(b, a); !Equal(got.Value(), Merge(b, a).Value()) {
			t.Errorf("%s + %s by a used Merger = %s; want %s", tt.b, tt.a, show(got.Value()), show(Merge(b, a).Value()))
		}
		if show(a.Value()) != tt.a || show(b.Value()) != tt.b {
			t.Errorf("a merge changed %s or %s", tt.a, tt.b)
		}
	}
	s := NewShape("a")
	a := ObjectOf(s, []Value{FromInt(1)})
	for range jsonscan.MaxDepth {
		a = ObjectOf(s, []Value{a.Value()})
	}
	if _, err := MergeDeep(a, a); !errors.Is(err, ErrTooDeep) {
		t.Errorf("MergeDeep of %d levels: %v; want ErrTooDeep", jsonscan.MaxDepth+1, err)
	}
	if _, err := MergeDeep(a.At(0).Object(), a); err != nil {
		t.Errorf("MergeDeep of %d levels: %v; want nil", jsonscan.MaxDepth, err)
	}
}

func TestArray(t *testing.T) {
	a := NewArray(1)
	a.Append(FromInt(1), FromString("b"), Null())
	b := a.Slice(1, 3)
	b.Set(0, FromBool(false))
	b.Append(FromInt(9))
	c := a.Clone()
	c.Truncate(1)
	c.Grow(3)
	c.Grow(2)
	for _, tt := range []struct {
		a    *Array
		want string
	}{
		{a, `[1,"b",null]`},
		{b, `[false,null,9]`},
		{c, `[1,null,null]`},
		{Concat(a, b), `[1,"b",null,false,null,9]`},
		{Concat(&Array{}, &Array{}), `[]`},
	} {
		if got := show(tt.a.Value()); got != tt.want {
			t.Errorf("array = %s; want %s", got, tt.want)
		}
	}
}

func TestWrongKindPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"Str":    func() { FromInt(1).Str() },
		"Array":  func() { Null().Array() },
		"Object": func() { FromString("x").Object() },
		"Float":  func() { FromString("1").Float() },
		"SetKey": func() { NewObject(0).SetKey(FromInt(1), Null()) },
		"Of":     func() { ObjectOf(NewShape("a"), nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s on the wrong kind does not panic", name)
				}
			}()
			f()
		}()
	}
}
