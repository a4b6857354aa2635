package postgres

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5/pgconn"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/sink"
)

func batch(lines ...string) *sink.Batch {
	return &sink.Batch{Data: []byte(strings.Join(lines, "\n") + "\n"), Records: len(lines)}
}

func columns(t *testing.T, text string, json ...string) (all []column) {
	t.Helper()
	parsed, err := ParseColumns(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range parsed {
		all = append(all, column{Column: c, json: indexOf(json, c.Name) >= 0})
	}
	return all
}

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func indexes(refused []sink.Refusal) (all []int) {
	for _, r := range refused {
		all = append(all, r.Index)
	}
	return all
}

func TestRaw(t *testing.T) {
	doc := columns(t, "doc=.", "doc")
	r := newRows(doc, batch(`{"a":1}`, `nope`, "{\"b\":\r2}\r", `"\\."`, ` `, `[]`))
	want := "{\"a\":1}\n{\"b\": 2}\n\"\\\\.\"\n[]\n"
	if got := read(t, r); got != want {
		t.Errorf("%q; want %q", got, want)
	}
	if got, want := indexes(r.end()), []int{1, 4}; !reflect.DeepEqual(got, want) {
		t.Errorf("refused %v; want %v", got, want)
	}
	if _, err := r.Read(make([]byte, 10)); err == nil || err == io.EOF {
		t.Errorf("a read after the end returns %v", err)
	}
}

func TestText(t *testing.T) {
	all := columns(t, "id=.id,s=.s,j=.j,doc=.", "j", "doc")
	for line, want := range map[string]string{
		`{"id":1.50,"s":"x","j":{"a":"b"}}`:  `1.50|x|{"a":"b"}|{"id":1.50,"s":"x","j":{"a":"b"}}`,
		`{"s":null,"j":null}`:                `\N|\N|\N|{"s":null,"j":null}`,
		`{"id":true,"s":"a\tb\\\n","j":"x"}`: `true|a\tb\\\n|"x"|{"id":true,"s":"a\\tb\\\\\\n","j":"x"}`,
		`{"s":"\\N","j":"\\"}`:               `\N|\\N|"\\\\"|{"s":"\\\\N","j":"\\\\"}`,
		`{"s":"\u0000é\u00e9"}`:              "\\N|\x00éé|\\N|" + `{"s":"\\u0000é\\u00e9"}`,
		` "x" `:                              `\N|\N|\N|"x"`,
		`null`:                               `\N|\N|\N|null`,
	} {
		r := newRows(all, batch(line))
		want = strings.ReplaceAll(want, "|", "\t") + "\n"
		if got := read(t, iotest.OneByteReader(r)); got != want {
			t.Errorf("%s: %q; want %q", line, got, want)
		}
	}
}

// A line that COPY names is a record of the batch, whatever was left out before
// it and wherever the pass began.
func TestRefuse(t *testing.T) {
	var lines []string
	for range 20_000 { // more than is read ahead
		lines = append(lines, `{"a":1}`, `x`, `{"b":2}`)
	}
	b := batch(lines...)
	r := newRows(columns(t, "doc=."), b)
	no := &pgconn.PgError{Code: "22P02"}
	read(t, r)
	if !r.refuse(2, no) { // the record after the first x
		t.Fatal("line 2 was not sent")
	}
	if got, want := indexes(r.refused), []int{1, 2}; !reflect.DeepEqual(got, want) {
		t.Fatalf("refused %v; want %v", got, want)
	}
	// From there on passes are short at first.
	want := strings.Repeat("{\"a\":1}\n{\"b\":2}\n", 19_999)
	var got strings.Builder
	passes := 0
	for r.goOn() {
		got.WriteString(read(t, r))
		passes++
	}
	if got.String() != want || passes < 5 || passes > 15 {
		t.Errorf("%d more passes have %d bytes; want about 10 and %d", passes, got.Len(), len(want))
	}
	if got, want := len(r.end()), 20_000+1; got != want {
		t.Errorf("%d refused; want %d", got, want)
	}
}

// A line counts from the beginning of its pass, without what was left out.
func TestRefuseAgain(t *testing.T) {
	no := &pgconn.PgError{Code: "22P02"}
	lines := make([]string, 1000)
	for i := range lines {
		lines[i] = []string{"1", "x"}[i%2]
	}
	r := newRows(columns(t, "doc=."), batch(lines...))
	read(t, r)
	if r.refuse(0, no) || r.refuse(501, no) || !r.refuse(500, no) {
		t.Fatal("what was sent and what was not are not told apart")
	}
	r = newRows(columns(t, "doc=."), batch(lines...))
	read(t, r)
	if !r.refuse(3, no) || !r.goOn() { // record 4
		t.Fatal("line 3 was not sent, or was the last one")
	}
	read(t, r) // records 5 to 68, of which 6, 8, ... 68 are sent
	if r.refuse(33, no) || !r.refuse(2, no) {
		t.Fatal("what was sent and what was not are not told apart")
	}
	if got, want := indexes(r.end()), []int{1, 3, 4, 5, 7, 8}; !reflect.DeepEqual(got, want) {
		t.Errorf("refused %v; want %v", got, want)
	}
}

func TestRefuseLast(t *testing.T) {
	r := newRows(columns(t, "doc=."), batch("1", "2"))
	read(t, r)
	if !r.refuse(2, &pgconn.PgError{}) || r.goOn() {
		t.Error("after the last record there is another pass")
	}
}

// What is read stands for the records one to one, and no value ends a row.
func FuzzRows(f *testing.F) {
	f.Add([]byte(`{"a":"x\ty"}`), "a")
	f.Add([]byte("{\"a\":\r[1,\t2]}"), "a")
	f.Add([]byte(`{"a":{"b":"\\.\n"}}`), "b")
	f.Fuzz(func(t *testing.T, line []byte, name string) {
		if bytes.IndexByte(line, '\n') >= 0 || jsonscan.Valid(line) != nil {
			return
		}
		for _, all := range [][]column{
			{{Column: Column{Name: "doc"}}},
			{{Column: Column{Path: jsonscan.Path{name}}}, {Column: Column{}, json: true}},
		} {
			r := newRows(all, &sink.Batch{Data: append(bytes.Clone(line), '\n'), Records: 1})
			got := read(t, r)
			if strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "\n") || strings.ContainsRune(got, '\r') ||
				strings.Count(got, "\t") != len(all)-1 && !isRaw(all) || got == "\\.\n" {
				t.Errorf("%q becomes %q", line, got)
			}
		}
	})
}
