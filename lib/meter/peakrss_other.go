//go:build !linux

package meter

import (
	"runtime"
	"syscall"
)

// PeakRSS is the most memory that the process has had resident, in bytes, or 0
// when the system does not tell. getrusage(2) counts bytes on Darwin and KiB
// elsewhere.
func PeakRSS() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) * 1024
}
