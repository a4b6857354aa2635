package ndjson

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// show lists what a Reader finds: line, offset, ordinal, data.
func show(r *Reader) (got []string) {
	for r.Scan() {
		rec := r.Record()
		s := fmt.Sprintf("%d@%d#%d %q", rec.Line, rec.Offset, rec.Ordinal, rec.Data)
		if rec.Err != nil {
			s += fmt.Sprintf(" long %d", rec.Err.Length)
		}
		got = append(got, s)
	}
	return got
}

var framings = []struct {
	name, in string
	max      int64
	want     []string
}{
	{"empty", "", 0, nil},
	{"one", "{}\n", 0, []string{`1@0#0 "{}"`}},
	{"no final newline", "1\n2", 0, []string{`1@0#0 "1"`, `2@2#1 "2"`}},
	{"blank lines", "\n \t\n1\n\r\n\n2\n\n", 0, []string{`3@4#0 "1"`, `6@9#1 "2"`}},
	{"crlf", "1\r\n2\r\n3\r", 0, []string{`1@0#0 "1"`, `2@3#1 "2"`, `3@6#2 "3"`}},
	{"bom", "\xef\xbb\xbf1\n2\n", 0, []string{`1@3#0 "1"`, `2@5#1 "2"`}},
	{"bom alone", "\xef\xbb\xbf", 0, nil},
	{"bom later", "1\n\xef\xbb\xbf2\n", 0, []string{`1@0#0 "1"`, `2@2#1 "\ufeff2"`}},
	{"spaces stay", " 1 \n", 0, []string{`1@0#0 " 1 "`}},
	{"binary", "\x00\xff\n\x80\n", 0, []string{`1@0#0 "\x00\xff"`, `2@3#1 "\x80"`}},
	{"long", "12345\n123456\n1\n", 5, []string{`1@0#0 "12345"`, `2@6#1 "123456" long 6`, `3@13#2 "1"`}},
	{"long crlf fits", "12345\r\n1\n", 5, []string{`1@0#0 "12345"`, `2@7#1 "1"`}},
	{"long at end", "1\n1234567", 5, []string{`1@0#0 "1"`, `2@2#1 "1234567" long 7`}},
	{"long of several buffers", "1\n" + strings.Repeat("x", 100) + "\n2\n", 5,
		[]string{`1@0#0 "1"`, `2@2#1 "` + strings.Repeat("x", 100) + `" long 100`, `3@103#2 "2"`}},
}

func TestScan(t *testing.T) {
	for _, c := range framings {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader,
			"half": iotest.HalfReader, "eof with data": iotest.DataErrReader,
		} {
			for _, buffer := range []int{16, 17, 64, 4096} {
				r := NewReader(wrap(strings.NewReader(c.in)), Options{Max: c.max, Buffer: buffer})
				got, want := show(r), c.want
				if !slices.Equal(got, want) || r.Err() != nil {
					t.Errorf("%s, %s, buffer %d: got %q, %v; want %q", c.name, name, buffer, got, r.Err(), want)
				}
			}
		}
	}
}

func TestTooLongHash(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789"), 10_000)
	for _, buffer := range []int{16, 4096, 1 << 20} {
		r := NewReader(io.MultiReader(bytes.NewReader(long), strings.NewReader("\n{}\n")), Options{Max: 64, Buffer: buffer})
		if !r.Scan() || r.Record().Err == nil {
			t.Fatalf("buffer %d: no long record", buffer)
		}
		e := r.Record().Err
		if e.Length != 100_000 || e.SHA256 != sha256.Sum256(long) {
			t.Errorf("buffer %d: length %d, hash %s; want 100000 and %x", buffer, e.Length, e.Hash(), sha256.Sum256(long))
		}
		if !r.Scan() || string(r.Record().Data) != "{}" || r.Record().Offset != 100_001 {
			t.Errorf("buffer %d: after the long record: %+v; want {} at 100001", buffer, r.Record())
		}
	}
}

// The buffer may not grow with a line that is too long.
func TestTooLongMemory(t *testing.T) {
	r := NewReader(io.LimitReader(endless('x'), 100<<20), Options{Max: 1 << 20, Buffer: 64 << 10})
	if !r.Scan() || r.Record().Err == nil || r.Record().Err.Length != 100<<20 {
		t.Fatalf("record %+v; want one of 100 MiB that is too long", r.Record())
	}
	if len(r.buf) > 2<<20 || len(r.Record().Data) != HeadSize {
		t.Errorf("buffer grew to %d, head is %d; want at most 2 MiB and %d", len(r.buf), len(r.Record().Data), HeadSize)
	}
}

