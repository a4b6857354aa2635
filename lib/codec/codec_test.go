package codec

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"ndjsontools/lib/exit"
)

// specs are all that ParseSpec accepts, but for levels of zstd that are the
// same as another.
func specs() []Spec {
	var all []Spec
	for f := Gzip; f <= Snappy; f++ {
		most, _ := f.levels()
		for level := 0; level <= most; level++ {
			switch {
			case f == Zstd && level != 0 && level != 1 && level != 3 && level != 6 && level != 22:
			default:
				all = append(all, Spec{f, level})
			}
		}
	}
	return all
}

// compress returns data compressed in writes of at most piece bytes.
func compress(t testing.TB, spec Spec, data []byte, piece int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, spec)
	if err != nil {
		t.Fatalf("NewWriter(%v): %v", spec, err)
	}
	for len(data) > 0 {
		n := min(piece, len(data))
		if m, err := w.Write(data[:n]); m != n || err != nil {
			t.Fatalf("%v: Write of %d bytes = %d, %v", spec, n, m, err)
		}
		data = data[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatalf("%v: Close: %v", spec, err)
	}
	return out.Bytes()
}

func decompress(r io.Reader) ([]byte, error) {
	d := NewReader(r)
	defer d.Close()
	return io.ReadAll(d)
}

// records is n bytes of lines that compress as logs do: partly.
func records(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(`{"level":"info","n":`)
		for range 1 + rng.IntN(8) {
			b.WriteByte(byte('0' + rng.IntN(10)))
		}
		b.WriteString("}\n")
	}
	return b.Bytes()[:n]
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Format
		more bool
	}{
		{"", Plain, true},
		{"\x1f", Gzip, true}, {"\x1f\x8b", Gzip, false}, {"\x1f\x8b\x08\x00", Gzip, false}, {"\x1f\x8c", Plain, false},
		{"\x28", Zstd, true}, {"\x28\xb5", Zstd, true}, {"\x28\xb5\x2f", Zstd, true}, {"\x28\xb5\x2f\xfd", Zstd, false}, {"(a", Plain, false},
		{"\x50", Zstd, true}, {"\x5e\x2a\x4d", Zstd, true}, {"\x5f\x2a\x4d\x18", Zstd, false}, {"\x50\x2a\x4d\x19", Plain, false}, {"PK", Plain, false},
		{"\xff", S2, true}, {"\xff\x06\x00", S2, true}, {"\xff\x06\x00\x00sNaPpY", S2, false}, {"\xff\xfe", Plain, false},
		{"[", Plain, false}, {"[\x2a\x4d\x18", Plain, false},
	} {
		f, more := match([]byte(c.in))
		if more != c.more || f != c.want {
			t.Errorf("match(%q) = %v, more %v; want %v, %v", c.in, f, more, c.want, c.more)
		}
	}
	for _, first := range "{[\"-0123456789tfn \t\r\n\xef" {
		if f, more := match([]byte{byte(first)}); f != Plain || more {
			t.Errorf("match(%q) = %v, more %v; want plain at once", first, f, more)
		}
	}
}

func TestParseSpec(t *testing.T) {
	for _, want := range specs() {
		got, err := ParseSpec(want.String())
		if err != nil || got != want {
			t.Errorf("ParseSpec(%q) = %v, %v; want itself", want, got, err)
		}
	}
	for _, c := range []struct{ in, want string }{
		{"", "unknown compression"},
		{"plain", "unknown compression"},
		{"gizp", "did you mean gzip?"},
		{"gz", "did you mean gzip?"},
		{".zst", "did you mean zstd?"},
		{"ZSTD", "unknown compression"},
		{"zstd:", "level \"\" of zstd is not a number from 1 to 22"},
		{"zstd:0", "from 1 to 22"},
		{"zstd:23", "from 1 to 22"},
		{"gzip:10", "from 1 to 9"},
		{"gzip:-1", "from 1 to 9"},
		{"gzip:06", "from 1 to 9"},
		{"gzip:+6", "from 1 to 9"},
		{"gzip:6:1", "from 1 to 9"},
		{"s2:fast", "from 1 to 3"},
	} {
		s := Spec{Gzip, 3}
		var option flag.Value = &s
		err := option.Set(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Set(%q) = %v; want an error with %q", c.in, err, c.want)
		}
		if exit.Status(err) != exit.Usage {
			t.Errorf("Set(%q): status %d; want %d", c.in, exit.Status(err), exit.Usage)
		}
		if s != (Spec{Gzip, 3}) {
			t.Errorf("Set(%q) changed the spec to %v although it failed", c.in, s)
		}
	}
	if got := (Spec{}).String(); got != "" {
		t.Errorf("the zero Spec prints as %q; want nothing", got)
	}
}

func TestSuffixSpec(t *testing.T) {
	for _, c := range []struct {
		path string
		want Format
	}{
		{"a.ndjson.gz", Gzip}, {"/x/a.zst", Zstd}, {"a.s2", S2}, {"a.sz", Snappy},
		{"a.ndjson", Plain}, {"gz", Plain}, {"a.gz/b", Plain}, {"", Plain},
	} {
		if got := SuffixSpec(c.path); got != (Spec{Format: c.want}) {
			t.Errorf("SuffixSpec(%q) = %q; want %v", c.path, got, c.want)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	data := records(4 << 20)
	buf := make([]byte, 64<<10)
	for _, spec := range []Spec{{}, {Gzip, 0}, {Zstd, 0}, {S2, 0}} {
		packed := compress(b, spec, data, len(data))
		b.Run(spec.Format.String(), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				r := NewReader(bytes.NewReader(packed))
				for err := error(nil); err == nil; {
					_, err = r.Read(buf)
				}
				r.Close()
			}
		})
	}
}
