package pipeline

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// procFolder is where the system shows its processes.
const procFolder = "/proc"

// procIsOurs says whether there is a /proc, and not that of another namespace, whose
// numbers mean others here.
func procIsOurs() bool {
	self, err := os.Readlink(procFolder + "/self")
	return err == nil && self == strconv.Itoa(os.Getpid())
}

// processes are the numbers of all processes that can be seen; nil where /proc is
// not ours.
func processes() (pids []int) {
	if !procIsOurs() {
		return nil
	}
	dir, err := os.Open(procFolder)
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// A relative is a descendant of ours.
type relative struct{ pid, group int }

// descendants are the living processes below root, parents before children. One
// that only waits to be reaped is not among them: it can't be told anything. It
// is a picture of a moment: who goes by it looks again.
func descendants(root int) (all []relative) {
	children := map[int][]relative{}
	for _, pid := range processes() {
		if parent, group := kinship(pid); parent != 0 {
			children[parent] = append(children[parent], relative{pid, group})
		}
	}
	todo := children[root]
	for len(todo) > 0 {
		all = append(all, todo[0])
		todo = append(todo[1:len(todo):len(todo)], children[todo[0].pid]...)
	}
	return all
}

// The fields of /proc/PID/stat behind the name that mean something here.
const (
	statState       = 0
	statParent      = 1
	statGroup       = 2
	statChildFaults = 8 // page faults of the children that were waited for
	statCount       = 9
)

// stat is what the system tells of a process, nil when that is nothing. The name
// stands in parentheses, and may hold anything; the fields are those behind it.
func stat(pid int) [][]byte {
	text, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return nil
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < statCount {
		return nil
	}
	return fields
}

// kinship is the parent and the process group of a living process; zeros for
// others.
func kinship(pid int) (parent, group int) {
	fields := stat(pid)
	if fields == nil || fields[statState][0] == 'Z' || fields[statState][0] == 'X' {
		return 0, 0
	}
	parent, _ = strconv.Atoi(string(fields[statParent]))
	group, _ = strconv.Atoi(string(fields[statGroup]))
	return parent, group
}

// waited says whether a process, which may have ended, has waited for children of
// its own.
func waited(pid int) bool {
	fields := stat(pid)
	return fields == nil || string(fields[statChildFaults]) != "0"
}

// defenceless says whether a signal would end a process, or would have ended one
// that is gone: it neither ignores, catches nor blocks it, nor has it got it. It is
// false where the system does not tell.
func defenceless(pid int, sig syscall.Signal) bool {
	text, err := os.ReadFile(procFile(pid, "status"))
	if err != nil || !procIsOurs() {
		return false
	}
	told := 0
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt":
			mask, err := strconv.ParseUint(strings.TrimSpace(value), 16, 64)
			if err != nil || mask>>(sig-1)&1 != 0 {
				return false
			}
			told++
		}
	}
	return told == 5
}

// exiting says whether a process is on its way out, or gone: it has no memory any
// more. Of a large one that takes a while.
func exiting(pid int) bool {
	pages, err := os.ReadFile(procFile(pid, "statm"))
	return err != nil || bytes.HasPrefix(pages, []byte("0 "))
}

// holds says whether a process has one of these pipes open, as /proc names them
// ("pipe:[4711]"); to write to it, if that is what matters.
func holds(pid int, pipes map[string]bool, toWrite bool) bool {
	folder := procFile(pid, "fd")
	dir, err := os.Open(folder)
	if err != nil {
		return false
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		file := folder + "/" + name
		link, err := os.Readlink(file)
		if err != nil || !strings.HasPrefix(link, "pipe:") || !pipes[link] {
			continue
		}
		// The permissions of the link are those of the descriptor.
		if info, err := os.Lstat(file); !toWrite || err == nil && info.Mode()&0o200 != 0 {
			return true
		}
	}
	return false
}

// pipeName is how /proc names the pipe behind a descriptor of ours, "" where it
// does not.
func pipeName(fd int) string {
	name, _ := os.Readlink(procFolder + "/self/fd/" + strconv.Itoa(fd))
	return name
}

func procFile(pid int, name string) string {
	return procFolder + "/" + strconv.Itoa(pid) + "/" + name
}
