package filter

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
)

// packed is text compressed.
func packed(t *testing.T, format codec.Format, text string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := codec.NewWriter(&b, codec.Spec{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestInputs(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"a": "1\n2\n", "torn": "3\n4", "empty": "", "blank": "\n\n", "bom": "\xef\xbb\xbf5\n", "crlf": "6\r\n",
		"gz": packed(t, codec.Gzip, "7\n8\n"), "zst": packed(t, codec.Zstd, "9\n"), "s2": packed(t, codec.S2, "10"),
		"stdin": "11\n",
	}
	whole := packed(t, codec.Gzip, "{\"a\":\"0123456789\"}\n{\"a\":\"9876543210\"}\n")
	files["cut"] = whole[:len(whole)-12]
	files["corrupt"] = whole[:len(whole)-8] + "xxxx" + whole[len(whole)-4:]
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, c := range []struct {
		args, stdin, stdout string
		status              int
		say                 []string
	}{
		{"", "0\n", "0\n", 0, nil},
		{"-", "0\n", "0\n", 0, nil},
		{"- -", "0\n", "0\n", 0, nil},
		{"a torn bom crlf", "0\n", "1\n2\n3\n4\n5\n6\n", 0, nil}, // a last line needs no newline, and does not run into the next file
		{"empty blank a empty", "", "1\n2\n", 0, nil},
		{"a - a", "0", "1\n2\n0\n1\n2\n", 0, nil},
		{"gz a zst s2 gz", "", "7\n8\n1\n2\n9\n10\n7\n8\n", 0, nil},
		{"-", files["zst"], "9\n", 0, nil},
		{"./stdin a", "", "11\n1\n2\n", 0, nil},
		{"a missing a", "", "1\n2\n1\n2\n", 74, []string{"try: open missing: no such file or directory\n"}},
		{"missing", "", "", 74, []string{"open missing"}},
		{"a . missing a", "", "1\n2\n1\n2\n", 74, []string{"try: read .: is a directory\n", "open missing"}},
		{"corrupt a", "", "1\n2\n", 65, []string{"try: corrupt: gzip input is corrupt near byte"}},
		{"corrupt missing a", "", "1\n2\n", 74, []string{"corrupt near", "open missing"}},
		{"missing corrupt a", "", "1\n2\n", 74, []string{"corrupt near", "open missing"}},
		{"cut a", "", "1\n2\n", 65, []string{"try: cut: gzip input is cut short"}},
		{"-- -", "0", "0\n", 0, nil},
	} {
		r := runTry(t, c.stdin, strings.Fields(c.args)...)
		stdout := r.stdout
		if i := strings.LastIndex(stdout, "}\n"); i >= 0 {
			stdout = stdout[i+2:] // how much comes out before the damage is the decoder's affair
		}
		if stdout != c.stdout || r.status != c.status {
			t.Errorf("%q: status %d, %q, %q; want %d, %q", c.args, r.status, r.stdout, r.stderr, c.status, c.stdout)
		}
		for _, want := range c.say {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("%q: said %q; want %q in it", c.args, r.stderr, want)
			}
		}
		if c.say == nil && r.stderr != "" {
			t.Errorf("%q: said %q; want nothing", c.args, r.stderr)
		}
	}
}

// A record of which only the beginning came is not passed on, and not lost
// without a word.
func TestCutRecord(t *testing.T) {
	var b bytes.Buffer
	w, err := codec.NewWriter(&b, codec.Spec{Format: codec.Gzip})
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte("1\n[\"half"))
	w.Flush() // and the writer dies
	r := runTry(t, b.String())
	if r.stdout != "1\n" || r.status != exit.Input || !strings.Contains(r.stderr, "try: stdin: dropped the first 6 bytes of a record that is cut off\n") {
		t.Errorf("status %d, %q, %q", r.status, r.stdout, r.stderr)
	}
}

// Positions are those of each file; ordinals go on. The first hundred are those
// of the run.
func TestPositionsOverFiles(t *testing.T) {
	a, b := path(t, "1\nx\n"), path(t, "\n2\ny\n")
	rejects := path(t, "")
	r := runTry(t, "", "-q", "--rejects", rejects, a, b)
	want := `{"input":"` + a + `","ordinal":1,"line":2,"offset":2,"reason":"invalid character 'x' where a value is wanted","emitted":0,"raw":"x"}` + "\n" +
		`{"input":"` + b + `","ordinal":3,"line":3,"offset":3,"reason":"invalid character 'y' where a value is wanted","emitted":0,"raw":"y"}` + "\n"
	if got := text(rejects); got != want || r.status != exit.Rejected {
		t.Errorf("status %d, rejects\n%s; want\n%s", r.status, got, want)
	}
}

// A file is closed when its turn is over, whatever it is called.
func TestInputsClose(t *testing.T) {
	dir := t.TempDir()
	var args []string
	for range 50 {
		args = append(args, "stdin")
	}
	if err := os.WriteFile(filepath.Join(dir, "stdin"), []byte("1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	count := func() int { fds, _ := os.ReadDir("/proc/self/fd"); return len(fds) }
	if count() == 0 {
		t.Skip("no /proc")
	}
	most := 0
	f := &try{each: func(*Life) { most = max(most, count()) }}
	before := count()
	f.run1(t, edges{}, args...)
	if most > before+20 {
		t.Errorf("%d descriptors at most, %d before; want them closed", most, before)
	}
}

// A signal ends the stream between two records, and what was passed on leaves.
func TestInputsStop(t *testing.T) {
	r, w := pipe(t)
	w.WriteString("1\n2\n[\"half")
	f := &try{each: func(life *Life) {
		if life.Meter.RecordsIn.Load() == 2 {
			syscall.Kill(os.Getpid(), syscall.SIGTERM)
		}
	}}
	got := f.run1(t, edges{in: r})
	if got.stdout != "1\n2\n" || got.sig != syscall.SIGTERM || got.stderr != "" {
		t.Errorf("%q, signal %v, %q; want two records and SIGTERM", got.stdout, got.sig, got.stderr)
	}
}
