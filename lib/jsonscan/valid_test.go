package jsonscan

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestValidAccepts(t *testing.T) {
	for _, record := range []string{
		`null`, `true`, `false`, `0`, `-0`, `-1.5e+10`, `1E5`, `""`, `[]`, `{}`, ` [ ] `, "\t{ }\r\n",
		`[1,[2,[]],{"a":{}}]`, ` { "a" : [ 1 , 2 ] , "b" : null } `, `{"":0}`,
		`"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"`, "\"caf\u00e9 \U0001F600\"", "\"\x7f\"",
		strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth),
		strings.Repeat(`{"a":`, MaxDepth) + "1" + strings.Repeat("}", MaxDepth),
		strings.Repeat(`[{"a":`, MaxDepth/2) + "1" + strings.Repeat("}]", MaxDepth/2),
	} {
		if err := Valid([]byte(record)); err != nil {
			t.Errorf("Valid(%.60q) = %v; want nil", record, err)
		}
	}
}

func TestValidRejects(t *testing.T) {
	for _, tt := range []struct {
		record string
		offset int
		reason string
	}{
		{``, 0, "record ends where a value is wanted"},
		{`  `, 2, "record ends where a value is wanted"},
		{"\x00", 0, `invalid character '\x00' where a value is wanted`},
		{`x`, 0, "invalid character 'x' where a value is wanted"},
		{"\ufeff1", 0, `invalid character '\ufeff' where a value is wanted`},
		{`1 2`, 2, "invalid character '2' after the value"},
		{`{}}`, 2, "invalid character '}' after the value"},
		{`01`, 1, "invalid character '1' after the value"},
		{`nul`, 3, "record ends inside null"},
		{`nulx`, 3, "invalid character 'x' inside null"},
		{`NaN`, 0, "NaN is not JSON"},
		{`[nan]`, 1, "nan is not JSON"},
		{`Infinity`, 0, "Infinity is not JSON"},
		{`-Infinity`, 1, "invalid character 'I' after '-'"},
		{`+1`, 0, "invalid character '+' where a value is wanted"},
		{`-`, 1, "record ends inside a number"},
		{`[1.]`, 3, "invalid character ']' after the decimal point"},
		{`1.`, 2, "record ends inside a number"},
		{`1.5e`, 4, "record ends inside a number"},
		{`[1e+]`, 4, "invalid character ']' in an exponent"},
		{`[1.5ex]`, 5, "invalid character 'x' in an exponent"},
		{`[`, 1, "record ends where a value is wanted"},
		{`[1`, 2, "record ends inside an array"},
		{`[1 2]`, 3, "invalid character '2' after array element"},
		{`[1,]`, 3, "invalid character ']' where a value is wanted"},
		{`[1}`, 2, "invalid character '}' after array element"},
		{`{`, 1, "record ends inside an object"},
		{`{1:2}`, 1, "invalid character '1' where a key or '}' is wanted"},
		{`{'a':2}`, 1, `invalid character "'" where a key or '}' is wanted`},
		{`{"a"`, 4, "record ends after an object key"},
		{`{"a"x}`, 4, "invalid character 'x' after object key"},
		{`{"a":}`, 5, "invalid character '}' where a value is wanted"},
		{`{"a":1,}`, 7, "invalid character '}' where a key is wanted"},
		{`{"a":1]`, 6, "invalid character ']' after object value"},
		{`{"a":1`, 6, "record ends inside an object"},
		{`"abc`, 4, "record ends inside a string"},
		{`"abcdefghijk\`, 13, "record ends inside a string"},
		{"\"a\tb\"", 2, "control character 0x09 in a string"},
		{`"\x"`, 2, "invalid character 'x' after a backslash"},
		{`"\u12G4"`, 5, `invalid character 'G' in a \u escape`},
		{`"\u12`, 5, "record ends inside a string"},
		{`"\ud800"`, 1, "unpaired surrogate"},
		{`"ab\udc00"`, 3, "unpaired surrogate"},
		{`"\ud800\ud800"`, 1, "unpaired surrogate"},
		{`"\ud800\n"`, 1, "unpaired surrogate"},
		{"\"ab\xff\"", 3, "invalid UTF-8"},
		{"\"\xed\xa0\x80\"", 1, "invalid UTF-8"},
		{"\"\xc0\x80\"", 1, "invalid UTF-8"},
		{"{\"\xf5\x80\x80\x80\":1}", 2, "invalid UTF-8"},
		{"\"ab\xff and then a\ttab\"", 3, "invalid UTF-8"},
		{"[\xff]", 1, "invalid character 0xff where a value is wanted"},
		{strings.Repeat("[", MaxDepth+1), MaxDepth, "nested deeper than 10000 levels"},
		{strings.Repeat(`{"a":`, MaxDepth+1), 5 * MaxDepth, "nested deeper than 10000 levels"},
		{strings.Repeat("[", 70) + strings.Repeat("]", 69) + "}", 139, "invalid character '}' after array element"},
		{strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 69) + "]", 420, "invalid character ']' after object value"},
	} {
		err := Valid([]byte(tt.record))
		if err == nil || err.Offset != tt.offset || err.Reason != tt.reason {
			t.Errorf("Valid(%.60q) = %v; want byte %d: %s", tt.record, err, tt.offset, tt.reason)
		}
	}
}

