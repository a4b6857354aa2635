package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/draft"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
)

// Edges are the files at both ends of the pipeline, and that of the report.
type edges struct {
	in, out *os.File
	ours    *os.File     // in, when it is ours to close
	draft   *draft.Draft // out, when it is a file; nil otherwise
	report  *stdio.Out   // nil when none is wanted
	fresh   *os.File     // that of the report, when it may hold something to be replaced
	plot    *draft.Draft // nil when none is wanted
}

// open opens what the options name and is there already, before anything runs. It
// may wait for the other end of a FIFO.
func (e *edges) open(p *pipeRun) (err error) {
	if p.input != "" {
		if e.ours, err = os.Open(p.input); err != nil {
			return exit.With(exit.IO, err)
		}
		e.in = e.ours
	}
	if p.report != "" {
		err = e.openReport(p)
	}
	return ioError(err)
}

// openDescriptor opens the report on a descriptor that was inherited: a copy of our
// own, so that closing it leaves standard error open.
func (e *edges) openDescriptor(p *pipeRun, fd int) error {
	switch {
	case fd < 0:
		return tool.Usagef("--report: %s is no descriptor to write to", term.Quote(p.report))
	case fd == 1 && p.output == "":
		return tool.Usagef("--report: descriptor 1 is standard output, where the data goes; take a file or another descriptor")
	case !stdio.Inherited(fd):
		return fmt.Errorf("--report: descriptor %d is not open", fd)
	}
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return os.NewSyscallError("dup", err)
	}
	e.report = stdio.NewOut(os.NewFile(uintptr(own), p.report), fmt.Sprint("descriptor ", fd), 64<<10)
	return nil
}

// create begins the files that the options name, which takes no time: from here on
// something is left behind unless it is discarded.
func (e *edges) create(p *pipeRun) (err error) {
	if p.output != "" {
		if e.draft, err = draft.Create(p.output); err != nil {
			return exit.With(exit.IO, fmt.Errorf("%s: %w", p.output, err))
		}
		e.out = e.draft.File
	}
	if p.plot != "" {
		err = e.openPlot(p)
	}
	if err == nil && e.fresh != nil {
		err = e.fresh.Truncate(0)
	}
	return ioError(err)
}

// ioError gives an error the status of input and output, unless it is one of usage.
func ioError(err error) error {
	var usage *tool.UsageError
	if errors.As(err, &usage) {
		return err
	}
	return exit.With(exit.IO, err)
}

// openPlot begins the plot, which will replace the file, but none that the run
// also reads or writes.
func (e *edges) openPlot(p *pipeRun) (err error) {
	if info, err := os.Stat(p.plot); err == nil {
		if err := e.unused("--plot", p.plot, info, p.output); err != nil {
			return err
		}
	}
	if e.plot, err = draft.Create(p.plot); err != nil {
		return fmt.Errorf("%s: %w", p.plot, err)
	}
	return nil
}

// openReport opens the report, which will replace what the file holds, but none
// that the run also reads or writes.
func (e *edges) openReport(p *pipeRun) error {
	if fd := stdio.Descriptor(p.report); fd != 0 {
		return e.openDescriptor(p, fd)
	}
	f, err := os.OpenFile(p.report, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	e.report = stdio.NewOut(f, p.report, 64<<10)
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if err := e.unused("--report", p.report, info, p.output, p.plot); err != nil {
		return err
	}
	e.fresh = f
	return nil
}

// unused checks that a file is none that the run uses otherwise: as its ends, or
// as one of others by name.
func (e *edges) unused(option, name string, info os.FileInfo, others ...string) error {
	for _, other := range []*os.File{e.in, e.out} {
		if o, err := other.Stat(); err == nil && o.Mode().IsRegular() && os.SameFile(info, o) {
			return tool.Usagef("%s: %s is also what the commands read or write", option, term.Quote(name))
		}
	}
	for _, other := range others {
		if o, err := os.Stat(other); err == nil && os.SameFile(info, o) {
			return tool.Usagef("%s: %s is also the file of another option", option, term.Quote(name))
		}
	}
	return nil
}

// finish writes the output through to the disk, which may take its time.
func (e *edges) finish() error {
	if e.draft == nil {
		return nil
	}
	return e.draft.Finish()
}

// commit gives the output its name.
func (e *edges) commit() error {
	if e.draft == nil {
		return nil
	}
	return e.draft.Commit()
}

// discard removes what was not committed.
func (e *edges) discard() {
	e.draft.Discard()
	e.plot.Discard()
}

// write writes the report.
func (e *edges) write(result *pipeline.Result, seen *account) error {
	if e.report == nil {
		return nil
	}
	_, err := e.report.Write(report(result, seen))
	if closed := e.report.Close(); err == nil {
		err = closed
	}
	e.report = nil
	return err
}

// draw draws the plot.
func (e *edges) draw(title string, result *pipeline.Result, seen *account) error {
	if e.plot == nil {
		return nil
	}
	if _, err := e.plot.File.Write(plot(title, result, seen)); err != nil {
		return err
	}
	return e.plot.Commit()
}

// close closes what is open, and removes an output that was not committed.
func (e *edges) close() {
	if e.ours != nil {
		e.ours.Close()
	}
	if e.report != nil {
		e.report.Close()
	}
	e.discard()
}
