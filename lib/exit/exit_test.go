package exit

import (
	"errors"
	"fmt"
	"testing"
)

func TestStatus(t *testing.T) {
	plain := errors.New("x")
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, OK},
		{plain, IO},
		{With(Input, plain), Input},
		{fmt.Errorf("outer: %w", With(Incomplete, plain)), Incomplete},
		{errors.Join(With(Rejected, plain), With(Refused, plain), With(Incomplete, plain)), Refused},
		{errors.Join(With(Rejected, plain), plain), IO},
		{With(IO, nil), OK},
	} {
		if got := Status(c.err); got != c.want {
			t.Errorf("Status(%v) = %d; want %d", c.err, got, c.want)
		}
	}
}

// The order of the contract: 70, 74, 78, 75, 69, 65, 5, 4, 1, 0.
func TestWorse(t *testing.T) {
	order := []int{70, 74, 78, 75, 69, 65, 5, 4, 1, 0}
	for i, a := range order {
		for _, b := range order[i:] {
			if Worse(a, b) != a || Worse(b, a) != a {
				t.Errorf("Worse(%d, %d) = %d, %d; want %d both ways", a, b, Worse(a, b), Worse(b, a), a)
			}
		}
	}
	if got := Worse(Usage, IO); got != Usage {
		t.Errorf("Worse(2, 74) = %d; want 2", got)
	}
}
