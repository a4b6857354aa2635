package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

// printMachine says what the figures are true of.
func printMachine(w io.Writer) {
	fmt.Fprintf(w, "machine   %d cores, %s, %s/%s, %s\n", runtime.NumCPU(), processor(), runtime.GOOS, runtime.GOARCH, said("uname", "-sr"))
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Fprintf(w, "load      %s before the start\n", strings.Join(strings.Fields(string(load))[:3], " "))
	}
	fmt.Fprintf(w, "versions  %s, %s", said("ndjson-map", "--version"), runtime.Version())
	for _, peer := range []string{"jq", "gojq", "jaq", "mlr", "pv", "node", "cat"} {
		version := said(peer, "--version")
		if version != "" && !strings.Contains(version, peer) {
			version = peer + " " + version
		}
		if version != "" {
			fmt.Fprintf(w, ", %s", version)
		}
	}
	fmt.Fprint(w, "\n\n")
}

// said is the first line that a command prints, without its copyright; nothing
// if it is not there.
func said(command ...string) string {
	out, err := exec.Command(command[0], command[1:]...).Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(out), "\n")
	line, _, _ = strings.Cut(line, " - ")
	return strings.TrimSpace(line)
}

// processor is its name, where the system tells.
func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	_, name, found := strings.Cut(string(info), "model name\t: ")
	if !found {
		return "unnamed processor"
	}
	name, _, _ = strings.Cut(name, "\n")
	return name
}

// enough is the room for the input that a folder in memory must have.
const enough = 2 << 30

// room chooses the folder of the input: in memory if there is room.
func room() string {
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err == nil && fs.Bavail*uint64(fs.Bsize) >= enough {
		return "/dev/shm"
	}
	return os.TempDir()
}
