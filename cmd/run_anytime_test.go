package cmd_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestRunSignalledAnytime: a signal at any moment leaves the file whole or not
// there at all, nothing beside it, and no process.
func TestRunSignalledAnytime(t *testing.T) {
	runs := 200
	if testing.Short() {
		runs = 30
	}
	const whole = 108894 // bytes of seq 20000
	rnd := rand.New(rand.NewPCG(3, 4))
	signals := []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}
	ends := map[string]int{}
	for range runs {
		dir := t.TempDir()
		s := supervise(t, nil, "-o", filepath.Join(dir, "out"), "seq", "20000", ":::", "cat", ":::", "cat")
		sig := signals[rnd.IntN(len(signals))]
		time.Sleep(time.Duration(rnd.IntN(15_000)) * time.Microsecond)
		s.Process.Signal(sig)
		how, rest := s.end()
		ends[how]++
		size := int64(-1)
		if info, err := os.Stat(filepath.Join(dir, "out")); err == nil {
			size = info.Size()
		}
		left, _ := os.ReadDir(dir)
		switch how {
		case "status 0":
			if size != whole || len(left) != 1 {
				t.Errorf("ended well with %d bytes and %v", size, left)
			}
		case "signal " + sig.String():
			// One that comes once the file has its name ends us as well.
			if size >= 0 && size != whole || len(left) > 1 || size < 0 && len(left) > 0 {
				t.Errorf("%v: %d bytes, and the folder has %v", sig, size, left)
			}
		default:
			t.Errorf("%v: ended by %s: %s", sig, how, rest)
		}
	}
	if len(ends) < 2 {
		t.Errorf("all ended in one way, %v: the test tests little", ends)
	}
}
