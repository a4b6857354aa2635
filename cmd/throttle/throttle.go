package main

import (
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"syscall"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/units"
)

// A paced byte stream moves in pieces of what is due in pieceTime, but of
// pieceMost bytes at most, or a quarter of the pipes on both sides: a fast one
// must neither overfill them nor drain them while it sleeps. For that reason the
// pipes get room for pipeTime of it, up to what the system grants everybody.
const (
	pieceTime = 2 * time.Millisecond
	pieceMost = 64 << 10
	pipeTime  = 10 * time.Millisecond
	pipeMost  = 1 << 20
)

// likelyRecord is how long a record is taken to be where only that matters.
const likelyRecord = 1 << 10

// moveMost is what moves at once without a rate.
const moveMost = 1 << 20

// recordBuffer is what record mode reads into. A longer record is passed on in
// pieces, each as it comes, once its turn has come.
const recordBuffer = 256 << 10

type throttle struct {
	filter.Common
	filter.Records
	records, bytes         units.Rate
	recordBurst, byteBurst int64
	whole                  bool // records leave whole
	null                   bool // they end in NUL

	source       source // what changes the rates; nil for nothing
	sourceName   string
	rateFileName string
	costPath     jsonscan.Path
	costs        bool // costPath was given
	minCost      float64
	minCostGiven bool
	poisson      bool

	count                             units.Count
	most                              units.Size
	runFor                            units.Duration
	limitCount, limitBytes, limitTime bool
	maxQueue                          units.Size
	latency                           units.Duration
	least                             units.Rate
	maxGiven                          bool
	shed                              bool // drop what can't leave
	recordBurstGiven, byteBurstGiven  bool
	size                              units.Size
}

// weighs says whether records may cost something else than one.
func (t *throttle) weighs() bool { return t.costs || t.poisson }

func (t *throttle) weights() *weights {
	if !t.weighs() {
		return nil
	}
	w := &weights{path: t.costPath, least: t.minCost}
	if t.poisson {
		w.random = pace.NewPoisson(rand.Uint64())
	}
	return w
}

func (t *throttle) run(life *filter.Life) error {
	file, _ := t.source.(*rateFile)
	if file != nil {
		file.say, file.bytesOnly = life.Term.Say, !t.whole
	}
	judge, err := t.Judge(life)
	if err != nil {
		return err
	}
	account := newAccount(life, t.whole)
	g := newGovernor(t, life, account)
	life.OnSignal(syscall.SIGUSR1, life.Report)
	life.OnSignal(syscall.SIGUSR2, g.togglePause)
	if file != nil {
		life.OnSignal(syscall.SIGHUP, g.reread)
	}
	account.expect(t, life.StdinSize())
	in := life.Stdin()
	life.OnIdle(func() (time.Duration, error) { return 0, g.interrupted() })
	switch {
	case t.shed:
		err := pass(&shedder{releaser: newReleaser(t, g, in), judge: judge})
		return errors.Join(err, judge.End(life.Meter.RecordsIn.Load()))
	case t.whole:
		return pass(newReleaser(t, g, in))
	}
	return t.move(g, in)
}

// quota is how much may be read, of records or of bytes.
func quota(limited bool, n int64) int64 {
	if !limited {
		return math.MaxInt64
	}
	return n
}

// move passes bytes through, at a rate if there is one.
func (t *throttle) move(g *governor, in *stdio.In) error {
	out := g.life.Out.Out
	m := stdio.NewMover(in, out)
	m.Interrupt = g.interrupted
	largest := largestPiece(in, out)
	for left := quota(t.limitBytes, int64(t.most)); left > 0; {
		now, err := g.check()
		if err != nil {
			return end(err)
		}
		due := g.bytes.Due(now)
		if piece := min(pieceOf(g.bytes.Rate(), largest), left); due < piece {
			if err := g.wait(g.bytes.Next(now, piece)); err != nil {
				return end(err)
			}
			continue
		}
		if g.valve != nil {
			if _, due = g.valve.admit(now, math.MaxInt64, due); due <= 0 {
				if err := g.hold(now); err != nil {
					return end(err)
				}
				continue
			}
		}
		blocked := in.Blocked() + out.Blocked()
		most := largest
		if due == math.MaxInt64 {
			most = moveMost
		}
		n, err := m.Move(int(min(due, left, most)))
		after := g.life.Clock.Now()
		if in.Blocked()+out.Blocked() > blocked {
			g.bytes.Held(now, after)
			now = after
		}
		if n > 0 {
			g.take(now, 0, int64(n))
			g.account.released(now, int64(n))
			left -= int64(n)
		}
		if err != nil && err != errInterrupted {
			return end(err)
		}
	}
	return nil
}

// pipesFor enlarges the pipes for fast rates, if nobody said how large they are to
// be.
func (t *throttle) pipesFor(records, bytes units.Rate) {
	if !t.PipeSizeGiven {
		fast := max(bytes.PerSecond(), likelyRecord*records.PerSecond())
		t.PipeSize = max(t.PipeSize, units.Size(min(fast*pipeTime.Seconds(), pipeMost)))
	}
}

// largestPiece is what may move at once at a rate.
func largestPiece(in *stdio.In, out *stdio.Out) int64 {
	most := int64(math.MaxInt64)
	for _, size := range []int{stdio.PipeSize(in.File()), stdio.PipeSize(out.File())} {
		if size > 0 {
			most = min(most, int64(size)/4)
		}
	}
	if most == math.MaxInt64 {
		return pieceMost
	}
	return max(most, pieceMost)
}

// pieceOf is the least that is worth moving at a rate.
func pieceOf(rate units.Rate, largest int64) int64 {
	return int64(min(max(1, rate.PerSecond()*pieceTime.Seconds()), float64(largest)))
}

// end is the error to end with: the end of the input, or of the time, is none.
func end(err error) error {
	if err == io.EOF || errors.Is(err, errOver) {
		return nil
	}
	return err
}
