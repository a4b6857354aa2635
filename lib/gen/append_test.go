package gen

import (
	"encoding/hex"
	"strings"
	"testing"
)

func TestHex(t *testing.T) {
	for i := range uint64(1000) {
		v := mix(i)
		b := make([]byte, 8)
		for k := range b {
			b[k] = byte(v >> (56 - 8*k))
		}
		want := hex.EncodeToString(b)
		for n := range 17 {
			if got := string(appendHex([]byte("x"), v, n)); got != "x"+want[:n] {
				t.Fatalf("%d digits of %#x are %s", n, v, got)
			}
		}
		if got := string(appendUUID(nil, v, ^v)); strings.ReplaceAll(got, "-", "")[:16] != want || len(got) != 36 || strings.Count(got, "-") != 4 {
			t.Fatalf("%#x as a UUID is %s", v, got)
		}
	}
}

// A short piece is copied with what is behind it, and nothing of that shows.
func TestAppendShort(t *testing.T) {
	long := strings.Repeat("long", 20)
	for _, text := range []string{"", "a", long[:short-1], long[:short], long[:short+1], long} {
		for room := range 2 * short {
			dst := make([]byte, 3, 3+room)
			copy(dst, "dst")
			if got := string(appendShort(dst, roomy(text))); got != "dst"+text {
				t.Errorf("%q with room for %d becomes %q", text, room, got)
			}
		}
	}
}
