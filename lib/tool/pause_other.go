//go:build !linux

package tool

import (
	"os"
	"syscall"
)

// Pause stops the process until somebody continues it.
func (s *Signals) Pause() { syscall.Kill(os.Getpid(), syscall.SIGSTOP) }
