package filter

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tally"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
)

// Uses says what a tool does with its standard streams.
type Uses struct {
	Input     bool       // it reads standard input, or files in its place
	Output    bool       // it writes data to standard output
	Compress  codec.Spec // how it compresses that
	BytesOnly bool       // it does not look for records in this run
	Gathers   bool       // all of its Inputs are read before the first byte of output
	Files     []string   // files besides its operands that it reads or replaces

	// Prepare sets the tool's own part of the reports. A tool with inputs can do
	// that after Begin as well; for one without, reports begin there.
	Prepare func(*Life)
}

// Life is one run of a filter.
type Life struct {
	Out   *Output // standard output; nil if it is not used
	Meter *meter.Meter
	Term  *term.Term
	Clock pace.Clock

	// The tool's own part of the reports. It is set by Uses.Prepare, or after
	// Begin and before the first input is opened. All of these may run in
	// another goroutine than the work.

	// Refresh brings the meter up to date before it is read, and has the last
	// word on what the input and the output have entered.
	Refresh func()
	// Extra adds a tool's own fields to the statistics.
	Extra func() []meter.Field
	// Line adds a tool's own words to the progress line.
	Line func() string
	// Lines adds a tool's own lines to the summary.
	Lines func() []string

	// Settle is of a tool that reads ahead of what it has put out, and is set
	// like the above, but runs where the input is read. It says whether all that
	// was read is put out, so that the caller may flush and speak; if all, it
	// waits for that, before something is said about an input. If not, when the
	// input has nothing, whoever puts out the last of it has to call Nudge. Its
	// error ends the stream, and from then on is its only answer.
	Settle func(all bool) (settled bool, err error)

	common  *Common
	env     *tool.Env
	uses    Uses
	inflow  inflow
	ties    []func() (time.Duration, error)
	claims  []claim
	skipped error // an input that could not be read

	stats     *stdio.Out // nil when there are none
	statsOurs bool       // and ours to close

	pen        *tally.Pen // where a supervisor sees the counters; nil for none
	readsStdin atomic.Bool
	supervised bool // the process that started us draws for all

	reporting bool // startReports was called
	quit      chan struct{}
	drawn     chan struct{}
	once      sync.Once
	last      error // what the last reports answered
}

// Begin opens the edges as the options say. From here on, End must be called.
func (c *Common) Begin(env *tool.Env, uses Uses) (*Life, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	l := &Life{common: c, env: env, uses: uses, Term: env.Term, Clock: pace.Real()}
	l.Meter = meter.New(env.Name, l.Clock.Now)
	l.pen, l.supervised = tally.Join(env.Stdin, env.Stdout)
	if err := l.openStats(); err != nil {
		return nil, err
	}
	if uses.Output {
		stdio.GrowPipe(env.Stdout, int(c.PipeSize))
		out, err := newOutput(stdio.NewOut(env.Stdout, "standard output", OutputBuffer), uses.Compress, l.Clock)
		if err != nil {
			return nil, err
		}
		l.Out = out
		l.OnIdle(out.Idle)
	}
	if uses.Prepare != nil {
		uses.Prepare(l)
	}
	env.OnDefect(func() { l.finish() })
	if !uses.Input {
		l.startReports()
	}
	return l, nil
}

// Stdin is standard input, as it is; Inputs is for records.
func (l *Life) Stdin() *stdio.In {
	l.readsStdin.Store(true)
	return l.open(l.env.Stdin, "standard input")
}

// StdinSize is how many bytes are left of standard input where it is a regular
// file, else 0.
func (l *Life) StdinSize() int64 { return stdio.Left(l.env.Stdin) }

// open makes an input of f that belongs to this life.
func (l *Life) open(f *os.File, name string) *stdio.In {
	l.startReports()
	stdio.GrowPipe(f, int(l.common.PipeSize))
	in := stdio.NewIn(f, name, l.env.Signals.Waker)
	if l.Out != nil {
		in.Watch(l.Out.Out)
	}
	in.Tie(l.idle)
	l.inflow.begin(in)
	return in
}

// OnIdle adds what is to happen when the input has nothing for the moment; see
// stdio.In.Tie. The output is flushed first.
func (l *Life) OnIdle(f func() (again time.Duration, err error)) { l.ties = append(l.ties, f) }

