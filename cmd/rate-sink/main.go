// Rate-sink delivers records to a slow or limited destination.
//
// Synopsis:
//
//	rate-sink [options] [DESTINATION] < records
//	rate-sink [options] exec [--] COMMAND [ARGUMENT ...] < records
//
// Every record that it takes is acknowledged by the destination, or saved as a
// reject, or counted as unresolved with a status other than 0. Nothing is
// dropped because retries ran out.
//
// Exit status: 0; 2 usage; 5 rejected; 65 stopped by the input; 69 not there;
// 74, 75, 78; 130 and 143 by signal.
//
// See man/rate-sink.1.
package main

import (
	"errors"
	"io"
	"log"
	"os"
	"slices"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

func main() { os.Exit(tool.Main(command(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

func command() *tool.Command {
	s := newRateSink()
	return &tool.Command{
		Name:     "rate-sink",
		Summary:  "deliver records to a slow or limited destination",
		Synopsis: []string{"[options] [null:|sim:SPEC|file:PATH|http://URL|https://URL|postgres://URL|env:NAME]", "[options] exec [--] COMMAND [ARGUMENT ...]"},
		Operands: [2]int{0, -1},
		// The command behind exec keeps its own options.
		EndsOptions: func(operand string) bool { return operand == "exec" },
		Settle:      true,
		Options: slices.Concat([]tool.Option{
			{Name: "rate", Short: "r", Arg: "RATE", Usage: "no faster than RATE: records (1000/s), bytes (10MB/s) or requests (10req/s); several for all", Value: tool.Func("", s.rates.set)},
			{Name: "concurrency", Arg: "N", Usage: "have N deliveries under way at once; auto finds out how many", Value: &s.concurrency, Choices: []string{"auto"}},
			s.batched(tool.Option{Name: "batch-records", Short: "b", Arg: "N", Usage: "deliver at most N records at once", Value: tool.Given(tool.Positive(&s.batchRecords), &s.sizes.records)}),
			s.batched(tool.Option{Name: "batch-bytes", Arg: "SIZE", Usage: "deliver at most SIZE at once, but for a longer record", Value: tool.Given(tool.Positive(&s.batchBytes), &s.sizes.bytes)}),
			s.batched(tool.Option{Name: "batch-age", Arg: "DURATION", Usage: "deliver a batch that is not full that long after its first record came", Value: &s.batchAge}),
			s.batched(tool.Option{Name: "max-elapsed", Arg: "DURATION", Usage: "stop when a batch could not be delivered for that long", Value: &s.maxElapsed}),
			{Name: "drain-timeout", Arg: "DURATION", Usage: "after a signal, take at most that long to deliver what is held", Value: &s.drain},
			{Name: "spill", Arg: "FILE", Usage: "save the records that are unresolved at the end in FILE", Value: tool.Path(&s.spill), File: true},
			{Name: "check", Usage: "test the destination and the credentials, read nothing, and end", Value: tool.Bool(&s.checks)},
			filter.CompressOption(&s.compress),
		}, s.echo.options(), s.resume.options(), s.fileOptions(), s.web.options(&s.bounds), s.table.options(&s.bounds), s.metrics.options(), s.Records.Options(), s.Common.Options()),
		Run: func(env *tool.Env) error {
			env.Term.Impatient(wordsWait)
			log.SetOutput(io.Discard) // net/http says there what it thinks of a server, past all our rules on words
			if err := s.validate(env); err != nil {
				return err
			}
			if s.checks {
				return s.check(env)
			}
			life, err := s.Begin(env, filter.Uses{Input: true, Output: s.echo.wanted(), Files: s.files(env.Args)})
			if err != nil {
				return err
			}
			return life.End(errors.Join(s.run(env, life), s.resume.end()))
		},
	}
}

// batched is an option for destinations that take batches and may have to be
// asked again; null: and file: do neither.
func (s *rateSink) batched(o tool.Option) tool.Option {
	return s.bounds.only(o, "sim:", "http:", "https:", "postgres:", "exec")
}

// newRateSink is a rateSink with its defaults; the batch limits are those of
// lib/sink, which the options show.
func newRateSink() *rateSink {
	return &rateSink{
		Common: filter.NewCommon(), Records: filter.NewRecords(),
		batchRecords: 500, batchBytes: 1 << 20, batchAge: units.Duration(time.Second),
		concurrency: concurrency{sink.Concurrency{Most: 1}},
		resume:      resume{every: units.Duration(time.Second)},
		web:         newWebOptions(),
		table:       newTableOptions(),
		maxElapsed:  units.Duration(15 * time.Minute), drain: units.Duration(5 * time.Second),
	}
}
