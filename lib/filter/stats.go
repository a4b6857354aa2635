package filter

import (
	"fmt"
	"os"

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
	if fd := stdio.Descriptor(name); fd != 0 {
		return l.openStatsDescriptor(name, fd)
	}
	f, err := l.create("stats", name)
	if err != nil {
		return err
	}
	l.stats, l.statsOurs = stdio.NewOut(f, name, 0), true
	return nil
}

func (l *Life) openStatsDescriptor(name string, fd int) error {
	switch {
	case fd < 0:
		return tool.Usagef("--stats: %s is no descriptor to write to", term.Quote(name))
	case fd == 1 && l.uses.Output:
		return tool.Usagef("--stats: descriptor 1 is standard output, where the data goes; take a file or another descriptor")
	case fd == 1:
		l.stats = stdio.NewOut(l.env.Stdout, "standard output", 0)
		return nil
	case fd == 2:
		l.stats = stdio.NewOut(l.env.Stderr, "standard error", 0)
		return nil
	case !stdio.Inherited(fd):
		return exit.With(exit.IO, fmt.Errorf("--stats: descriptor %d is not open", fd))
	}
	l.stats, l.statsOurs = stdio.NewOut(os.NewFile(uintptr(fd), name), fmt.Sprint("descriptor ", fd), 0), true
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
