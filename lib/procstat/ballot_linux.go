package procstat

// A ballot makes one state of what many threads do. Who runs decides; then who
// waits at an end of the group, the output first, for nothing can be read while
// that is full; then who waits for something outside. The rest waits for one
// another, or can't be told apart, and the levels of the pipes decide.
type ballot struct {
	in, out Level
	votes   [gone + 1]int
	starved bool // a thread waits at the group's input
	blocked bool // at its output
	paused  bool // a main thread sleeps for a time
	reads   bool // starved in a call that counts what it reads
	writes  bool // blocked in one that counts what it writes
}

// process adds the threads of a process.
func (b *ballot) process(g *Group, p *process) {
	if p.state == 'T' || p.state == 't' {
		b.votes[stopped]++
		return
	}
	told := false
	p.waits(g, func(thread int, w wait, number int, args [3]uint64) {
		told = told || w != unknown
		switch w {
		case reads, writes:
			starved, blocked := b.starved, b.blocked
			b.end(g, p, w, int(int32(args[0])), number >= 0)
			b.reads = b.reads || number >= 0 && b.starved && !starved
			b.writes = b.writes || number >= 0 && b.blocked && !blocked
		case moves:
			b.move(g, p, thread, number, args)
		case sleeps:
			// The runtimes of some languages have a thread that naps; only the
			// main one's sleep is that of the program.
			b.paused = b.paused || thread == p.pid
		default:
			b.votes[w]++
		}
	})
	switch {
	case told:
	case p.state == 'R':
		b.votes[runs]++
	case p.state == 'D':
		b.votes[disk]++
	}
}

// end notes a thread that waits at a descriptor, which is known or else has to be
// guessed.
func (b *ballot) end(g *Group, p *process, w wait, fd int, known bool) {
	edge, level, std, mark := g.in, b.in, 0, &b.starved
	if w == writes {
		edge, level, std, mark = g.out, b.out, 1, &b.blocked
	}
	switch {
	case p.state == 'D' && p.count == 1:
		b.votes[disk]++
	case !known:
		// Of several pipes it may be any; the level says whether it can be ours.
		ours := edge == 0 || !level.Known || w == reads && level.Empty() || w == writes && level.Full
		*mark = *mark || ours
	case edge == 0 && fd == std, edge != 0 && p.leads(g, fd) == edge:
		*mark = true
	case p.leads(g, fd) == 0: // no pipe; one inside of the group is its own affair
		b.votes[other]++
	}
}

// move notes a thread that moves data between two descriptors.
func (b *ballot) move(g *Group, p *process, thread, number int, args [3]uint64) {
	in, out := sides(number)
	w := p.symbol(g, thread)
	if w == unknown { // hidden: who moves waits for room only when there is none
		w = reads
		if b.out.Full {
			w = writes
		}
	}
	switch w {
	case reads:
		b.end(g, p, reads, int(int32(args[in])), true)
	case writes:
		b.end(g, p, writes, int(int32(args[out])), true)
	default:
		b.votes[w]++
	}
}

// result is the state of the whole.
func (b *ballot) result(processes int) (State, Cause) {
	n := &b.votes
	switch {
	case processes == 0:
		return Gone, Unknown
	case n[runs] > 0:
		return Running, Unknown
	case b.blocked:
		return Blocked, Unknown
	case b.starved:
		return Starved, Unknown
	case n[disk] > 0:
		return Waiting, Disk
	case n[network] > 0:
		return Waiting, Network
	case b.paused:
		return Waiting, Sleep
	case n[stopped] > 0:
		return Waiting, Stopped
	case n[other] > 0 && n[polls] == 0:
		return Waiting, Unknown
	case b.out.Full:
		return Blocked, Unknown
	case b.in.Empty() && (n[polls] > 0 || n[locks] > 0 || n[unknown] > 0):
		return Starved, Unknown
	case n[children] > 0:
		return Waiting, Child
	case n[polls] > 0:
		return Waiting, Poll
	case n[locks] > 0:
		return Waiting, Lock
	}
	return Waiting, Unknown
}
