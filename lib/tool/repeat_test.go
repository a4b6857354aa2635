package tool

import (
	"strings"
	"testing"

	"ndjsontools/lib/exit"
)

// A value option is given once, but for those that a function takes each time;
// a switch may be repeated, as an alias and its user do.
func TestGivenTwice(t *testing.T) {
	var count int64
	var quiet bool
	var names []string
	c := &Command{
		Name: "try", Synopsis: []string{"[options]"}, Operands: [2]int{0, 0},
		Options: []Option{
			{Name: "count", Short: "n", Arg: "N", Value: Int(&count, 0)},
			{Name: "quiet", Short: "q", Value: Bool(&quiet)},
			{Name: "name", Arg: "NAME", Value: Func("", func(s string) error { names = append(names, s); return nil })},
		},
		Run: func(*Env) error { return nil },
	}
	if _, stderr, status, _ := run(t, c, "-qq", "--name", "a", "--name", "b", "-n1"); status != exit.OK || stderr != "" || len(names) != 2 {
		t.Errorf("status %d, %q, names %q; want 0 and two names", status, stderr, names)
	}
	if _, stderr, status, _ := run(t, c, "-n1", "--count", "2"); status != exit.Usage || !strings.Contains(stderr, "--count: it is given more than once") {
		t.Errorf("status %d, %q; want 2 and that it is given more than once", status, stderr)
	}
}
