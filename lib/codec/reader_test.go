package codec

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"testing"
	"testing/iotest"
)

// readers are ways in which an input may deliver its bytes.
func readers() map[string]func(io.Reader) io.Reader {
	return map[string]func(io.Reader) io.Reader{
		"whole":       func(r io.Reader) io.Reader { return r },
		"bytes":       iotest.OneByteReader,
		"halves":      iotest.HalfReader,
		"end at once": iotest.DataErrReader,
		"bytes, end at once": func(r io.Reader) io.Reader {
			return iotest.DataErrReader(iotest.OneByteReader(r))
		},
		"empty reads": func(r io.Reader) io.Reader { return &emptyReads{r: iotest.OneByteReader(r)} },
	}
}

// emptyReads returns no byte and no error every other time.
type emptyReads struct {
	r    io.Reader
	full bool
}

func (e *emptyReads) Read(p []byte) (int, error) {
	if e.full = !e.full; e.full {
		return 0, nil
	}
	return e.r.Read(p)
}

func TestReaders(t *testing.T) {
	data := records(20_000)
	for _, spec := range append(specs(), Spec{}) {
		packed := compress(t, spec, data, len(data))
		for name, wrap := range readers() {
			if spec.Format == Plain && name == "empty reads" {
				continue // passed on as they are, and TestReader wants none
			}
			if err := iotest.TestReader(NewReader(wrap(bytes.NewReader(packed))), data); err != nil {
				t.Errorf("%v from %s: %v", spec, name, err)
			}
		}
	}
}

// Short plain inputs that begin as a magic number does come through.
func TestPlain(t *testing.T) {
	for _, text := range []string{
		"", "{", "[", "{}\n", "[1]\n", "(", "(\n", "P", "P*", "P*M", "P*M\n", "_id\n", "\xff\xfe{\x00", "\x1f\n",
		"\xef\xbb\xbf{}\n", "\n\n\n", "\x28\xb5\x2f\n",
	} {
		for name, wrap := range readers() {
			r := NewReader(wrap(bytes.NewReader([]byte(text))))
			got, err := io.ReadAll(r)
			if string(got) != text || err != nil {
				t.Errorf("%q from %s reads as %q, %v; want itself", text, name, got, err)
			}
			if f, err := r.Format(); f != Plain || err != nil {
				t.Errorf("%q from %s: Format = %v, %v; want plain", text, name, f, err)
			}
		}
	}
}

// Streams behind one another are one; skippable frames are passed over.
func TestConcatenated(t *testing.T) {
	skippable := []byte("\x50\x2a\x4d\x18\x03\x00\x00\x00abc")
	for _, spec := range specs() {
		a := compress(t, spec, []byte("one\n"), 100)
		none := compress(t, spec, nil, 1)
		b := compress(t, spec, []byte("two\n"), 100)
		in := bytes.Join([][]byte{a, none, b, none}, nil)
		if spec.Format == Zstd {
			in = bytes.Join([][]byte{skippable, a, skippable, none, b, skippable}, nil)
		}
		for name, wrap := range readers() {
			got, err := decompress(wrap(bytes.NewReader(in)))
			if string(got) != "one\ntwo\n" || err != nil {
				t.Errorf("%v from %s: %q, %v; want both lines", spec, name, got, err)
			}
		}
	}
}

// An error of reading is not an error of the stream, and comes back as it is.
func TestInputFails(t *testing.T) {
	broken := errors.New("input/output error")
	data := records(100_000)
	for _, spec := range append(specs(), Spec{}) {
		packed := compress(t, spec, data, len(data))
		for _, failure := range []error{broken, io.ErrUnexpectedEOF} {
			for _, n := range []int{0, 1, 3, 20, len(packed) / 2, len(packed)} {
				r := NewReader(io.MultiReader(bytes.NewReader(packed[:n]), iotest.ErrReader(failure)))
				got, err := io.ReadAll(r)
				if err != failure {
					t.Errorf("%v failing after %d of %d: %v; want %v itself", spec, n, len(packed), err, failure)
				}
				if !bytes.HasPrefix(data, got) {
					t.Errorf("%v failing after %d of %d: wrong bytes before the error", spec, n, len(packed))
				}
			}
		}
	}
}

