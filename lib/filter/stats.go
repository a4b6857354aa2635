package filter

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
)

// openStats opens what --stats names.
func (l *Life) openStats() error {
	name := l.common.Stats
	if name == "" {
		return nil
	}
	number, isDescriptor := strings.CutPrefix(name, "fd:")
	if isDescriptor {
		return l.openStatsDescriptor(number)
	}
	f, err := l.create("stats", name)
	if err != nil {
		return err
	}
	l.stats, l.statsOurs = stdio.NewOut(f, name, 0), true
	return nil
}

func (l *Life) openStatsDescriptor(number string) error {
	fd, err := strconv.Atoi(number)
	switch {
	case err != nil || fd < 1:
		return tool.Usagef("--stats: %s is not the number of a descriptor to write to", term.Quote(number))
	case fd == 1 && l.uses.Output:
		return tool.Usagef("--stats: descriptor 1 is standard output, where the data goes; take a file or another descriptor")
	case fd == 1:
		l.stats = stdio.NewOut(l.env.Stdout, "standard output", 0)
		return nil
	case fd == 2:
		l.stats = stdio.NewOut(l.env.Stderr, "standard error", 0)
		return nil
	}
	// A descriptor that closes on exec is our own: it can't have been inherited.
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC != 0 {
		return exit.With(exit.IO, fmt.Errorf("--stats: descriptor %d is not open", fd))
	}
	l.stats, l.statsOurs = stdio.NewOut(os.NewFile(uintptr(fd), number), "descriptor "+number, 0), true
	return nil
}

// writeStats writes one object, in one write.
func (l *Life) writeStats(s meter.Snapshot) error {
	if l.stats == nil {
		return nil
	}
	var extra []meter.Field
	if l.Extra != nil {
		extra = l.Extra()
	}
	_, err := l.stats.Write(append(s.AppendJSON(nil, extra...), '\n'))
	return sideError("statistics", err)
}

// closeStats closes them, but no standard stream: there are words to come.
func (l *Life) closeStats() error {
	if l.stats == nil || !l.statsOurs {
		return nil
	}
	return sideError("statistics", l.stats.Close())
}
