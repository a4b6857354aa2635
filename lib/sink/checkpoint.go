package sink

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"

	"ndjsontools/lib/exit"
)

// A Checkpoint says how far a sink came: every record before Next is settled.
// It is a place and never a count, and it trails what was settled: after a crash
// some records are delivered again, but none is lost.
type Checkpoint struct {
	Version     int      `json:"v"`
	RunID       string   `json:"run_id"` // stays over the runs, for idempotency keys
	Destination string   `json:"destination"`
	Next        Position `json:"next"` // the smallest ordinal that is not settled

	// Until bounds what a crash makes come twice: no record of this ordinal or a
	// later one has been sent. Below Next it says nothing.
	Until int64 `json:"until,omitempty"`

	// Hash is the SHA-256 of the records before Next, each with its newline,
	// bad ones left out; State is that of its computation.
	Hash  string `json:"sha256"`
	State []byte `json:"state"`

	// Tail is some of the input's bytes that end at Next, to know a file by.
	Tail Tail `json:"tail"`

	// Beyond is what is settled behind Next all the same, in rising order. Only
	// a Keeper's checkpoints have it, after a run of several batches at once.
	Beyond []Stretch `json:"beyond,omitempty"`
}

// A Tail is the place and the hash of a part of the input.
type Tail struct {
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Hash   string `json:"sha256"`
}

// checkpointVersion is the form that is written, and the only one that is read.
const checkpointVersion = 1

// maxCheckpoint is more than any checkpoint has: a kilobyte, and the name of the
// destination, which is one argument. A larger file is somebody's data, and is
// not read.
const maxCheckpoint = 1 << 20

// LoadCheckpoint reads a checkpoint. A file that is not there, or
// is empty, is none: nil, nil.
// One that is no checkpoint is an error of status exit.Input, and what is no
// regular file one of exit.Usage: a device or a pipe need not end.
func LoadCheckpoint(path string) (*Checkpoint, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, exit.With(exit.IO, err)
	}
	if !info.Mode().IsRegular() {
		return nil, irregular(path)
	}
	if info.Size() > maxCheckpoint {
		return nil, noCheckpoint(path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, exit.With(exit.IO, err)
	}
	if len(data) == 0 { // made for its lock
		return nil, nil
	}
	return ParseCheckpoint(data, path)
}

func irregular(path string) error {
	return usagef("checkpoint %s: is not a regular file", path)
}

func noCheckpoint(name string) error {
	return exit.With(exit.Input, fmt.Errorf("%s is no checkpoint of this version: name another one, or remove it to begin anew", name))
}

// ParseCheckpoint reads the JSON text of a checkpoint, which errors of status
// exit.Input call name.
func ParseCheckpoint(text []byte, name string) (*Checkpoint, error) {
	c := &Checkpoint{}
	if err := json.Unmarshal(text, c); err != nil || c.Version != checkpointVersion || c.RunID == "" {
		return nil, noCheckpoint(name)
	}
	if _, err := c.hasher(); err != nil {
		return nil, exit.With(exit.Input, fmt.Errorf("%s: %w", name, err))
	}
	return c, nil
}

// NewRunID is a name by chance.
func NewRunID() string { return rand.Text()[:16] }

// FirstCheckpoint is the one before the first record of a run's input.
func FirstCheckpoint(runID, destination string) Checkpoint {
	c := Checkpoint{Version: checkpointVersion, RunID: runID, Destination: destination, Next: Position{Line: 1}}
	if err := c.seal(sha256.New()); err != nil {
		panic(err) // the state of SHA-256 can always be had
	}
	return c
}

// hasher is the hash as it stood at the checkpoint.
func (c *Checkpoint) hasher() (hash.Hash, error) {
	h := sha256.New()
	if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(c.State); err != nil || hex.EncodeToString(h.Sum(nil)) != c.Hash {
		return nil, errors.New("the checkpoint is damaged: its hash is not that of its state")
	}
	return h, nil
}

// seal enters the hash of the records before Next.
func (c *Checkpoint) seal(h hash.Hash) (err error) {
	c.Hash = hex.EncodeToString(h.Sum(nil))
	c.State, err = h.(encoding.BinaryMarshaler).MarshalBinary()
	return err
}

// Twice is how many records the run before may have delivered already, at most,
// of those that are to be delivered now.
func (c *Checkpoint) Twice() int64 { return max(0, c.Until-c.Next.Ordinal) }
