package jsonscan

import (
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	const record = ` {"id" : 7, "user":{"name":"Ann \"A\" {","id":9,"tags":["}",{"x":[]}]},"a.b":true,
		"d":1,"d":{"e":1,"\u0065":[2 , 3]},"n":-1.5e3 ,"":null,"s":{"x":1},"s":5, "long key with many bytes":"v"} `
	for _, tt := range []struct {
		path string
		want string // "" is: not there
	}{
		{"id", "7"},
		{".id", "7"},
		{"user.name", `"Ann \"A\" {"`},
		{"user.id", "9"},
		{"user.tags", `["}",{"x":[]}]`},
		{`"a.b"`, "true"},
		{"a.b", ""},
		{"d.e", "[2 , 3]"}, // the last of both
		{"n", "-1.5e3"},
		{`""`, "null"},
		{"s", "5"},
		{"s.x", ""}, // the last s is no object
		{"x", ""},
		{"user.name.x", ""},
		{"user.x", ""},
		{`"long key with many bytes"`, `"v"`},
		{"long key with many bytes", `"v"`},
	} {
		path, err := ParsePath(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		span, ok := Find([]byte(record), path)
		if got := record[span.Start:span.End]; got != tt.want || ok != (tt.want != "") {
			t.Errorf("Find(%s) = %s, %v; want %s", tt.path, got, ok, tt.want)
		}
	}
	for _, record := range []string{"1", ` "a" `, " [1] "} {
		span, ok := Find([]byte(record), nil)
		if err := Valid([]byte(record)[span.Start:span.End]); !ok || err != nil || span.End-span.Start == len(record) && len(record) > 1 {
			t.Errorf("Find(%q, .) = %v, %v; want the value without its space", record, span, ok)
		}
	}
}

func TestParsePath(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Path
		form string
	}{
		{".", Path{}, "."},
		{"a", Path{"a"}, ".a"},
		{".a.b", Path{"a", "b"}, ".a.b"},
		{`."a.b".c`, Path{"a.b", "c"}, `."a.b".c`},
		{`"\u0061"`, Path{"a"}, ".a"},
		{`."".""`, Path{"", ""}, `."".""`},
	} {
		got, err := ParsePath(tt.in)
		if err != nil || !slices.Equal(got, tt.want) || got.String() != tt.form {
			t.Errorf("ParsePath(%q) = %q (%s), %v; want %q (%s)", tt.in, got, got, err, tt.want, tt.form)
		}
	}
	for _, tt := range []struct{ in, want string }{
		{``, `path "": empty name (write "" for an empty key) at byte 0`},
		{`..a`, `path "..a": empty name (write "" for an empty key) at byte 1`},
		{`a.`, `path "a.": empty name (write "" for an empty key) at byte 2`},
		{`a[0]`, `path "a[0]": a name with a quote or a bracket must be quoted at byte 0`},
		{`"a"b`, `path "\"a\"b": want a dot after a quoted name, at byte 3`},
		{"a.\xbc", `path "a.\xbc": name is not UTF-8 at byte 2`},
		{`."a`, `path ".\"a": the quoted name is not a JSON string at byte 1`},
	} {
		if got, err := ParsePath(tt.in); err == nil || err.Error() != tt.want {
			t.Errorf("ParsePath(%q) = %q, %v; want the error %s", tt.in, got, err, tt.want)
		}
	}
}

// FuzzFind: in any bytes the span is inside of the record; in a valid record it
// is a valid value.
func FuzzFind(f *testing.F) {
	f.Add([]byte(event), "user.id")
	f.Add([]byte(`{"a":{"b":"\"}"},"a":{"b":[1,{}] }}`), "a.b")
	f.Add([]byte(`{"a":"`), "a")
	f.Add([]byte(`{"a\x`), "a")
	f.Add([]byte(`{"a" `), ".")
	f.Fuzz(func(t *testing.T, record []byte, in string) {
		path, err := ParsePath(in)
		if err != nil {
			return
		}
		again, err := ParsePath(path.String())
		if err != nil || !slices.Equal(again, path) {
			t.Fatalf("ParsePath(%q) = %q, which prints as %s", in, path, path)
		}
		span, ok := Find(record, path)
		if !ok {
			return
		}
		if value := record[span.Start:span.End]; Valid(record) == nil && Valid(value) != nil {
			t.Fatalf("Find(%q, %s) = %q; want a value", record, path, value)
		}
	})
}
