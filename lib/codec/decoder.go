package codec

import (
	"bufio"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// gzipDecoder joins the members of a gzip stream. gzip.Reader can do that too,
// but it reads the next member's head before it returns the end of the last
// one, and so holds back records of a live stream.
type gzipDecoder struct {
	in   *bufio.Reader
	z    *gzip.Reader
	open bool // within a member
}

func newGzipDecoder(in *bufio.Reader) *gzipDecoder {
	return &gzipDecoder{in: in}
}

func (d *gzipDecoder) Read(p []byte) (int, error) {
	for {
		if !d.open {
			if err := d.next(); err != nil {
				return 0, err
			}
		}
		n, err := d.z.Read(p)
		if err == io.EOF {
			d.open, err = false, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// next opens the next member; io.EOF means that there is none.
func (d *gzipDecoder) next() (err error) {
	if _, err := d.in.Peek(1); err != nil {
		return err
	}
	if d.z == nil {
		d.z, err = gzip.NewReader(d.in)
	} else {
		err = d.z.Reset(d.in)
	}
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	d.z.Multistream(false)
	d.open = true
	return nil
}

func (d *gzipDecoder) release() {}

// maxWindow is the largest window that a zstd stream gets: what zstd(1) grants
// without being asked.
const maxWindow = 128 << 20

type zstdDecoder struct{ *zstd.Decoder }

func newZstdDecoder(in io.Reader) zstdDecoder {
	d, err := zstd.NewReader(in,
		zstd.WithDecoderConcurrency(1), // decodes in Read; more would start goroutines that read ahead
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		panic("codec: zstd refuses constant options: " + err.Error())
	}
	return zstdDecoder{d}
}

func (d zstdDecoder) release() { d.Close() }

// s2Decoder checks the end marks of our own streams on the way.
type s2Decoder struct {
	z     *s2.Reader
	n     uint64 // bytes returned
	start uint64 // n at the opening mark
	open  bool   // an opening mark waits for its end mark
}

func newS2Decoder(in io.Reader) *s2Decoder {
	d := &s2Decoder{}
	// The library allocates for 1 MiB blocks at once unless told otherwise.
	d.z = s2.NewReader(in, s2.ReaderAllocBlock(64<<10), s2.ReaderSkippableCB(markChunk, d.mark))
	return d
}

func (d *s2Decoder) Read(p []byte) (int, error) {
	n, err := d.z.Read(p)
	d.n += uint64(n)
	if err == io.EOF && d.open {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (d *s2Decoder) release() {}
