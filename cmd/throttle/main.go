// Throttle passes its input through at a bounded rate.
//
// Synopsis:
//
//	throttle [-r RATE]... [options] < input > output
//
// What comes out is what went in, byte for byte. With a record rate (1000/s)
// records leave whole; with a byte rate (10MB/s) alone, bytes are counted and
// nothing is looked at.
//
// Exit status: 0; 2 usage; 5 records were dropped; 65 too many were; 74 input or
// output failed; 141 and 143 by signal.
//
// See man/throttle.1.
package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

func main() { os.Exit(tool.Main(command(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

func command() *tool.Command {
	t := &throttle{Common: filter.NewCommon(), Records: filter.NewRecords()}
	return &tool.Command{
		Name:     "throttle",
		Summary:  "pass bytes or records through at a bounded rate",
		Synopsis: []string{"[-r RATE]... [options]"},
		Settle:   true,
		Catches:  []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP},
		Options: slices.Concat([]tool.Option{
			{Name: "rate", Short: "r", Arg: "RATE", Usage: "records (1000/s) or bytes (10MB/s) a second, /m or /h; give both for both", Value: tool.Func("", t.setRate)},
			{Name: "burst", Arg: "N|SIZE", Usage: "let that many records (100) or bytes (64KiB) go at once after a pause", Value: tool.Func("", t.setBurst)},
			{Name: "records", Usage: "keep records whole under a byte rate too", Value: tool.Bool(&t.whole)},
			{Name: "null-data", Usage: "records end in NUL, not in a newline", Value: tool.Bool(&t.null)},
			{Name: "cost", Arg: "PATH", Usage: "a record counts as the number at PATH in it, such as .tokens", Value: tool.Func("", t.setCost)},
			{Name: "min-cost", Arg: "NUMBER", Usage: "what a record counts as at least, and one without a number", Default: "1", Value: tool.Func("", t.setMinCost)},
			{Name: "poisson", Usage: "random times between records, with the rate as their mean", Value: tool.Bool(&t.poisson)},
			{Name: "ramp", Arg: "FROM..TO:DURATION", Usage: "change the rate evenly: 0..1000/s:30s", Value: tool.Func("", t.setRamp)},
			{Name: "schedule", Arg: "TIMETABLE", Usage: "rates by the time of day: \"08:00,512k 19:00,10MB/s 23:00,off\"", Value: tool.Func("", t.setTimetable)},
			{Name: "rate-file", Arg: "FILE", Usage: "take the rate from FILE, and follow its changes", Value: tool.Path(&t.rateFileName), File: true},
			{Name: "max-queue", Arg: "SIZE", Usage: "let no more than SIZE wait in the pipe behind", Value: tool.Positive(&t.maxQueue)},
			{Name: "target-latency", Arg: "DURATION", Usage: "let nothing wait in the pipe behind for longer than that", Value: tool.Positive(&t.latency)},
			{Name: "min", Arg: "RATE", Usage: "the least rate that those two hold the stream to", Value: &t.least},
			{Name: "max", Arg: "RATE", Usage: "the greatest; the same as --rate beside one of them", Value: tool.Func("", t.setMax)},
			{Name: "shed", Usage: "drop what can't leave at once, instead of holding the input back", Value: tool.Bool(&t.shed)},
			{Name: "count", Short: "n", Arg: "COUNT", Usage: "stop after that many records, and read no further", Value: tool.Given(&t.count, &t.limitCount)},
			{Name: "bytes", Arg: "SIZE", Usage: "stop after that many bytes, and read no further", Value: tool.Given(&t.most, &t.limitBytes)},
			{Name: "for", Arg: "DURATION", Usage: "stop after that time", Value: tool.Given(&t.runFor, &t.limitTime)},
			{Name: "size", Arg: "SIZE", Usage: "how much will come, for the bar of --progress", Value: &t.size},
		}, t.RejectOptions(), t.Common.Options()),
		Run: func(env *tool.Env) error {
			if t.rateFileName == "" {
				env.Signals.Leave(syscall.SIGHUP)
			}
			if err := t.validate(env); err != nil {
				return err
			}
			if stdio.FeedsItself(env.Stdin, env.Stdout) {
				return exit.With(exit.IO, fmt.Errorf("standard input %w", stdio.ErrFeedsItself))
			}
			t.pipesFor(t.records, t.bytes)
			life, err := t.Begin(env, filter.Uses{Input: true, Output: true, BytesOnly: !t.whole})
			if err != nil {
				return err
			}
			return life.End(t.run(life))
		},
	}
}

// setRate takes one rate of each unit.
func (t *throttle) setRate(s string) error {
	rate, err := units.ParseRate(s)
	if err != nil {
		return err
	}
	p := &t.records
	if rate.Unit == units.Bytes {
		p = &t.bytes
	}
	if p.N != 0 {
		return tool.Usagef("%s after %s: one rate of each unit is enough", s, p)
	}
	*p = rate
	return nil
}

// setBurst takes a number of records or, with a unit, of bytes.
func (t *throttle) setBurst(s string) error {
	if n, err := units.ParseCount(s); err == nil {
		t.recordBurst, t.recordBurstGiven = int64(n), true
		return nil
	}
	size, err := units.ParseSize(s)
	if err != nil {
		return err
	}
	t.byteBurst, t.byteBurstGiven = int64(size), true
	return nil
}

// setCost takes where the weight of a record is.
func (t *throttle) setCost(s string) (err error) {
	t.costPath, err = jsonscan.ParsePath(s)
	t.costs = true
	return err
}

func (t *throttle) setMinCost(s string) error {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 1.0/pace.Millionths && n <= pace.Heaviest) {
		return fmt.Errorf("%q is not a number from 0.000001 to %d", s, int64(pace.Heaviest))
	}
	t.minCost, t.minCostGiven = n, true
	return nil
}

// setRamp takes the one ramp that there may be.
func (t *throttle) setRamp(s string) error {
	r, err := pace.ParseRamp(s)
	if err != nil {
		return err
	}
	return t.setSource(ramp{r}, "--ramp")
}

func (t *throttle) setTimetable(s string) error {
	table, err := parseTimetable(s, time.Now)
	if err != nil {
		return err
	}
	return t.setSource(table, "--schedule")
}

func (t *throttle) setSource(s source, name string) error {
	if t.source != nil {
		return tool.Usagef("%s after %s: one of them can set the rate", name, t.sourceName)
	}
	t.source, t.sourceName = s, name
	return nil
}

// setMax is setRate under another name, which validate holds to its place.
func (t *throttle) setMax(s string) error {
	t.maxGiven = true
	return t.setRate(s)
}

// validateValve checks what holds the stream back by what waits behind.
func (t *throttle) validateValve(env *tool.Env, records bool) error {
	if t.maxQueue == 0 && t.latency == 0 {
		if t.least.N > 0 || t.maxGiven {
			return tool.Usagef("--min and --max bound what --max-queue or --target-latency do, and there is neither")
		}
		return nil
	}
	if t.least.N > 0 && t.least.Unit == units.Records && !records && !t.whole && !t.limitCount {
		return tool.Usagef("--min %s counts records: give --records, or a record rate", t.least)
	}
	for _, most := range []units.Rate{t.records, t.bytes} {
		if t.least.N > 0 && most.N > 0 && most.Unit == t.least.Unit && most.PerSecond() < t.least.PerSecond() {
			return tool.Usagef("--min %s is more than %s", t.least, most)
		}
	}
	if _, ok := stdio.Queued(env.Stdout); !ok {
		return tool.Usagef("--max-queue and --target-latency watch the pipe behind, and standard output is none")
	}
	return nil
}

// validateShed checks what drops records.
func (t *throttle) validateShed() error {
	switch {
	case !t.shed && (t.Rejects != "" || t.RejectsOK || t.MaxRejects.IsSet()):
		return tool.Usagef("--rejects, --rejects-ok and --max-rejects are for what --shed drops, and it is not given")
	case t.shed && t.poisson:
		return tool.Usagef("--poisson holds records until their time, and --shed holds none")
	case t.shed && t.limitBytes:
		return tool.Usagef("--bytes may end within a record, and --shed drops whole ones: take -n")
	}
	return nil
}

// validate checks what the options can't check alone, and settles what they
// leave open.
func (t *throttle) validate(env *tool.Env) error {
	if t.source != nil && t.rateFileName != "" {
		return tool.Usagef("%s and --rate-file: one of them can set the rate", t.sourceName)
	}
	if t.source != nil && (t.records.N > 0 || t.bytes.N > 0) {
		return tool.Usagef("%s sets the rate: leave out --rate", t.sourceName)
	}
	records, size := t.records.N > 0, t.bytes.N > 0 // there may be such a rate
	switch s := t.source.(type) {
	case ramp:
		records, size = s.Unit() == units.Records, s.Unit() == units.Bytes
	case *timetable:
		records, size = s.counts()
	}
	if t.rateFileName != "" {
		file := &rateFile{name: t.rateFileName}
		if err := file.open(t.records, t.bytes); err != nil {
			return err
		}
		t.source = file
		t.whole = t.whole || file.records.N > 0
		records, size = records || t.whole, true
	}
	switch {
	case t.recordBurst > 0 && !records:
		return tool.Usagef("--burst %d counts records, but no record rate is given (bytes have a unit: %dB)", t.recordBurst, t.recordBurst)
	case t.byteBurst > 0 && !size:
		return tool.Usagef("--burst counts bytes, but no byte rate is given")
	case t.costs && !records:
		return tool.Usagef("--cost weighs records for a record rate, and there is none")
	case t.minCostGiven && !t.costs:
		return tool.Usagef("--min-cost is for --cost, which says where the cost is")
	case t.poisson && !records:
		return tool.Usagef("--poisson spreads records, but no record rate is given")
	case t.null && !records && !t.whole && !t.limitCount && !t.shed:
		return tool.Usagef("--null-data is for records: give a record rate, or --records")
	}
	if err := t.validateValve(env, records); err != nil {
		return err
	}
	if err := t.validateShed(); err != nil {
		return err
	}
	if !t.minCostGiven {
		t.minCost = 1
	}
	t.whole = t.whole || records || t.limitCount || t.shed
	return nil
}
