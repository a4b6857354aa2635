package filter

import (
	"errors"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
)

// flushEvery is the least time between two flushes of a compressed stream for
// the sake of a reader that waits: each of them costs ratio.
const flushEvery = time.Second

// Output is standard output, compressed if so wanted. Every way of writing goes
// through the compressor; Flush alone only hands on what has come out of it.
type Output struct {
	*stdio.Out
	enc     *codec.Writer // nil when nothing is compressed
	room    []byte        // what Room hands out when it is
	clock   pace.Clock
	held    bool // the encoder holds bytes that a reader may wait for
	flushed time.Duration
}

func newOutput(out *stdio.Out, spec codec.Spec, clock pace.Clock) (*Output, error) {
	o := &Output{Out: out, clock: clock, flushed: clock.Now()}
	if spec.Format == codec.Plain {
		return o, nil
	}
	enc, err := codec.NewWriter(out, spec)
	o.enc = enc
	o.room = make([]byte, 0, OutputBuffer)
	return o, err
}

// Room is a slice of length 0 to append records to, for Commit.
func (o *Output) Room() []byte {
	if o.enc != nil {
		return o.room
	}
	return o.Out.Room()
}

// Commit takes the records that were appended to Room.
func (o *Output) Commit(p []byte) error {
	if o.enc != nil {
		_, err := o.Write(p)
		return err
	}
	return o.Out.Commit(p)
}

// Write takes whole records.
func (o *Output) Write(p []byte) (int, error) {
	if o.enc != nil {
		o.held = true
		return o.enc.Write(p)
	}
	return o.Out.Write(p)
}

// WriteString takes whole records.
func (o *Output) WriteString(s string) (int, error) { return o.Write([]byte(s)) }

// WriteThrough takes records and lets them go at once. Compressed output makes
// no promise of that: see Idle.
func (o *Output) WriteThrough(p []byte) (int, error) {
	if o.enc == nil {
		return o.Out.WriteThrough(p)
	}
	n, err := o.Write(p)
	if err == nil {
		_, err = o.Idle()
	}
	return n, err
}

// Idle flushes because the input has nothing; see stdio.In.Tie.
func (o *Output) Idle() (time.Duration, error) {
	if o.enc != nil && o.held {
		now := o.clock.Now()
		if wait := o.flushed + flushEvery - now; wait > 0 {
			return wait, nil
		}
		if err := o.enc.Flush(); err != nil {
			return 0, err
		}
		o.held, o.flushed = false, now
	}
	return 0, o.Flush()
}

// Close finishes the compressed stream, flushes and closes.
func (o *Output) Close() error {
	var err error
	if o.enc != nil {
		err = o.enc.Close()
	}
	if cerr := o.Out.Close(); !errors.Is(err, cerr) {
		err = errors.Join(err, cerr)
	}
	return err
}
