package main

import (
	"strconv"
	"strings"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/tool"
)

// echo is what goes to standard output once the destination has acknowledged it:
// the records, or a line for each delivery.
type echo struct {
	records, receipts bool

	out     *filter.Output
	clock   pace.Clock
	dest    string
	line    []byte
	flushed time.Duration
	err     error // of writing; it stays
}

// echoAge is how long an echo may wait for company while the input goes on: a
// block of it may take a slow destination minutes.
const echoAge = 100 * time.Millisecond

func (e *echo) options() []tool.Option {
	return []tool.Option{
		{Name: "echo", Usage: "write each record that is acknowledged to standard output", Value: tool.Bool(&e.records)},
		{Name: "receipts", Usage: "write a line for each delivery that is acknowledged to standard output", Value: tool.Bool(&e.receipts)},
	}
}

func (e *echo) wanted() bool { return e.records || e.receipts }

// validate checks the options against a destination, of which final says that it
// acknowledges while it goes on.
func (e *echo) validate(final bool) error {
	switch {
	case e.records && e.receipts:
		return tool.Usagef("--echo and --receipts both write to standard output")
	case e.wanted() && !final:
		return tool.Usagef("--echo and --receipts are not for a file that is there whole or not at all: nothing is acknowledged before its end")
	}
	return nil
}

// acked writes what a delivery brings. The delivery has been made whatever
// becomes of its echo, so an error is kept for the caller's next turn.
func (e *echo) acked(b *sink.Batch) {
	switch {
	case e.err != nil:
	case e.records:
		_, e.err = e.out.Write(b.Data)
	case e.receipts:
		e.line = appendReceipt(e.line[:0], e.dest, b)
		_, e.err = e.out.Write(e.line)
	}
	if now := e.clock.Now(); e.err == nil && now-e.flushed >= echoAge {
		e.flushed = now
		_, e.err = e.out.Idle()
	}
}

// idle hands on what the engine's turn at idle input brought, and its answers.
func (e *echo) idle(again time.Duration, err error) (time.Duration, error) {
	if err == nil && e.err == nil && e.out != nil {
		_, e.err = e.out.Idle()
	}
	if err == nil {
		err = e.err
	}
	return again, err
}

// appendReceipt appends the line for a batch, or a part of one.
func appendReceipt(dst []byte, dest string, b *sink.Batch) []byte {
	dst = jsonscan.AppendString(append(dst, `{"destination":`...), []byte(strings.ToValidUTF8(dest, "\ufffd")))
	dst = strconv.AppendInt(append(dst, `,"first":`...), b.First.Ordinal, 10)
	dst = strconv.AppendInt(append(dst, `,"last":`...), b.Last(), 10)
	dst = strconv.AppendInt(append(dst, `,"records":`...), int64(b.Records), 10)
	dst = strconv.AppendInt(append(dst, `,"bytes":`...), int64(len(b.Data)), 10)
	dst = strconv.AppendInt(append(dst, `,"attempt":`...), int64(max(b.Attempt, 1)), 10)
	return append(dst, '}', '\n')
}
