//go:build !linux

package stdio

import "os"

// GrowPipe does nothing here: only Linux lets a pipe be resized.
func GrowPipe(*os.File, int) int { return 0 }

// PipeSize is unknown here.
func PipeSize(*os.File) int { return 0 }
