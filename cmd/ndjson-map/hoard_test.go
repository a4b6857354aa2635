package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestHoard keeps records of many lengths in one buffer's place, and finds them all.
func TestHoard(t *testing.T) {
	var h hoard
	var kept [][]byte
	text := strings.Repeat("0123456789", hoardBlock/8/10+10)
	from := bytes.Clone([]byte(text))
	for n := range 2000 {
		kept = append(kept, h.keep(from[:n*n%len(from)]))
		clear(from[:10])
		copy(from, text)
	}
	for n, got := range kept {
		if want := text[:n*n%len(text)]; string(got) != want || cap(got) != len(got) && len(got) <= hoardBlock/8 {
			t.Fatalf("record %d: got %d bytes with room for %d; want %d", n, len(got), cap(got), len(want))
		}
	}
}
