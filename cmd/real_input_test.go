package cmd_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// realPrograms are compared with jq on real input.
var realPrograms = []string{
	".", ".name", "keys", "keys_unsorted", "length", "[.[]]", "{name, code: (.alpha_3 // .numeric)}",
	`select(.name > "M")`, `. + {seen: true}`, `"\(.name): \(length)"`, ".name | length", "map(.)",
	`if .official_name then .official_name else .name end`, "[.[] | length] | add",
}

// TestRealInput compares ndjson-map with jq, byte for byte, on JSON that nobody
// here wrote: every array of objects in the files of NDJSONTOOLS_REAL_INPUT,
// one object a line. (The numbers of jq 1.6 are another matter; these files
// have none.)
func TestRealInput(t *testing.T) {
	dir := os.Getenv("NDJSONTOOLS_REAL_INPUT")
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	_, err := exec.LookPath("jq")
	if dir == "" || len(files) == 0 || err != nil {
		missing(t, "set NDJSONTOOLS_REAL_INPUT to a folder of JSON files, such as that of Debian's iso-codes, and install jq")
	}
	input := filepath.Join(t.TempDir(), "input.ndjson")
	lines := ndjsonOf(t, files)
	if err := os.WriteFile(input, lines, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d records, %d bytes, from %d files", bytes.Count(lines, []byte("\n")), len(lines), len(files))
	for _, program := range realPrograms {
		want, jqErr := exec.Command("jq", "-c", program, input).Output()
		got, ourErr := exec.Command("ndjson-map", "-q", program, input).Output()
		if (jqErr == nil) != (ourErr == nil) {
			t.Errorf("%s: ended with %v; jq with %v", program, ourErr, jqErr)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %s", program, firstDifference(got, want))
		}
	}
}

func ndjsonOf(t *testing.T, files []string) []byte {
	t.Helper()
	args := append([]string{"-c", ".[] | arrays[]"}, files...)
	out, err := exec.Command("jq", args...).Output()
	if err != nil || len(out) == 0 {
		t.Fatalf("jq: %v, %d bytes", err, len(out))
	}
	return out
}

func firstDifference(got, want []byte) string {
	g, w := bufio.NewReader(bytes.NewReader(got)), bufio.NewReader(bytes.NewReader(want))
	for line := 1; ; line++ {
		gl, gerr := g.ReadString('\n')
		wl, werr := w.ReadString('\n')
		if gl != wl {
			return fmt.Sprintf("line %d: got %q; want %q", line, gl, wl)
		}
		if gerr != nil || werr != nil {
			return fmt.Sprintf("got %d bytes; want %d", len(got), len(want))
		}
	}
}
