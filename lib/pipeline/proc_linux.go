package pipeline

import (
	"bytes"
	"os"
	"strconv"
)

// procFolder is where the system shows its processes.
const procFolder = "/proc"

// processes are the numbers of all processes that can be seen. Nil where there is
// no /proc, or that of another namespace, whose numbers mean others here.
func processes() (pids []int) {
	if self, err := os.Readlink(procFolder + "/self"); err != nil || self != strconv.Itoa(os.Getpid()) {
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

// kinship is the parent and the process group of a living process; zeros for
// others.
func kinship(pid int) (parent, group int) {
	stat, err := os.ReadFile(procFile(pid, "stat"))
	if err != nil {
		return 0, 0
	}
	// The name stands in parentheses, and may hold anything; the state, the parent
	// and the group follow.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 3 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return 0, 0
	}
	parent, _ = strconv.Atoi(string(fields[1]))
	group, _ = strconv.Atoi(string(fields[2]))
	return parent, group
}

func procFile(pid int, name string) string {
	return procFolder + "/" + strconv.Itoa(pid) + "/" + name
}
