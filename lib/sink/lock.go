package sink

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"ndjsontools/lib/exit"
)

// A Lock keeps a file from other sinks: of two that write one checkpoint, each
// would undo what the other says. It lasts until Close or the process's end. A
// file system that has no locks is taken at its word.
type Lock struct {
	path string
	f    *os.File
}

// LockCheckpoint locks the file that checkpoints are written to; an empty one is
// made if none is there. That another sink has it is an error of status
// exit.Incomplete: it may be run again later. What is not a regular file can't be
// replaced by a checkpoint, and is an error of status exit.Usage.
func LockCheckpoint(path string) (*Lock, error) {
	f, err := openLocked(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		if err == nil {
			err = irregular(path)
		}
		return nil, exit.With(exit.Status(err), err)
	}
	// A symbolic link stays, and the file that it leads to is replaced.
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		f.Close()
		return nil, exit.With(exit.IO, err)
	}
	return &Lock{target, f}, nil
}

// replace puts the file next in the place of the locked one; it is locked before it
// has it: there is no moment at which the name is free to take.
func (l *Lock) replace(next string) error {
	f, err := openLocked(next, os.O_RDWR)
	if err != nil {
		return err
	}
	if err := os.Rename(next, l.path); err != nil {
		f.Close()
		return err
	}
	l.f.Close()
	l.f = f
	return nil
}

// Close lets others have the file, and takes it away if nothing was written to
// it.
func (l *Lock) Close() error {
	var err error
	if info, gone := l.f.Stat(); gone == nil && info.Size() == 0 {
		err = os.Remove(l.path)
	}
	return exit.With(exit.IO, errors.Join(err, l.f.Close()))
}

// openLocked opens a file and, if it is a regular one, locks it. A named pipe keeps
// nothing, and opening it would wait for a reader: that is an error of exit.Usage.
func openLocked(path string, flags int) (*os.File, error) {
	for {
		if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
			return nil, usagef("%s is a named pipe, which keeps nothing: name a file", path)
		}
		f, err := os.OpenFile(path, flags, 0o666)
		if err != nil {
			return nil, exit.With(exit.IO, err)
		}
		same, err := lock(path, f)
		if err == nil && same {
			return f, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
}

// lock says whether the locked file still is the one of that name: whoever had it
// before may have replaced or removed it.
func lock(path string, f *os.File) (same bool, err error) {
	info, err := f.Stat()
	if err != nil {
		return false, exit.With(exit.IO, err)
	}
	if !info.Mode().IsRegular() {
		return true, nil
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return false, incompletef("%s is in use by another sink: let that end, or name another file", path)
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOSYS):
	case err != nil:
		return false, exit.With(exit.IO, fmt.Errorf("lock %s: %w", path, err))
	}
	now, err := os.Stat(path)
	return err == nil && os.SameFile(info, now), nil
}
