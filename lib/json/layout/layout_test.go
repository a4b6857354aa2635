package layout

import (
	"bytes"
	stdjson "encoding/json"
	"os"
	"strings"
	"testing"

	"ndjsontools/lib/json"
)

func decode(t testing.TB, text string) json.Value {
	t.Helper()
	v, err := json.Decode([]byte(text))
	if err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return v
}

// TestRecorded compares bytes with what jq 1.8.2 printed for the options.
func TestRecorded(t *testing.T) {
	data, err := os.ReadFile("testdata/jq-1.8.2.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(data) {
		var c struct{ Layout, Value, Output string }
		if err := stdjson.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		n++
		colors := DefaultColors()
		var l Layout
		words := strings.Fields(c.Layout)
		for i, word := range words {
			switch word {
			case "indent":
				l.Indent = int(words[i+1][0] - '0')
			case "tab":
				l.Tab = true
			case "sorted":
				l.Sort = true
			case "ascii":
				l.ASCII = true
			case "color":
				l.Colors = &colors
			}
		}
		if got := string(appended(t, l, decode(t, c.Value))); got != c.Output {
			t.Errorf("%s, %s: got\n%q\nwant\n%q", c.Layout, c.Value, got, c.Output)
		}
	}
	if n < 60 {
		t.Errorf("%d cases", n)
	}
}

// A Layout that asks for nothing gives what json.Append gives.
func TestPlain(t *testing.T) {
	v := decode(t, `{"b":[1.50,"é",{}],"a":null}`)
	if got, err := (&Layout{}).Append([]byte("x"), v); err != nil || string(got) != `x{"b":[1.50,"é",{}],"a":null}` {
		t.Errorf("got %s, %v", got, err)
	}
}

// A deep value is printed without recursion.
func TestDeep(t *testing.T) {
	v := json.Null()
	for range 1_000_000 {
		v = json.ArrayOf([]json.Value{v}).Value()
	}
	colors := DefaultColors()
	l := Layout{Sort: true, Colors: &colors}
	if got := appended(t, l, v); bytes.Count(got, []byte("[\x1b[0m")) != 1_000_000 {
		t.Errorf("got %d bytes", len(got))
	}
}

func appended(t *testing.T, l Layout, v json.Value) []byte {
	t.Helper()
	out, err := l.Append(nil, v)
	if err != nil {
		t.Error(err)
	}
	return out
}

// Indents are bounded: what they take grows with the square of the depth.
func TestMargin(t *testing.T) {
	for _, c := range []struct {
		layout Layout
		levels int
		fits   bool
	}{
		{Layout{Indent: 1}, 5_000, true},
		{Layout{Indent: 2}, 12_000, false},
		{Layout{Tab: true}, 17_000, false},
		{Layout{Sort: true}, 100_000, true},
	} {
		v := json.FromInt(1)
		for range c.levels {
			v = json.ArrayOf([]json.Value{v}).Value()
		}
		out, err := c.layout.Append([]byte("x"), v)
		if fits := err == nil; fits != c.fits || !fits && (err != ErrMargin || string(out) != "x") {
			t.Errorf("%+v, %d levels: got %d bytes, %v; fits: %v", c.layout, c.levels, len(out), err, c.fits)
		}
	}
}

// JQ_COLORS as jq 1.8.2 reads it: an empty field takes the colour away, and one
// that is missing keeps the default.
func TestParseColors(t *testing.T) {
	all := func(first ...string) (c Colors) {
		c = DefaultColors()
		for i, f := range first {
			c[i] = "\x1b[" + f + "m"
		}
		return c
	}
	for _, c := range []struct {
		in   string
		want Colors
		bad  bool
	}{
		{"", all(), false},
		{"1", all("1"), false},
		{"1:", all("1"), false},
		{"1::2", all("1", "", "2"), false},
		{"::::", all("", "", "", ""), false},
		{"0;31:0;32:0;33:0;34:0;35:0;36:0;37:0;38:9:9", all("0;31", "0;32", "0;33", "0;34", "0;35", "0;36", "0;37", "0;38"), false},
		{"a", all(), true},
		{"1:1 2", all(), true},
	} {
		got, err := ParseColors(c.in)
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("%q: got %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}
