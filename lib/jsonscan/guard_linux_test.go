package jsonscan

import (
	"strings"
	"syscall"
	"testing"
)

// guarded is room of n bytes before a page that can't be read: a kernel that reads
// behind its input dies there.
func guarded(t *testing.T, n int) []byte {
	t.Helper()
	page := syscall.Getpagesize()
	whole := (n + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, whole+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(mem) })
	if err := syscall.Mprotect(mem[whole:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return mem[whole-n : whole : whole]
}

// TestGuard has records of all lengths around a vector's end at the end of what
// can be read. What is cut off is no record, but must not be read beyond either.
func TestGuard(t *testing.T) {
	const most = 300
	room := guarded(t, most)
	for _, text := range []string{
		event,
		`{"` + strings.Repeat("k", 40) + `":[{"a":"` + strings.Repeat("é", 30) + `"},"\\"],"b":{"c":"\"}"},"last":[1,2.5e3]}`,
		`["` + strings.Repeat(`\"`, 60) + `",[[[{}]]],"` + strings.Repeat("x", 70) + `"]`,
	} {
		for n := 1; n <= min(len(text), most); n++ {
			for _, part := range []string{text[:n], text[len(text)-n:]} {
				b := room[most-n:]
				copy(b, part)
				if err := Valid(b); (err == nil) != (Valid([]byte(part)) == nil) {
					t.Fatalf("Valid(%q) before the guard: %v", part, err)
				}
				if got, want := Skip(b, 0), Skip([]byte(part+" "), 0); got != min(want, n) {
					t.Fatalf("Skip(%q) before the guard = %d; want %d", part, got, want)
				}
				validUTF8(b)
				if b[0] == '{' && b[n-1] == '}' {
					for _, key := range []string{"", "b", "last", "code", strings.Repeat("k", 40), strings.Repeat("n", 41)} {
						got, there, _ := Member(b, key)
						want, is, _ := Member([]byte(part), key)
						if got != want || there != is {
							t.Fatalf("Member(%q, %q) before the guard = %v, %v; want %v, %v", part, key, got, there, want, is)
						}
					}
				}
			}
		}
	}
}