// idle asks everything that holds something, and answers the soonest time at
// which one of them wants to be asked again.
func (l *Life) idle() (again time.Duration, err error) {
	if l.Settle != nil {
		if settled, err := l.Settle(false); !settled {
			return 0, err
		}
	}
	for _, tie := range l.ties {
		wait, err := tie()
		if err != nil {
			return 0, err
		}
		if wait > 0 && (again == 0 || wait < again) {
			again = wait
		}
	}
	return again, nil
}

// Sleep waits for the sake of a rate until the clock shows deadline, or for the
// events that end every wait, whose error it answers. The meter notes the time
// as limited.
func (l *Life) Sleep(deadline time.Duration) error {
	begun := l.Clock.Now()
	defer func() { l.Meter.Limited.Add(int64(l.Clock.Now() - begun)) }()
	for {
		left := deadline - l.Clock.Now()
		if left <= 0 {
			return nil
		}
		var out *stdio.Out
		if l.Out != nil {
			out = l.Out.Out
		}
		if err := out.Sleep(left, l.env.Signals.Waker); err != nil {
			return err
		}
	}
}

// Wait is Sleep that a Nudge ends early.
func (l *Life) Wait(deadline time.Duration) error {
	var out *stdio.Out
	if l.Out != nil {
		out = l.Out.Out
	}
	return out.Sleep(max(0, deadline-l.Clock.Now()), l.env.Signals.Waker)
}

// Nudge ends the present wait, for input, room or time, or else the next one.
// Any goroutine may call it.
func (l *Life) Nudge() { l.env.Signals.Waker.Nudge() }

// OnSignal has f called each time that the process gets sig, in a goroutine of
// its own. SIGINT and SIGTERM have their meaning already.
func (l *Life) OnSignal(sig syscall.Signal, f func()) { l.env.Signals.On(sig, f) }

// Report prints the summary of the run so far. Any goroutine may call it.
func (l *Life) Report() { l.summary(l.snapshot()) }

// Stopped says whether a signal asked the process to end.
func (l *Life) Stopped() bool { return l.env.Signals.Waker.Stopped() }

// End ends the life: it flushes and closes the output, unless err already says
// that its reader is gone, writes the last statistics and the summary, and
// answers what the tool should answer: err, and what went wrong besides, each
// error once.
func (l *Life) End(err error) error {
	if l.Out != nil && !errors.Is(err, stdio.ErrReaderGone) {
		err = errors.Join(err, l.Out.Close())
	}
	return distinct(errors.Join(err, l.skipped, l.finish()))
}

// distinct is err with what it joins in one list, without repetition: an edge
// answers its failure each time that it is asked.
func distinct(err error) error {
	var list []error
	var add func(error)
	add = func(err error) {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range joined.Unwrap() {
				add(e)
			}
			return
		}
		if err == nil || reflect.TypeOf(err).Comparable() && slices.Contains(list, err) {
			return
		}
		list = append(list, err)
	}
	add(err)
	if len(list) == 1 {
		return list[0]
	}
	return errors.Join(list...)
}

// finish ends the reports with the last figures, once, whoever ends the run: the
// work, a write that a signal gave up, or a defect.
func (l *Life) finish() error {
	l.once.Do(func() {
		l.stopReports()
		snapshot := l.snapshot()
		snapshot.Final = true
		l.show(true)
		l.last = l.writeStats(snapshot)
		if err := l.closeStats(); l.last == nil {
			l.last = err
		}
		if !l.common.Quiet && (l.common.Verbose || l.Term.IsTerminal() && !l.supervised) {
			l.summary(snapshot)
		}
	})
	return l.last
}

// abandon is the end when a write to the output does not come back after a
// signal.
func (l *Life) abandon() {
	l.Term.Say("gave up a write to standard output that was still blocked after the signal, with up to %s left of it",
		term.Plural(l.Out.Unwritten(), "byte", "bytes"))
	l.finish()
}

// stuck is for how long the present write to the output has been blocked.
func (l *Life) stuck() time.Duration {
	if l.Out == nil {
		return 0
	}
	return l.Out.Stuck()
}
