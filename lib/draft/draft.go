// Package draft makes files that appear whole or not at all.
//
// A draft is a new file beside its target, named .NAME.PID.part and never shared
// with another process. Commit writes it through to the disk, gives it the
// target's name and writes the folder through. Any other end removes it; only a
// SIGKILL or a crash leaves it, and then it may be deleted.
//
// A file that is replaced passes on its permissions, not its owner; a symbolic
// link stays, and the file that it leads to is replaced. What is not a regular
// file (a FIFO, a device) can't be replaced so, and is refused with ErrSpecial.
//
// Files that are added to instead are not whole after a kill: CutLine makes them
// so.
package draft

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrSpecial says that the target exists and is not a regular file.
var ErrSpecial = errors.New("is not a regular file, and can't be replaced by one")

// A Draft is a file that has not got its name yet.
type Draft struct {
	// File is what to write to, until Finish, Commit or Discard, which close it.
	File *os.File

	target string // with its symbolic links followed
	part   string // the name that it has; "" once that is gone
	err    error  // of Finish
}

// Create begins a draft of the file at path.
func Create(path string) (*Draft, error) {
	target, mode, err := look(path)
	if err != nil {
		return nil, err
	}
	d := &Draft{target: target}
	if err := d.create(); err != nil {
		return nil, err
	}
	if err := d.keepMode(mode); err != nil {
		d.Discard()
		return nil, err
	}
	return d, nil
}

// look finds the file that is to be replaced, and its permissions; 0 when there
// is none.
func look(path string) (target string, mode fs.FileMode, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if link, err := os.Readlink(path); err == nil {
			return "", 0, fmt.Errorf("is a symbolic link to %s, which is not there: name that file instead", link)
		}
		return path, 0, nil
	case err != nil:
		return "", 0, err
	case info.IsDir():
		return "", 0, errors.New("is a directory: name a file in it")
	case !info.Mode().IsRegular():
		return "", 0, ErrSpecial
	}
	if target, err = filepath.EvalSymlinks(path); err != nil {
		return "", 0, err
	}
	// A rename needs no right to write the old file; replacing what we may not
	// write would still be a surprise.
	old, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return "", 0, err
	}
	old.Close()
	return target, info.Mode().Perm(), nil
}

// create makes the temporary file. A name that is taken belongs to another
// process that lives (in a container each one is process 1) or to one that was
// killed; which of them can't be known, so it is left alone.
func (d *Draft) create() error {
	dir, name := filepath.Split(d.target)
	if name == "" {
		return errors.New("ends in a slash: name a file")
	}
	name = name[:min(len(name), 200)] // names are limited to 255 bytes
	for i := 1; ; i++ {
		part := fmt.Sprintf("%s.%s.%d.part", dir, name, os.Getpid())
		if i > 1 {
			part = fmt.Sprintf("%s.%s.%d-%d.part", dir, name, os.Getpid(), i)
		}
		f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) && i < 1000 {
			continue
		}
		if err != nil {
			return err
		}
		d.File, d.part = f, part
		return nil
	}
}

// keepMode gives the draft the permissions of the file that it will replace.
// Where they are equal already nothing is asked of the file system: some know
// only one mode and refuse.
func (d *Draft) keepMode(mode fs.FileMode) error {
	if mode == 0 {
		return nil
	}
	info, err := d.File.Stat()
	if err != nil || info.Mode().Perm() == mode {
		return err
	}
	return d.File.Chmod(mode)
}

// Finish writes the draft through to the disk and closes it.
func (d *Draft) Finish() error {
	f := d.File
	if f == nil {
		return d.err
	}
	d.File = nil
	d.err = Sync(f)
	if closed := f.Close(); d.err == nil {
		d.err = closed
	}
	return d.err
}

// Commit finishes the draft and makes it the file. After an error it is to be
// discarded.
func (d *Draft) Commit() error { return d.commit(os.Rename) }

// CommitNew is Commit where no file may have the name already: that is an error,
// fs.ErrExist.
func (d *Draft) CommitNew() error { return d.commit(renameNew) }

func (d *Draft) commit(rename func(from, to string) error) error {
	if err := d.Finish(); err != nil {
		return err
	}
	if err := rename(d.part, d.target); err != nil {
		return err
	}
	d.part = ""
	return SyncFolder(filepath.Dir(d.target))
}

// renameNew renames a file to a name that none has.
func renameNew(from, to string) error {
	err := os.Link(from, to)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOSYS) {
		// A file system without links: this leaves a gap in which another process
		// can take the name.
		if _, err := os.Lstat(to); err == nil {
			return &fs.PathError{Op: "rename", Path: to, Err: fs.ErrExist}
		}
		return os.Rename(from, to)
	}
	if err != nil {
		return err
	}
	return os.Remove(from)
}

// Discard removes what has not been committed; after a Commit, and for a nil Draft,
// it does nothing.
func (d *Draft) Discard() error {
	if d == nil {
		return nil
	}
	var err error
	if d.File != nil {
		err = d.File.Close()
		d.File = nil
	}
	if d.part != "" {
		err = errors.Join(err, os.Remove(d.part))
		d.part = ""
	}
	return err
}

// Sync writes a file through to the disk, where that means something: not for
// pipes and terminals.
func Sync(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// SyncFolder makes the names in a folder last through a crash, as far as its file
// system can.
func SyncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return Sync(f)
}