// No maximum is so large that it is none.
func TestMaxRecord(t *testing.T) {
	r := NewReader(strings.NewReader("1\n"+strings.Repeat("x", 100)+"\n"), Options{Max: math.MaxInt64, Buffer: 16})
	if got := show(r); len(got) != 2 || strings.Contains(got[1], "long") {
		t.Errorf("got %q; want two records", got)
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestError(t *testing.T) {
	bad := errors.New("bad")
	r := NewReader(io.MultiReader(strings.NewReader("1\n2\n{\"torn"), iotest.ErrReader(bad)), Options{})
	if got := show(r); len(got) != 2 || !errors.Is(r.Err(), bad) || r.Pending() != 6 {
		t.Errorf("got %q, %v, pending %d; want two records, the error, 6", got, r.Err(), r.Pending())
	}
	r = NewReader(io.MultiReader(strings.NewReader("123456789"), iotest.ErrReader(bad)), Options{Max: 4})
	if got := show(r); len(got) != 0 || !errors.Is(r.Err(), bad) {
		t.Errorf("long and torn: got %q, %v; want nothing and the error", got, r.Err())
	}
	r = NewReader(noProgress{}, Options{})
	if r.Scan() || r.Err() != io.ErrNoProgress {
		t.Errorf("Err() = %v; want %v", r.Err(), io.ErrNoProgress)
	}
}

type noProgress struct{}

func (noProgress) Read([]byte) (int, error) { return 0, nil }

func TestReset(t *testing.T) {
	r := NewReader(strings.NewReader("1\n2\n"), Options{})
	show(r)
	r.Reset(strings.NewReader("\n3"))
	if got := show(r); len(got) != 1 || got[0] != `2@1#2 "3"` {
		t.Errorf("after Reset: %q", got)
	}
}

func TestScanBlock(t *testing.T) {
	for _, c := range []struct {
		in            string
		records, size int
		max           int64
		want          []string
	}{
		{"1\n2\n3", 0, 0, 0, []string{`1@0#0 2 "1\n2\n"`, `3@4#2 1 "3\n"`}},
		{"1\n2\n3\n4\n", 3, 0, 0, []string{`1@0#0 3 "1\n2\n3\n"`, `4@6#3 1 "4\n"`}},
		{"1\n22\n333333\n4\n", 0, 5, 0, []string{`1@0#0 2 "1\n22\n"`, `3@5#2 1 "333333\n"`, `4@12#3 1 "4\n"`}},
		{"\n1\n \n2\r\n3\n", 0, 0, 0, []string{`2@1#0 1 "1\n"`, `4@5#1 2 "2\r\n3\n"`}},
		{"1\n666666\n3\n", 0, 0, 5, []string{`1@0#0 1 "1\n"`, `2@2#1 1 "" long`, `3@9#2 1 "3\n"`}},
		{"\xef\xbb\xbf1\n2\n", 0, 0, 0, []string{`1@3#0 2 "1\n2\n"`}},
	} {
		r := NewReader(strings.NewReader(c.in), Options{Max: c.max})
		var got []string
		for r.ScanBlock(c.records, c.size) {
			b := r.Block()
			s := fmt.Sprintf("%d@%d#%d %d %q", b.First.Line, b.First.Offset, b.First.Ordinal, b.Records, b.Data)
			if b.First.Err != nil {
				s += " long"
			}
			got = append(got, s)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%q, %d, %d: got %q; want %q", c.in, c.records, c.size, got, c.want)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	data := bytes.Repeat(append(bytes.Repeat([]byte("x"), 195), '\n'), 5000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		for r := NewReader(bytes.NewReader(data), Options{}); r.Scan(); {
		}
	}
}

func BenchmarkScanBlock(b *testing.B) {
	data := bytes.Repeat(append(bytes.Repeat([]byte("x"), 195), '\n'), 5000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		for r := NewReader(bytes.NewReader(data), Options{}); r.ScanBlock(0, 0); {
		}
	}
}

// After Halt the buffered lines come, and no half one.
func TestHalt(t *testing.T) {
	stop := errors.New("stop")
	r := NewReader(strings.NewReader("1\n2\n3"), Options{})
	if !r.ScanBlock(1, 0) {
		t.Fatal("no record")
	}
	r.Halt(stop)
	if !r.Scan() || string(r.Record().Data) != "2" || r.Record().Ordinal != 1 {
		t.Errorf("record %+v; want the buffered 2", r.Record())
	}
	if r.Scan() || r.Err() != stop || r.Pending() != 1 {
		t.Errorf("error %v, %d bytes pending; want the one of Halt and the half line", r.Err(), r.Pending())
	}
	r = NewReader(strings.NewReader("1\n"), Options{})
	for r.Scan() {
	}
	if r.Halt(stop); r.Err() != nil {
		t.Errorf("error %v after the end; want none", r.Err())
	}
}

// Text takes lines as they are, and knows whether the last one ended.
func TestText(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
		open bool
	}{
		{"\xef\xbb\xbfa\r\n\n \nb\n", []string{`1@0#0 "\ufeffa\r"`, `2@6#1 ""`, `3@7#2 " "`, `4@9#3 "b"`}, false},
		{"a\n\nb", []string{`1@0#0 "a"`, `2@2#1 ""`, `3@3#2 "b"`}, true},
		{"1234567\nb", []string{`1@0#0 "1234567" long 7`, `2@8#1 "b"`}, true},
		{"b\n" + strings.Repeat("x", 100), []string{`1@0#0 "b"`, `2@2#1 "` + strings.Repeat("x", 100) + `" long 100`}, true},
	} {
		r := NewReader(iotest.OneByteReader(strings.NewReader(c.in)), Options{Max: 5, Buffer: 16, Text: true})
		if got := show(r); !slices.Equal(got, c.want) || r.Open() != c.open {
			t.Errorf("%q: got %q, open %v; want %q, %v", c.in, got, r.Open(), c.want, c.open)
		}
	}
}
