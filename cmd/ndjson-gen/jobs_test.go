package main

import (
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Chunks come in order whoever made them, and there are no more buffers than
// chunks under way.
func TestCrew(t *testing.T) {
	for _, jobs := range []int64{2, 3, 7} {
		c := newCrew(jobs, func(block []byte, chunk int64) []byte {
			return append(block, strings.Repeat(strconv.FormatInt(chunk, 10)+" ", int(chunk%5)+1)...)
		})
		var wait sync.WaitGroup
		for _, j := range c.jobs[1:] {
			wait.Go(func() {
				for c.work(j, true) {
				}
			})
		}
		for chunk := range int64(3000) {
			f := c.due(c.jobs[0])
			if got := strings.Fields(string(f.block)); len(got) != int(chunk%5)+1 || got[0] != strconv.FormatInt(chunk, 10) {
				t.Fatalf("%d jobs: chunk %d is %q", jobs, chunk, f.block)
			}
			c.wrote()
		}
		c.end()
		wait.Wait()
		if c.buffers > c.depth {
			t.Errorf("%d jobs: %d buffers; want %d at most", jobs, c.buffers, c.depth)
		}
	}
}
