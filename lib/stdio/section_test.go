package stdio

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// sectioned is an input of a file that holds 100,000 bytes, of which the first
// two were read by somebody else.
func sectioned(t *testing.T, flags int) (*In, *os.File, []byte) {
	t.Helper()
	text := make([]byte, 100_000)
	for i := range text {
		text[i] = byte(i * 7 / 3)
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, flags, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(2, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return NewIn(f, "file", nil), f, text
}

func TestSection(t *testing.T) {
	in, f, text := sectioned(t, os.O_RDONLY)
	if left := Left(f); left != 99_998 {
		t.Errorf("%d bytes left; want 99,998", left)
	}
	one, err1 := in.Section(10, 0)
	two, err2 := in.Section(10, 1)
	rest, err3 := in.Section(-1, 1)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	in.Close()
	var buf [20]byte
	if n, err := io.ReadFull(two, buf[:5]); string(buf[:n]) != string(text[11:16]) || err != nil {
		t.Errorf("the second section begins %q, %v; want %q", buf[:n], err, text[11:16])
	}
	if got := in.Bytes(); got != 4 {
		t.Errorf("%d bytes were read; want the 4 that are the second section's", got)
	}
	if n, err := io.ReadFull(one, buf[:]); string(buf[:n]) != string(text[2:22]) || err != nil {
		t.Errorf("the first section goes on %q, %v; want %q", buf[:n], err, text[2:22])
	}
	if got := in.Bytes(); got != 14 {
		t.Errorf("%d bytes were read; want 14", got)
	}
	if got, err := io.ReadAll(rest); string(got) != string(text[21:]) || err != nil {
		t.Errorf("the last section is %d bytes, %v; want %d", len(got), err, len(text)-21)
	}
	if at, _ := f.Seek(0, io.SeekCurrent); at != 100_000 {
		t.Errorf("the file is at %d; want its end", at)
	}
	if got := in.Bytes(); got != 99_998-6 {
		t.Errorf("%d bytes were read; want all but 6 of the second section", got)
	}
	for _, s := range []*Section{one, two, rest} {
		if in.Over() {
			t.Error("the input is over before its sections are")
		}
		s.Close()
		s.Close()
	}
	if err := f.Close(); !in.Over() || !errors.Is(err, os.ErrClosed) {
		t.Errorf("over: %v; closing it again: %v", in.Over(), err)
	}
}

func TestSectionErrors(t *testing.T) {
	in, _, _ := sectioned(t, os.O_WRONLY)
	defer in.Close()
	s, err := in.Section(10, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var ioe *Error
	if _, err := s.Read(make([]byte, 1)); !errors.As(err, &ioe) || ioe.Op != "read" || ioe.Err != unix.EBADF {
		t.Errorf("got %v; want that it can't be read", err)
	}
	k := waker(t)
	in.waker = k
	k.Stop()
	if _, err := s.Read(make([]byte, 1)); err != ErrStopped {
		t.Errorf("got %v from a section; want that it was stopped", err)
	}
	if _, err := in.Section(10, 0); err != ErrStopped {
		t.Errorf("got %v; want that it was stopped", err)
	}
	r, _ := pipe(t)
	if left := Left(r); left != 0 {
		t.Errorf("a pipe has %d bytes left; want 0", left)
	}
}
