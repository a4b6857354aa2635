package spell

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"rate", "records", "rejects", "rejects-ok", "null-data", "select", "select_by"}
	for _, c := range []struct{ word, want string }{
		{"rat", "rate"},
		{"raet", "rate"},
		{"selct", "select"},
		{"recods", "records"},
		{"null", "null-data"},
		{"rejectsok", "rejects-ok"},
		{"zzz", ""},
		{"r", ""},
		{"sel", ""}, // two begin with it
		{"rate", ""},
		{"RATE", "rate"},
		{"", ""},
		{"x", ""}, // all of it would have to change
		{"r1te", "rate"},
		{"ratr", "rate"}, // the first of those equally near
	} {
		got, ok := Nearest(c.word, names)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Nearest(%q) = %q, %v; want %q", c.word, got, ok, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"ca", "ac", 1},
		{"kitten", "sitting", 3}, {"abcd", "acbd", 1}, {"a", "bcdefghi", 8},
	} {
		if got := distance(c.a, c.b, 100); got != c.want {
			t.Errorf("distance(%q, %q) = %d; want %d", c.a, c.b, got, c.want)
		}
	}
}
