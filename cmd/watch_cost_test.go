package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestWatchCost: a supervisor that looks, draws lines and keeps a history for a
// plot takes less than one per cent of a core (and here, beside other tests, less
// than five), and less than 12 MB.
func TestWatchCost(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip(err)
	}
	plot := filepath.Join(t.TempDir(), "plot.svg")
	cmd := exec.CommandContext(t.Context(), "pipe-run", "--plot", plot, "--progress", "always",
		"ndjson-gen", "-r", "10000/s", "-n", "25000", ":::", "ndjson-map", ".", ":::", "sh", "-c", "cat >/dev/null")
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var worked time.Duration
	var peak int
	done := make(chan error)
	go func() { done <- cmd.Wait() }()
	for ended := false; !ended; {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			ended = true
		case <-time.After(20 * time.Millisecond):
			w, p := usageOf(cmd.Process.Pid)
			worked, peak = max(worked, w), max(peak, p)
		}
	}
	elapsed := time.Since(begun)
	t.Logf("%v of CPU time in %v, %d kB", worked, elapsed, peak)
	// Starting and the last work are no looks.
	if limit := elapsed/20 + 50*time.Millisecond; worked == 0 || worked > limit {
		t.Errorf("it took %v of CPU time in %v; want some, and less than %v", worked, elapsed, limit)
	}
	if peak == 0 || peak > 12<<10 {
		t.Errorf("it took %d kB; want less than 12 MB", peak)
	}
}

// usageOf is the CPU time of a process and the most memory that it had, in kB; 0
// when it is gone.
func usageOf(pid int) (worked time.Duration, peak int) {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	if words := strings.Fields(rest); len(words) > 12 {
		user, _ := strconv.Atoi(words[11])
		system, _ := strconv.Atoi(words[12])
		worked = time.Duration(user+system) * time.Second / 100
	}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Sscan(line, &peak)
	return worked, peak
}
