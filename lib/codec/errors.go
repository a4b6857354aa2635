package codec

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"ndjsontools/lib/exit"
)

// An InputError says that a compressed input is broken: the input's own fault,
// not that of reading it. Errors of reading are returned as they come.
type InputError struct {
	Format Format
	Cut    bool  // it ends before its end mark; otherwise it is corrupt
	Offset int64 // compressed bytes before the place, roughly when corrupt
	Err    error // what the decoder said
}

func (e *InputError) Error() string {
	switch {
	case e.Cut:
		return fmt.Sprintf("%v input is cut short after %d bytes; was its writer stopped, or the copy?", e.Format, e.Offset)
	case errors.Is(e.Err, zstd.ErrWindowSizeExceeded), errors.Is(e.Err, zstd.ErrDecoderSizeExceeded):
		return fmt.Sprintf("%v input needs a window of more than %d MiB; compress it again with --long=27 or less", e.Format, maxWindow>>20)
	case errors.Is(e.Err, zstd.ErrUnknownDictionary):
		return fmt.Sprintf("%v input was made with a dictionary; decompress it with zstd -D first", e.Format)
	}
	return fmt.Sprintf("%v input is corrupt near byte %d: %v", e.Format, e.Offset, e.Err)
}

func (e *InputError) Unwrap() error { return e.Err }

// ExitStatus is exit.Input.
func (e *InputError) ExitStatus() int { return exit.Input }

// explain turns the error of a decoder into the one that a caller can use. The
// decoders don't all keep an error of the input apart from a broken stream, so
// the input's own error, when there is one, wins.
func (r *Reader) explain(err error) error {
	if err == nil {
		return nil
	}
	if src := r.src.err; src != nil && src != io.EOF {
		return src
	}
	if err == io.EOF {
		return err
	}
	atEnd := r.src.err == io.EOF && r.in.Buffered() == 0
	return &InputError{
		Format: r.format,
		Cut:    errors.Is(err, io.ErrUnexpectedEOF) || atEnd && errors.Is(err, s2.ErrCorrupt),
		Offset: r.src.n - int64(r.in.Buffered()),
		Err:    err,
	}
}
