package json

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Sums stay what they are, whatever is put behind them later.
func TestJoiner(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 9))
	var j Joiner
	values, want := []Value{FromString("")}, []string{""}
	for range 20_000 {
		i, k := rnd.IntN(len(values)), len(values)-1
		if rnd.IntN(3) > 0 { // mostly the last sum grows
			i = k
		}
		piece := strings.Repeat("xé", rnd.IntN(4))
		a, b, text := values[i], FromString(piece), want[i]+piece
		if rnd.IntN(10) == 0 {
			a, b, text = b, a, piece+want[i]
		}
		if len(text) > 2000 {
			a, b, text = FromString("a"), FromString("b"), "ab"
		}
		values, want = append(values, j.Join(a, b)), append(want, text)
		if rnd.IntN(500) == 0 {
			j.Reset()
		}
	}
	for i, v := range values {
		if v.Str() != want[i] {
			t.Fatalf("sum %d became %q; want %q", i, v.Str(), want[i])
		}
	}
	plain, _ := Decode([]byte(`"abc"`))
	odd, _ := Decode([]byte(`"é\n"`))
	if sum := j.Join(plain, plain); !sum.IsASCII() || string(Append(nil, sum)) != `"abcabc"` {
		t.Errorf("the sum of plain strings is %s, ASCII %v", Append(nil, sum), sum.IsASCII())
	}
	if sum := j.Join(plain, odd); sum.IsASCII() || string(Append(nil, sum)) != `"abcé\n"` {
		t.Errorf("the sum with another string is %s, ASCII %v", Append(nil, sum), sum.IsASCII())
	}
}

// A string that grows is not copied each time.
func TestJoinerGrows(t *testing.T) {
	var j Joiner
	sum, piece := FromString("a"), FromString("b")
	if n := testing.AllocsPerRun(1, func() {
		for range 10_000 {
			sum = j.Join(sum, piece)
		}
	}); n > 100 {
		t.Errorf("%v allocations for 10000 joins; want 100 at most", n)
	}
}
