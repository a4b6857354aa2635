package main

import (
	"io"
	"strings"
	"sync/atomic"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

type rateSink struct {
	filter.Common
	filter.Records
	rates        rates
	concurrency  concurrency
	batchRecords units.Count
	batchBytes   units.Size
	batchAge     units.Duration
	maxElapsed   units.Duration
	drain        units.Duration
	compress     codec.Spec
	appends      bool
	rotate       rotation
	resume       resume
	echo         echo
	spill        string
	checks       bool
	metrics      metrics
	web          webOptions
	table        tableOptions
	bounds       bounds
	sizes        sizes

	dest    sink.Destination
	runID   string
	tooLong atomic.Int64 // records over the maximum, which the engine never sees
}

// validate makes the destination and checks what goes with it.
func (s *rateSink) validate(env *tool.Env) error {
	where, args := "null:", env.Args
	if len(args) > 0 {
		where, args = args[0], args[1:]
	}
	where = fromEnvironment(where)
	if where == "exec" && len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	web := s.web.config()
	web.Again, web.Conns = web.RunID != "", s.concurrency.Most
	if err := s.resume.load(&web); err != nil {
		return err
	}
	s.runID, s.Records.Continue = web.RunID, s.resume.last != nil
	s.table.Concurrency = s.concurrency.Most
	config := sink.Config{
		EncodeFor: func(path string) sink.Encode { return encode(codec.SuffixSpec(path)) },
		Encode:    encode(s.compress),
		Encoding:  s.compress.Format.String(),
		HTTP:      web,
		Postgres:  s.table.make(s.web.timeout, s.web.connectTimeout),
		Append:    s.appends,
		Again:     s.resume.last != nil,
		Rotate:    sink.Rotate{Records: int64(s.rotate.records), Bytes: int64(s.rotate.bytes), Age: time.Duration(s.rotate.every)},
		Stdout:    env.Stderr, Stderr: env.Stderr,
		Grace: time.Duration(s.drain),
	}
	var err error
	if s.dest, err = sink.Parse(where, args, config); err != nil {
		return &tool.UsageError{Err: err}
	}
	if err := s.bounds.check(scheme(where)); err != nil {
		return err
	}
	if scheme(where) == "postgres:" {
		s.sizes.grow(&s.batchRecords, &s.batchBytes)
	}
	if err := s.agree(where); err != nil {
		return err
	}
	if err := s.apart(env); err != nil {
		return err
	}
	if s.web.Insecure {
		env.Term.Say("warning: --insecure: anybody on the way can read and change what is sent")
	}
	return s.Records.Validate()
}

// agree refuses options that contradict each other or the destination.
func (s *rateSink) agree(where string) error {
	file := strings.HasPrefix(where, "file:")
	if err := s.echo.validate(!file || s.appends); err != nil {
		return err
	}
	switch last := s.resume.last; {
	case s.resume.path != "" && file && !s.appends && s.rotate == rotation{}:
		return tool.Usagef("--checkpoint is not for a file that is there whole or not at all: --append, or rotate")
	case last != nil && last.Destination != s.dest.Name():
		return tool.Usagef("%s is the checkpoint of %s, not of %s", s.resume.path, last.Destination, s.dest.Name())
	case s.resume.path != "" && s.table.Stream != "":
		return tool.Usagef("--checkpoint and --stream both keep a checkpoint; that of --stream delivers nothing twice")
	case s.resume.everyGiven && s.resume.path == "":
		return tool.Usagef("--checkpoint-every needs --checkpoint to say where to")
	case s.concurrency.Most > 1 && file:
		return tool.Usagef("--concurrency above 1 is not for file:, which is written in the order of the input")
	case s.spill != "" && file && !s.appends:
		return tool.Usagef("--spill is not for a file that is there whole or not at all: nothing keeps its records")
	}
	return nil
}

// encode puts a compressor on a file, nil for none.
func encode(spec codec.Spec) sink.Encode {
	if spec.Format == codec.Plain {
		return nil
	}
	return func(w io.Writer, live bool) (sink.Encoder, error) {
		if live {
			return codec.NewWriter(w, spec)
		}
		return codec.NewFileWriter(w, spec)
	}
}