// TestValidPrefixes moves every kind of token over the ends of words of 8 bytes.
func TestValidPrefixes(t *testing.T) {
	for n := range len(event) {
		if err := Valid([]byte(event[:n])); err == nil || err.Offset != n {
			t.Fatalf("Valid(event[:%d]) = %v; want an error at byte %d", n, err, n)
		}
	}
	for n := range 20 {
		pad := strings.Repeat("x", n)
		for _, bad := range []string{"\n", "\xff", `\q`, "\xc3", `\ud800`} {
			if err := Valid([]byte(`"` + pad + bad + `"`)); err == nil || err.Offset < n+1 || err.Offset > n+2 {
				t.Errorf("%q after %d bytes: %v; want an error there", bad, n, err)
			}
		}
	}
}

func TestSuite(t *testing.T) {
	const dir = "../../../shared/conformance/json-parsing"
	files, _ := filepath.Glob(dir + "/*.json")
	if len(files) == 0 {
		t.Skipf("%s is not there: JSONTestSuite is not run", dir)
	}
	for _, file := range files {
		record, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := Valid(record)
		switch name := filepath.Base(file); {
		case strings.HasPrefix(name, "y_") && got != nil:
			t.Errorf("%s: %v; want it accepted", name, got)
		case strings.HasPrefix(name, "n_") && got == nil:
			t.Errorf("%s: accepted; want an error", name)
		}
	}
}

func TestValidAllocates(t *testing.T) {
	record := []byte(event)
	if n := testing.AllocsPerRun(100, func() { Valid(record) }); n != 0 {
		t.Errorf("Valid allocates %v times a record; want 0", n)
	}
}

// FuzzValid compares with encoding/json. Known differences: we refuse invalid
// UTF-8 and escapes of unpaired surrogates, which encoding/json replaces; the
// depth is bound to 10,000 in both.
func FuzzValid(f *testing.F) {
	for _, s := range []string{
		event, article, `[1,-0.5e-7,"\u00e9\ud83d\ude00",{"a":{}}]`, `"\ud800"`, "\"\xff\"", `{"a":1,}`,
		`[[[[`, `01`, `-`, `1.`, `tru`, " {\n} ", "\"\x7f\"", `[NaN]`, `"\u12G4"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		err := Valid(record)
		want := json.Valid(record)
		if want && (!utf8.Valid(record) || hasLoneSurrogate(record)) {
			want = false
		}
		if (err == nil) != want {
			t.Fatalf("Valid(%q) = %v; want valid: %v", record, err, want)
		}
		if err != nil && (err.Offset < 0 || err.Offset > len(record)) {
			t.Fatalf("Valid(%q) has offset %d; want one inside of the record", record, err.Offset)
		}
	})
}

// hasLoneSurrogate looks in a valid record, in the plainest way.
func hasLoneSurrogate(record []byte) bool {
	s := strings.ReplaceAll(string(record), `\\`, "__")
	for {
		i := strings.Index(s, `\u`)
		if i < 0 {
			return false
		}
		at := func(i int) string { return strings.ToLower(s[min(i, len(s)):min(i+4, len(s))]) }
		first := at(i + 2)
		s = s[i+6:]
		switch {
		case first >= "dc00" && first <= "dfff":
			return true
		case first >= "d800" && first < "dc00":
			if second := at(2); !strings.HasPrefix(s, `\u`) || second < "dc00" || second > "dfff" {
				return true
			}
			s = s[6:]
		}
	}
}
