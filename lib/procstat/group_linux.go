package procstat

import "os"

// A Group is a process and all that descends from it. It is for one goroutine.
type Group struct {
	in, out uint64
	procs   []*process // the first is the one that the group was made for
	spare   []*process
	looks   int
	page    int64
	last    Sample // whose totals never go down

	path path
	buf  [4096]byte
}

// treeEvery is how many looks go by before new descendants are searched for,
// unless something shows that there may be some.
const treeEvery = 8

// NewGroup watches the process with the number pid, which must not have been
// waited for yet. in and out are the inodes of the pipes that it reads and
// writes, 0 where there is no pipe.
func NewGroup(pid int, in, out uint64) *Group {
	g := &Group{in: in, out: out, page: int64(os.Getpagesize())}
	g.add(pid)
	return g
}

// Close gives back what the group holds.
func (g *Group) Close() {
	for _, p := range g.procs {
		p.dir.close()
	}
	g.procs = nil
}

// add adds a process, unless it is there or there is no room.
func (g *Group) add(pid int) {
	for _, p := range g.procs {
		if p.pid == pid {
			return
		}
	}
	if len(g.procs) == maxProcesses {
		return
	}
	dir := openFolder(pid)
	if dir < 0 {
		return
	}
	p := new(process)
	if n := len(g.spare); n > 0 {
		p, g.spare = g.spare[n-1], g.spare[:n-1]
	}
	*p = process{pid: pid, dir: dir}
	g.procs = append(g.procs, p)
}

// Sample looks at all processes. in and out are the levels of the pipes that
// the group reads and writes.
func (g *Group) Sample(in, out Level) Sample {
	search := g.looks%treeEvery == 0
	g.looks++
	s := g.sample(&ballot{in: in, out: out}, search)
	if s.Cause == Child && !search {
		s = g.sample(&ballot{in: in, out: out}, true) // it may wait for one that we do not know yet
	}
	s.keep(g.last)
	g.last = s
	return s
}

// Glance is Sample without a look at what the group waits for, which is most of
// the cost: the state stays that of the last Sample.
func (g *Group) Glance() Sample {
	s := g.sample(nil, false)
	if s.Processes > 0 {
		s.State, s.Cause = g.last.State, g.last.Cause
	}
	s.keep(g.last)
	g.last = s
	return s
}

// sample is one look, with a search for new descendants or without. Without a
// vote the threads are not looked at.
func (g *Group) sample(vote *ballot, search bool) Sample {
	s := Sample{Counted: true}
	for i := 0; i < len(g.procs); i++ { // it grows while it is gone through
		p := g.procs[i]
		if !p.look(g) {
			g.drop(i)
			i--
			search = true
			continue
		}
		s.CPU += p.cpu
		s.RSS += p.rss
		s.Read += p.read
		s.Written += p.written
		s.Counted = s.Counted && p.counted
		if p.state == 'Z' || p.state == 'X' {
			continue
		}
		s.Processes++
		if search {
			p.addChildren(g)
		}
		if vote != nil {
			vote.process(g, p)
		}
	}
	if vote != nil {
		s.State, s.Cause = vote.result(s.Processes)
		s.Reads, s.Writes = vote.reads, vote.writes
	}
	s.Counted = s.Counted && len(g.procs) > 0
	return s
}

// keep holds the totals to those before: a process that has ended and was not
// waited for yet is missing from them.
func (s *Sample) keep(last Sample) {
	s.Read, s.Written, s.CPU = max(s.Read, last.Read), max(s.Written, last.Written), max(s.CPU, last.CPU)
	s.Reads, s.Writes = s.Reads || last.Reads, s.Writes || last.Writes
	if s.State == Gone {
		s.Counted = s.Counted || last.Counted
	}
}

// drop forgets a process that is gone.
func (g *Group) drop(i int) {
	p := g.procs[i]
	p.dir.close()
	g.procs = append(g.procs[:i], g.procs[i+1:]...)
	g.spare = append(g.spare, p)
}
