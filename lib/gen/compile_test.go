package gen

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ndjsontools/lib/exit"
)

func TestSchemas(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for _, c := range []struct {
		name   string
		fields []Field
		want   string
	}{
		{"no field", nil, `{}`},
		{"number and text", []Field{{"n", Seq{First: 10}}, {"s", Text("a\"\\\n\u00e9")}}, `{"n":13,"s":"a\"\\\u000aé"}`},
		{"escaped name", []Field{{"a\"b", Seq{}}}, `{"a\"b":3}`},
		{"reference before its field", []Field{{"r", Ref("n")}, {"n", Seq{First: 1}}}, `{"r":"4","n":4}`},
		{"reference to a string", []Field{{"s", Concat{Text("<"), Ref("t"), Text(">")}}, {"t", Text("x")}}, `{"s":"<x>","t":"x"}`},
		{"nested repeat", []Field{{"s", Repeat{2, Concat{Text("a"), Repeat{3, Text("b")}, Text("c")}}}}, `{"s":"abbbcabbbc"}`},
		{"repeat ends with a repeat", []Field{{"s", Concat{Repeat{2, Repeat{2, Text("a")}}, Text("b")}}}, `{"s":"aaaab"}`},
		{"repeat once and never", []Field{{"s", Concat{Repeat{1, Text("a")}, Repeat{0, Text("b")}, Text("c")}}}, `{"s":"ac"}`},
		{"empty repeat", []Field{{"s", Repeat{5, Text("")}}}, `{"s":""}`},
		{"long", []Field{{"s", Repeat{3, Text(long)}}}, `{"s":"` + long + long + long + `"}`},
	} {
		p := mustCompile(t, Schema{c.fields}, 0)
		got := string(p.Append(nil, 3))
		if got != c.want+"\n" {
			t.Errorf("%s: record 3 = %q; want %q and a newline", c.name, got, c.want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s: record 3 = %q; want valid JSON", c.name, got)
		}
		if size := p.Size(3); size != len(got) {
			t.Errorf("%s: Size(3) = %d; want %d", c.name, size, len(got))
		}
	}
}

// A field's values depend on its path and the seed, not on its neighbours; a
// reference shows the very value of its field.
func TestFieldIndependence(t *testing.T) {
	when := Time{Start: 0, Step: 1_000_000}
	alone := mustCompile(t, Schema{[]Field{{"t", when}}}, 5)
	crowd := mustCompile(t, Schema{[]Field{{"u", when}, {"t", when}, {"r", Ref("t")}}}, 5)
	for i := range int64(50) {
		var a, c struct {
			T, U int64
			R    string
		}
		if err := json.Unmarshal(alone.Append(nil, i), &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(crowd.Append(nil, i), &c); err != nil {
			t.Fatal(err)
		}
		if a.T != c.T {
			t.Errorf("record %d: t = %d beside other fields; want %d as alone", i, c.T, a.T)
		}
		if c.R != fmt.Sprint(c.T) {
			t.Errorf("record %d: r = %s; want %d, the value of t", i, c.R, c.T)
		}
		if c.T == c.U {
			t.Errorf("record %d: t and u are both %d; want values of their own", i, c.T)
		}
	}
}

func TestSchemaErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields []Field
		want   string
	}{
		{"twice", []Field{{"a", Seq{}}, {"a", Seq{}}}, `field "a": stands twice in the record`},
		{"no value", []Field{{"a", nil}}, `field "a": has no value`},
		{"no such field", []Field{{"a", Ref("b")}}, `field "a": refers to "b", which is no field of this record`},
		{"itself", []Field{{"a", Ref("a")}}, `field "a": refers to itself through "a"`},
		{"circle", []Field{{"a", Ref("b")}, {"b", Concat{Ref("a")}}}, `refers to itself`},
		{"negative start", []Field{{"a", Seq{First: -1}}}, `a sequence starts between 0 and`},
		{"before 1970", []Field{{"a", Time{Start: -1, Step: 1}}}, `a time can't start before 1970`},
		{"no step", []Field{{"a", Time{}}}, `the step of a time is at least 1 ms`},
		{"late start", []Field{{"a", Time{Start: 1 << 53, Step: 1}}}, `not exact in JSON`},
		{"long step", []Field{{"a", Time{Start: 1 << 52, Step: 1 << 52}}}, `not exact in JSON`},
		{"negative repeat", []Field{{"a", Repeat{-1, Text("x")}}}, `can't repeat -1 times`},
		{"too long", []Field{{"a", Repeat{1 << 26, Text("xx")}}}, `makes the record longer than 64 MiB`},
		{"far too long", []Field{{"a", Repeat{1 << 26, Repeat{1 << 26, Repeat{1 << 26, Text("x")}}}}}, `makes the record longer than 64 MiB`},
		{"a thousand million parts", doubling(30, Seq{}), `more than a million parts`},
		{"a thousand million words", doubling(19, Text(strings.Repeat("word", 1000))), `longer than 64 MiB`},
		{"bad text", []Field{{"a", Text("\xff")}}, `its text is not valid UTF-8`},
		{"bad name", []Field{{"\xff", Seq{}}}, `its name is not valid UTF-8`},
	} {
		_, err := Compile(Schema{c.fields}, 0)
		var schema *SchemaError
		if !errors.As(err, &schema) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Compile = %v; want a SchemaError with %q", c.name, err, c.want)
			continue
		}
		if got := exit.Status(err); got != exit.Compile {
			t.Errorf("%s: exit status = %d; want %d", c.name, got, exit.Compile)
		}
	}
}

// doubling is a schema whose n fields each refer twice to the next.
func doubling(n int, last Value) []Field {
	fields := make([]Field, 0, n+1)
	for i := range n {
		next := Ref(fmt.Sprint(i + 1))
		fields = append(fields, Field{fmt.Sprint(i), Concat{next, next}})
	}
	return append(fields, Field{fmt.Sprint(n), last})
}
