package draft

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// list is the names in a folder.
func list(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// write makes a draft of path that holds text.
func write(t *testing.T, path, text string) *Draft {
	t.Helper()
	d, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.File.WriteString(text); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCommit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("out", link); err != nil {
		t.Fatal(err)
	}
	d, other := write(t, link, "new"), write(t, link, "other") // of the same process
	if text, _ := os.ReadFile(path); string(text) != "old" {
		t.Errorf("before: %q", text)
	}
	if err := errors.Join(d.Commit(), d.Discard(), other.Discard(), other.Discard()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	info, _ := os.Lstat(path)
	if string(text) != "new" || err != nil || info.Mode() != 0o600 {
		t.Errorf("after: %q, %v, %v", text, err, info.Mode())
	}
	if names := list(t, dir); names != "link out" {
		t.Errorf("the folder has %s", names)
	}
}

func TestCommitNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	d, late := write(t, path, "first"), write(t, path, "second")
	if err := d.CommitNew(); err != nil {
		t.Fatal(err)
	}
	if err := late.CommitNew(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v; want that it exists", err)
	}
	late.Discard()
	if text, _ := os.ReadFile(path); string(text) != "first" || list(t, dir) != "out" {
		t.Errorf("got %q, and the folder has %s", text, list(t, dir))
	}
}

// TestFailed: what could not be written through gets no name, however often that
// is asked for.
func TestFailed(t *testing.T) {
	dir := t.TempDir()
	d := write(t, filepath.Join(dir, "out"), "text")
	d.File.Close()
	for range 2 {
		if d.Commit() == nil {
			t.Error("a file that was closed before is committed")
		}
	}
	d.Discard()
	if names := list(t, dir); names != "" {
		t.Errorf("the folder has %s", names)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	dangling := filepath.Join(dir, "dangling")
	if err := os.Symlink("nothing", dangling); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir:                       "is a directory",
		dangling:                  "is a symbolic link to nothing",
		os.DevNull:                ErrSpecial.Error(),
		filepath.Join(dir, "a/b"): "no such file",
		dir + "/x/":               "ends in a slash",
	} {
		if d, err := Create(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v; want an error with %q", path, d, err, want)
		}
	}
	if names := list(t, dir); names != "dangling" {
		t.Errorf("the folder has %s", names)
	}
}

// What is cut off is what follows the last line end, however far back that is.
func TestCutLine(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for _, test := range []struct{ had, want string }{
		{"", ""}, {"torn", ""}, {"a\n", "a\n"}, {"a\ntorn", "a\n"}, {"a\n\n", "a\n\n"},
		{"a\n" + long, "a\n"}, {long + "\n" + long, long + "\n"}, {long, ""},
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(test.had), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		size, err := CutLine(f)
		f.Close()
		got, _ := os.ReadFile(path)
		if err != nil || string(got) != test.want || size != int64(len(test.want)) {
			t.Errorf("of %d bytes %d were left, and %d were answered, %v; want %d", len(test.had), len(got), size, err, len(test.want))
		}
	}
}
