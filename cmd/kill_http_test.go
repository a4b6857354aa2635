package cmd_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// A sink with several deliveries under way that is killed at any moment goes on
// from its checkpoint: nothing is missing, and with a checkpoint after every
// batch no more comes again than what was under way.
func TestKillConcurrent(t *testing.T) {
	const records, batch, concurrency = 20_000, 10, 4
	kills := 30
	if testing.Short() {
		kills = 5
	}
	var mu sync.Mutex
	times := make([]int, records)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // a kill in the middle of a request
		}
		mu.Lock()
		for line := range bytes.Lines(body) {
			var id int
			fmt.Sscan(string(line), &id)
			times[id]++
		}
		mu.Unlock()
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond) // so that they overtake one another
	}))
	defer server.Close()
	dir := t.TempDir()
	in, ck := filepath.Join(dir, "in"), filepath.Join(dir, "ck")
	var input bytes.Buffer
	for i := range records {
		fmt.Fprintln(&input, i)
	}
	if err := os.WriteFile(in, input.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(kill time.Duration) error {
		stdin, err := os.Open(in)
		if err != nil {
			t.Fatal(err)
		}
		defer stdin.Close()
		cmd := exec.Command(filepath.Join(bin, "rate-sink"), "--checkpoint", ck, "--checkpoint-every", "0s",
			"-b", fmt.Sprint(batch), "--concurrency", fmt.Sprint(concurrency), server.URL)
		cmd.Stdin = stdin
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if kill > 0 {
			time.AfterFunc(kill, func() { cmd.Process.Kill() })
		}
		return cmd.Wait()
	}
	killed := 0
	for range kills {
		if run(time.Duration(5+rand.IntN(60))*time.Millisecond) != nil {
			killed++
		}
	}
	if err := run(0); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	again := 0
	for id, n := range times {
		if n == 0 {
			t.Fatalf("record %d is missing", id)
		}
		again += n - 1
	}
	if most := killed * (concurrency + 1) * batch; again > most {
		t.Errorf("%d records came again in %d kills; want at most %d", again, killed, most)
	}
	t.Logf("%d of %d runs killed, %d records came again", killed, kills, again)
}
