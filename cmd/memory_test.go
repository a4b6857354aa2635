package cmd_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// maxGrowth is how much more memory ten times as many records may take, in any
// stage: the noise of the collector and of the allocator, and no more.
const maxGrowth = 4 << 20

// maxTogether bounds all stages of the pipeline together, at any length.
const maxTogether = 64 << 20

// TestMemory runs the pipeline with many records and with ten times as many,
// into a fast sink and into a slow one, and compares each stage's peak. With
// MEMORY_PROOF=whole it is 300,000 and 3 million records; without, a tenth.
func TestMemory(t *testing.T) {
	many := 30_000
	if os.Getenv("MEMORY_PROOF") == "whole" {
		many = 300_000
	}
	for _, sink := range []string{"rate-sink null:", "rate-sink --rate 200000/s null:"} {
		few := peaks(t, many, sink)
		lots := peaks(t, 10*many, sink)
		var together int64
		for i, stage := range []string{"ndjson-gen", "ndjson-map", "rate-sink"} {
			t.Logf("%s: %s: %.1f MB at %d records, %.1f MB at %d", sink, stage,
				float64(few[i])/1e6, many, float64(lots[i])/1e6, 10*many)
			if lots[i] > few[i]+maxGrowth {
				t.Errorf("%s: %s grew from %d to %d bytes; want at most %d more", sink, stage, few[i], lots[i], maxGrowth)
			}
			together += lots[i]
		}
		if together > maxTogether {
			t.Errorf("%s: the stages took %d bytes together; want at most %d", sink, together, maxTogether)
		}
	}
}

// peaks is the peak resident memory of each stage of the pipeline.
func peaks(t *testing.T, records int, sink string) (peaks [3]int64) {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf(`ndjson-gen -n %d --stats 0 |
		ndjson-map --stats 1 '. + {processedAt: (now|todate), meta: "processed"}' |
		%s --stats 2`, records, sink)
	cmd := exec.Command("bash", "-o", "pipefail", "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	for i := range peaks {
		var stats struct {
			Peak      int64 `json:"peak_rss_bytes"`
			RecordsIn int   `json:"records_in"`
		}
		b, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(i)))
		if err == nil {
			err = json.Unmarshal(b, &stats)
		}
		if err != nil || stats.Peak == 0 || i > 0 && stats.RecordsIn != records {
			t.Fatalf("statistics of stage %d: %v: %s", i, err, b)
		}
		peaks[i] = stats.Peak
	}
	return peaks
}

// maxSink is what rate-sink may take besides its batches: the runtime, the
// input's buffer, connections.
const maxSink = 40 << 20

// TestSinkMemory holds rate-sink to what its manual says: twice as many batches
// as deliveries under way and two more, and a constant.
func TestSinkMemory(t *testing.T) {
	const batch = 1 << 20
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
	}))
	defer server.Close()
	for _, concurrency := range []int64{1, 16} {
		for _, dest := range []string{"sim:latency=2ms", "--body array " + server.URL} {
			stats := filepath.Join(t.TempDir(), "stats")
			script := fmt.Sprintf("ndjson-gen -n 100000 | rate-sink --concurrency %d -b 1000000 --batch-bytes %d --stats %s %s",
				concurrency, batch, stats, dest)
			if out, err := exec.Command("bash", "-o", "pipefail", "-c", script).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", script, err, out)
			}
			var s struct {
				Peak  int64 `json:"peak_rss_bytes"`
				Acked int64 `json:"acknowledged"`
			}
			b, err := os.ReadFile(stats)
			if err == nil {
				err = json.Unmarshal(b, &s)
			}
			if err != nil || s.Acked != 100_000 {
				t.Fatalf("%s: %v: %s", script, err, b)
			}
			most := 2*(concurrency+2)*batch + maxSink
			t.Logf("%s with %d at once: %.1f MB; at most %.1f", dest, concurrency, float64(s.Peak)/1e6, float64(most)/1e6)
			if s.Peak > most {
				t.Errorf("%s with %d at once took %d bytes; want at most %d", dest, concurrency, s.Peak, most)
			}
		}
	}
}
