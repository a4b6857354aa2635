package sink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/draft"
	"ndjsontools/lib/exit"
)

// Append adds records to the end of a file, which is made if it is not there.
//
// Each delivery is one write, and acknowledged when the system has taken it; it
// is written through to the disk at the end, whatever the end is, and by Sync.
// A write that fails is taken back, so that the file always ends in a whole
// record; a last line that lacks its end gets one first. Where an earlier run of
// the same stream may have been killed in the middle of a write, which is what
// again says, such a line is the beginning of a record that comes once more, and
// is cut off.
//
// What is not a regular file is written as File does that.
func Append(path string, again bool, clock Clock) Destination {
	return &appending{path: path, again: again, clock: clock}
}

type appending struct {
	path  string
	again bool
	clock Clock
	f     *os.File
	size  int64 // of the file, whole records only
	plain bool  // it is a regular file
}

func (d *appending) Name() string   { return "file:" + d.path }
func (d *appending) Traits() Traits { return Traits{AnyBorders: true} }

func (d *appending) Open(ctx context.Context) error {
	err := d.open(ctx)
	if err != nil && d.f != nil {
		d.f.Close()
	}
	return exit.With(exit.IO, err)
}

func (d *appending) open(ctx context.Context) error {
	info, err := os.Stat(d.path)
	if err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return errors.New("is a directory: name a file in it")
		}
		d.f, err = openDirect(ctx, d.clock, d.path, info.Mode())
		return err
	}
	// Reading is for the last line alone.
	if d.f, err = os.OpenFile(d.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
		return err
	}
	if info, err = d.f.Stat(); err != nil {
		return err
	}
	d.size, d.plain = info.Size(), true
	if err = refuseCompressed(d.f); err != nil {
		return err
	}
	if d.again {
		d.size, err = draft.CutLine(d.f)
		return err
	}
	return d.endLine()
}

// refuseCompressed refuses a file that lines would spoil: what is compressed can't be read
// to its end with plain ones behind it, and what looks like the beginning of a line
// in it must not be cut off.
func refuseCompressed(f *os.File) error {
	first := make([]byte, 4)
	n, err := f.ReadAt(first, 0)
	if err != nil && err != io.EOF {
		return err
	}
	if format := codec.Recognise(first[:n]); format != codec.Plain {
		return fmt.Errorf("is compressed (%s), and lines can't be added to that: name another file", format)
	}
	return nil
}

// endLine gives the last line its end.
func (d *appending) endLine() error {
	if d.size == 0 {
		return nil
	}
	last := make([]byte, 1)
	if _, err := d.f.ReadAt(last, d.size-1); err != nil && err != io.EOF {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	n, err := d.f.Write([]byte{'\n'})
	d.size += int64(n)
	return err
}

func (d *appending) Deliver(ctx context.Context, b *Batch) error {
	if !d.plain {
		defer limitWrites(ctx, d.f)()
	}
	n, err := d.f.Write(b.Data)
	switch {
	case err == nil:
		d.size += int64(len(b.Data))
		return nil
	case ctx.Err() != nil && errors.Is(err, os.ErrDeadlineExceeded):
		return ctx.Err()
	case d.plain:
		if back := d.takeBack(n); back != nil {
			err = fmt.Errorf("%w; a part of a record stays at the end: %v", err, back)
		}
	}
	return exit.With(exit.IO, err)
}

// takeBack cuts off the n bytes of a write that failed, unless another process
// has appended to the file as well.
func (d *appending) takeBack(n int) error {
	info, err := d.f.Stat()
	if err == nil && info.Size() != d.size+int64(n) {
		err = errors.New("the file has another writer")
	}
	if err != nil {
		return err
	}
	return d.f.Truncate(d.size)
}

// Sync writes what was delivered through to the disk.
func (d *appending) Sync() error {
	return exit.With(exit.IO, draft.Sync(d.f))
}

func (d *appending) Commit(context.Context) error { return d.end() }
func (d *appending) Abort() error                 { return d.end() }

func (d *appending) end() error {
	if d.f == nil {
		return nil
	}
	err := d.Sync()
	closed := d.f.Close()
	d.f = nil
	if err != nil {
		return err
	}
	return exit.With(exit.IO, closed)
}
