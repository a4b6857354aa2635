package jsonstream

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"ndjsontools/lib/jsonscan"
)

// show lists what a Values finds: line+before@offset, data.
func show(v *Values, src io.Reader) (got []string) {
	v.Reset(src)
	for v.Scan() {
		r := v.Record()
		s := fmt.Sprintf("%d+%d@%d %s", r.Line, r.Before, r.Offset, r.Data)
		if r.Err != nil {
			s += fmt.Sprintf(" long %d", r.Err.Length)
		}
		if v.Why() != "" {
			s += " " + v.Why()[:2]
		}
		got = append(got, s)
	}
	return got
}

var valueCases = []struct {
	name, in string
	framing  Framing
	max      int64
	want     []string
}{
	{"empty", " \n\t", Spanning, 100, nil},
	{"a mark", "\xef\xbb\xbf[1]", Spanning, 100, []string{"1+0@3 [1]"}},
	{"a line has several", `1 "a"{"b":2}[3]`, Spanning, 100, []string{"1+0@0 1", `1+2@2 "a"`, `1+5@5 {"b":2}`, "1+12@12 [3]"}},
	{"several lines", "{\n \"a\": [\n 1]\n}\n2", Spanning, 100, []string{"1+0@0 {\n \"a\": [\n 1]\n}", "5+0@16 2"}},
	{"a fault ends with its line", "1 tru 2\n3", Spanning, 100, []string{"1+0@0 1", "1+2@2 tru 2", "2+0@8 3"}},
	{"a pretty one", "{\n  \"a\": tru\n  ,\"b\": 1\n}\n{}", Spanning, 100,
		[]string{"1+0@0 {\n  \"a\": tru\n  ,\"b\": 1\n}", "5+0@25 {}"}},
	{"one that does not end", "{\"a\":1\n{\"b\":2}\n", Spanning, 100, []string{`1+0@0 {"a":1`, `2+0@7 {"b":2}`}},
	{"the input ends", "[1,\n[2", Spanning, 100, []string{"1+0@0 [1,\n[2"}},
	{"words run together", "truefalse nul", Spanning, 100, []string{"1+0@0 truefalse nul"}},
	{"too long", `[1,2,3,4,5] 6`, Spanning, 5, []string{"1+0@0 [1,2,3,4,5] long 11", "1+12@12 6"}},
	{"a string too long", "\"abcdefg\" 1\n6", Spanning, 5, []string{"1+0@0 \"abcdefg\" 1\n long 12", "2+0@12 6"}},
	{"sequence", "\x1e{\"a\":\n1}\n\x1e2\n\x1e\x1e[3]", Sequence, 100, []string{"1+1@1 {\"a\":\n1}", "3+1@11 2", "4+2@15 [3]"}},
	{"sequence cut short", "\x1e12\x1etrue\x1e[1\n\x1e\"x\"\x1e1", Sequence, 100,
		[]string{"1+1@1 12 th", "1+4@4 true th", "1+9@9 [1", `2+1@13 "x"`, "2+5@17 1 th"}},
	{"sequence that begins in the middle", "1]\n2\n\x1e3\n", Sequence, 100, []string{"1+0@0 1]\n2 no", "3+1@6 3"}},
	{"sequence with a fault", "\x1e{a}\n 1\n{\x1e2\n", Sequence, 100, []string{"1+1@1 {a}\n 1\n{", "3+2@10 2"}},
}

func TestValues(t *testing.T) {
	for _, c := range valueCases {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader, "eof with data": iotest.DataErrReader,
		} {
			v := NewValues(c.max, c.framing)
			if got := show(v, wrap(strings.NewReader(c.in))); !slices.Equal(got, c.want) || v.Err() != nil {
				t.Errorf("%s, %s: got %q, %v; want %q", c.name, name, got, v.Err(), c.want)
			}
		}
	}
}

// What an error of the source cuts off is no record, and ordinals go on in the
// next source.
func TestValuesError(t *testing.T) {
	broken := errors.New("broken")
	v := NewValues(100, Spanning)
	v.Reset(io.MultiReader(strings.NewReader("1 [2,3"), iotest.ErrReader(broken)))
	if !v.Scan() || v.Scan() || v.Err() != broken || v.Pending() != 4 {
		t.Errorf("got %v and %d bytes pending; want %v after one record, 4 bytes", v.Err(), v.Pending(), broken)
	}
	v.Reset(io.MultiReader(strings.NewReader("1 \"ab"), iotest.ErrReader(broken)))
	if !v.Scan() || v.Scan() || v.Err() != broken || v.Pending() != 3 {
		t.Errorf("got %v and %d bytes pending; want %v after one record, 3 bytes", v.Err(), v.Pending(), broken)
	}
	e := NewEvents(100, Lines)
	e.Reset(io.MultiReader(strings.NewReader("[1, tr"), iotest.ErrReader(broken)))
	if !e.Scan() || e.Scan() || e.Err() != broken {
		t.Errorf("got %v; want %v after one event", e.Err(), broken)
	}
	v.Reset(strings.NewReader("7"))
	if !v.Scan() || v.Record().Line != 1 || string(v.Record().Data) != "7" {
		t.Errorf("got %+v", v.Record())
	}
}

// FuzzValues checks that nothing is lost, that it does not matter how the bytes
// arrive, and that a stream which encoding/json reads is read the same.
func FuzzValues(f *testing.F) {
	for _, c := range valueCases {
		f.Add([]byte(c.in), uint8(c.framing), uint8(c.max))
	}
	f.Fuzz(func(t *testing.T, text []byte, framing, max uint8) {
		how, limit := Framing(framing%3), int64(max)+1
		got := show(NewValues(limit, how), bytes.NewReader(text))
		if slow := show(NewValues(limit, how), iotest.OneByteReader(bytes.NewReader(text))); !slices.Equal(got, slow) {
			t.Errorf("got %q, and by the byte %q", got, slow)
		}
		v := NewValues(1<<20, how)
		v.Reset(bytes.NewReader(text))
		end, good := int64(0), 0
		for v.Scan() {
			r := v.Record()
			if r.Err != nil || r.Offset < end || strings.Trim(string(text[end:r.Offset]), " \t\r\n\x1e\xef\xbb\xbf") != "" {
				t.Fatalf("%q: %+v does not follow offset %d", text, r, end)
			}
			if end = r.Offset + int64(len(r.Data)); string(text[r.Offset:end]) != string(r.Data) {
				t.Fatalf("%q: %+v is not at its offset", text, r)
			}
			if jsonscan.Valid(r.Data) == nil {
				good++
			}
		}
		if rest := strings.Trim(string(text[end:]), " \t\r\n\x1e\xef\xbb\xbf"); rest != "" {
			t.Errorf("%q: %q is lost", text, rest)
		}
		if want, ok := reference(text); ok && how == Spanning && good != want {
			t.Errorf("%q: got %d values; want %d", text, good, want)
		}
	})
}

// reference counts the values of a stream that encoding/json and our own validator
// take as a whole. It is not ok where a number touches what follows, for which
// encoding/json has rules of its own.
func reference(text []byte) (n int, ok bool) {
	d := stdjson.NewDecoder(bytes.NewReader(text))
	for {
		var one stdjson.RawMessage
		if err := d.Decode(&one); err != nil {
			return n, err == io.EOF
		}
		after := d.InputOffset()
		touches := int(after) < len(text) && inWord(text[after]) && inWord(text[after-1])
		if jsonscan.Valid(one) != nil || touches {
			return 0, false
		}
		n++
	}
}
