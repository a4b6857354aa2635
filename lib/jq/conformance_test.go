package jq

import (
	"bytes"
	stdjson "encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ndjsontools/lib/json"
)

const conformance = "../../../shared/conformance"

func readConformance(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(conformance, name))
	if err != nil {
		t.Skipf("the conformance data is not here: %v", err)
	}
	return string(data)
}

// otherManual are the manual's examples that have another outcome here.
var otherManual = map[string]string{
	`map([., . == 1]) | tojson == if have_decnum then "[[1,true],[1.000,true],[1.0,true],[1.00,true]]" else "[[1,true],[1,true],[1,true],[1,true]]" end`: "untouched numbers keep their spelling: 100e-2",
	`. as $big | [$big, $big + 1] | map(. > 10000000000000000000000000000000) | . == if have_decnum then [true, false] else [false, false] end`:          "integers are exact",
}

// TestManual runs the examples of jq's manual: all give the manual's values, but for
// those of otherManual.
func TestManual(t *testing.T) {
	passed, total := 0, 0
	for _, block := range strings.Split(readConformance(t, "jq-man.test"), "\n\n") {
		var lines []string
		for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
			if line != "" && !strings.HasPrefix(line, "#") {
				lines = append(lines, line)
			}
		}
		if len(lines) < 2 {
			continue
		}
		total++
		got, err := outputs(t, lines[0], lines[1])
		if err != nil {
			t.Errorf("%s over %s: got error %v after %q; want %q", lines[0], lines[1], err, got, lines[2:])
			continue
		}
		same := len(got) == len(lines)-2
		for i := 0; same && i < len(got); i++ {
			same = json.Equal(decode(t, got[i]), decode(t, lines[i+2]))
		}
		if _, other := otherManual[lines[0]]; other != !same {
			t.Errorf("%s over %s: got %q; want %q", lines[0], lines[1], got, lines[2:])
			continue
		}
		if same {
			passed++
		}
	}
	if total != 231 || passed != total-len(otherManual) {
		t.Errorf("%d of %d examples pass; want all of 231 but %d", passed, total, len(otherManual))
	}
}

// ourNumbers are the outputs of jq 1.8.2 that are not ours, all about numbers.
var ourNumbers = map[string]string{
	"[1.000,1e2,1E5,-0,-0.0,1e-5,1.10e1,100000000000000000000,1e1000]": "untouched numbers keep their spelling",
	"100000000000000000+0": "integers are exact",
	"9007199254740993+0":   "integers are exact",
	"0*-1":                 "integers are exact: there is no negative zero",
}

// TestOutput compares bytes with what jq 1.8.2 prints.
func TestOutput(t *testing.T) {
	passed, total := 0, 0
	for _, line := range strings.Split(strings.TrimSpace(readConformance(t, "jq-1.8.2-output.ndjson")), "\n") {
		var c struct {
			Program, Input string
			Output         []string
			Status         int
		}
		d := stdjson.NewDecoder(bytes.NewReader([]byte(line)))
		if err := d.Decode(&c); err != nil {
			t.Fatal(err)
		}
		total++
		got, err := outputs(t, c.Program, c.Input)
		same := strings.Join(got, "\n") == strings.Join(c.Output, "\n") && (err != nil) == (c.Status != 0)
		reason := ourNumbers[c.Program]
		if c.Program == "." {
			reason = ourNumbers[c.Input]
		}
		switch {
		case same && reason != "":
			t.Errorf("%s over %s: gives what jq gives: take it off the list of differences", c.Program, c.Input)
		case !same && reason == "":
			t.Errorf("%s over %s: got %q and error %v; want %q and status %d", c.Program, c.Input, got, err, c.Output, c.Status)
		case same:
			passed++
		}
	}
	if passed != total-len(ourNumbers) || total < 90 {
		t.Errorf("%d of %d are as jq 1.8.2 prints them; want all but %d", passed, total, len(ourNumbers))
	}
}
