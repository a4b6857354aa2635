package main

import (
	"bytes"
	stdjson "encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/tool"
)

// run runs the tool over input and returns its status and its output.
func run(t *testing.T, input []byte, args ...string) (int, []byte) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, input, 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	stderr, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	status, _ := tool.Run(command(), append(append([]string{"ndjson-map"}, args...), in), os.Stdin, stdout, stderr)
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return status, got
}

// suite is JSONTestSuite's files by their names.
func suite(t *testing.T) map[string][]byte {
	files, _ := filepath.Glob("../../../shared/conformance/json-parsing/*.json")
	if len(files) == 0 {
		t.Skip("JSONTestSuite is not there")
	}
	all := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = text
	}
	return all
}

// framed are the files of JSONTestSuite that are another matter when a record is a
// line.
var framed = map[string]string{
	"y_array_with_1_and_newline.json":   "the value spans lines",
	"y_object_with_newlines.json":       "the value spans lines",
	"n_single_space.json":               "an empty stream",
	"n_structure_UTF8_BOM_no_data.json": "an empty stream",
	"n_structure_no_data.json":          "an empty stream",
}

// TestSuiteStatus runs JSONTestSuite through the tool: what must be rejected is,
// and what must be accepted is, but for the framing.
func TestSuiteStatus(t *testing.T) {
	for name, text := range suite(t) {
		status, _ := run(t, text, "-q", ".")
		want := exit.OK
		if name[0] == 'n' {
			want = exit.Rejected
		}
		if _, other := framed[name]; other {
			want = exit.OK + exit.Rejected - want
		}
		if name[0] != 'i' && status != want {
			t.Errorf("%s: status %d; want %d", name, status, want)
		}
	}
}

// TestSuiteCanonical checks that on every route each value that is accepted comes
// out in the one canonical form.
func TestSuiteCanonical(t *testing.T) {
	var in bytes.Buffer
	var want []string
	add := func(text []byte) {
		in.Write(append(bytes.TrimSpace(text), '\n'))
		want = append(want, string(canonical(t, text, false)))
	}
	for _, text := range suite(t) {
		if jsonscan.Valid(text) == nil && bytes.IndexByte(bytes.TrimSpace(text), '\n') < 0 {
			add(text)
		}
	}
	for _, text := range []string{
		`{"a":1,"b":{"x":1,"\u0078":2,"y":3,"x":4,"z":[{"k":1,"k":2}]},"\u0061":3}`,
		`{ "b" : [ 1.50 , 1E5, 1e-5, -0, -0.0, 1e1000, 100000000000000000000, 0.10 ] , "a" : null }`,
		`"\u0000\u001f\u007f` + "\x7f" + `\/\"\\\b\f\n\r\t\u00e9\ud83d\ude00\u2028"`,
		`{"":{"":{"":[]}},"\u0000":1}`,
	} {
		add([]byte(text))
	}
	lines := func(each func(string) string) string {
		var b strings.Builder
		for _, w := range want {
			b.WriteString(each(w) + "\n")
		}
		return b.String()
	}
	same := lines(func(s string) string { return s })
	for _, c := range []struct {
		args string
		want string
	}{
		{".", same},
		{"def f: .; f", same},
		{"[.]", lines(func(s string) string { return "[" + s + "]" })},
		{"[.] | .[0] |= .", lines(func(s string) string { return "[" + s + "]" })},
		{"{a: .}", lines(func(s string) string { return `{"a":` + s + "}" })},
		{"{a: .} + {b: 1}", lines(func(s string) string { return `{"a":` + s + `,"b":1}` })},
		{"{b: .} | .a = 1 | del(.a)", lines(func(s string) string { return `{"b":` + s + "}" })},
		{"-r tojson", same},
		{`-r "\(tojson)"`, same},
		{`-r [.] | @json "\(.[0])"`, same},
		{"tojson | fromjson", same},
		{"--concat .", same},
		{"-P2 .", same},
		{"--unbuffered --atomic .", same},
		{"-n inputs", same},
		{"-s .[]", same},
		{"--stream -n fromstream(inputs)", same},
		{"--indent 0 -M .", same},
	} {
		var args []string
		program := c.args
		for strings.HasPrefix(program, "-") {
			option, rest, _ := strings.Cut(program, " ")
			if option == "--indent" {
				option, rest = option+"="+rest[:1], rest[2:]
			}
			args, program = append(args, option), rest
		}
		status, got := run(t, in.Bytes(), append(args, program)...)
		if status != exit.OK || string(got) != c.want {
			t.Errorf("%s: status %d", c.args, status)
			theirs := strings.Split(c.want, "\n")
			for i, line := range strings.Split(string(got), "\n") {
				if i >= len(theirs) || line != theirs[i] {
					t.Errorf("line %d: got %.200s; want %.200s", i+1, line, theirs[min(i, len(theirs)-1)])
					break
				}
			}
		}
	}
	want = want[:0]
	for line := range bytes.Lines(in.Bytes()) {
		want = append(want, string(canonical(t, line, true)))
	}
	if status, got := run(t, in.Bytes(), "-S", "."); status != exit.OK || string(got) != lines(func(s string) string { return s }) {
		t.Errorf("-S: status %d, got %s", status, got)
	}
}

// canonical is the canonical form as the manual has it, made of encoding/json's
// tokens.
func canonical(t *testing.T, text []byte, sorted bool) []byte {
	d := stdjson.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	out, err := appendCanonical(nil, d, sorted)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("%s: %v behind it", text, err)
	}
	return out
}

func appendCanonical(out []byte, d *stdjson.Decoder, sorted bool) ([]byte, error) {
	tok, err := d.Token()
	if err != nil {
		return out, err
	}
	switch tok := tok.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		if tok {
			return append(out, "true"...), nil
		}
		return append(out, "false"...), nil
	case stdjson.Number:
		return append(out, tok...), nil
	case string:
		return appendText(out, tok), nil
	case stdjson.Delim:
		if tok == '[' {
			out = append(out, '[')
			for i := 0; d.More(); i++ {
				if i > 0 {
					out = append(out, ',')
				}
				if out, err = appendCanonical(out, d, sorted); err != nil {
					return out, err
				}
			}
			_, err = d.Token()
			return append(out, ']'), err
		}
	}
	var keys []string
	values := map[string][]byte{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return out, err
		}
		if _, again := values[key.(string)]; !again {
			keys = append(keys, key.(string))
		}
		if values[key.(string)], err = appendCanonical(nil, d, sorted); err != nil {
			return out, err
		}
	}
	if sorted {
		slices.Sort(keys)
	}
	out = append(out, '{')
	for i, key := range keys {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(appendText(out, key), ':'), values[key]...)
	}
	_, err = d.Token()
	return append(out, '}'), err
}

func appendText(out []byte, s string) []byte {
	out = append(out, '"')
	for _, c := range []byte(s) {
		switch i := strings.IndexByte("\"\\\b\f\n\r\t", c); {
		case i >= 0:
			out = append(out, '\\', `"\bfnrt`[i])
		case c < ' ' || c == 0x7F:
			const digits = "0123456789abcdef"
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}
