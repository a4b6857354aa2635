package json

import (
	"fmt"
	"strings"
	"testing"
)

// TestManyKeys goes past the index's threshold and past the tree's limits.
func TestManyKeys(t *testing.T) {
	for _, n := range []int{1, indexAbove, indexAbove + 1, treeKeys, treeKeys + 1, 1000} {
		var in, want []string
		for i := range n {
			in = append(in, fmt.Sprintf(`"key-%d":%d`, i, i))
			want = append(want, fmt.Sprintf(`"key-%d":%d`, i, i))
		}
		again := n / 2
		in = append(in, fmt.Sprintf(`"key-%d":"again"`, again), `"last":0`)
		want[again] = fmt.Sprintf(`"key-%d":"again"`, again)
		want = append(want, `"last":0`)
		var d Decoder
		for range 2 {
			v, err := d.Decode([]byte("{" + strings.Join(in, ",") + "}"))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := string(Append(nil, v)), "{"+strings.Join(want, ",")+"}"; got != want {
				t.Errorf("%d keys: %s; want %s", n, got, want)
			}
			for i := range n {
				x, ok := v.Object().Get(fmt.Sprintf("key-%d", i))
				if j, whole := v.Object().Index(fmt.Sprintf("key-%d", i)); !ok || !whole || i != j || i != again && !Equal(x, FromInt(int64(i))) {
					t.Fatalf("%d keys: key-%d is %s at %d, %v", n, i, Append(nil, x), j, ok)
				}
			}
			if _, ok := v.Object().Get("key"); ok {
				t.Errorf("%d keys: Get of a missing key finds one", n)
			}
			d.Reset()
		}
	}
}

// TestTreeIsBounded feeds keys that are data until the tree is full, and looks
// that it stays so, that decoding stays right, and that a new tree grows.
func TestTreeIsBounded(t *testing.T) {
	var d Decoder
	var first *Shape
	var root *node
	made := 0
	for i := range 3 * treePatience {
		in := fmt.Sprintf(`{"a%d":{"b%d":{"c%d":%d}}}`, i%16, i%199, i, i)
		if i%2 == 1 {
			in = fmt.Sprintf(`{"a%d":1,"b%d":2,"c%d":3,"d%d":4}`, i%7, i%13, i%11, i)
		}
		v, err := d.Decode([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(Append(nil, v)); got != in {
			t.Fatalf("%s; want %s", got, in)
		}
		if d.tree.nodes > treeNodes {
			t.Fatalf("the tree has %d nodes; want no more than %d", d.tree.nodes, treeNodes)
		}
		if d.tree.root != root {
			root = d.tree.root
			made++
		}
		if i == 0 {
			first = v.Object().Shape()
		}
		d.Reset()
	}
	if made < 2 || first == nil {
		t.Fatalf("trees made: %d, first shape: %v; want a second tree", made, first)
	}
	if first.Key(0).Str() != "a0" {
		t.Errorf("the first shape has become %s; want a0", Append(nil, first.Key(0)))
	}
}

func TestShapesAreShared(t *testing.T) {
	var d Decoder
	shape := func(in string) *Shape {
		v, err := d.Decode([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		return v.Object().Shape()
	}
	ab := shape(`{"a":1,"b":2}`)
	if ab == nil {
		t.Fatal("Shape() = nil; want one")
	}
	for in, want := range map[string]bool{
		`{"a":5,"b":[]}`:            true,
		`{ "a" : 5 , "b" : [] }`:    true,
		`{"a":5,"b":[],"a":6}`:      true,
		`{"b":5,"a":[]}`:            false,
		`{"a":5}`:                   false,
		`{"a":5,"b":1,"c":2}`:       false,
		`{"c":5,"a":{"a":1,"b":2}}`: false,
	} {
		if got := shape(in) == ab; got != want {
			t.Errorf("%s has the same shape: %v; want %v", in, got, want)
		}
	}
	if n := ab.Len(); n != 2 {
		t.Errorf("the shape of a and b has %d keys; want 2", n)
	}
}
