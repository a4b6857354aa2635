package sink

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// listed are the files of a folder with what is in them, as "name:text".
func listed(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry.Name()+":"+strings.Join(strings.Fields(string(data)), " "))
	}
	return all
}

func rotatingIn(t *testing.T, dir string, r Rotate, clock *fakeClock) *Engine {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC) }
	return opened(t, Rotating(filepath.Join(dir, "{time}-{seq}"), r, nil, clock, now), Options{Clock: clock})
}

const day = "20261123T150405Z-"

func TestRotate(t *testing.T) {
	for _, test := range []struct {
		name   string
		rotate Rotate
		blocks [][]string
		want   []string
	}{
		{"by count", Rotate{Records: 2}, [][]string{{"0", "1", "2"}, {"3"}, {"4"}}, []string{"000001:0 1", "000002:2 3", "000003:4"}},
		{"an end on the border", Rotate{Records: 2}, [][]string{{"0", "1"}, {"2", "3"}}, []string{"000001:0 1", "000002:2 3"}},
		{"by size", Rotate{Bytes: 5}, [][]string{{"0", "1", "2"}, {"3333333", "4", "5"}}, []string{"000001:0 1", "000002:2", "000003:3333333", "000004:4 5"}},
		{"by both", Rotate{Bytes: 6, Records: 2}, [][]string{{"0", "1", "22222", "3"}}, []string{"000001:0 1", "000002:22222", "000003:3"}},
		{"none", Rotate{Records: 2}, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			e := rotatingIn(t, dir, test.rotate, &fakeClock{})
			var n int64
			for _, lines := range test.blocks {
				if err := e.Add(t.Context(), block(lines...)); err != nil {
					t.Fatal(err)
				}
				n += int64(len(lines))
			}
			if err := e.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			for i := range test.want {
				test.want[i] = day + test.want[i]
			}
			wantLines(t, "files", listed(t, dir), test.want...)
			wantBooks(t, e, n, 0, 0, 0)
		})
	}
}

// A stop leaves the full files and removes the last one, whose records are open.
func TestRotateStop(t *testing.T) {
	dir := t.TempDir()
	e := rotatingIn(t, dir, Rotate{Records: 2}, &fakeClock{})
	if err := e.Add(t.Context(), block("0", "1", "2", "3", "4")); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 4, 0, 1, 0)
	wantStatus(t, e.Stop(t.Context()), exit.Incomplete)
	wantBooks(t, e, 4, 0, 0, 1)
	wantUnresolved(t, e, "4")
	wantLines(t, "files", listed(t, dir), day+"000001:0 1", day+"000002:2 3")
}

// What is there already is never replaced.
func TestRotateNames(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"000001", "000003"} {
		if err := os.WriteFile(filepath.Join(dir, day+name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e := rotatingIn(t, dir, Rotate{Records: 1}, &fakeClock{})
	if err := e.Add(t.Context(), block("0", "1")); err != nil {
		t.Fatal(err)
	}
	wantLines(t, "files", listed(t, dir), day+"000001:old", day+"000002:0", day+"000003:old", day+"000004:1")

	// Another process takes the name while we write.
	e = rotatingIn(t, dir, Rotate{Records: 2}, &fakeClock{})
	if err := e.Add(t.Context(), block("7")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, day+"000005"), []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := e.Add(t.Context(), block("8", "9"))
	wantStatus(t, err, exit.IO)
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v; want that it exists", err)
	}
	e.Stop(t.Context())
	wantUnresolved(t, e, "7-9")
	if all := listed(t, dir); all[len(all)-1] != day+"000005:theirs" {
		t.Errorf("files %q; want the last as the other process wrote it", all)
	}
}

func TestRotateByAge(t *testing.T) {
	dir, clock := t.TempDir(), &fakeClock{}
	e := rotatingIn(t, dir, Rotate{Age: time.Minute}, clock)
	idle := func(want time.Duration) {
		t.Helper()
		if again, err := e.Idle(t.Context()); again != want || err != nil {
			t.Errorf("Idle: %v, %v; want %v", again, err, want)
		}
	}
	clock.Advance(time.Hour)
	idle(0) // an empty file does not age
	if err := e.Add(t.Context(), block("0")); err != nil {
		t.Fatal(err)
	}
	clock.Advance(20 * time.Second)
	idle(40 * time.Second)
	wantBooks(t, e, 0, 0, 1, 0)
	clock.Advance(40 * time.Second)
	idle(0)
	wantBooks(t, e, 1, 0, 0, 0)
	if err := e.Add(t.Context(), block("1")); err != nil {
		t.Fatal(err)
	}
	clock.Advance(61 * time.Second) // no pause in the input: the next delivery ends it
	if err := errors.Join(e.Add(t.Context(), block("2")), e.Add(t.Context(), block("3")), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	wantLines(t, "files", listed(t, dir), day+"000001:0", day+"000002:1 2", day+"000003:3")
}

func gunzip(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Each file is a whole compressed stream.
func TestRotateCompressed(t *testing.T) {
	dir := t.TempDir()
	e := opened(t, Rotating(filepath.Join(dir, "{seq}.gz"), Rotate{Records: 2}, gzipped, &fakeClock{}, nil), Options{})
	if err := errors.Join(e.Add(t.Context(), block("0", "1", "2")), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"000001.gz": "0\n1\n", "000002.gz": "2\n"} {
		if got := gunzip(t, filepath.Join(dir, name)); got != want {
			t.Errorf("%s holds %q; want %q", name, got, want)
		}
	}
}

// Whatever the sizes, the files in a row are the input, and each keeps its
// limits.
func TestRotateLosesNothing(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		dir := t.TempDir()
		r := Rotate{Records: int64(rnd.IntN(9)), Bytes: int64(1 + rnd.IntN(60))}
		e := opened(t, Rotating(filepath.Join(dir, "{seq}"), r, nil, &fakeClock{}, nil), Options{})
		n := 0
		var want strings.Builder
		for range rnd.IntN(6) {
			blk := Block{At: Position{Ordinal: int64(n)}}
			for range 1 + rnd.IntN(12) {
				line := fmt.Appendf(nil, "%0*d\n", 1+rnd.IntN(20), n)
				blk.Data = append(blk.Data, line...)
				blk.Records++
				n++
			}
			want.Write(blk.Data)
			if err := e.Add(context.Background(), blk); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		wantBooks(t, e, int64(n), 0, 0, 0)
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, entry := range entries {
			data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			lines := int64(strings.Count(string(data), "\n"))
			if r.Records > 0 && lines > r.Records || int64(len(data)) > r.Bytes && lines > 1 || lines == 0 {
				t.Errorf("seed %d: %s has %d records and %d bytes; limits %+v", seed, entry.Name(), lines, len(data), r)
			}
			got.Write(data)
		}
		if got.String() != want.String() {
			t.Fatalf("seed %d: the files hold %q; want %q", seed, got.String(), want.String())
		}
	}
}
