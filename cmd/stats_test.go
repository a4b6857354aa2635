package cmd_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A statistics object has each field once: of two, one reader takes the first
// and another the last. All tools have those of the contract.
func TestStatsFields(t *testing.T) {
	for _, command := range []string{
		"ndjson-gen -n 3 -r 1000/s", "ndjson-map .", "throttle", "throttle -r 1000/s", "throttle -r 1MB/s --max-queue 4Ki",
		"rate-sink", "rate-sink -r 1000/s sim:latency=1ms",
	} {
		stats := filepath.Join(t.TempDir(), "stats")
		cmd := exec.Command("bash", "-o", "pipefail", "-c", "seq 3 | "+command+` --stats "$0" | cat >/dev/null`, stats)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", command, err, out)
			continue
		}
		seen := fields(t, stats)
		for _, name := range []string{
			"tool", "pid", "final", "elapsed_s", "records_in", "records_out", "bytes_in", "bytes_out",
			"rejects", "blocked_in_s", "blocked_out_s", "limited_s", "peak_rss_bytes",
		} {
			if seen[name] == 0 {
				t.Errorf("%s: no %s", command, name)
			}
		}
		for name, n := range seen {
			if n > 1 {
				t.Errorf("%s: %s is there %d times", command, name, n)
			}
		}
	}
}

// fields counts the fields of the object in a file.
func fields(t *testing.T, name string) map[string]int {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := map[string]int{}
	d := json.NewDecoder(f)
	if _, err := d.Token(); err != nil { // the brace
		t.Fatal(err)
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			t.Fatal(err)
		}
		seen[name.(string)]++
	}
	return seen
}
