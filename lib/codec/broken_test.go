package codec

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"ndjsontools/lib/exit"
)

// TestCut: no stream that ends early ends well.
func TestCut(t *testing.T) {
	data := records(3000)
	for _, spec := range specs() {
		packed := compress(t, spec, data, 1000)
		for n := 1; n < len(packed); n++ {
			if spec.Format == Zstd && n == 1 {
				continue // "(" is as well a text: TestPlain
			}
			if n == 10 && (spec.Format == S2 || spec.Format == Snappy) {
				continue // a stream identifier alone is a valid stream of nothing
			}
			got, err := decompress(bytes.NewReader(packed[:n]))
			var input *InputError
			if !errors.As(err, &input) || !input.Cut || input.Offset != int64(n) {
				t.Errorf("%v cut to %d of %d: %d bytes, %v; want it cut short after %d", spec, n, len(packed), len(got), err, n)
			}
			if exit.Status(err) != exit.Input {
				t.Errorf("%v cut to %d: status %d; want %d", spec, n, exit.Status(err), exit.Input)
			}
			if !bytes.HasPrefix(data, got) {
				t.Errorf("%v cut to %d: wrong bytes before the error", spec, n)
			}
		}
	}
}

// TestDamaged: one flipped bit is an error or makes no difference (a date in a
// header); it never changes, adds or drops a byte silently.
func TestDamaged(t *testing.T) {
	data := records(500)
	for _, spec := range []Spec{{Gzip, 0}, {Zstd, 0}, {S2, 0}, {Snappy, 0}} {
		packed := compress(t, spec, data, 1000)
		for bit := range 8 * len(packed) {
			if bit < 8*magicLen {
				continue // no longer that format
			}
			packed[bit/8] ^= 1 << (bit % 8)
			got, err := decompress(bytes.NewReader(packed))
			packed[bit/8] ^= 1 << (bit % 8)
			if err == nil && !bytes.Equal(got, data) {
				t.Errorf("%v with bit %d of byte %d flipped: %d bytes and no error; want an error or the %d written",
					spec, bit%8, bit/8, len(got), len(data))
			}
			if err != nil && exit.Status(err) != exit.Input {
				t.Errorf("%v with bit %d of byte %d flipped: %v has status %d; want %d", spec, bit%8, bit/8, err, exit.Status(err), exit.Input)
			}
		}
	}
}

func TestTrailingJunk(t *testing.T) {
	for _, spec := range specs() {
		packed := append(compress(t, spec, []byte("one\n"), 100), "junk that is no stream"...)
		got, err := decompress(bytes.NewReader(packed))
		if string(got) != "one\n" || exit.Status(err) != exit.Input {
			t.Errorf("%v and junk: %q, %v; want the line and an error of the input", spec, got, err)
		}
	}
}

// What we refuse to read is named, with what to do about it.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"window of 256 MiB", "\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00", "zstd input needs a window of more than 128 MiB; compress it again with --long=27"},
		{"whole of 1 GiB in memory", "\x28\xb5\x2f\xfd\xa0\x00\x00\x00\x40\x01\x00\x00", "window of more than 128 MiB"},
		{"dictionary 7", "\x28\xb5\x2f\xfd\x01\x50\x07\x01\x00\x00", "made with a dictionary; decompress it with zstd -D first"},
		{"reserved bit", "\x28\xb5\x2f\xfd\x08\x50\x01\x00\x00", "zstd input is corrupt near byte 5: reserved bit"},
		{"no deflate", "\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\x00", "gzip input is corrupt near byte 10: "},
		{"neither s2 nor snappy", "\xff\x06\x00\x00nothin", "s2 input is corrupt"},
	} {
		_, err := decompress(strings.NewReader(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) || exit.Status(err) != exit.Input {
			t.Errorf("%s: %v with status %d; want %q with %d", c.name, err, exit.Status(err), c.want, exit.Input)
		}
	}
}
