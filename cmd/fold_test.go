package cmd_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// foldPeak is what a fold may have at its peak, whatever the length of the input.
const foldPeak = 32 << 20

// A fold over inputs holds one record at a time, though each has memory of its
// own.
func TestFoldIsFlat(t *testing.T) {
	const records = 500_000
	dir := t.TempDir()
	in, stats := filepath.Join(dir, "in"), filepath.Join(dir, "stats")
	maker := exec.Command("sh", "-c", `ndjson-gen a:seq,1 b="a text that is not short" -n `+strconv.Itoa(records)+` > `+in)
	if words, err := maker.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, words)
	}
	for _, c := range []struct{ program, want string }{
		{`reduce inputs as $x (0; . + $x.a)`, "125000250000\n"},
		{`last(inputs) | .a`, "500000\n"},
		{`reduce inputs as $x ({}; .last = $x.b)`, `{"last":"a text that is not short"}` + "\n"},
	} {
		got, err := exec.Command("ndjson-map", "-n", "--stats", stats, c.program, in).Output()
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got %q, %v; want %q", c.program, got, err, c.want)
		}
		var end struct {
			Peak    int64 `json:"peak_rss_bytes"`
			Records int   `json:"records_in"`
		}
		text, err := os.ReadFile(stats)
		if err == nil {
			err = json.Unmarshal(text, &end)
		}
		if err != nil || end.Records != records || end.Peak == 0 || end.Peak > foldPeak {
			t.Errorf("%s: %v, %s; want %d records and a peak of at most %d bytes", c.program, err, text, records, foldPeak)
		}
	}
}
