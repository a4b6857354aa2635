package codec

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// A Writer compresses what is written to it. It works in the caller's
// goroutine (but see NewFileWriter), and hands its output on in pieces of about 64 KiB and at each
// Flush.
//
// What it holds, in MiB and whatever the stream's length (measured): gzip 1.5;
// zstd 5 at levels 1 and 2, 10 to 5, 13 to 9, 43 above; s2 2.5; snappy 0.3.
// Plain holds nothing.
//
// It is not for use by several goroutines.
type Writer struct {
	enc    encoder
	out    *bufio.Writer // gathers the encoders' small writes; nil when plain
	err    error         // the first error, for good
	closed bool
}

type encoder interface {
	io.Writer
	Flush() error
	Close() error
}

const outputBuffer = 64 << 10

// NewWriter returns a Writer that compresses to w as spec says. With the zero
// Spec it passes writes on as they are and holds nothing. It fails when spec
// has a level that its format has not, which ParseSpec never returns.
func NewWriter(w io.Writer, spec Spec) (*Writer, error) { return newWriter(w, spec, newEncoder) }

// NewFileWriter is NewWriter for a stream that is hardly ever flushed. At levels 1
// and 2 of zstd it works on pieces of 2 MiB in two goroutines of its own, and writes
// to w from another; all in all it holds 20 MiB. The goroutines end with Close, or
// with the process.
//
// That takes as much work as encoding in Write does, and two thirds of the time
// where a core is idle. (The library's other way, to take turns over each block of
// 128 KiB, takes a third more work; a goroutine that encodes what another one reads
// gains half as much.) A piece knows only 64 KiB of the one before, so the output
// is up to 1 % longer. The windows of the other levels would make pieces of 16 MiB
// and more.
func NewFileWriter(w io.Writer, spec Spec) (*Writer, error) {
	return newWriter(w, spec, func(w io.Writer, f Format, level int) (encoder, error) {
		if strength := zstd.EncoderLevelFromZstd(level); f == Zstd && strength == zstd.SpeedFastest {
			return newZstdEncoder(w, strength, zstd.WithEncoderConcurrency(2), zstd.WithConcurrentBlocks(true))
		}
		return newEncoder(w, f, level)
	})
}

func newWriter(w io.Writer, spec Spec, encode func(io.Writer, Format, int) (encoder, error)) (*Writer, error) {
	most, normal := spec.Format.levels()
	if spec.Level < 0 || spec.Level > most {
		return nil, usage("%v has no level %d", spec.Format, spec.Level)
	}
	if spec.Format == Plain {
		return &Writer{enc: plain{w}}, nil
	}
	level := spec.Level
	if level == 0 {
		level = normal
	}
	out := bufio.NewWriterSize(w, outputBuffer)
	enc, err := encode(out, spec.Format, level)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", spec, err)
	}
	return &Writer{enc: enc, out: out}, nil
}

// Write compresses p, which stays the caller's. Much of it may stay inside
// until Flush or Close. Errors of w are returned as they are, here or later,
// and repeated ever after.
func (w *Writer) Write(p []byte) (int, error) {
	if err := w.usable(); err != nil {
		return 0, err
	}
	n, err := w.enc.Write(p)
	w.err = err
	return n, err
}

// Flush hands on everything written so far, so that a reader of the output can
// decode up to here. It costs compression: each Flush ends a block.
func (w *Writer) Flush() error {
	if err := w.usable(); err != nil {
		return err
	}
	w.err = w.finish(w.enc.Flush())
	return w.err
}

// Close finishes the stream. It does not close w. A Writer that got no byte
// makes a valid stream of nothing. A Write after Close fails; a second Close
// returns what the first did.
func (w *Writer) Close() error {
	if w.closed || w.err != nil {
		w.closed = true
		return w.err
	}
	w.closed = true
	w.err = w.finish(w.enc.Close())
	return w.err
}

func (w *Writer) usable() error {
	if w.err == nil && w.closed {
		return os.ErrClosed
	}
	return w.err
}

func (w *Writer) finish(err error) error {
	if err == nil && w.out != nil {
		err = w.out.Flush()
	}
	return err
}

type plain struct{ io.Writer }

func (plain) Flush() error { return nil }
func (plain) Close() error { return nil }

func newEncoder(w io.Writer, f Format, level int) (encoder, error) {
	switch f {
	case Gzip:
		return gzip.NewWriterLevel(w, level)
	case Zstd:
		return newZstdEncoder(w, zstd.EncoderLevelFromZstd(level))
	case S2:
		return newS2Encoder(w, level), nil
	}
	return newS2Encoder(w, level, s2.WriterSnappyCompat()), nil
}

// fastWindow is the window of the fastest strength, that of zstd(1)'s level 1. The
// library's own, 4 MiB, does not fit into a processor's cache: it halves the speed
// and finds hardly more.
const fastWindow = 512 << 10

// newZstdEncoder does without the library's option for less memory: what it saves
// is one window, and it moves the whole other one for each block of 128 KiB, which
// takes two thirds of the time at the default level.
func newZstdEncoder(w io.Writer, level zstd.EncoderLevel, more ...zstd.EOption) (encoder, error) {
	opts := []zstd.EOption{
		zstd.WithEncoderLevel(level),
		zstd.WithEncoderConcurrency(1), // encodes in Write; more would start goroutines
		zstd.WithZeroFrames(true),      // zstd(1) refuses a file of no byte
	}
	if level == zstd.SpeedFastest {
		opts = append(opts, zstd.WithWindowSize(fastWindow))
	}
	return zstd.NewWriter(w, append(opts, more...)...)
}

// s2Encoder writes the marks around a stream.
type s2Encoder struct {
	z     *s2.Writer
	begun bool
	n     uint64 // bytes written
}

func newS2Encoder(w io.Writer, level int, opts ...s2.WriterOption) *s2Encoder {
	opts = append(opts, s2.WriterConcurrency(1))
	switch level {
	case 2:
		opts = append(opts, s2.WriterBetterCompression())
	case 3:
		opts = append(opts, s2.WriterBestCompression())
	}
	return &s2Encoder{z: s2.NewWriter(w, opts...)}
}

func (e *s2Encoder) begin() error {
	if e.begun {
		return nil
	}
	e.begun = true
	return e.z.AddSkippableBlock(markChunk, []byte(markOpen))
}

func (e *s2Encoder) Write(p []byte) (int, error) {
	if err := e.begin(); err != nil {
		return 0, err
	}
	n, err := e.z.Write(p)
	e.n += uint64(n)
	return n, err
}

func (e *s2Encoder) Flush() error { return e.z.Flush() }

func (e *s2Encoder) Close() error {
	if err := e.begin(); err != nil {
		return err
	}
	if err := e.z.Flush(); err != nil {
		return err
	}
	if err := e.z.AddSkippableBlock(markChunk, endMark(e.n)); err != nil {
		return err
	}
	return e.z.Close()
}
