package meter

import (
	"bytes"
	"os"
	"strconv"
)

// PeakRSS is the most memory that the process has had resident, in bytes, or 0
// when /proc is not there. It is VmHWM and not getrusage's ru_maxrss, because
// the latter survives exec: a small tool started by a large parent would report
// the parent's.
func PeakRSS() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	return parseHWM(status)
}

// parseHWM finds "VmHWM:	   1234 kB" (proc_pid_status(5)); kB there are 1024.
func parseHWM(status []byte) int64 {
	_, rest, found := bytes.Cut(status, []byte("\nVmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	number, isKiB := bytes.CutSuffix(bytes.TrimSpace(line), []byte(" kB"))
	if !found || !isKiB {
		return 0
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(number)), 10, 53)
	if err != nil {
		return 0
	}
	return n * 1024
}
