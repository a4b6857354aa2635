// Package stdio is the process's edges: reading and writing descriptors that
// were inherited, as a filter should.
//
//   - Reading flushes first. Before In waits for input it calls the function
//     that it is tied to, so that a filter writes large blocks under load and
//     is one record late when idle, without a flag, a timer or a goroutine.
//     (The idea is skalibs' buffer_flush1read.)
//   - While In waits it also watches the output: when the reader of a pipe
//     goes away, a filter that has nothing to write ends as well.
//   - The time spent blocked is measured around the calls that block, and only
//     there: on a pipe, data moves by calls that can't block (RWF_NOWAIT), and
//     only when one of them would have is a clock read.
//   - Nothing here sets O_NONBLOCK: the flag lives in the open file that is
//     shared with the neighbours in the pipe and with the user's terminal. A
//     descriptor that somebody else made non-blocking works all the same.
//
// It knows nothing of records, JSON or flags, starts no goroutine and handles
// no signal; lib/tool wakes a waiting In through Waker.
package stdio

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// ErrReaderGone is what writing answers when nobody reads the output any more
// (EPIPE), and what reading answers when In notices that while it waits. The
// process should end quietly, as by SIGPIPE.
var ErrReaderGone = errors.New("the reader of the output is gone")

// ErrStopped is what a wait answers when the Waker was told to stop: a signal
// asks the process to settle what it holds and end.
var ErrStopped = errors.New("stopped")

// Error is a failed system call on one of the edges.
type Error struct {
	Op   string // "read" or "write", "close", …
	Name string // the file's name, or "standard input"
	Err  error  // usually a syscall.Errno
}

func (e *Error) Error() string { return e.Op + " " + e.Name + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// kind is what a descriptor leads to, as far as it matters here.
type kind uint8

const (
	kindOther kind = iota // a device, a terminal, …
	kindFile
	kindPipe
	kindSocket
)

func kindOf(f *os.File) kind {
	var st unix.Stat_t
	if unix.Fstat(int(f.Fd()), &st) != nil {
		return kindOther
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return kindFile
	case unix.S_IFIFO:
		return kindPipe
	case unix.S_IFSOCK:
		return kindSocket
	}
	return kindOther
}

// IsTerminal says whether f is a terminal.
func IsTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), ioctlGetTermios)
	return err == nil
}

// IsPipe says whether f is a pipe or a FIFO.
func IsPipe(f *os.File) bool { return kindOf(f) == kindPipe }

// IsFile says whether f is a regular file.
func IsFile(f *os.File) bool { return kindOf(f) == kindFile }
