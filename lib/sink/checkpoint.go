package sink

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ndjsontools/lib/draft"
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

// tailSize is how many bytes a Tail has at most, but for a longer record.
const tailSize = 4 << 10

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

func mismatch(format string, args ...any) error {
	return exit.With(exit.Input, fmt.Errorf("the input is not the one of the checkpoint: "+format, args...))
}

// Seek moves a file of records, which stands where its input begins, to the
// first record that is not settled. That the bytes before it are those of the
// checkpoint is checked of the Tail.
func (c *Checkpoint) Seek(f *os.File) error {
	start, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return exit.With(exit.IO, err)
	}
	tail := make([]byte, c.Tail.Length)
	n, err := f.ReadAt(tail, start+c.Tail.Offset)
	switch {
	case err != nil && err != io.EOF:
		return exit.With(exit.IO, err)
	case n > 0 && int64(n) == c.Tail.Length-1: // the last record lacks its newline
		tail[n] = '\n'
	case int64(n) < c.Tail.Length:
		return mismatch("it is shorter")
	}
	if sum := sha256.Sum256(tail); c.Tail.Length > 0 && hex.EncodeToString(sum[:]) != c.Tail.Hash {
		return mismatch("the %d bytes at %d are others", c.Tail.Length, c.Tail.Offset)
	}
	_, err = f.Seek(start+c.Next.Offset, io.SeekStart)
	return exit.With(exit.IO, err)
}

// A Skip checks the records before a checkpoint while they are read again.
type Skip struct {
	c *Checkpoint
	h hash.Hash
}

// Skip begins to check.
func (c *Checkpoint) Skip() *Skip { return &Skip{c, sha256.New()} }

// Write takes whole records, each with its newline, in order.
func (s *Skip) Write(p []byte) (int, error) { return s.h.Write(p) }

// End says whether the records were those before the checkpoint; read is how
// many came.
func (s *Skip) End(read int64) error {
	switch {
	case read < s.c.Next.Ordinal:
		return mismatch("it ended after %d of the %d records that are settled", read, s.c.Next.Ordinal)
	case hex.EncodeToString(s.h.Sum(nil)) != s.c.Hash:
		return mismatch("the first %d records are others", read)
	}
	return nil
}

// Checkpoints writes checkpoints for an Engine.
type Checkpoints struct {
	lock  *Lock  // of the file that they are written to
	keep  Keeper // writes them instead of a file; or nil
	every time.Duration
	clock Clock

	passed hash.Hash  // of the records that are stored or settled
	tail   Tail       // before those that come next
	next   Position   // of these
	safe   Checkpoint // what may be written
	dirty  bool       // and has not been
	saved  time.Duration
	begun  bool  // one was written
	sent   int64 // the ordinal behind the last record that went to the destination
	since  int64 // what that was when the last checkpoint was due

	kept  Position  // for a Keeper: of the last checkpoint that it stored with records
	early *hashed   // what was computed for a batch that is being delivered
	atEnd bool      // save only then: before it the lanes tell
	ahead []Stretch // of safe.Beyond, what the input has not reached
	over  hash.Hash // of what was read of the first of them
}

// hashed is a state of the hash and where in the input that is.
type hashed struct {
	h    hash.Hash
	next Position
}

// NewCheckpoints makes what writes checkpoints to the locked file, at most one
// every so often and one at the end. last is the one to go on from.
func NewCheckpoints(file *Lock, every time.Duration, clock Clock, last Checkpoint) (*Checkpoints, error) {
	if clock == nil {
		clock = SystemClock()
	}
	h, err := last.hasher()
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	c := &Checkpoints{lock: file, every: every, clock: clock, passed: h, tail: last.Tail, next: last.Next, safe: last, ahead: last.Beyond, dirty: true}
	c.sent = max(last.Next.Ordinal, last.Until)
	c.since = c.sent
	return c, c.settle()
}

// Twice is how many records the run before may have delivered already, at most,
// of those that are to be delivered now.
func (c *Checkpoint) Twice() int64 { return max(0, c.Until-c.Next.Ordinal) }

