package codec

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// FuzzCodec: what is written is read, in every format and level, however the
// writes are cut; and the same stream cut short is an error.
func FuzzCodec(f *testing.F) {
	all := specs()
	for i := range all {
		f.Add([]byte("{\"a\":1}\n{\"a\":2}\n"), uint8(i), uint16(3), uint16(20))
	}
	f.Add([]byte{}, uint8(0), uint16(1), uint16(1))
	f.Add(records(70_000), uint8(12), uint16(9999), uint16(500))
	f.Fuzz(func(t *testing.T, data []byte, choice uint8, piece, cut uint16) {
		spec := all[int(choice)%len(all)]
		packed := compress(t, spec, data, max(1, int(piece)))
		got, err := decompress(bytes.NewReader(packed))
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%v: %d bytes, %v; want the %d written", spec, len(got), err, len(data))
		}
		n := int(cut) % len(packed)
		got, err = decompress(bytes.NewReader(packed[:n]))
		switch {
		case n == 0, n == 1 && spec.Format == Zstd: // plain
		case n == 10 && spec.Format >= S2: // a stream identifier is a stream of nothing
		case err == nil:
			t.Errorf("%v cut to %d of %d bytes: no error", spec, n, len(packed))
		case !bytes.HasPrefix(data, got):
			t.Errorf("%v cut to %d of %d bytes: wrong bytes before the error", spec, n, len(packed))
		}
	})
}

// FuzzReader: no input makes a Reader panic or fail in a way that is not the
// input's, and plain input is unchanged.
func FuzzReader(f *testing.F) {
	for _, spec := range specs() {
		f.Add(compress(f, spec, []byte("{\"a\":1}\n"), 3))
	}
	f.Add([]byte("{\"a\":1}\n"))
	f.Add([]byte("\x50\x2a\x4d\x18\xff\xff\xff\xff"))
	f.Add([]byte("\xff\x06\x00\x00S2sTwO\xa7\x0c\x00\x00ndjsontools+"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(bytes.NewReader(data))
		defer r.Close()
		var got bytes.Buffer
		_, err := io.CopyN(&got, r, 1<<20) // a bomb stays small
		var input *InputError
		if err != nil && err != io.EOF && !errors.As(err, &input) {
			t.Errorf("error %v of type %T; want an InputError", err, err)
		}
		if format, _ := r.Format(); format == Plain && !bytes.Equal(got.Bytes(), data[:min(len(data), 1<<20)]) {
			t.Errorf("plain input %q reads as %q; want no change", data, got.Bytes())
		}
	})
}
