package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ndjsontools/lib/tool"
)

// flat is what the process may have at its peak, whatever the length of the
// input: the tests before this one are small, and the collector is lazy.
const flat = 64 << 20

// A fold over inputs holds one record at a time, though each has memory of its
// own.
func TestFoldIsFlat(t *testing.T) {
	const records = 1_000_000
	dir := t.TempDir()
	in, out, stats := filepath.Join(dir, "in"), filepath.Join(dir, "out"), filepath.Join(dir, "stats")
	writeRecords(t, in, records)
	for _, c := range []struct{ program, want string }{
		{`reduce inputs as $x (0; . + $x.a)`, "500001000000\n"},
		{`last(inputs) | .a`, "1000000.5\n"},
		{`reduce inputs as $x ({}; .last = $x.b)`, `{"last":"a text that is not short"}` + "\n"},
	} {
		f, err := os.Create(out)
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"ndjson-map", "-n", "--stats", stats, c.program, in}
		if status, _ := tool.Run(command(), args, os.Stdin, f, os.Stderr); status != 0 {
			t.Errorf("%s: got status %d; want 0", c.program, status)
		}
		f.Close()
		if got, err := os.ReadFile(out); err != nil || string(got) != c.want {
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
		if err != nil || end.Records != records || end.Peak == 0 || end.Peak > flat {
			t.Errorf("%s: %v, %s; want %d records and a peak of at most %d bytes", c.program, err, text, records, flat)
		}
	}
}

func writeRecords(t *testing.T, path string, n int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for i := range n {
		fmt.Fprintf(w, `{"a":%d.5,"b":"a text that is not short"}`+"\n", i+1)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