// A plain input that returns an error to wake its reader goes on after it, even
// among the first bytes.
func TestInterrupted(t *testing.T) {
	wake := errors.New("woken")
	for _, spec := range []Spec{{}, {Gzip, 0}, {Zstd, 0}, {S2, 0}} {
		packed := compress(t, spec, []byte("one\n"), 10)
		r := NewReader(&wakeAt{[]error{wake, nil, wake}, bytes.NewReader(packed)})
		var got []byte
		woken := 0
		for buf := make([]byte, 10); ; {
			n, err := r.Read(buf)
			got = append(got, buf[:n]...)
			if err == wake {
				woken++
				continue
			}
			if err != nil {
				if err != io.EOF {
					t.Errorf("%v: %v; want the end", spec, err)
				}
				break
			}
		}
		if string(got) != "one\n" || woken != 2 {
			t.Errorf("%v: %q, woken %d times; want the line and 2", spec, got, woken)
		}
	}
}

// wakeAt returns an error or one byte, as its plan says, then the rest.
type wakeAt struct {
	plan []error
	r    io.Reader
}

func (w *wakeAt) Read(p []byte) (int, error) {
	if len(w.plan) == 0 {
		return w.r.Read(p)
	}
	err := w.plan[0]
	w.plan = w.plan[1:]
	if err != nil {
		return 0, err
	}
	return w.r.Read(p[:1])
}

// A reader that only ever returns nothing is given up.
func TestNoProgress(t *testing.T) {
	if _, err := NewReader(iotest.ErrReader(nil)).Read(make([]byte, 10)); err != io.ErrNoProgress {
		t.Errorf("Read = %v; want %v", err, io.ErrNoProgress)
	}
}

// The first read of a plain input goes straight into the caller's buffer: as
// many reads of the input as without us, and no allocation after the first.
func TestPlainAddsNothing(t *testing.T) {
	data := records(1 << 20)
	in := &countReads{r: bytes.NewReader(data)}
	r := NewReader(in)
	buf := make([]byte, 64<<10)
	for calls := 1; ; calls++ {
		n, err := r.Read(buf)
		if in.calls != calls {
			t.Fatalf("%d reads of the input after %d calls; want as many", in.calls, calls)
		}
		if err == io.EOF {
			break
		}
		if err != nil || n != len(buf) {
			t.Fatalf("Read = %d, %v; want a full buffer of %d", n, err, len(buf))
		}
	}
	endless := NewReader(endlessly('{'))
	if got := testing.AllocsPerRun(100, func() { _, _ = endless.Read(buf) }); got != 0 {
		t.Errorf("a read of plain input allocates %v times; want 0", got)
	}
}

type countReads struct {
	r     io.Reader
	calls int
}

func (c *countReads) Read(p []byte) (int, error) {
	c.calls++
	return c.r.Read(p)
}

type endlessly byte

func (e endlessly) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestFormatAndHead(t *testing.T) {
	in := bytes.NewReader([]byte("{\"a\":1}\n"))
	r := NewReader(in)
	if f, err := r.Format(); f != Plain || err != nil {
		t.Errorf("Format = %v, %v; want plain", f, err)
	}
	head := r.Head()
	rest, _ := io.ReadAll(in)
	if got := string(head) + string(rest); got != "{\"a\":1}\n" || len(head) > magicLen {
		t.Errorf("head %q and the input's rest %q; want the text, at most %d bytes in the head", head, rest, magicLen)
	}
	if again := r.Head(); len(again) != 0 {
		t.Errorf("second Head = %q; want nothing", again)
	}
	for _, spec := range specs() {
		r := NewReader(bytes.NewReader(compress(t, spec, []byte("x"), 1)))
		want := spec.Format
		if want == Snappy {
			want = S2
		}
		if f, err := r.Format(); f != want || err != nil {
			t.Errorf("%v: Format = %v, %v; want %v", spec, f, err, want)
		}
		if head := r.Head(); head != nil {
			t.Errorf("%v: Head = %q; want none of a compressed input", spec, head)
		}
		if got, err := io.ReadAll(r); string(got) != "x" || err != nil {
			t.Errorf("%v: %q, %v after Format; want x", spec, got, err)
		}
	}
}

func TestReaderClose(t *testing.T) {
	for _, spec := range append(specs(), Spec{}) {
		before := runtime.NumGoroutine()
		r := NewReader(bytes.NewReader(compress(t, spec, records(300_000), 1<<20)))
		if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
			t.Fatalf("%v: %v", spec, err)
		}
		if now := runtime.NumGoroutine(); now > before {
			t.Errorf("%v: %d goroutines started; want none", spec, now-before)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%v: Close: %v", spec, err)
		}
		if _, err := r.Read(make([]byte, 10)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%v: Read after Close: %v; want %v", spec, err, os.ErrClosed)
		}
	}
}
