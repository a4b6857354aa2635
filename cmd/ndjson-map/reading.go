package main

import (
	"ndjsontools/lib/jsonstream"
	"ndjsontools/lib/tool"
)

// reading is how the input becomes values.
type reading struct {
	null, slurp          bool
	lines                bool // --raw-input
	sequence             bool // --seq, of the output too
	stream, streamErrors bool
	concat               bool
	utf8                 string
}

func newReading() reading { return reading{utf8: "reject"} }

var utf8Ways = []string{"reject", "replace"}

func (r *reading) Options() []tool.Option {
	return []tool.Option{
		{Name: "null-input", Short: "n", Usage: "run the program once, on null; only input and inputs read", Value: tool.Bool(&r.null)},
		{Name: "raw-input", Short: "R", Usage: "take each line as a string; with --slurp, all of the input as one", Value: tool.Bool(&r.lines)},
		{Name: "slurp", Short: "s", Usage: "run the program once, on an array of all records", Value: tool.Bool(&r.slurp)},
		{Name: "concat", Usage: "take JSON values that span lines or share one", Value: tool.Bool(&r.concat)},
		{Name: "stream", Usage: "take each record as the events [path, leaf] and [path], in a memory that its length does not matter to", Value: tool.Bool(&r.stream)},
		{Name: "stream-errors", Usage: "like --stream, and what is no JSON becomes the event [reason, path]", Value: tool.Bool(&r.streamErrors)},
		{Name: "seq", Usage: "read and write JSON text sequences (RFC 7464)", Value: tool.Bool(&r.sequence)},
		{Name: "utf8", Arg: "WAY", Usage: "what to do about text that is not UTF-8: reject the record, or replace it by U+FFFD", Value: tool.Choice(&r.utf8, utf8Ways...), Choices: utf8Ways},
	}
}

// Validate checks what the options can't check alone.
func (r *reading) Validate() error {
	switch {
	case r.lines && r.events():
		return tool.Usagef("--raw-input takes lines of text, of which --stream can't make events")
	case r.lines && r.concat:
		return tool.Usagef("--raw-input takes lines of text, which are no values that --concat could take")
	case r.sequence && r.concat:
		return tool.Usagef("--seq already says where a value begins; leave --concat out")
	}
	return nil
}

// events says whether the program gets events instead of records.
func (r *reading) events() bool { return r.stream || r.streamErrors }

// byLine says whether each line is a record of JSON.
func (r *reading) byLine() bool {
	return !r.lines && !r.sequence && !r.concat && !r.events()
}

func (r *reading) framing() jsonstream.Framing {
	switch {
	case r.sequence:
		return jsonstream.Sequence
	case r.concat:
		return jsonstream.Spanning
	}
	return jsonstream.Lines
}
