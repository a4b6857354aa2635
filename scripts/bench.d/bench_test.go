package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 3, 2}, 2.5},
	} {
		if got := median(test.values); got != test.want {
			t.Errorf("median(%v) = %v; want %v", test.values, got, test.want)
		}
	}
}

func TestMedianRatio(t *testing.T) {
	// a slow second round, which slows both, must not show
	theirs, ours := []float64{100, 10, 100}, []float64{200, 20, 210}
	if got := medianRatio(theirs, ours); got != 2 {
		t.Errorf("medianRatio = %v; want 2", got)
	}
}

func TestRates(t *testing.T) {
	ms := time.Millisecond
	samples := []sample{{5 * ms, 1}, {15 * ms, 2}, {25 * ms, 3}, {65 * ms, 6}, {105 * ms, 11}, {1005 * ms, 12}}
	if got := meanRate(samples); got != 11 {
		t.Errorf("meanRate = %v; want 11", got)
	}
	if got := meanRate(samples[:1]); got != 0 {
		t.Errorf("meanRate of one sample = %v; want 0", got)
	}
	// from 15 ms to before 115 ms; what came at 5 ms is a whole window before 105 ms
	if got := mostIn(samples, 100*ms); got != 10 {
		t.Errorf("mostIn = %v; want 10", got)
	}
}

func TestPipe(t *testing.T) {
	for _, test := range []struct {
		name   string
		pipe   pipe
		want   string
		failed bool
	}{
		{"two stages", pipe{{"echo", "a b"}, {"tr", "a", "x"}}, "x b\n", false},
		{"the first fails", pipe{{"false"}, {"cat"}}, "", true},
		{"the last fails", pipe{{"true"}, {"sh", "-c", "cat; exit 3"}}, "", true},
		{"one is not there", pipe{{"true"}, {"./no-such-program"}}, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			_, stages, err := test.pipe.run(&out, true)
			if out.String() != test.want || (err != nil) != test.failed {
				t.Fatalf("got %q, %v; want %q, failed %v", out.String(), err, test.want, test.failed)
			}
			if err == nil && len(stages) != len(test.pipe) {
				t.Errorf("got figures of %d stages; want %d", len(stages), len(test.pipe))
			}
		})
	}
}

func TestDifferentAnswers(t *testing.T) {
	echo := func(name, word string) contender { return contender{name: name, answer: pipe{{"echo", word}}} }
	if err := (race{contenders: []contender{echo("a", "1"), {name: "b"}, echo("c", "1")}}).same(); err != nil {
		t.Errorf("the same answers: got %v; want no error", err)
	}
	alike := []contender{echo("a", `{"b":1.0,"a":[2,1]}`), echo("b", `{"a": [2, 1], "b": 1}`)}
	if err := (race{contenders: alike}).same(); err != nil {
		t.Errorf("the same in another order and spelling: got %v; want no error", err)
	}
	alike[1] = echo("b", `{"a": [1, 2], "b": 1}`)
	if err := (race{contenders: alike}).same(); err == nil {
		t.Error("elements in another order: got no error")
	}
	err := (race{contenders: []contender{echo("a", "1"), {name: "b"}, echo("c", "2")}}).same()
	if err == nil || !strings.Contains(err.Error(), "a and c") {
		t.Errorf("different answers: got %v; want an error that names a and c", err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-n", "0"}, {"-x"}, {"argument"}, {"-only", "("}} {
		var stdout, stderr bytes.Buffer
		if got := Main(args, &stdout, &stderr); got != 2 || stderr.Len() == 0 {
			t.Errorf("bench %v: got status %d, %q; want 2 and a message", args, got, stderr.String())
		}
	}
}
