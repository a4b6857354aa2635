package codec

import (
	"bytes"
	"errors"
	"testing"
)

// A file's stream holds what was written, in pieces and after a flush, and is
// hardly longer than one that is encoded in Write.
func TestFileWriter(t *testing.T) {
	data := records(9 << 20)
	for _, spec := range []Spec{{Zstd, 1}, {Zstd, 0}, {S2, 0}, {}} {
		for _, size := range []int{0, 1, 100 << 10, 2 << 20, len(data)} {
			var out bytes.Buffer
			w, err := NewFileWriter(&out, spec)
			if err != nil {
				t.Fatal(err)
			}
			for rest := data[:size]; len(rest) > 0; {
				n := min(len(rest), 256<<10)
				if _, err := w.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := errors.Join(w.Flush(), w.Close()); err != nil {
				t.Fatal(err)
			}
			if got, err := decompress(bytes.NewReader(out.Bytes())); err != nil || !bytes.Equal(got, data[:size]) {
				t.Errorf("%v: %d of %d bytes come out, %v", spec, len(got), size, err)
			}
			if one := len(compress(t, spec, data[:size], 256<<10)); size == len(data) && out.Len() > one+one/100 {
				t.Errorf("%v: %d bytes; encoded in Write %d", spec, out.Len(), one)
			}
		}
	}
}

// An error of the file below is told before much more is taken, and stays.
func TestFileWriterError(t *testing.T) {
	data := records(1 << 20)
	for _, spec := range []Spec{{Zstd, 1}, {Zstd, 0}, {S2, 0}} {
		full := &fullAfter{n: 100}
		w, err := NewFileWriter(full, spec)
		if err != nil {
			t.Fatal(err)
		}
		taken := 0
		for taken < 64<<20 && err == nil {
			_, err = w.Write(data)
			taken += len(data)
		}
		if err == nil {
			t.Errorf("%v: took %d bytes for a full disk", spec, taken)
		}
		if again := w.Close(); again == nil || err != nil && !errors.Is(again, err) {
			t.Errorf("%v: Close after %v: %v", spec, err, again)
		}
	}
}
