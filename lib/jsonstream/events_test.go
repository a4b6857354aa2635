package jsonstream

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
)

// list shows what an Events finds: an event, or line: reason | data.
func list(e *Events, src io.Reader) (got []string) {
	e.Reset(src)
	for e.Scan() {
		v, bad := e.Event()
		if bad == nil {
			got = append(got, string(json.Append(nil, v)))
			continue
		}
		path := json.Append(nil, json.ArrayOf(bad.Path).Value())
		got = append(got, fmt.Sprintf("%d:%d %s %s | %s", bad.Line, bad.Column+int64(bad.At), bad.Reason, path, e.Record().Data))
	}
	return got
}

// The events are jq's; the faults are ours.
func TestEvents(t *testing.T) {
	for _, c := range []struct {
		in      string
		framing Framing
		want    []string
	}{
		{"", Lines, nil},
		{`3 "x"`, Spanning, []string{`[[],3]`, `[[],"x"]`}},
		{`[] {}`, Spanning, []string{`[[],[]]`, `[[],{}]`}},
		{"[] {}\n3 \n", Lines, []string{`[[],[]]`, `1:4 invalid character '{' after the value [] | {}`, `[[],3]`}},
		{`{"a":[1,{"b":2.50}],"c":{},"a":[]}`, Lines,
			[]string{`[["a",0],1]`, `[["a",1,"b"],2.50]`, `[["a",1,"b"]]`, `[["a",1]]`, `[["c"],{}]`, `[["a"],[]]`, `[["a"]]`}},
		{"[1,2\n[3]", Lines, []string{`[[0],1]`, `[[1],2]`, `1:5 record ends inside an array [1] | `, `[[0],3]`, `[[0]]`}},
		{"[1,2\n,[3]]", Spanning, []string{`[[0],1]`, `[[1],2]`, `[[2,0],3]`, `[[2,0]]`, `[[2]]`}},
		{"{\"a\":1\n{\"b\":2}", Spanning,
			[]string{`[["a"],1]`, `2:1 invalid character '{' after object value ["a"] | `, `[["b"],2]`, `[["b"]]`}},
		{"[1, x]\n2", Lines, []string{`[[0],1]`, `1:5 invalid character 'x' where a value is wanted [0] | x]`, `[[],2]`}},
		{"{\"a\":1,}\n2", Lines, []string{`[["a"],1]`, `1:8 invalid character '}' where a key is wanted ["a"] | }`, `[[],2]`}},
		{"[\"a\tb\"]\n", Lines, []string{`1:4 control character 0x09 in a string [null] | "a	b"]`}},
		{"[1,2", Lines, []string{`[[0],1]`, `[[1],2]`, `1:5 record ends inside an array [1] | `}},
		{"\x1e[1]\x1e12\x1e{\"a\x1e[]", Sequence, []string{`[[0],1]`, `[[0]]`, "1:6 the text may be cut short: no white space follows it [] | 12",
			`1:12 control character 0x1e in a string [null] | "a`, `[[],[]]`}},
		{"1 \x1e2 ", Sequence, []string{`1:1 no separator (0x1E) stands before the text [] | 1`, `[[],2]`}},
		{"[\"123456789\",\"12345678\"] 2\n3", Lines,
			[]string{`1:2 a string or number is longer than the maximum of 10 bytes [null] | "123456789","12345678"] 2`, `[[],3]`}},
	} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader,
		} {
			e := NewEvents(10, c.framing)
			if got := list(e, wrap(strings.NewReader(c.in))); !slices.Equal(got, c.want) || e.Err() != nil {
				t.Errorf("%q, %s: got %q, %v; want %q", c.in, name, got, e.Err(), c.want)
			}
		}
	}
}

