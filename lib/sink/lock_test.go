package sink

import (
	"os"
	"path/filepath"
	"testing"

	"ndjsontools/lib/exit"
)

// A checkpoint has one writer, also after it was replaced.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ck")
	one, err := LockCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, err := LockCheckpoint(path)
		wantStatus(t, err, exit.Incomplete)
		wantText(t, err, "in use by another sink")
		if err := replace(one, []byte("x\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); string(data) != "x\n" {
		t.Errorf("the file has %q, %v; want what was written", data, err)
	}
	two, err := LockCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	two.Close()
}

// What a lock made and nobody wrote to goes with it; what can't be replaced is
// refused.
func TestLockLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ck")
	one, err := LockCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is there: %v", err)
	}
	_, err = LockCheckpoint("/dev/null")
	wantStatus(t, err, exit.Usage)
	_, err = LockCheckpoint(filepath.Join(path, "x"))
	wantStatus(t, err, exit.IO)
}

// The other sink's spill may become the only copy of its records.
func TestSpillLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spill")
	one, err := OpenSpill(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenSpill(path)
	wantStatus(t, err, exit.Incomplete)
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	two, err := OpenSpill(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := two.Close(); err != nil {
		t.Fatal(err)
	}
}
