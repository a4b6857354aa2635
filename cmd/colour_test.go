package cmd_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Values are coloured where they are looked at, and nowhere else, unless somebody
// asks for it.
func TestColour(t *testing.T) {
	const usual, chosen = "\x1b[0;39m1\x1b[0m", "\x1b[0;31m1\x1b[0m"
	for _, c := range []struct {
		env, line string
		want      string // what 1 looks like
	}{
		{"", "ndjson-map -n 1", usual},
		{"", "ndjson-map -n 1 --indent 2", usual},
		{"", "ndjson-map -n 1 | cat", "1"},
		{"", "ndjson-map -M -n 1", "1"},
		{"", "ndjson-map -C -M -n 1", "1"},
		{"", "ndjson-map -M -C -n 1", usual},
		{"", "ndjson-map -C -n 1 | cat", usual},
		{"", "ndjson-map -n -z gzip 1 | gzip -d", "1"},
		{"NO_COLOR=1", "ndjson-map -n 1", "1"},
		{"NO_COLOR=1", "ndjson-map -C -n 1", usual},
		{"NO_COLOR=", "ndjson-map -n 1", usual},
		{"JQ_COLORS=0;30:0;30:0;30:0;31", "ndjson-map -n 1", chosen},
		{"JQ_COLORS=0;30:0;30:0;30:0;31", "ndjson-map -C -n 1 | cat", chosen},
		{"JQ_COLORS=0;30:0;30:0;30:0;31", "ndjson-map -n 1 | cat", "1"},
	} {
		if _, err := exec.LookPath("gzip"); err != nil && strings.Contains(c.line, "gzip") {
			continue
		}
		shown := onTerminal(t, nil, []string{c.env}, "sh", "-c", "("+c.line+") 2>/dev/null")
		if got := strings.TrimSpace(shown); got != c.want {
			t.Errorf("%s %s: shows %q; want %q", c.env, c.line, got, c.want)
		}
	}
}