// send notes that b is about to go to the destination, and says whether a
// checkpoint must be written before: the last one bounds what goes.
func (c *Checkpoints) send(b *Batch) (announce bool) {
	c.sent = max(c.sent, b.next.Ordinal)
	return c.keep == nil && c.sent > c.safe.Until
}

// complete says that the input has ended and all of it is settled: no run before
// can have sent more.
func (c *Checkpoints) complete() { c.sent = c.next.Ordinal }

// close makes the bound that the last checkpoint has an exact one.
func (c *Checkpoints) close() {
	c.since = c.sent
	c.dirty = c.dirty || c.keep == nil && c.safe.Until != c.sent
}

// at is the checkpoint that holds once part is stored, which is all of the batch
// that is being delivered, or some of its records when the others up to the end
// of part are settled.
func (c *Checkpoints) at(whole, part *Batch) (place Checkpoint, err error) {
	h, err := c.passed.(hash.Cloner).Clone()
	if err != nil {
		return place, err
	}
	h.Write(whole.before(part.next.Ordinal))
	c.early = &hashed{h, part.next}
	place = c.safe
	place.Next, place.Tail = part.next, part.tail()
	return place, place.seal(h)
}

// seal enters the hash of the records before Next.
func (c *Checkpoint) seal(h hash.Hash) (err error) {
	c.Hash = hex.EncodeToString(h.Sum(nil))
	c.State, err = h.(encoding.BinaryMarshaler).MarshalBinary()
	return err
}

// pass takes the records of b, which follow those before, as stored.
func (c *Checkpoints) pass(b *Batch) {
	if b.Records == 0 {
		return
	}
	if c.early != nil && c.early.next == b.next {
		c.passed = c.early.h
	} else {
		c.passed.Write(b.Data)
	}
	c.early, c.next, c.tail = nil, b.next, b.tail()
}

// tail is the last part of the batch that is in one piece in the input.
func (b *Batch) tail() Tail {
	run := b.Data // neighbours in the input
	if len(b.seams) > 0 {
		_, last := b.split(b.seams[len(b.seams)-1].record)
		run = last.Data
	}
	if len(run) > tailSize { // whole records, at least the last one
		cut := bytes.IndexByte(run[len(run)-tailSize-1:], '\n') + len(run) - tailSize
		if cut == len(run) {
			cut = bytes.LastIndexByte(run[:len(run)-1], '\n') + 1
		}
		run = run[cut:]
	}
	sum := sha256.Sum256(run)
	return Tail{b.next.Offset - int64(len(run)), int64(len(run)), hex.EncodeToString(sum[:])}
}

// settle says that all that passed is settled.
func (c *Checkpoints) settle() error {
	c.safe.Next, c.safe.Tail, c.dirty = c.next, c.tail, c.keep == nil || c.next != c.kept
	return c.safe.seal(c.passed)
}

// wait is how long it is until the next checkpoint may be written, 0 if none is
// to be.
func (c *Checkpoints) wait() time.Duration {
	if !c.dirty || c.atEnd {
		return 0
	}
	return max(1, c.saved+c.every-c.clock.Now())
}

// due says whether a checkpoint is to be written now.
func (c *Checkpoints) due() bool {
	return c.dirty && !c.atEnd && (!c.begun || c.clock.Now()-c.saved >= c.every)
}

// save writes the checkpoint: whole or not at all.
func (c *Checkpoints) save(ctx context.Context) error {
	if c.keep != nil {
		if err := c.keep.Keep(ctx, &c.safe); err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		c.kept = c.safe.Next
	} else {
		// As many may go as went since the last one was due. So the first ones
		// come at twice as many records each, and later ones when they are due.
		c.safe.Until = c.sent + (c.sent - c.since)
		data, err := json.Marshal(c.safe)
		if err == nil {
			err = replace(c.lock, append(data, '\n'))
		}
		if err != nil {
			return exit.With(exit.IO, fmt.Errorf("checkpoint: %w", err))
		}
	}
	c.dirty, c.begun, c.saved, c.since = false, true, c.clock.Now(), c.sent
	return nil
}

// replace gives a locked file new content that lasts through a crash.
func replace(file *Lock, data []byte) error {
	path := file.path
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = draft.Sync(f)
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = file.replace(f.Name())
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return draft.SyncFolder(filepath.Dir(path))
}
