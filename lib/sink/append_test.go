package sink

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ndjsontools/lib/exit"
)

func TestAppend(t *testing.T) {
	for _, test := range []struct{ name, old, want string }{
		{"a new file", "", "0\n1\n2\n"},
		{"behind what is there", "old\n", "old\n0\n1\n2\n"},
		{"a last line without its end", "old", "old\n0\n1\n2\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f")
			if test.old != "" {
				if err := os.WriteFile(path, []byte(test.old), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			e := opened(t, Append(path, false, &fakeClock{}), Options{})
			if err := e.Add(t.Context(), block("0", "1")); err != nil {
				t.Fatal(err)
			}
			wantBooks(t, e, 2, 0, 0, 0) // at once, not at the end
			if err := errors.Join(e.Add(t.Context(), block("2")), e.Stop(t.Context())); err != nil {
				t.Fatal(err)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != test.want {
				t.Errorf("file %q, %v; want %q", data, err, test.want)
			}
		})
	}
}

func TestAppendErrors(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "no", "file")} {
		wantStatus(t, New(Append(path, false, &fakeClock{}), Options{}).Open(t.Context()), exit.IO)
	}
}

// A write that fails leaves no half record, unless there is another writer whose
// bytes would go with it.
func TestAppendTakesBack(t *testing.T) {
	for _, test := range []struct{ theirs, want string }{
		{"", "old\n"},
		{"theirs\n", "old\n0\ntheirs\n"},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte("old\n0\n"+test.theirs), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		d := &appending{path: path, f: f, size: 4, plain: true}
		if err := d.takeBack(2); (err != nil) != (test.theirs != "") {
			t.Errorf("take back: %v", err)
		}
		f.Close()
		if data, err := os.ReadFile(path); err != nil || string(data) != test.want {
			t.Errorf("file %q, %v; want %q", data, err, test.want)
		}
	}
}

func TestAppendFails(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	e := opened(t, Append("/dev/full", false, &fakeClock{}), Options{})
	err := e.Add(t.Context(), block("0"))
	wantStatus(t, err, exit.IO)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v; want ENOSPC", err)
	}
	e.Stop(t.Context())
	wantBooks(t, e, 0, 0, 0, 1)
}

// What a kill left of a record comes once more in a run that goes on, and is cut
// off there: however long it is, and if there is nothing else.
func TestAppendCuts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, c := range []struct{ before, after string }{
		{"", ""},
		{"1\n", "1\n"},
		{"1\n2", "1\n"},
		{"1", ""},
		{"1\n" + strings.Repeat("2", 200<<10), "1\n"},
		{strings.Repeat("2", 64<<10), ""},
		{strings.Repeat("2", 64<<10-1) + "\n" + strings.Repeat("3", 64<<10), strings.Repeat("2", 64<<10-1) + "\n"},
	} {
		if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
			t.Fatal(err)
		}
		e := opened(t, Append(path, true, &fakeClock{}), Options{})
		if err := e.Add(t.Context(), numbered(7, 1)); err != nil {
			t.Fatal(err)
		}
		if err := e.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if want := c.after + "000000007\n"; err != nil || string(got) != want {
			t.Errorf("%.10q of %d bytes became %.10q of %d, %v; want %d", c.before, len(c.before), got, len(got), err, len(want))
		}
	}
}
