package json

import (
	"runtime/debug"
	"strings"
	"testing"

	"ndjsontools/lib/jsonscan"
)

func TestDepth(t *testing.T) {
	for _, unit := range []struct{ open, shut string }{{"[", "]"}, {`{"a":`, "}"}} {
		in := strings.Repeat(unit.open, jsonscan.MaxDepth) + "1" + strings.Repeat(unit.shut, jsonscan.MaxDepth)
		v, err := Decode([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		w := v.Clone()
		if got := string(Append(nil, w)); got != in {
			t.Errorf("a clone of %d levels of %s does not print as the input", jsonscan.MaxDepth, unit.open)
		}
		if !Equal(v, w) || Compare(v, w) != 0 {
			t.Errorf("a clone of %d levels of %s is not equal", jsonscan.MaxDepth, unit.open)
		}
		if _, err := Decode([]byte(unit.open + in + unit.shut)); err == nil || !strings.Contains(err.Reason, "nested deeper") {
			t.Errorf("one level more: %v; want it refused", err)
		}
	}
}

// TestComputedDepth has a value that could not be walked with a call for each
// level: the stack is limited, and its overflow would end the test binary.
func TestComputedDepth(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	v, w := FromInt(1), FromInt(2)
	for range 200_000 {
		v, w = ArrayOf([]Value{v}).Value(), ArrayOf([]Value{w}).Value()
	}
	if got := Compare(v, w.Clone()); got != -1 {
		t.Errorf("Compare = %d; want -1", got)
	}
	if Equal(v, w) {
		t.Error("Equal = true; want false")
	}
	if got := len(Append(nil, v)); got != 400_001 {
		t.Errorf("prints as %d bytes; want 400001", got)
	}
}
