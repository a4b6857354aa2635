package jsonscan

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// same checks the vector kernels, if there are any here, against their plain
// twins, at every distance from a 32-byte boundary that matters.
func same(t *testing.T, b []byte) {
	t.Helper()
	if len(b) > 0 {
		at, high, del := vectorStop(b)
		wantAt, wantHigh, wantDel := stopPlain(b)
		if at != wantAt || high != 0 != (wantHigh != 0) || del != 0 != (wantDel != 0) {
			t.Fatalf("vectorStop(%q) = %d, %x, %x; want %d, %x, %x", b, at, high, del, wantAt, wantHigh, wantDel)
		}
	}
	if got, want := validUTF8(b), utf8.Valid(b); got != want {
		t.Fatalf("validUTF8(%q) = %v; want %v", b, got, want)
	}
}

func TestVectors(t *testing.T) {
	if !hasVector {
		t.Log("no vectors here: the twins are compared with themselves")
	}
	// every pair of bytes, and more of those that are special in UTF-8, at places
	// around the edges of a vector
	plain := bytes.Repeat([]byte("a"), 130)
	for _, at := range []int{0, 29, 30, 31, 32, 62, 63, 94, 95, 96, 126} {
		b := bytes.Clone(plain)
		for x := range 256 {
			for y := range 256 {
				b[at], b[at+1] = byte(x), byte(y)
				same(t, b[:128])
				same(t, b[:at+2])
			}
		}
	}
	edges := []byte{0x00, 0x22, 0x5C, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF}
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, at := range []int{28, 29, 30, 31, 32, 60} {
		b := bytes.Clone(plain)
		for _, w := range edges {
			for _, x := range edges {
				for _, y := range edges {
					z := edges[rnd.IntN(len(edges))]
					copy(b[at:], []byte{w, x, y, z})
					same(t, b[:96])
					same(t, b[:at+4])
				}
			}
		}
	}
	for r := range rune(utf8.MaxRune + 1) {
		if r%97 == 0 || r < 0x900 {
			same(t, []byte(strings.Repeat("a", 31-int(r%7))+string(r)+strings.Repeat("b", 40)))
		}
	}
}

func FuzzVectors(f *testing.F) {
	f.Add([]byte(event))
	f.Add([]byte(article))
	f.Add([]byte(strings.Repeat("Быстрая лиса \\ 日本語 😀 \x7f", 9)))
	f.Add([]byte(strings.Repeat("x", 63) + "\xe2\x82"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for i := range min(len(b), 34) {
			same(t, b[i:])
			sameSkip(t, append([]byte{'['}, b[i:]...))
		}
	})
}

// sameSkip compares the two ways to the end of a container, which b need not have.
func sameSkip(t *testing.T, b []byte) {
	t.Helper()
	if !hasVector || len(b) == 0 || b[0] != '{' && b[0] != '[' {
		return
	}
	if got, want := skipVectors(b, 0), skipWords(b, 0); got != want {
		t.Fatalf("skipVectors(%q) = %d; skipWords has %d", b, got, want)
	}
}

// TestSkip goes to the end of containers of all lengths around the vectors', with
// what could be taken for their end at every place.
func TestSkip(t *testing.T) {
	for _, inner := range []string{
		``, `"}"`, `[]`, `{}`, `"\""`, `"\\"`, `"]\\\"}"`, `{"a":[{"b":"}{"},[[]]]}`, `"` + strings.Repeat(`\\`, 40) + `"`, `"` + strings.Repeat(`]`, 70) + `"`, strings.Repeat(`[`, 80) + strings.Repeat(`]`, 80), `"` + strings.Repeat(`x`, 31) + `\"]"`,
	} {
		for before := range 70 {
			for after := range 36 {
				b := []byte(`["` + strings.Repeat("a", before) + `",` + inner + `,"` + strings.Repeat("b", after) + `"]`)
				if got := Skip(b, 0); got != len(b) {
					t.Fatalf("Skip(%s) = %d; want %d", b, got, len(b))
				}
				b = append(b, `,["x"],"`...)
				if got := Skip(b, 0); got != len(b)-8 {
					t.Fatalf("Skip(%s) = %d; want %d", b, got, len(b)-8)
				}
				sameSkip(t, b)
			}
		}
	}
}
