package sink

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"ndjsontools/lib/exit"
)

// File writes records to a file that appears whole or not at all.
//
// The records go to a new file beside the target, named .NAME.PID.part and
// never shared with another process. Commit writes it through to the disk,
// gives it the target's name and writes the directory through. Any other end
// removes it; only a SIGKILL or a crash leaves it, and then it may be deleted.
// A file that is replaced passes on its permissions; a symbolic link stays, and
// the file that it leads to is replaced.
//
// A target that exists and is not a regular file (a FIFO, a terminal,
// /dev/stdout on a pipe) can't be replaced so: it is opened and written as it
// is, each delivery at once and with a flush of the encoder, so that what was
// delivered is acknowledged and a live reader sees it. Small blocks compress
// badly there. After an end that is no commit the encoder's stream stays
// unfinished, so that its reader sees that something is missing. A FIFO is opened
// once it has a reader.
//
// encode is nil for plain bytes. The clock is used to wait for a FIFO's reader.
func File(path string, encode Encode, clock Clock) Destination {
	return &file{path: path, encode: encode, clock: clock}
}

// fileBuffer gathers small blocks; larger ones go past it.
const fileBuffer = 256 << 10

type file struct {
	path   string
	encode Encode
	clock  Clock
	fresh  bool // no file may have that name already

	target string      // path with its symbolic links followed
	part   string      // the temporary name; "" once it is gone, and for a direct target
	direct bool        // the target is not a regular file
	mode   fs.FileMode // permissions of the file that is replaced, if keep
	keep   bool

	f     *os.File
	buf   *bufio.Writer // nil for a direct target
	coder Encoder       // nil for plain bytes
	out   io.Writer     // the top of the chain coder, buf, f
}

func (d *file) Name() string   { return "file:" + d.path }
func (d *file) Traits() Traits { return Traits{AnyBorders: true, Atomic: !d.direct} }

func (d *file) Open(ctx context.Context) error {
	err := d.open(ctx)
	if err == nil {
		err = d.chain()
	}
	if err != nil {
		return exit.With(exit.IO, also(err, d.Abort()))
	}
	return nil
}

// open looks at the target and opens it, or a temporary file beside it.
func (d *file) open(ctx context.Context) error {
	if fd, ok := descriptor(d.path); ok {
		return d.openDescriptor(fd)
	}
	info, err := os.Stat(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if link, err := os.Readlink(d.path); err == nil {
			return fmt.Errorf("is a symbolic link to %s, which is not there: name that file instead", link)
		}
		d.target = d.path
		return d.create()
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("is a directory: name a file in it")
	case !info.Mode().IsRegular():
		d.direct = true
		d.f, err = openDirect(ctx, d.clock, d.path, info.Mode())
		return err
	}
	if d.target, err = filepath.EvalSymlinks(d.path); err != nil {
		return err
	}
	// A rename needs no right to write the old file; replacing what we may
	// not write would still be a surprise.
	old, err := os.OpenFile(d.target, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	old.Close()
	d.mode, d.keep = info.Mode().Perm(), true
	return d.create()
}

// create makes the temporary file. A name that is taken belongs to another
// process that lives (in a container each one is process 1) or to one that was
// killed; which of them can't be known, so it is left alone.
func (d *file) create() error {
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
		d.f, d.part = f, part
		return d.keepMode()
	}
}

// keepMode gives the temporary file the permissions of the one that it will
// replace. Where they are equal already nothing is asked of the file system:
// some know only one mode and refuse.
func (d *file) keepMode() error {
	if !d.keep {
		return nil
	}
	info, err := d.f.Stat()
	if err != nil || info.Mode().Perm() == d.mode {
		return err
	}
	return d.f.Chmod(d.mode)
}

// openDirect opens what is not a regular file. It asks again while a FIFO has
// no reader, because an open that blocks in the kernel can't be cancelled.
func openDirect(ctx context.Context, clock Clock, path string, mode fs.FileMode) (*os.File, error) {
	flags := os.O_WRONLY | syscall.O_NOCTTY
	if mode&fs.ModeNamedPipe == 0 {
		return os.OpenFile(path, flags, 0)
	}
	for {
		f, err := os.OpenFile(path, flags|syscall.O_NONBLOCK, 0)
		if !errors.Is(err, syscall.ENXIO) {
			return f, err
		}
		if clock.Sleep(ctx, 20*time.Millisecond) != nil {
			return nil, fmt.Errorf("waited for a reader of the FIFO: %w", context.Cause(ctx))
		}
	}
}

// chain puts the buffer and the encoder on top of the file.
func (d *file) chain() error {
	d.out = d.f
	if !d.direct {
		d.buf = bufio.NewWriterSize(d.f, fileBuffer)
		d.out = d.buf
	}
	if d.encode == nil {
		return nil
	}
	coder, err := d.encode(d.out)
	if err != nil {
		return err
	}
	d.coder, d.out = coder, coder
	return nil
}

func (d *file) Deliver(ctx context.Context, b *Batch) error {
	if d.direct {
		defer limitWrites(ctx, d.f)()
	}
	_, err := d.out.Write(b.Data)
	if err == nil && d.direct && d.coder != nil {
		err = d.coder.Flush()
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(err, os.ErrDeadlineExceeded):
		return ctx.Err()
	}
	return exit.With(exit.IO, err)
}

// limitWrites ends writes to f when ctx ends: a reader that stopped reading
// must not keep us. What knows no deadline, such as /dev/full, doesn't block.
// The returned function lifts the limit.
func limitWrites(ctx context.Context, f *os.File) (lift func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		f.SetWriteDeadline(time.Unix(1, 0))
	})
	return func() {
		if !stop() {
			<-done
			f.SetWriteDeadline(time.Time{})
		}
	}
}

func (d *file) Commit(ctx context.Context) error {
	if err := d.finish(); err != nil || d.direct {
		return exit.With(exit.IO, err)
	}
	if err := ctx.Err(); err != nil {
		return incompletef("interrupted before the file was given its name: %w", context.Cause(ctx))
	}
	if err := d.name(); err != nil {
		return exit.With(exit.IO, err)
	}
	d.part = ""
	return exit.With(exit.IO, syncDir(filepath.Dir(d.target)))
}

// name gives the temporary file its name.
func (d *file) name() error {
	if !d.fresh {
		return os.Rename(d.part, d.target)
	}
	err := os.Link(d.part, d.target)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOSYS) {
		// A file system without links: this leaves a gap in which another
		// process can take the name.
		if _, err := os.Lstat(d.target); err == nil {
			return &fs.PathError{Op: "rename", Path: d.target, Err: fs.ErrExist}
		}
		return os.Rename(d.part, d.target)
	}
	if err != nil {
		return err
	}
	return os.Remove(d.part)
}

// finish writes everything through and closes the file.
func (d *file) finish() error {
	if d.coder != nil {
		if err := d.coder.Close(); err != nil {
			return err
		}
	}
	if d.buf != nil {
		if err := d.buf.Flush(); err != nil {
			return err
		}
	}
	if err := d.f.Sync(); err != nil && !unsyncable(err) {
		return err
	}
	f := d.f
	d.f = nil
	return f.Close()
}

func (d *file) Abort() error {
	var err error
	if d.f != nil {
		err = d.f.Close()
		d.f = nil
	}
	if d.part != "" {
		err = also(err, os.Remove(d.part))
		d.part = ""
	}
	return err
}

// syncDir makes a rename last through a crash.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !unsyncable(err) {
		return err
	}
	return nil
}

// unsyncable is true where fsync means nothing: pipes and terminals, and the
// directories of some network file systems.
func unsyncable(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP)
}
