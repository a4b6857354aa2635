package jsonscan

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Pieces are those of jq 1.8.2, but for a good character at the end of a text,
// which stays.
func TestMend(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain é 😀", "plain é 😀"},
		{"\xe2\x82", "?"},
		{"\xed\xa0\x80", "?"},
		{"\xc0\x80", "??"},
		{"\xf5\x80\x80\x80", "????"},
		{"\xe0\x80\x80", "?"},
		{"\xf4\x90\x80\x80", "?"},
		{"\xf8\x88\x80\x80\x80", "?????"},
		{"\xe2A", "?A"},
		{"\xe2\x82\xe2\x82\xac", "?€"},
		{"a\x80\x80b", "a??b"},
		{"\xf0\x90\x80", "?"},
		{`\ud800`, `\ufffd`},
		{`\udc00x`, `\ufffdx`},
		{`\ud800\u0041`, `\ufffd\u0041`},
		{`\ud800\ud800\udc00`, `\ufffd\ud800\udc00`},
		{`\\ud800`, `\\ud800`},
		{`\ud83d\ude00\n`, `\ud83d\ude00\n`},
		{`\ud83d\n`, `\ufffd\n`},
		{`\uD8`, `\uD8`},
		{`\uzzzz\`, `\uzzzz\`},
	} {
		want := strings.ReplaceAll(c.want, "?", "\uFFFD")
		if got, n := Mend(nil, []byte(c.in), true, true); string(got) != want || n != len(c.in) {
			t.Errorf("%q: got %q and %d; want %q", c.in, got, n, want)
		}
	}
	if got, _ := Mend(nil, []byte(`\ud800`), false, true); string(got) != `\ud800` {
		t.Errorf("text that is no JSON has no escapes: got %q", got)
	}
}

// However the text arrives, the result is the same, it is UTF-8, and mending it
// again changes nothing.
func FuzzMend(f *testing.F) {
	for _, s := range []string{"\xe2\x82\xac\xe2A", `\ud800\ud83d\ude00\\u`, "\xf0\x90\xf0\x90\x80\x80"} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		size = max(1, min(size, len(text)))
		whole, _ := Mend(nil, text, true, true)
		if !utf8.Valid(whole) {
			t.Errorf("%q: got %q, which is not UTF-8", text, whole)
		}
		if again, _ := Mend(nil, whole, true, true); string(again) != string(whole) {
			t.Errorf("%q: got %q, and that gives %q", text, whole, again)
		}
		var parts []byte
		held := []byte{}
		for from := 0; from < len(text); from += size {
			held = append(held, text[from:min(from+size, len(text))]...)
			var n int
			parts, n = Mend(parts, held, true, false)
			held = held[n:]
			if len(held) >= 12 {
				t.Fatalf("%q: %d bytes are held back", text, len(held))
			}
		}
		parts, _ = Mend(parts, held, true, true)
		if string(parts) != string(whole) {
			t.Errorf("%q: in parts of %d got %q; want %q", text, size, parts, whole)
		}
	})
}
