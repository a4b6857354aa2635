package main

import (
	"io"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/units"
)

// A paced byte stream moves in pieces of what is due in pieceTime, but of
// pieceMost bytes at most, so that a fast one does not overfill the pipe.
const (
	pieceTime = 2 * time.Millisecond
	pieceMost = 64 << 10
)

// recordBuffer is what record mode reads into. A longer record is passed on in
// pieces, each as it comes, once its turn has come.
const recordBuffer = 256 << 10

type throttle struct {
	filter.Common
	records, bytes         units.Rate
	recordBurst, byteBurst int64
	whole                  bool // records leave whole
	null                   bool // they end in NUL
}

func (t *throttle) run(life *filter.Life) error {
	in := life.Stdin()
	switch {
	case t.whole:
		return newReleaser(t, life, in).run()
	case t.bytes.N > 0:
		return t.moveSlowly(life, in)
	}
	return moveAll(in, life.Out.Out)
}

// moveAll passes bytes through as fast as they go.
func moveAll(in *stdio.In, out *stdio.Out) error {
	for m := stdio.NewMover(in, out); ; {
		if _, err := m.Move(0); err != nil {
			return end(err)
		}
	}
}

// moveSlowly passes bytes through at a byte rate.
func (t *throttle) moveSlowly(life *filter.Life, in *stdio.In) error {
	pacer := pace.New(t.bytes, t.byteBurst)
	piece := int64(min(max(1, t.bytes.PerSecond()*pieceTime.Seconds()), pieceMost))
	m := stdio.NewMover(in, life.Out.Out)
	for {
		now := life.Clock.Now()
		due := pacer.Due(now)
		if due < piece {
			if err := life.Sleep(pacer.Next(now, piece)); err != nil {
				return end(err)
			}
			continue
		}
		blocked := in.Blocked() + life.Out.Blocked()
		n, err := m.Move(int(min(due, pieceMost)))
		after := life.Clock.Now()
		if in.Blocked()+life.Out.Blocked() > blocked {
			pacer.Idle(now, after)
			now = after
		}
		pacer.Take(now, int64(n))
		if err != nil {
			return end(err)
		}
	}
}

// end is the error to end with: the end of the input is none.
func end(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
