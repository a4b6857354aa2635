package pipeline

import (
	"slices"
	"syscall"
)

// A Verdict says what the end of a stage means.
type Verdict int

const (
	Pending   Verdict = iota // it runs, or it depends on the next stage
	OK                       // it ended with 0
	Accepted                 // it is complete, with a status that was named so
	Cut                      // its reader had enough: that is a success
	Drained                  // it was told to end so that the others can drain, and did
	Failed                   // it failed
	Ended                    // it was ended, or broke, because of another one or from outside
	Unstarted                // it never ran
)

// Complete says whether what the stage wrote is all that it was to write, so that
// the next one may see the end.
func (v Verdict) Complete() bool {
	return v == OK || v == Accepted || v == Cut || v == Drained
}

// String is the verdict in a word.
func (v Verdict) String() string {
	return [...]string{"pending", "ok", "accepted", "cut", "drained", "failed", "ended", "unstarted"}[v]
}

// An order is what a stage was told by us.
type order int

const (
	none    order = iota
	toDrain       // to end, so that the others can drain
	toStop        // to end, for its reader has had enough
	toEnd         // to end, for the run is over
)

// A fact is what is known of a stage: all that its verdict depends on, together
// with the facts of the next one.
type fact struct {
	absent bool // it was never started, and will not be
	ended  bool
	status Status
	told   order
	// early: it ended while its gate was closed, so it can't have seen the end
	// of its input.
	early bool
	// brokenPipe: when it ended, nobody could read its output any more, and that
	// may be why.
	brokenPipe bool
	// outlived: its reader had ended well before it did, and that may be why.
	outlived bool
}

// judge is the verdict on each stage, and the stage that is to blame: the first
// one that failed, or else the first one with an accepted status; -1 for none.
//
// A stage that breaks because its reader is gone says nothing by itself: it may
// be reaped before its reader is. So that is judged by its reader: one that ended
// well, and early, has had enough; one that failed is to blame. All others that
// are not complete have failed now, a stage that died of SIGPIPE in a pipe of
// its own included: it must not wait for a reader that waits for it.
//
// A write without a reader kills by SIGPIPE. A stage that took no measures against
// that signal, had no children that could have died of it, and ended otherwise was
// refused no write: whatever its reader has done, it has failed on its own account,
// and whether the one or the other is reaped first makes no difference. (One that
// gives the signal its meaning back in the end, as programs in Haskell do, is judged
// by its status too.) Of those that ignore or catch it, as Python, Java and curl do,
// nobody can know, and they are excused.
//
// Where the ends are the stages' own, nobody knows whether a reader has seen its
// end; then the signal itself, though not a status of 141, says that it had not.
func judge(facts []fact, rules *Rules) (verdicts []Verdict, blamed int) {
	verdicts = make([]Verdict, len(facts))
	for i := len(facts) - 1; i >= 0; i-- {
		verdicts[i] = judgeOne(facts[i], rules)
		if verdicts[i] != Failed || !facts[i].brokenPipe || i+1 == len(facts) {
			continue
		}
		switch next := verdicts[i+1]; {
		case next == Pending:
			verdicts[i] = Pending
		case next == Cut, next.Complete() && (facts[i+1].early || rules.Immediate && facts[i].status.Signal == syscall.SIGPIPE):
			verdicts[i] = Cut
		case !next.Complete():
			verdicts[i] = Ended
		}
	}
	blamed = slices.Index(verdicts, Failed)
	if blamed < 0 {
		blamed = slices.Index(verdicts, Accepted)
	}
	return verdicts, blamed
}

// judgeOne judges a stage by itself.
func judgeOne(f fact, rules *Rules) Verdict {
	complete := f.status == Status{}
	accepted := f.status.Signal == 0 && slices.Contains(rules.Accept, f.status.Code)
	switch {
	case f.absent:
		return Unstarted
	case !f.ended:
		return Pending
	case f.told == toEnd:
		return Ended
	case rules.EarlyFails && f.early && (complete || accepted):
		return Failed
	case complete:
		return OK
	case accepted:
		return Accepted
	case f.told == toDrain && f.status.by(syscall.SIGTERM):
		return Drained
	case f.told == toStop, f.outlived:
		return Cut
	}
	return Failed
}
