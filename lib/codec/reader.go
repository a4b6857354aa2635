package codec

import (
	"bufio"
	"io"
	"os"
)

// A Reader reads the decompressed form of an input, whether or not it is
// compressed. Members, frames and streams that follow each other in one input
// are read on as one. An empty input is plain and empty.
//
// What it holds: nothing for plain input; 64 KiB of compressed input, and for
// gzip 40 KiB, for zstd the stream's window (8 MiB for most, at most 128 MiB)
// and half a megabyte, for s2 two blocks of the stream (up to 2 MiB for most,
// at most 9 MiB), for snappy 140 KiB.
//
// It starts no goroutine and is not for use by several.
type Reader struct {
	src    source
	format Format
	known  bool // format is decided

	in  *bufio.Reader // between src and dec
	dec decoder       // nil when plain
	err error         // of dec, for good
}

// decoder is an io.Reader of the decompressed bytes.
type decoder interface {
	io.Reader
	// release frees what the decoder holds.
	release()
}

// inputBuffer is how much compressed input a Reader takes at a time.
const inputBuffer = 64 << 10

// NewReader returns a Reader of r. It reads nothing yet, so it never blocks.
func NewReader(r io.Reader) *Reader {
	return &Reader{src: source{r: r}}
}

// Read reads decompressed bytes into p. The first call reads input into p
// itself until its bytes decide the format, one to four of them; when the
// input is plain, that call and those after it add no copy and no system call.
//
// A broken stream is an *InputError, which later calls repeat. An error of the
// input itself is returned as it is.
func (r *Reader) Read(p []byte) (int, error) {
	switch {
	case len(p) == 0:
		return 0, nil
	case r.err != nil:
		return 0, r.err
	case !r.known && len(p) >= magicLen:
		n, err := r.sniff(p)
		if err != nil {
			return 0, err
		}
		if r.dec == nil {
			return r.src.taken(n)
		}
		r.src.keep(p[:n])
	case !r.known:
		if _, err := r.Format(); err != nil {
			return 0, err
		}
	}
	if r.dec == nil {
		return r.src.pass(p)
	}
	n, err := r.dec.Read(p)
	r.err = r.explain(err)
	return n, r.err
}

// Format says how the input is compressed. Before the first Read it waits for
// the bytes that decide, and takes at most four from the input.
func (r *Reader) Format() (Format, error) {
	if r.err != nil || r.known {
		return r.format, r.err
	}
	var buf [magicLen]byte
	n, err := r.sniff(buf[:])
	if err != nil {
		return Plain, err
	}
	r.src.keep(buf[:n])
	return r.format, nil
}

// Head returns the bytes that Format took from a plain input and no Read has
// returned yet, at most four, and forgets them: the caller has them now, and
// may go on with the input itself, for example to splice it. It is empty when
// the input is compressed. The bytes are the caller's.
func (r *Reader) Head() []byte {
	if !r.known || r.dec != nil {
		return nil
	}
	head := r.src.head
	r.src.head = nil
	return head
}

// Close frees what the decoder holds. It does not close the input. A Read
// after it fails.
func (r *Reader) Close() error {
	if r.dec != nil {
		r.dec.release()
		r.dec = nil
	}
	r.known, r.err = true, os.ErrClosed
	return nil
}

// sniff reads into buf until its n bytes decide the format, and makes the
// decoder. buf has at least magicLen bytes. After an error of the input it can
// be called again: nothing is lost.
func (r *Reader) sniff(buf []byte) (n int, err error) {
	n = r.src.takeHead(buf)
	for {
		f, more := match(buf[:n])
		switch err := r.src.err; {
		case !more:
			r.decide(f)
			return n, nil
		case err == io.EOF && isText(buf[:n]):
			r.decide(Plain)
			return n, nil
		case err == io.EOF:
			r.known, r.format = true, f
			r.err = &InputError{Format: f, Cut: true, Offset: r.src.n, Err: io.ErrUnexpectedEOF}
			return 0, r.err
		case err != nil:
			r.src.keep(buf[:n])
			return r.src.taken(0)
		}
		m, _ := r.src.read(buf[n:]) // the loop looks at src.err
		n += m
	}
}

func (r *Reader) decide(f Format) {
	r.known, r.format = true, f
	if f == Plain {
		return
	}
	r.in = bufio.NewReaderSize(&r.src, inputBuffer)
	switch f {
	case Gzip:
		r.dec = newGzipDecoder(r.in)
	case Zstd:
		r.dec = newZstdDecoder(r.in)
	case S2:
		r.dec = newS2Decoder(r.in)
	}
}
