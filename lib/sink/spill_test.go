package sink

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// What is given up is in the file, in the order of the input: the batch that
// failed with its refused record that could not be saved, the rest of the block,
// and what came after.
func TestSpill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spill")
	spill, err := OpenSpill(path)
	if err != nil {
		t.Fatal(err)
	}
	dest := &fakeDest{deliver: func(_ context.Context, b *Batch) error {
		if b.First.Ordinal == 2 {
			return &Rejected{Records: []Refusal{{Index: 1, Reason: errors.New("ugly")}}}
		}
		return nil
	}}
	e := opened(t, dest, Options{Limits: Limits{2, 100, time.Hour}, Spill: spill, Clock: &fakeClock{}})
	wantStatus(t, e.Add(t.Context(), block("0", "1", "2", "3", "4", "5")), exit.Input)
	e.Add(t.Context(), block("6"))
	e.Forgo(t.Context(), block("7", "8"))
	e.Stop(t.Context())
	if err := spill.Close(); err != nil || !spill.Used() {
		t.Errorf("Close: %v, used %v", err, spill.Used())
	}
	wantBooks(t, e, 2, 0, 0, 7)
	wantUnresolved(t, e, "2-8")
	if data, _ := os.ReadFile(path); string(data) != "2\n3\n4\n5\n6\n7\n8\n" {
		t.Errorf("spill %q", data)
	}
	_, err = OpenSpill(path)
	wantStatus(t, err, exit.Usage)
}

// Records that go to several places leave the batch in another order than they
// came in, and some before others; what is left of them is in the file in the
// order of the input.
func TestSpillOfPlaces(t *testing.T) {
	for _, most := range []int{1, 3} {
		path := filepath.Join(t.TempDir(), "spill")
		spill, err := OpenSpill(path)
		if err != nil {
			t.Fatal(err)
		}
		dest := &fakeDest{
			traits: Traits{Parallel: true, Place: func(line []byte) (string, error) { return string(line[1:]), nil }},
			deliver: func(_ context.Context, b *Batch) error {
				switch b.Data[1] {
				case 'b':
					return &Suspect{Reason: errors.New("ugly")} // both of them, with no place for rejects
				case 'c':
					return errors.New("gone")
				}
				return nil
			},
		}
		e := opened(t, dest, Options{
			Limits: Limits{7, 100, time.Hour}, Spill: spill, Clock: &fakeClock{}, Concurrency: Concurrency{Most: most},
		})
		e.Add(t.Context(), block("0a", "1b", "2c", "3a", "4b", "5d", "6c"))
		e.Stop(t.Context())
		if err := spill.Close(); err != nil {
			t.Error(err)
		}
		if data, _ := os.ReadFile(path); string(data) != "1b\n2c\n4b\n5d\n6c\n" {
			t.Errorf("at most %d: spill %q", most, data)
		}
		wantBooks(t, e, 2, 0, 0, 5)
	}
}

func TestSpillUnused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spill")
	spill, err := OpenSpill(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := spill.Close(); err != nil || spill.Used() {
		t.Errorf("Close: %v, used %v", err, spill.Used())
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty file stays: %v", err)
	}
}

func TestSpillFails(t *testing.T) {
	_, err := OpenSpill(filepath.Join(t.TempDir(), "no", "spill"))
	wantStatus(t, err, exit.IO)
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	spill, err := OpenSpill("/dev/full")
	if err != nil {
		t.Fatal(err)
	}
	spill.put([]byte("0\n"))
	wantStatus(t, spill.Close(), exit.IO)
}
