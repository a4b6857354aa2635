package filter

import (
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/tally"
)

// supervise lets this process find a board, as a stage does.
func supervise(t *testing.T) *tally.Board {
	t.Helper()
	board, err := tally.NewBoard(1)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { board.Close() })
	name, value, _ := strings.Cut(board.Env(0), "=")
	t.Setenv(name, value)
	return board
}

// The supervisor sees the counters while the tool waits, and the last ones.
func TestShow(t *testing.T) {
	board := supervise(t)
	in, feed := pipe(t)
	feed.WriteString("1\nx\n22\n")
	seen := make(chan tally.Figures)
	go func() {
		var figures []tally.Figures
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			figures = board.Read(0, figures)
			if len(figures) == 1 && figures[0].BytesIn == 7 && figures[0].BlockedIn > 0 {
				break
			}
		}
		feed.WriteString("333\n")
		feed.Close()
		if len(figures) == 0 {
			figures = make([]tally.Figures, 1)
		}
		seen <- figures[0]
	}()
	r := new(try).run1(t, edges{in: in})
	during := <-seen
	if during.Final || during.RecordsIn != 3 || during.BytesIn != 7 || during.Rejects != 1 || during.BlockedIn <= 0 || during.Stdin == 0 {
		t.Errorf("while it waits: %+v", during)
	}
	after := board.Read(0, nil)
	if len(after) != 1 {
		t.Fatalf("after it: %+v", after)
	}
	got := after[0]
	if !got.Final || got.RecordsIn != 4 || got.RecordsOut != 3 || got.BytesIn != 11 || got.BytesOut != 9 || got.Rejects != 1 ||
		got.Elapsed <= 0 || got.BlockedIn > got.Elapsed || got.Stdout != 0 || got.PeakRSS < 1<<20 || got.NoOutput {
		t.Errorf("after it: %+v (%q)", got, r.stderr)
	}
}
