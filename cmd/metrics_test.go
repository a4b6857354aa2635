package cmd_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// exposition is a page of metrics as the text format 0.0.4 has it, read strictly:
// whatever the format leaves to taste is an error here.
type exposition struct {
	kinds   map[string]string
	samples map[string]float64 // by name and labels, as they are spelled
}

var (
	metricLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)
	labelText  = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)`)
)

// expose reads a page.
func expose(text string) (*exposition, error) {
	x := &exposition{map[string]string{}, map[string]float64{}}
	if !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("the last line has no end")
	}
	present, helped := "", ""
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		bad := func(format string, args ...any) error {
			return fmt.Errorf("line %d, %q: %s", i+1, line, fmt.Sprintf(format, args...))
		}
		switch words := strings.SplitN(line, " ", 4); {
		case strings.HasPrefix(line, "# HELP "):
			if len(words) < 4 || words[3] == "" {
				return nil, bad("no help")
			}
			helped = words[2]
		case strings.HasPrefix(line, "# TYPE "):
			present = words[2]
			if helped != present || x.kinds[present] != "" || len(words) != 4 {
				return nil, bad("a second type, or one without its help before it")
			}
			if k := words[3]; k != "counter" && k != "gauge" && k != "summary" {
				return nil, bad("kind")
			}
			x.kinds[present] = words[3]
		default:
			if err := x.sample(line, present); err != nil {
				return nil, bad("%v", err)
			}
		}
	}
	return x, nil
}

// sample reads a line of the metric that is present.
func (x *exposition) sample(line, present string) error {
	m := metricLine.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("no sample")
	}
	name, labels := m[1], m[2]
	value, err := strconv.ParseFloat(m[3], 64)
	if err != nil {
		return err
	}
	quantile := false
	for rest := labels; rest != ""; {
		l := labelText.FindStringSubmatch(rest)
		if l == nil {
			return fmt.Errorf("label %q", rest)
		}
		quantile = quantile || l[1] == "quantile"
		rest = rest[len(l[0]):]
	}
	base := strings.TrimSuffix(strings.TrimSuffix(name, "_sum"), "_count")
	switch kind := x.kinds[present]; {
	case kind == "summary" && base == present && quantile == (name == present):
	case kind != "summary" && name == present && !quantile:
	default:
		return fmt.Errorf("does not belong to %s", present)
	}
	if x.kinds[present] == "counter" && (value < 0 || math.IsNaN(value) || !strings.HasSuffix(name, "_total")) {
		return fmt.Errorf("no counter is so")
	}
	key := name + "{" + labels + "}"
	if _, twice := x.samples[key]; twice {
		return fmt.Errorf("twice")
	}
	x.samples[key] = value
	return nil
}

// The metrics are right, while the sink runs and after it, and say what the
// statistics say.
func TestMetrics(t *testing.T) {
	dir := t.TempDir()
	file, stats := filepath.Join(dir, "m.prom"), filepath.Join(dir, "stats")
	cmd := exec.Command(filepath.Join(bin, "rate-sink"), "--metrics-addr", "127.0.0.1:0", "--metrics-file", file,
		"--stats", stats, "--rejects", filepath.Join(dir, "bad"), "--rejects-ok", "-q", "-b", "10",
		"sim:latency=1ms,errors=10%,partial=10%,rejects=5%,seed=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(stderr)
	line, err := said.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, said)
	_, url, _ := strings.Cut(strings.TrimSpace(line), "metrics at ")
	for i := range 200 {
		fmt.Fprintln(stdin, i)
	}
	x, kind := scrape(t, url)
	if kind != "text/plain; version=0.0.4; charset=utf-8" || x.samples[`rate_sink_info{version="test",destination="sim"}`] != 1 {
		t.Errorf("content type %q, samples %v", kind, x.samples)
	}
	if answer, err := http.Get(strings.TrimSuffix(url, "metrics")); err != nil || answer.StatusCode != http.StatusNotFound {
		t.Errorf("another path: %v %v; want 404", answer, err)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	sameFigures(t, file, stats)
}

// sameFigures compares the metrics in one file with the statistics in another.
func sameFigures(t *testing.T, file, stats string) {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	x, err := expose(string(page))
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]any{}
	text, err := os.ReadFile(stats)
	if err == nil {
		err = json.Unmarshal(text, &told)
	}
	if err != nil {
		t.Fatal(err)
	}
	for metric, field := range map[string]string{
		"records_read_total": "records_in", "bytes_read_total": "bytes_in", "records_acknowledged_total": "acknowledged",
		"records_rejected_total": "rejects", "records_held": "held", "records_unresolved": "unresolved",
		"attempts_total": "attempts", "retries_total": "retried", "ambiguous_attempts_total": "ambiguous",
		"duplicate_records_bound_total": "duplicates_at_most", "batches_total": "batches", "concurrency": "concurrency",
	} {
		if got, ok := x.samples["rate_sink_"+metric+"{}"]; !ok || got != told[field] {
			t.Errorf("%s is %v; want %v as in the statistics", metric, got, told[field])
		}
	}
	if told["rejects"] == 0.0 || told["ambiguous"] == 0.0 || x.samples["rate_sink_settle_seconds_count{}"] != 200 {
		t.Errorf("statistics %v, samples %v: the test tests nothing", told, x.samples)
	}
	delivery := told["delivery"].(map[string]any)
	if got := x.samples["rate_sink_delivery_seconds_count{}"]; got != delivery["count"] {
		t.Errorf("%v deliveries; want %v", got, delivery["count"])
	}
}

func scrape(t *testing.T, url string) (*exposition, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	x, err := expose(string(page))
	if err != nil {
		t.Fatal(err)
	}
	return x, answer.Header.Get("Content-Type")
}
