package tool

import "testing"

type word string

func (w *word) String() string     { return string(*w) }
func (w *word) Set(s string) error { *w = word(s); return nil }

func TestGiven(t *testing.T) {
	var w word
	var given bool
	v := Given(&w, &given)
	if given {
		t.Error("given before Set")
	}
	if err := v.Set(""); err != nil || !given {
		t.Errorf("Set = %v, given %v; want given", err, given)
	}
}

func TestPositive(t *testing.T) {
	var w word
	if err := Positive(&w).Set(""); err == nil {
		t.Error("an empty value passed; want an error")
	}
	if err := Positive(&w).Set("1"); err != nil || w != "1" {
		t.Errorf("Set(1) = %v, value %q; want 1", err, w)
	}
}
