package json

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Sums stay what they are, whatever is put behind them, or made of a part of them,
// later.
func TestAppender(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 9))
	var p Appender
	values, want := []*Array{NewArray(0)}, [][]int64{nil}
	for n := range int64(20_000) {
		i, k := rnd.IntN(len(values)), len(values)-1
		if rnd.IntN(3) > 0 { // mostly one of the last sums grows
			i = k - rnd.IntN(min(k+1, 12))
		}
		a, list := values[i], want[i]
		if from := len(list) / 3; rnd.IntN(8) == 0 {
			a, list = a.View(from, len(list)), list[from:]
		}
		b, more := NewArray(0), []int64(nil)
		for range rnd.IntN(4) {
			b.Append(FromInt(n))
			more = append(more, n)
		}
		if rnd.IntN(10) == 0 || len(list) > 400 {
			a, b, list, more = b, values[k], more, want[k]
		}
		if len(list)+len(more) > 500 {
			more, b = nil, NewArray(0)
		}
		values, want = append(values, p.Concat(a, b)), append(want, slices.Concat(list, more))
		if rnd.IntN(500) == 0 {
			p.Reset()
		}
	}
	for i, v := range values {
		for j, x := range v.Elems() {
			if got, _ := x.Int64(); v.Len() != len(want[i]) || got != want[i][j] {
				t.Fatalf("sum %d became %s; want %d", i, Append(nil, v.Value()), want[i])
			}
		}
	}
}

// A sum that grows by one element a step is not copied in each.
func TestAppenderGrows(t *testing.T) {
	var p Appender
	lists := [3]*Array{NewArray(0), NewArray(0), NewArray(0)}
	allocated := testing.AllocsPerRun(1, func() {
		for range 10_000 {
			for i, list := range lists {
				lists[i] = p.Concat(list, ArrayOf([]Value{FromInt(1)}))
			}
		}
	})
	copies, moved := 0, 0
	for range 1000 {
		before := lists[0]
		lists[0] = p.Concat(before, ArrayOf([]Value{FromInt(1)}))
		if copies++; &before.Elems()[0] != &lists[0].Elems()[0] {
			moved++
		}
	}
	if moved > 1 || allocated > 4*3*10_000 {
		t.Errorf("%d of %d sums were copied, %.0f allocations", moved, copies, allocated)
	}
}
