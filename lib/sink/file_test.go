package sink

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ndjsontools/lib/exit"
)

func gzipped(w io.Writer, _ bool) (Encoder, error) { return gzip.NewWriter(w), nil }

// names lists a directory.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %.60q (%d bytes), %v; want %.60q (%d bytes)", path, got, len(got), err, want, len(want))
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestFileAppearsAtCommit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.ndjson")
	e := opened(t, File(path, nil, &fakeClock{}), Options{Clock: &fakeClock{}})
	part := fmt.Sprintf(".out.ndjson.%d.part", os.Getpid())
	var all []byte
	for i := range 40 { // small blocks, and ones larger than the buffer
		blk := numbered(len(all)/10, 1+i%2*40000)
		all = append(all, blk.Data...)
		if err := e.Add(t.Context(), blk); err != nil {
			t.Fatal(err)
		}
		wantLines(t, "before the commit:", names(t, dir), part)
	}
	records := int64(len(all) / 10)
	wantBooks(t, e, 0, 0, records, 0)
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantLines(t, "after the commit:", names(t, dir), "out.ndjson")
	wantFile(t, path, string(all))
	wantBooks(t, e, records, 0, 0, 0)

	plain := filepath.Join(dir, "plain")
	write(t, plain, "", 0o666)
	want, _ := os.Stat(plain)
	if got, err := os.Stat(path); err != nil || got.Mode() != want.Mode() {
		t.Errorf("mode %v, %v; want %v as the umask says", got.Mode(), err, want.Mode())
	}
}

func TestFileOfNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	e := opened(t, File(path, nil, &fakeClock{}), Options{})
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, "")
}

func TestFileThatIsNotCommitted(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, test := range []struct {
		name   string
		encode Encode
		end    func(e *Engine) error
		status int
	}{
		{"stopped", nil, func(e *Engine) error { return e.Stop(t.Context()) }, exit.Incomplete},
		{"stopped, compressed", gzipped, func(e *Engine) error { return e.Stop(t.Context()) }, exit.Incomplete},
		{"interrupted in the commit", nil, func(e *Engine) error { return e.Close(cancelled) }, exit.Incomplete},
		{"the encoder fails at its end", badEnd, func(e *Engine) error { return e.Close(t.Context()) }, exit.IO},
		{"the file fails", nil, func(e *Engine) error {
			e.dest.(*file).f.Close() // as a disk that went away
			return e.Close(t.Context())
		}, exit.IO},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "out")
			write(t, path, "old", 0o644)
			e := opened(t, File(path, test.encode, &fakeClock{}), Options{Clock: &fakeClock{}})
			if err := e.Add(t.Context(), block("0", "1")); err != nil {
				t.Fatal(err)
			}
			wantStatus(t, test.end(e), test.status)
			wantLines(t, "afterwards:", names(t, dir), "out")
			wantFile(t, path, "old")
			wantBooks(t, e, 0, 0, 0, 2)
			wantUnresolved(t, e, "0-1")
		})
	}
}

// badEnd makes an encoder that can't finish.
func badEnd(w io.Writer, _ bool) (Encoder, error) { return failingEnd{gzip.NewWriter(w)}, nil }

type failingEnd struct{ *gzip.Writer }

func (failingEnd) Close() error { return errors.New("no more room") }

func TestFileIsCompressed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.gz")
	e := opened(t, File(path, gzipped, &fakeClock{}), Options{Clock: &fakeClock{}})
	blk := numbered(0, 1000)
	if err := e.Add(t.Context(), blk); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, blk.Data) {
		t.Errorf("%d bytes, %v; want the %d written", len(got), err, len(blk.Data))
	}
	if len(packed) > len(blk.Data)/2 {
		t.Errorf("%d bytes of %d: not compressed", len(packed), len(blk.Data))
	}
}

// commitOne writes one record through to path.
func commitOne(t *testing.T, path string) {
	t.Helper()
	e := opened(t, File(path, nil, &fakeClock{}), Options{Clock: &fakeClock{}})
	if err := e.Add(t.Context(), block("0")); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestFileReplaces(t *testing.T) {
	t.Run("permissions stay", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "secret")
		write(t, path, "old", 0o600)
		commitOne(t, path)
		wantFile(t, path, "0\n")
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
		}
	})
	t.Run("a symbolic link stays", func(t *testing.T) {
		dir, other := t.TempDir(), t.TempDir()
		target, link := filepath.Join(other, "target"), filepath.Join(dir, "link")
		write(t, target, "old", 0o644)
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		commitOne(t, link)
		wantFile(t, target, "0\n")
		if got, err := os.Readlink(link); err != nil || got != target {
			t.Errorf("link to %q, %v; want %q", got, err, target)
		}
	})
	t.Run("a taken temporary name is left alone", func(t *testing.T) {
		dir := t.TempDir()
		part := fmt.Sprintf(".out.%d.part", os.Getpid())
		write(t, filepath.Join(dir, part), "another's", 0o644)
		commitOne(t, filepath.Join(dir, "out"))
		wantFile(t, filepath.Join(dir, "out"), "0\n")
		wantFile(t, filepath.Join(dir, part), "another's")
		if got := names(t, dir); !slices.Equal(got, []string{part, "out"}) {
			t.Errorf("left %q", got)
		}
	})
	t.Run("the longest name", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), string(bytes.Repeat([]byte("n"), 255)))
		commitOne(t, path)
		wantFile(t, path, "0\n")
	})
	t.Run("a relative name", func(t *testing.T) {
		t.Chdir(t.TempDir())
		commitOne(t, "out")
		wantFile(t, "out", "0\n")
	})
}

func TestFileThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Symlink("nowhere", at("dangling")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("circle", at("circle")); err != nil {
		t.Fatal(err)
	}
	write(t, at("plain"), "", 0o644)
	before := names(t, dir)
	for _, test := range []struct {
		path, want string
		encode     Encode
	}{
		{dir, "is a directory", nil},
		{at("no/such/out"), "no such file or directory", nil},
		{at("plain/out"), "not a directory", nil},
		{at("dangling"), "symbolic link to nowhere", nil},
		{at("circle"), "too many", nil},
		{at("new") + "/", "ends in a slash", nil},
		{at("out"), "no such level", func(io.Writer, bool) (Encoder, error) { return nil, errors.New("no such level") }},
	} {
		e := New(File(test.path, test.encode, &fakeClock{}), Options{})
		err := e.Open(t.Context())
		wantStatus(t, err, exit.IO)
		wantText(t, err, test.want)
	}
	wantLines(t, "afterwards:", names(t, dir), before...)
}

func TestFileThatMayNotBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everything")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	write(t, path, "old", 0o444)
	wantStatus(t, New(File(path, nil, &fakeClock{}), Options{}).Open(t.Context()), exit.IO)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, New(File(filepath.Join(dir, "new"), nil, &fakeClock{}), Options{}).Open(t.Context()), exit.IO)
}
