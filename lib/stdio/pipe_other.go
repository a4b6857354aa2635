//go:build !linux

package stdio

import "os"

// AtomicWrite is the most that one write puts into a pipe whole or not at all:
// what POSIX promises everywhere.
const AtomicWrite = 512

// GrowPipe does nothing here: only Linux lets a pipe be resized.
func GrowPipe(*os.File, int) int { return 0 }

// Queued is unknown here.
func Queued(*os.File) (n int, ok bool) { return 0, false }

// PipeSize is unknown here.
func PipeSize(*os.File) int { return 0 }
