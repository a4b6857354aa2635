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
// Exit status: 0; 2 usage; 74 input or output failed; 141 and 143 by signal.
//
// See man/throttle.1.
package main

import (
	"os"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

func main() { os.Exit(tool.Main(command(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

func command() *tool.Command {
	t := &throttle{Common: filter.NewCommon()}
	return &tool.Command{
		Name:     "throttle",
		Summary:  "pass bytes or records through at a bounded rate",
		Synopsis: []string{"[-r RATE]... [options]"},
		Settle:   true,
		Options: append([]tool.Option{
			{Name: "rate", Short: "r", Arg: "RATE", Usage: "records (1000/s) or bytes (10MB/s) a second, /m or /h; give both for both", Value: tool.Func("", t.setRate)},
			{Name: "burst", Arg: "N|SIZE", Usage: "let that many records (100) or bytes (64KiB) go at once after a pause", Value: tool.Func("", t.setBurst)},
			{Name: "records", Usage: "keep records whole under a byte rate too", Value: tool.Bool(&t.whole)},
			{Name: "null-data", Usage: "records end in NUL, not in a newline", Value: tool.Bool(&t.null)},
		}, t.Common.Options()...),
		Run: func(env *tool.Env) error {
			if err := t.validate(); err != nil {
				return err
			}
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
		t.recordBurst = int64(n)
		return nil
	}
	size, err := units.ParseSize(s)
	if err != nil {
		return err
	}
	t.byteBurst = int64(size)
	return nil
}

func (t *throttle) validate() error {
	switch {
	case t.recordBurst > 0 && t.records.N == 0:
		return tool.Usagef("--burst %d counts records, but no record rate is given (bytes have a unit: %dB)", t.recordBurst, t.recordBurst)
	case t.byteBurst > 0 && t.bytes.N == 0:
		return tool.Usagef("--burst counts bytes, but no byte rate is given")
	case t.null && t.records.N == 0 && !t.whole:
		return tool.Usagef("--null-data is for records: give a record rate, or --records")
	}
	t.whole = t.whole || t.records.N > 0
	return nil
}
