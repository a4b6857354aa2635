package codec

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/klauspost/compress/s2"

	"ndjsontools/lib/exit"
)

// chunks splits a framed stream.
func chunks(stream []byte) (all [][]byte) {
	for len(stream) > 0 {
		n := 4 + (int(stream[1]) | int(stream[2])<<8 | int(stream[3])<<16)
		all, stream = append(all, stream[:n]), stream[n:]
	}
	return all
}

// Streams of which whole chunks are missing, doubled or turned skippable are
// valid to every other decoder. Ours sees it by the marks.
func TestMarks(t *testing.T) {
	data := records(200_000)
	for _, spec := range []Spec{{S2, 0}, {Snappy, 0}} {
		var out bytes.Buffer
		w, err := NewWriter(&out, spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range [][]byte{data[:50_000], data[50_000:]} {
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		whole := chunks(out.Bytes())
		last := len(whole) - 1
		if len(whole) < 5 || string(whole[1][4:]) != markOpen || !bytes.HasPrefix(whole[last][4:], []byte(markEnd)) {
			t.Fatalf("%v: %d chunks, %q to %q; want the identifier, an opening mark, data and an end mark", spec, len(whole), whole[1], whole[last])
		}
		skippable := append([]byte{0x80}, whole[3][1:]...)
		join := func(parts ...[][]byte) []byte { return bytes.Join(slices.Concat(parts...), nil) }
		for name, c := range map[string]struct {
			stream []byte
			ok     bool
		}{
			"whole":                    {join(whole), true},
			"twice":                    {join(whole, whole), true},
			"no end":                   {join(whole[:last]), false},
			"no data":                  {join(whole[:2], whole[last:]), false},
			"a chunk less":             {join(whole[:3], whole[4:]), false},
			"a chunk twice":            {join(whole[:4], whole[3:]), false},
			"a chunk turned skippable": {join(whole[:3], [][]byte{skippable}, whole[4:]), false},
			"another before the end":   {join(whole[:last], whole), false},
			"no opening":               {join(whole[:1], whole[2:]), true},
			"a stranger's chunk":       {join(whole[:3], [][]byte{{markChunk, 2, 0, 0, 'h', 'i'}}, whole[3:]), true},
			"a stranger's empty chunk": {join(whole, [][]byte{{markChunk, 0, 0, 0}}), true},
			"a stranger's chunk, cut":  {join(whole, [][]byte{{markChunk, 200, 0, 0, 'h', 'i'}}), false},
			"our tag, damaged":         {join(whole, [][]byte{append([]byte{markChunk, 12, 0, 0}, markTag+"*"...)}), false},
		} {
			got, err := decompress(bytes.NewReader(c.stream))
			if c.ok != (err == nil) || err != nil && exit.Status(err) != exit.Input {
				t.Errorf("%v, %s: %d bytes, %v; want success: %v", spec, name, len(got), err, c.ok)
			}
		}
		if plain, err := io.ReadAll(s2.NewReader(bytes.NewReader(out.Bytes()))); err != nil || !bytes.Equal(plain, data) {
			t.Errorf("%v: another decoder reads %d bytes, %v; want the %d written", spec, len(plain), err, len(data))
		}
	}
}

// Streams of other encoders have no marks, and need none.
func TestNoMarks(t *testing.T) {
	data := records(3_000_000)
	var out bytes.Buffer
	w := s2.NewWriter(&out, s2.WriterConcurrency(1), s2.WriterAddIndex(), s2.WriterPadding(1<<12))
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := decompress(&out); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v; want %d", len(got), err, len(data))
	}
}
