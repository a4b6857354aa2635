package json

import (
	"bytes"
	stdjson "encoding/json"
	"os"
	"regexp"
	"testing"
)

// computation is a program of two numbers: jq computes it in doubles.
var computation = regexp.MustCompile(`^(-?[0-9.]+(?:e-?[0-9]+)?)([-+*/])(-?[0-9.]+)$`)

// TestOutputOfJq prints what jq 1.8.2 printed: its values, and the results of its
// computations in doubles. Spellings of numbers are ours and are left out.
func TestOutputOfJq(t *testing.T) {
	const file = "../../../shared/conformance/jq-1.8.2-output.ndjson"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("%s can't be read: jq's output is not compared", file)
	}
	values, computations := 0, 0
	for line := range bytes.Lines(text) {
		var tt struct {
			Program, Input string
			Output         []string
		}
		if err := stdjson.Unmarshal(line, &tt); err != nil {
			t.Fatal(err)
		}
		got := ""
		m := computation.FindStringSubmatch(tt.Program)
		switch {
		case tt.Program == "." && len(tt.Output) == 1 && !bytes.Contains([]byte(tt.Input), []byte("1E5")):
			got = show(value(t, tt.Input))
			values++
		case m != nil:
			a, b := num(t, m[1]).Float(), num(t, m[3]).Float()
			got = show(FromFloat(map[string]float64{"+": a + b, "-": a - b, "*": a * b, "/": a / b}[m[2]]))
			computations++
		default:
			continue
		}
		if got != tt.Output[0] {
			t.Errorf("%s of %s prints as %s; jq prints %s", tt.Program, tt.Input, got, tt.Output[0])
		}
	}
	if values < 8 || computations < 9 {
		t.Errorf("compared %d values and %d computations; want 8 and 9 at least", values, computations)
	}
}
