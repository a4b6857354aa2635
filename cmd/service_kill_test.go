package cmd_test

import (
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"
)

// kills runs a command n times and kills it each time at a moment of the first
// while, by chance. It returns how many of them did not end before.
func kills(t *testing.T, n int, while time.Duration, command func(i int) *exec.Cmd) (killed int) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		cmd := command(i)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(rnd.Int64N(int64(while))), func() { cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		timer.Stop()
	}
	if killed < n/5 {
		t.Errorf("only %d of %d runs were killed: the test is too fast to test anything", killed, n)
	}
	return killed
}
