package cmd_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	deliver "ndjsontools/lib/sink"
)

// A sink that is killed at any moment goes on from its checkpoint: nothing is
// missing in the end, and nothing that was settled before a checkpoint comes
// again.
func TestKill(t *testing.T) {
	const records = 20_000
	kills := 50
	if testing.Short() {
		kills = 10
	}
	var input bytes.Buffer
	for i := range records {
		fmt.Fprintf(&input, "{\"id\":%d}\n", i)
	}
	dir := t.TempDir()
	in, out, ck := filepath.Join(dir, "in"), filepath.Join(dir, "out"), filepath.Join(dir, "ck")
	if err := os.WriteFile(in, input.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	run := func(kill bool) error {
		stdin, err := os.Open(in)
		if err != nil {
			t.Fatal(err)
		}
		defer stdin.Close()
		args := []string{"--checkpoint", ck, "--checkpoint-every", "20ms"}
		if kill { // slow enough to be in the middle whenever the kill comes
			args = append(args, "--rate", "100000/s")
		}
		cmd := exec.Command(filepath.Join(bin, "rate-sink"), append(args, "--append", "file:"+out)...)
		cmd.Stdin = stdin
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if kill {
			time.AfterFunc(time.Duration(rnd.IntN(30))*time.Millisecond, func() { cmd.Process.Kill() })
		}
		return cmd.Wait()
	}
	killed, bound := 0, 0
	for range kills {
		if run(true) != nil {
			killed++
		}
		bound += twice(t, ck)
	}
	if killed < kills/5 {
		t.Errorf("only %d of %d runs were killed: the test is too slow to test anything", killed, kills)
	}
	if err := run(false); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	next, again := 0, 0
	for line := range bytes.Lines(data) {
		var id int
		if _, err := fmt.Sscanf(string(line), "{\"id\":%d}\n", &id); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		if id > next {
			t.Fatalf("record %d follows %d: some are missing", id, next-1)
		}
		if id < next {
			again++
		}
		next = max(next, id+1)
	}
	if next != records {
		t.Errorf("%d records are there; want %d", next, records)
	}
	if again > bound {
		t.Errorf("%d records came again; want at most the %d that the checkpoints tell of", again, bound)
	}
	t.Logf("%d of %d runs killed, %d records came again, of %d that might", killed, kills, again, bound)
}

// twice is how many records the next run may deliver again, as the checkpoint
// tells.
func twice(t *testing.T, path string) int {
	t.Helper()
	last, err := deliver.LoadCheckpoint(path)
	switch {
	case err != nil:
		t.Fatal(err)
	case last == nil:
		return 0
	}
	return int(last.Twice())
}
