package jsonscan

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestString(t *testing.T) {
	for _, tt := range []struct {
		in     string
		end    int
		traits Traits
	}{
		{`""`, 2, 0},
		{`"abc" `, 5, 0},
		{`"abcdefgh"`, 10, 0},
		{`"abc\n"`, 7, HasEscape},
		{"\"ab\x7f\"", 5, HasDelete},
		{"\"abcdefghij\x7fklmnopqrst\"", 23, HasDelete},
		{"\"\u00e9\"", 4, HasHigh},
		{"\"abcdefghijk\u00e9lmnopqrs\"", 23, HasHigh},
		{"\"\\u00e9\u00e9\x7f________\"", 19, HasEscape | HasHigh | HasDelete},
		{"\"a\"\u00e9\x7f_____________", 3, 0}, // what follows does not count
		{"\"abcde\"\x7f________", 7, 0},
		{`"abc`, -1, 0},
		{`"\ud800"`, -1, 0},
	} {
		end, traits := String([]byte(tt.in), 0)
		if end != tt.end || traits != tt.traits {
			t.Errorf("String(%q) = %d, %b; want %d, %b", tt.in, end, traits, tt.end, tt.traits)
		}
	}
}

// TestAppendStringBytes has the canonical form of every byte, in the middle of a
// word and at its ends.
func TestAppendStringBytes(t *testing.T) {
	short := map[byte]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}
	for c := range 128 {
		want, ok := short[byte(c)]
		switch {
		case ok:
		case c < ' ' || c == 0x7F:
			want = `\u00` + string(hexDigits[c>>4]) + string(hexDigits[c&15])
		default:
			want = string(rune(c))
		}
		for n := range 17 {
			pad := strings.Repeat("x", n)
			got := string(AppendString([]byte("+"), []byte(pad+string(rune(c))+pad)))
			if want := `+"` + pad + want + pad + `"`; got != want {
				t.Fatalf("AppendString of byte %#x after %d others = %s; want %s", c, n, got, want)
			}
		}
	}
	if got, want := string(AppendString(nil, []byte("\u00e9\u2028\U0001F600"))), "\"\u00e9\u2028\U0001F600\""; got != want {
		t.Errorf("AppendString = %s; want %s", got, want)
	}
}

// TestStops holds the formulas against the plain definitions, for every byte in
// every place and beside bytes that could lend or carry.
func TestStops(t *testing.T) {
	for c := range 256 {
		for place := range 8 {
			for _, fill := range []byte{'a', 0x80, 0xFE, '!', '#', '[', ']', ' ', '/', ':'} {
				w := bytes.Repeat([]byte{fill}, 8)
				w[place] = byte(c)
				first := func(marks func(uint64) uint64) int {
					m := marks(load8(w, 0))
					for i := range 8 {
						if m>>(8*i+7)&1 != 0 {
							return i
						}
					}
					return 8
				}
				for _, tt := range []struct {
					name  string
					marks func(uint64) uint64
					is    func(byte) bool
				}{
					{"stops", stops, func(c byte) bool { return c == '"' || c == '\\' || c < ' ' }},
					{"dels", dels, func(c byte) bool { return c == 0x7F }},
					{"nonDigits", nonDigits, func(c byte) bool { return c < '0' || c > '9' }},
					{"brackets", brackets, func(c byte) bool { return c == '"' || c|0x20 == '{' || c|0x20 == '}' }},
				} {
					want := 0
					for want < 8 && !tt.is(w[want]) {
						want++
					}
					if tt.name == "dels" && c == 0xFF {
						continue // is allowed to carry
					}
					if got := first(tt.marks); got != want {
						t.Fatalf("%s(%q) marks byte %d; want %d", tt.name, w, got, want)
					}
				}
			}
		}
	}
}

// FuzzString: the canonical form of any text is valid, reads back as the text,
// and is its own canonical form; and Unescape reads what encoding/json reads.
func FuzzString(f *testing.F) {
	f.Add("abc", `\u0041\/\ud83d\ude00\b`)
	f.Add("\x7f", "\x7f\\n\x7f")
	f.Add("\x00\x1f\x7f\"\\", "caf\u00e9 plain text of some length")
	f.Fuzz(func(t *testing.T, text, quoted string) {
		if utf8.ValidString(text) {
			form := AppendString(nil, []byte(text))
			end, _ := String(form, 0)
			if end != len(form) {
				t.Fatalf("AppendString(%q) = %s; want a valid string", text, form)
			}
			if got := string(Unescape(nil, form[1:end-1])); got != text {
				t.Fatalf("%s reads back as %q; want %q", form, got, text)
			}
		}
		in := []byte(`"` + quoted + `"`)
		if end, _ := String(in, 0); end != len(in) {
			return
		}
		var want string
		if err := json.Unmarshal(in, &want); err != nil {
			t.Fatalf("String accepts %q; encoding/json: %v", in, err)
		}
		if got := string(Unescape(nil, in[1:len(in)-1])); got != want {
			t.Fatalf("Unescape(%q) = %q; want %q", in, got, want)
		}
	})
}
