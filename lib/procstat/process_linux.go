package procstat

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"
)

// process is one process of a group.
type process struct {
	pid     int
	dir     folder
	threads [maxThreads]int
	known   int // how many of threads there are, 0 for not listed yet
	count   int // how many there were then

	state         byte // as in /proc/PID/stat
	cpu           time.Duration
	rss           int64
	read, written int64
	counted       bool
}

const (
	maxProcesses = 32
	maxThreads   = 64
)

// tick is the unit of CPU time in /proc: USER_HZ, which is 100 on every
// architecture that Go runs on.
const tick = time.Second / 100

// look brings the process's figures up to date, and says whether it is there.
func (p *process) look(g *Group) bool {
	text, errno := p.dir.read(g.path.name("", 0, "stat"), g.buf[:])
	if errno != 0 {
		return false
	}
	// The name of the program comes second, in parentheses, and may hold
	// anything, parentheses and spaces included.
	at := bytes.LastIndexByte(text, ')')
	if at < 0 {
		return false
	}
	var used, pages, threads int64
	fields(text[at+1:], func(i int, word []byte) { // 0 is field 3 of proc_pid_stat(5)
		n, _ := parseInt(word)
		switch i {
		case 0:
			p.state = word[0]
		case 11, 12, 13, 14: // its own user and system time, and of children that it waited for
			used += n
		case 17:
			threads = n
		case 21:
			pages = n
		}
	})
	p.cpu, p.rss = time.Duration(used)*tick, pages*g.page
	if int(threads) != p.count {
		p.known, p.count = 0, int(threads)
	}
	p.counted = false
	text, errno = p.dir.read(g.path.name("", 0, "io"), g.buf[:])
	if errno == 0 {
		p.counted = true
		p.read, p.written = p.parseIO(text)
	}
	return true
}

// parseIO reads rchar and wchar, the first two lines of /proc/PID/io.
func (p *process) parseIO(text []byte) (read, written int64) {
	fields(text, func(i int, word []byte) {
		switch i {
		case 1:
			read, _ = parseInt(word)
		case 3:
			written, _ = parseInt(word)
		}
	})
	return read, written
}

// list lists the threads.
func (p *process) list(g *Group) {
	p.known = len(p.dir.numbers(g.path.name("", 0, "task"), g.buf[:], p.threads[:0]))
}

// waits calls each with what each thread does, until it answers false.
func (p *process) waits(g *Group, each func(thread int, w wait, number int, args [3]uint64)) {
	if p.known == 0 {
		p.list(g)
	}
	for _, thread := range p.threads[:p.known] {
		w, number, args := p.thread(g, thread)
		if w == gone {
			p.known = 0 // list them anew the next time
			continue
		}
		each(thread, w, number, args)
	}
}

// thread is what a thread does, by its system call or else by the function that
// it sleeps in. args are the first three arguments of the call; number is -1
// when the system does not tell.
func (p *process) thread(g *Group, thread int) (w wait, number int, args [3]uint64) {
	text, errno := p.dir.read(g.path.name("task", thread, "syscall"), g.buf[:])
	switch {
	case errno != 0: // hidden, or not in this kernel, or the thread is gone
		return p.symbol(g, thread), -1, args
	case bytes.HasPrefix(text, []byte("running")):
		return runs, -1, args
	case len(text) > 0 && text[0] == '-': // in no call: it waits for a page, or is stopped
		return p.symbol(g, thread), -1, args
	}
	fields(text, func(i int, word []byte) {
		switch {
		case i == 0:
			n, _ := parseInt(word)
			number = int(n)
		case i <= len(args):
			args[i-1] = parseHex(word)
		}
	})
	return callOf(number), number, args
}

// symbol is what a thread does by the function that it sleeps in.
func (p *process) symbol(g *Group, thread int) wait {
	text, errno := p.dir.read(g.path.name("task", thread, "wchan"), g.buf[:])
	switch errno {
	case 0:
		return symbolOf(text)
	case unix.ENOENT, unix.ESRCH:
		return gone
	}
	return unknown
}

// parseHex reads "0x1f".
func parseHex(b []byte) (n uint64) {
	for _, c := range bytes.TrimPrefix(b, []byte("0x")) {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | uint64(c-'a'+10)
		}
	}
	return n
}

// leads says which pipe a descriptor leads to: its inode, 0 for no pipe.
func (p *process) leads(g *Group, fd int) uint64 {
	text := p.dir.link(g.path.name("fd", fd, ""), g.buf[:])
	rest, ok := bytes.CutPrefix(text, []byte("pipe:["))
	if !ok {
		return 0
	}
	n, _ := parseInt(rest)
	return uint64(n)
}

// addChildren adds the children of the process's threads to the group.
func (p *process) addChildren(g *Group) {
	if p.known == 0 {
		p.list(g)
	}
	for _, thread := range p.threads[:p.known] {
		text, errno := p.dir.read(g.path.name("task", thread, "children"), g.buf[:])
		if errno != 0 {
			continue
		}
		fields(text, func(_ int, word []byte) {
			if pid, ok := parseInt(word); ok {
				g.add(int(pid))
			}
		})
	}
}
