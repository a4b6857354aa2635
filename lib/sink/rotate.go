package sink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"ndjsontools/lib/exit"
)

// Rotate says when a file ends and the next one begins. What is 0 does not end
// one.
type Rotate struct {
	Records int64
	Bytes   int64         // before compression; a longer record makes a file alone
	Age     time.Duration // since the file's first record came
}

// What a name holds that stands for many files.
const (
	seqMark  = "{seq}"  // 000001 and so on
	timeMark = "{time}" // of the file's first moment, as 20261123T150405Z
)

func parseRotating(path string, encode Encode, c Config) (Destination, error) {
	if !strings.Contains(path, seqMark) {
		return nil, usagef("file:%s: to rotate, the name needs a %s, such as file:out-%s.ndjson", path, seqMark, seqMark)
	}
	return Rotating(path, c.Rotate, encode, c.Clock, c.Now), nil
}

// Rotating writes records to a row of files, each of which appears whole, as
// File's do: it gets its name when it is full, and its records are acknowledged
// then. Only an end of input completes the last one; any other end removes it
// and leaves those before it. Files end between records, and compression ends
// with them, so that each can be read alone.
//
// In path, {seq} is the first free number, and {time} the time in UTC at which
// the file was begun. A file that exists is never replaced.
func Rotating(path string, rotate Rotate, encode Encode, clock Clock, now func() time.Time) Destination {
	if now == nil {
		now = time.Now
	}
	return &rotating{path: path, rotate: rotate, encode: encode, clock: clock, now: now}
}

type rotating struct {
	path   string
	rotate Rotate
	encode Encode
	clock  Clock
	now    func() time.Time

	seq     int
	file    *file // nil between two files
	records int64 // in it
	bytes   int64
	since   time.Duration // when its first record came
	final   int
}

func (d *rotating) Name() string                   { return "file:" + d.path }
func (d *rotating) Traits() Traits                 { return Traits{AnyBorders: true, Atomic: true} }
func (d *rotating) Open(ctx context.Context) error { return d.next(ctx) }
func (d *rotating) Final() int                     { return d.final }

// next begins a file, under the first number that is free.
func (d *rotating) next(ctx context.Context) error {
	path := strings.ReplaceAll(d.path, timeMark, d.now().UTC().Format("20060102T150405Z"))
	for {
		d.seq++
		name := strings.ReplaceAll(path, seqMark, fmt.Sprintf("%06d", d.seq))
		_, err := os.Lstat(name)
		if err == nil {
			continue
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return exit.With(exit.IO, err)
		}
		f := &file{path: name, encode: d.encode, clock: d.clock, fresh: true}
		if err := f.Open(ctx); err != nil {
			return err
		}
		d.file, d.records, d.bytes = f, 0, 0
		return nil
	}
}

func (d *rotating) Deliver(ctx context.Context, b *Batch) error {
	d.final = 0
	rest, done := *b, 0
	for rest.Records > 0 {
		if d.file == nil {
			if err := d.next(ctx); err != nil {
				return err
			}
		}
		head, tail := d.cut(&rest)
		if head.Records > 0 {
			if err := d.write(ctx, &head); err != nil {
				return err
			}
			done += head.Records
		}
		if tail.Records > 0 || d.full() {
			if err := d.complete(ctx); err != nil {
				return err
			}
			d.final = done
		}
		rest = tail
	}
	return nil
}

func (d *rotating) write(ctx context.Context, b *Batch) error {
	if d.records == 0 {
		d.since = d.clock.Now()
	}
	d.records += int64(b.Records)
	d.bytes += int64(len(b.Data))
	return d.file.Deliver(ctx, b)
}

// cut takes from the batch what the file still has room for: at least one record
// if it is empty.
func (d *rotating) cut(b *Batch) (head, tail Batch) {
	room, space := int64(b.Records), int64(len(b.Data))
	if d.rotate.Records > 0 {
		room = d.rotate.Records - d.records
	}
	if d.rotate.Bytes > 0 {
		space = d.rotate.Bytes - d.bytes
	}
	if int64(b.Records) <= room && int64(len(b.Data)) <= space {
		return *b, Batch{}
	}
	n, size := 0, 0
	for n < b.Records && int64(n) < room {
		line := bytes.IndexByte(b.Data[size:], '\n') + 1
		if int64(size+line) > space && int64(n)+d.records > 0 {
			break
		}
		n++
		size += line
	}
	return b.split(n)
}

// full says whether the file has all that it may have.
func (d *rotating) full() bool {
	r := d.rotate
	return r.Records > 0 && d.records >= r.Records || r.Bytes > 0 && d.bytes >= r.Bytes || r.Age > 0 && d.left() <= 0
}

// left is how long the file may still grow, for its age.
func (d *rotating) left() time.Duration { return d.since + d.rotate.Age - d.clock.Now() }

// complete gives the file its name. When that fails the file is still there, to
// be removed by Abort.
func (d *rotating) complete(ctx context.Context) error {
	if err := d.file.Commit(ctx); err != nil {
		return err
	}
	d.file = nil
	return nil
}

// Idle ends a file that is old enough.
func (d *rotating) Idle(ctx context.Context) (final bool, again time.Duration, err error) {
	if d.rotate.Age <= 0 || d.file == nil || d.records == 0 {
		return false, 0, nil
	}
	if left := d.left(); left > 0 {
		return false, left, nil
	}
	err = d.complete(ctx)
	return err == nil, 0, err
}

// Commit completes the last file. One without a record never gets a name.
func (d *rotating) Commit(ctx context.Context) error {
	if d.file == nil || d.records == 0 {
		return d.Abort()
	}
	return d.complete(ctx)
}

func (d *rotating) Abort() error {
	if d.file == nil {
		return nil
	}
	return d.file.Abort()
}
