package sink

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"ndjsontools/lib/draft"
	"ndjsontools/lib/exit"
)

// File writes records to a file that appears whole or not at all.
//
// The records go to a draft of it (see package draft), which Commit makes the
// file, and any other end removes.
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

	draft  *draft.Draft // nil for a direct target
	direct bool         // the target is not a regular file

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

// open begins a draft of the target, or opens the target itself.
func (d *file) open(ctx context.Context) error {
	if fd, ok := descriptor(d.path); ok {
		return d.openDescriptor(fd)
	}
	begun, err := draft.Create(d.path)
	switch {
	case err == nil:
		d.draft, d.f = begun, begun.File
	case errors.Is(err, draft.ErrSpecial):
		d.direct = true
		var info fs.FileInfo
		if info, err = os.Stat(d.path); err == nil {
			d.f, err = openDirect(ctx, d.clock, d.path, info.Mode())
		}
	}
	return err
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
	coder, err := d.encode(d.out, d.direct)
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
	commit := d.draft.Commit
	if d.fresh {
		commit = d.draft.CommitNew
	}
	return exit.With(exit.IO, commit())
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
	if d.draft != nil {
		d.f = nil
		return d.draft.Finish()
	}
	err := draft.Sync(d.f)
	if closed := d.f.Close(); err == nil {
		err = closed
	}
	d.f = nil
	return err
}

func (d *file) Abort() error {
	var err error
	switch {
	case d.draft != nil:
		err = d.draft.Discard()
	case d.f != nil:
		err = d.f.Close()
	}
	d.f = nil
	return err
}
