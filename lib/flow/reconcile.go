package flow

import "ndjsontools/lib/procstat"

// Where a stage is said to have written or read next to nothing while its
// neighbour moved much, it moves its data by calls that do not count; unless it was
// seen in one that does.
const (
	nothing = 32 << 10 // a program's libraries are some KiB
	much    = 64 << 10
)

// reconcile makes one account of what the stages say of the bytes at their ends.
// Without levels those before are taken.
func (w *Watch) reconcile(levels []procstat.Level) {
	for i := range w.pipes {
		p := &w.pipes[i]
		reader := &w.stages[i+1]
		if levels != nil && levels[i+1].Known {
			p.level, p.in = levels[i+1], reader.read()
		} else if levels != nil && p.level.Known {
			// Nobody can look any more. Nothing comes in, and what the reader
			// takes is missing.
			p.level.Known, p.level.Full = false, false
		}
		level := p.level
		if !level.Known {
			level.Queued = int(max(0, int64(level.Queued)-(reader.read()-p.in)))
		}
		writer := &w.stages[i]
		if !p.begun && reader.sample.State == procstat.Starved && level.Queued == 0 && writer.written() == 0 {
			p.base, p.begun = reader.sample.Read, true
		}
		p.begun = p.begun || writer.written() > 0
		v := &w.view.Pipes[i]
		v.Level = level
		v.Moved = max(v.Moved, moved(writer, reader, int64(level.Queued), p.base))
		w.view.Stages[i].Out = v.Moved
		in := &w.view.Stages[i+1].In
		if *in = max(*in, v.Moved-int64(level.Queued)); reader.exactIn {
			*in = reader.toolIn
		}
	}
	first, last := &w.view.Stages[0], &w.view.Stages[len(w.stages)-1]
	first.In, last.Out = w.stages[0].read(), w.stages[len(w.stages)-1].written()
}

// read is what a stage has read, by its own word or by the system's.
func (s *watched) read() int64 {
	if s.exactIn {
		return s.toolIn
	}
	return s.sample.Read
}

func (s *watched) written() int64 {
	if s.exactOut {
		return s.toolOut
	}
	return s.sample.Written
}

// moved is how much was written into the pipe between two stages, in which so
// much still waits. What the system counts is too much where a stage also writes
// or reads elsewhere, so of two such counts the lower is nearer. base is what the
// system counted of the reader before it read from the pipe.
func moved(writer, reader *watched, queued, base int64) int64 {
	switch {
	case writer.exactOut:
		return writer.toolOut
	case reader.exactIn:
		return reader.toolIn + queued
	}
	written, read := writer.sample.Written, reader.sample.Read-base
	switch {
	case read < nothing && written > read+queued+much && !reader.sample.Reads:
		return written
	case written < nothing && read > written+much && !writer.sample.Writes:
		return read + queued
	}
	return min(written, read+queued)
}
