package filter

import (
	"errors"
	"fmt"
	"os"
	"time"
	"unicode/utf8"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// Limits on what is said and borne.
const (
	// messageLimit is how many single records are reported on; the rest is
	// counted.
	messageLimit = 10
	// firstAllBad is how many records from the very first one may all be bad
	// before we think that the input is not what it should be.
	firstAllBad = 100
	// A reason may quote a record that is millions of bytes long. Of it, so much
	// is said, and so much is saved beside the record.
	reasonSaid, reasonSaved = 1 << 10, 4 << 10
)

// Records is what a tool that judges records can be told.
type Records struct {
	OnError    string // skip or stop
	Rejects    string // the file for rejected records
	RejectsOK  bool
	MaxRejects units.Limit
	MaxRecord  units.Size

	// Continue adds to the file for rejects instead of replacing it, because
	// this run goes on where another one ended.
	Continue bool
}

// NewRecords is Records with its defaults.
func NewRecords() Records { return Records{OnError: "skip", MaxRecord: ndjson.DefaultMax} }

// Options are the options that set r.
func (r *Records) Options() []tool.Option {
	return append(append([]tool.Option{
		{Name: "on-error", Arg: "ACTION", Usage: "what to do about a bad record: skip or stop", Value: tool.Choice(&r.OnError, actions...), Choices: actions},
	}, r.RejectOptions()...),
		tool.Option{Name: "max-record", Arg: "SIZE", Usage: "a record longer than SIZE is a bad record", Value: tool.Positive(&r.MaxRecord)},
	)
}

// RejectOptions are those of the options that say what becomes of rejected
// records, for a tool that finds no record bad but drops some.
func (r *Records) RejectOptions() []tool.Option {
	return []tool.Option{
		{Name: "rejects", Arg: "FILE", Usage: "write each rejected record to FILE, as NDJSON, with its place and the reason", Value: tool.Path(&r.Rejects), File: true},
		{Name: "rejects-ok", Usage: "end with 0 when every rejected record was saved", Value: tool.Bool(&r.RejectsOK)},
		{Name: "max-rejects", Arg: "N|P%", Usage: "stop when more than N records, or P percent of them, were rejected", Value: &r.MaxRejects},
	}
}

var actions = []string{"skip", "stop"}

// Validate checks what the options can't check alone.
func (r *Records) Validate() error {
	switch {
	case r.RejectsOK && r.Rejects == "":
		return tool.Usagef("--rejects-ok needs --rejects to say where they are saved")
	case r.MaxRecord <= 0:
		return tool.Usagef("--max-record must leave room for a record")
	}
	return nil
}

// Judge is where rejected records go. Its methods are for the goroutine of the
// work.
type Judge struct {
	life     *Life
	opts     *Records
	out      *stdio.Out // nil when rejects are not saved
	file     *os.File
	envelope []byte
	rejected int64
	reached  int64  // records up to the last one that was rejected; a sink may refuse an earlier one later
	unsaved  int64  // of them, those that were too long to be saved whole
	safe     int64  // of them, those that are on the disk as far as we know
	verb     string // what became of them: rejected, or dropped
	said     int
	err      error // of saving; it stays
	stopped  bool  // Reject said to stop, and why
}

// Judge opens the file for rejects, which an earlier run's is replaced by. Where
// that can't be, no input has been opened yet.
func (r *Records) Judge(l *Life) (*Judge, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	j := &Judge{life: l, opts: r, verb: "rejected"}
	if r.Rejects != "" {
		f, err := l.createOr("rejects", r.Rejects, r.Continue)
		if err != nil {
			return nil, err
		}
		j.file, j.out = f, stdio.NewOut(f, r.Rejects, 64<<10)
		l.OnIdle(j.idle)
	}
	return j, nil
}

// A Fault is why a record is rejected.
type Fault struct {
	Input   string // the name of the input
	Reason  string
	At      int   // byte in the record where it went wrong, -1 when there is no such place
	Emitted int64 // outputs of the record that had left before
	Hint    string
	Text    bool // the record is not looked at: it is saved as text even if it is JSON

	// Delivery is set when a destination refused the record.
	Delivery *Delivery
}

// A Delivery is what became of a record at a destination.
type Delivery struct {
	Destination string // its name, without secrets
	Status      string // its own word for the refusal, such as "422"; "" if it has none
	Attempts    int    // deliveries of the record, alone or with others
	Key         string // the idempotency key that it was sent with last; "" if there was none
}

// Rejected is how many records were rejected.
func (j *Judge) Rejected() int64 { return j.rejected }

// Reject settles a record that is no good: it is counted, told of, and saved.
// It answers nil when the stream goes on, and otherwise the error to end with.
func (j *Judge) Reject(rec *ndjson.Record, f Fault) error {
	j.tell(rec, f)
	return j.settle(rec, f, j.verdict)
}

// Retract takes back the last n rejects: they could not be saved, and the tool
// counts these records as something else.
func (j *Judge) Retract(n int64) {
	j.rejected -= n
	j.life.Meter.Rejects.Add(-n)
}

// Drop is Reject for a record that is as good as any, but must go: there may be
// millions of them, so that no single one is told of, and they say nothing about
// the input.
func (j *Judge) Drop(rec *ndjson.Record, f Fault) error {
	j.verb = "dropped"
	return j.settle(rec, f, j.excess)
}

// settle counts and saves a record; verdict says why the stream must not go on
// after it, if that is so.
func (j *Judge) settle(rec *ndjson.Record, f Fault, verdict func(*ndjson.Record, Fault) error) error {
	f.Reason = clip(f.Reason, reasonSaved)
	j.rejected++
	j.reached = max(j.reached, rec.Ordinal+1)
	j.life.Meter.Rejects.Add(1)
	if rec.Err != nil {
		j.unsaved++
	}
	if j.out != nil {
		j.envelope = appendEnvelope(j.envelope[:0], rec, f)
		_, err := j.out.Write(j.envelope)
		if err = j.saving(err); err != nil {
			return err
		}
	}
	err := verdict(rec, f)
	j.stopped = j.stopped || err != nil
	return err
}

// saving keeps the first error of saving rejects and answers it from then on.
func (j *Judge) saving(err error) error {
	if j.err == nil {
		j.err = sideError("rejects", err)
	}
	return j.err
}

// verdict is why the stream must not go on after a reject, nil if it may.
func (j *Judge) verdict(rec *ndjson.Record, f Fault) error {
	switch {
	case j.opts.OnError == "stop":
		return stop("stopped at the first bad record, %s:%d, as --on-error=stop says", f.Input, rec.Line)
	case j.rejected == firstAllBad && j.reached == firstAllBad && !j.opts.MaxRejects.IsSet():
		return &badInput{
			fmt.Sprintf("the first %d records are all bad", firstAllBad), guess(rec),
		}
	}
	return j.excess(rec, f)
}

// excess is the verdict that too many records were rejected.
func (j *Judge) excess(*ndjson.Record, Fault) error {
	if !j.opts.MaxRejects.ExceededSoFar(j.rejected, j.reached) {
		return nil
	}
	return stop("stopped: more than %v %s, as --max-rejects says (%d of %d)",
		j.opts.MaxRejects, j.verb, j.rejected, j.reached)
}

func stop(format string, args ...any) error {
	return exit.With(exit.Input, fmt.Errorf(format, args...))
}

// tell says what is wrong with a record and shows where.
func (j *Judge) tell(rec *ndjson.Record, f Fault) {
	if j.life.common.Quiet {
		return
	}
	if j.said++; j.said > messageLimit {
		if j.said == messageLimit+1 {
			j.life.Term.Say("further bad records are counted, not shown")
		}
		return
	}
	place := fmt.Sprintf("%s:%d", f.Input, rec.Line)
	if f.At >= 0 {
		line, column := term.Column(rec.Data, f.At)
		if line == 1 {
			column += int(rec.Before)
		}
		place = fmt.Sprintf("%s:%d:%d", f.Input, rec.Line+int64(line-1), column)
	}
	j.life.Term.Say("%s: %s", place, clip(f.Reason, reasonSaid))
	if f.At >= 0 && len(rec.Data) > 0 {
		j.life.Term.Show(term.Excerpt(rec.Data, f.At))
	}
	if f.Hint != "" {
		j.life.Term.Hint("%s", f.Hint)
	}
}

// clip is s, or the beginning of it and a sign that it goes on.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// idle flushes the rejects because the input has nothing.
func (j *Judge) idle() (time.Duration, error) { return 0, j.saving(j.out.Flush()) }

// Sync makes every reject so far safe: it is written, and where the file can be
// synced, on the disk.
func (j *Judge) Sync() error {
	if j.out == nil {
		return nil
	}
	err := j.out.Flush()
	if err == nil && stdio.IsFile(j.file) {
		if err = j.file.Sync(); errors.Is(err, errors.ErrUnsupported) {
			err = nil // a file system without a disk
		}
	}
	if err = j.saving(err); err == nil {
		j.safe = j.rejected
	}
	return err
}

// End closes the rejects, durably, and answers the error that rejected records
// amount to: nil if there were none, or all are saved and that is fine. Of a
// record over the maximum only the head is saved, which is not fine. records is
// how many were read.
func (j *Judge) End(records int64) error {
	err := j.close()
	switch max := j.opts.MaxRejects; {
	case j.rejected == 0:
		return err
	case j.stopped: // which is said, and has the greater status
		return errors.Join(err, exit.Reported(exit.Rejected))
	case max.Exceeded(j.rejected, records):
		return errors.Join(err, stop("more than %v %s, as --max-rejects says (%d of %d)", max, j.verb, j.rejected, records))
	case j.opts.RejectsOK && j.unsaved == 0 && err == nil:
		return nil
	case j.life.common.Quiet:
		return errors.Join(err, exit.Reported(exit.Rejected))
	}
	text := fmt.Sprintf("%d of %s %s", j.rejected, term.Plural(records, "record", "records"), j.verb)
	if j.err != nil && j.safe < j.rejected {
		text += ", and not all of them were saved"
	} else if j.opts.RejectsOK && j.unsaved > 0 {
		text += fmt.Sprintf(", %d of them too long to be saved whole", j.unsaved)
	}
	return errors.Join(err, exit.With(exit.Rejected, errors.New(text)))
}

func (j *Judge) close() error {
	if j.out == nil {
		return nil
	}
	j.Sync()
	return j.saving(j.out.Close())
}
