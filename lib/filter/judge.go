package filter

import (
	"errors"
	"fmt"
	"os"
	"time"

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
)

// Records is what a tool that judges records can be told.
type Records struct {
	OnError    string // skip or stop
	Rejects    string // the file for rejected records
	RejectsOK  bool
	MaxRejects units.Limit
	MaxRecord  units.Size
}

// NewRecords is Records with its defaults.
func NewRecords() Records { return Records{OnError: "skip", MaxRecord: ndjson.DefaultMax} }

// Options are the options that set r.
func (r *Records) Options() []tool.Option {
	return []tool.Option{
		{Name: "on-error", Arg: "ACTION", Usage: "what to do about a bad record: skip or stop", Value: tool.Choice(&r.OnError, actions...), Choices: actions},
		{Name: "rejects", Arg: "FILE", Usage: "write each rejected record to FILE, as NDJSON, with its place and the reason", Value: tool.String(&r.Rejects), File: true},
		{Name: "rejects-ok", Usage: "end with 0 when every rejected record was saved", Value: tool.Bool(&r.RejectsOK)},
		{Name: "max-rejects", Arg: "N|P%", Usage: "stop when more than N records, or P percent of them, were rejected", Value: &r.MaxRejects},
		{Name: "max-record", Arg: "SIZE", Usage: "a record longer than SIZE is a bad record", Value: &r.MaxRecord},
	}
}

var actions = []string{"skip", "stop"}

// Validate checks what the options can't check alone.
func (r *Records) Validate() error {
	if r.RejectsOK && r.Rejects == "" {
		return tool.Usagef("--rejects-ok needs --rejects to say where they are saved")
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
	said     int
}

// Judge opens the file for rejects, which an earlier run's is replaced by.
func (r *Records) Judge(l *Life) (*Judge, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	j := &Judge{life: l, opts: r}
	if r.Rejects != "" {
		f, err := os.OpenFile(r.Rejects, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
		if err != nil {
			return nil, exit.With(exit.IO, err)
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
}

// Rejected is how many records were rejected.
func (j *Judge) Rejected() int64 { return j.rejected }

// Reject settles a record that is no good: it is counted, told of, and saved.
// It answers nil when the stream goes on, and otherwise the error to end with.
func (j *Judge) Reject(rec *ndjson.Record, f Fault) error {
	j.rejected++
	j.life.Meter.Rejects.Add(1)
	j.tell(rec, f)
	if j.out != nil {
		j.envelope = appendEnvelope(j.envelope[:0], rec, f)
		if _, err := j.out.Write(j.envelope); err != nil {
			return exit.With(exit.IO, fmt.Errorf("rejects: %w", err))
		}
	}
	switch {
	case j.opts.OnError == "stop":
		return stop("stopped at the first bad record, as --on-error=stop says")
	case j.rejected == firstAllBad && rec.Ordinal == firstAllBad-1:
		return &badInput{
			fmt.Sprintf("the first %d records are all bad", firstAllBad), j.guess(rec, f),
		}
	case j.opts.MaxRejects.ExceededSoFar(j.rejected, rec.Ordinal+1):
		return stop("stopped: more than %v rejected, as --max-rejects says (%d of %d)",
			j.opts.MaxRejects, j.rejected, rec.Ordinal+1)
	}
	return nil
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
		_, column := term.Column(rec.Data, f.At)
		place += fmt.Sprintf(":%d", column)
	}
	j.life.Term.Say("%s: %s", place, f.Reason)
	if f.At >= 0 {
		j.life.Term.Show(term.Excerpt(rec.Data, f.At))
	}
	if f.Hint != "" {
		j.life.Term.Hint("%s", f.Hint)
	}
}

// idle flushes the rejects because the input has nothing.
func (j *Judge) idle() (time.Duration, error) { return 0, j.out.Flush() }

// Sync makes every reject so far safe: it is written, and where the file can be
// synced, on the disk.
func (j *Judge) Sync() error {
	if j.out == nil {
		return nil
	}
	err := j.out.Flush()
	if err == nil && stdio.IsFile(j.file) {
		err = j.file.Sync()
	}
	if err != nil {
		err = exit.With(exit.IO, fmt.Errorf("rejects: %w", err))
	}
	return err
}

// End closes the rejects, durably, and answers the error that rejected records
// amount to: nil if there were none, or all are saved and that is fine.
func (j *Judge) End(records int64) error {
	var err error
	if j.out != nil {
		err = j.out.Flush()
		if serr := j.file.Sync(); serr != nil && err == nil && !errors.Is(serr, errors.ErrUnsupported) && stdio.IsFile(j.file) {
			err = serr
		}
		if cerr := j.out.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			err = exit.With(exit.IO, fmt.Errorf("rejects: %w", err))
		}
	}
	if j.rejected == 0 || err == nil && j.opts.RejectsOK {
		return err
	}
	if j.opts.MaxRejects.Exceeded(j.rejected, records) {
		return errors.Join(err, stop("more than %v rejected, as --max-rejects says (%d of %d)", j.opts.MaxRejects, j.rejected, records))
	}
	text := fmt.Sprintf("%d of %s rejected", j.rejected, term.Plural(records, "record", "records"))
	if j.life.common.Quiet {
		return errors.Join(err, exit.Reported(exit.Rejected))
	}
	return errors.Join(err, exit.With(exit.Rejected, errors.New(text)))
}