func TestEventsDepth(t *testing.T) {
	deep := strings.Repeat("[", jsonscan.MaxDepth)
	e := NewEvents(10, Lines)
	got := list(e, strings.NewReader(deep+strings.Repeat("]", jsonscan.MaxDepth)+"\n"+deep+"[\n1"))
	if n := len(got); n != jsonscan.MaxDepth+2 || !strings.Contains(got[n-2], "nested deeper than 10000 levels") || got[n-1] != "[[],1]" {
		t.Errorf("got %d events", n)
	}
}

// endless is the elements of an array of n numbers.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	const element = "1234.5  ,"
	n := 0
	for ; n+len(element) <= len(p) && e.n > 0; e.n-- {
		n += copy(p[n:], element)
	}
	return n, nil
}

// A value of any length takes the memory of its parts.
func TestEventsMemory(t *testing.T) {
	e := NewEvents(1<<20, Lines)
	e.Reset(io.MultiReader(strings.NewReader("["), &endless{n: 500_000}))
	n := 0
	for e.Scan() {
		n++
	}
	if n < 500_000 || len(e.buf) > firstBuffer {
		t.Errorf("got %d events in a buffer of %d bytes; want half a million in %d", n, len(e.buf), firstBuffer)
	}
	e.Reset(io.MultiReader(strings.NewReader("[1,x"), strings.NewReader(strings.Repeat("y", 10<<20))))
	for e.Scan() {
	}
	if r := e.Record(); r.Err == nil || r.Err.Length != 10<<20+1 || len(e.buf) > 2<<20 {
		t.Errorf("got %+v in a buffer of %d bytes", r.Err, len(e.buf))
	}
	runtime.KeepAlive(e)
}

// FuzzEvents checks events against the tokens that encoding/json finds.
func FuzzEvents(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":[]}],"":{}}`, `[[[]],1.5e3,"\u00e9",null]`, "1 2 [3", "[1,\n2]", `{"a":}`, "\x1e[1\x1e2"} {
		f.Add([]byte(s), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, framing uint8) {
		how := Framing(framing % 3)
		got := list(NewEvents(1<<20, how), bytes.NewReader(text))
		if slow := list(NewEvents(1<<20, how), iotest.OneByteReader(bytes.NewReader(text))); !slices.Equal(got, slow) {
			t.Errorf("got %q, and by the byte %q", got, slow)
		}
		if how != Lines || bytes.IndexByte(text, '\n') >= 0 || jsonscan.Valid(text) != nil {
			return
		}
		want := tokens(t, text)
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q; want %q", text, got, want)
		}
	})
}

// tokens makes the events of one value of encoding/json's tokens.
func tokens(t *testing.T, text []byte) (events []string) {
	d := stdjson.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var path []any
	var keys []bool // of the containers: the next token is a key
	show := func(parts ...any) {
		b, err := stdjson.Marshal(parts)
		if err != nil {
			t.Fatal(err)
		}
		v, bad := json.Decode(b)
		if bad != nil {
			t.Fatal(bad)
		}
		events = append(events, string(json.Append(nil, v)))
	}
	way := func() []any { return append([]any{}, path...) }
	member := func() {
		if n := len(path); n > 0 {
			if i, ok := path[n-1].(int); ok {
				path[n-1] = i + 1
			} else {
				keys[n-1] = true
			}
		}
	}
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return events
		} else if err != nil {
			t.Fatal(err)
		}
		n := len(path)
		switch delim, isDelim := tok.(stdjson.Delim); {
		case isDelim && (delim == '[' || delim == '{'):
			member()
			if delim == '[' {
				path, keys = append(path, -1), append(keys, false)
			} else {
				path, keys = append(path, nil), append(keys, true)
			}
		case isDelim && path[n-1] != nil && path[n-1] != -1:
			show(way())
			path, keys = path[:n-1], keys[:n-1]
		case isDelim:
			path, keys = path[:n-1], keys[:n-1]
			if delim == ']' {
				show(way(), []any{})
			} else {
				show(way(), map[string]any{})
			}
		case n > 0 && keys[n-1]:
			path[n-1], keys[n-1] = tok, false
		default:
			member()
			show(way(), tok)
		}
	}
}
