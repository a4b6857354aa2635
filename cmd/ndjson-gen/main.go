// Ndjson-gen makes records.
//
// Synopsis:
//
//	ndjson-gen [-n COUNT] [options] > output
//
// The record is {"id":…,"timestamp":…,"payload":…} of about 890 bytes. Every
// value is a function of the seed and the record's number alone: the same
// command makes the same bytes, everywhere and every time.
//
// Exit status: 0; 2 usage; 74 output failed; 141 and 143 by signal.
//
// See man/ndjson-gen.1.
package main

import (
	"os"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/tool"
)

func main() { os.Exit(tool.Main(command(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

func command() *tool.Command {
	g := &generator{Common: filter.NewCommon()}
	return &tool.Command{
		Name:     "ndjson-gen",
		Summary:  "make records",
		Synopsis: []string{"[-n COUNT] [options]"},
		Settle:   true,
		Options: append([]tool.Option{
			{Name: "count", Short: "n", Arg: "COUNT", Usage: "make that many records (50k, 1M); without a limit, records without end", Value: tool.Given(&g.count, &g.counted)},
			{Name: "bytes", Arg: "SIZE", Usage: "make as many records as fit into SIZE", Value: tool.Given(&g.bytes, &g.sized)},
			{Name: "for", Arg: "DURATION", Usage: "make records for that long", Value: tool.Given(&g.time, &g.timed)},
			{Name: "seed", Arg: "N", Usage: "other values, the same for the same N", Value: tool.Int(&g.seed, 0)},
			{Name: "rate", Short: "r", Arg: "RATE", Usage: "no faster than RATE: records (1000/s) or bytes (10MB/s)", Value: &g.rate},
			filter.CompressOption(&g.compress),
		}, g.Common.Options()...),
		Run: func(env *tool.Env) error {
			life, err := g.Begin(env, filter.Uses{Output: true, Compress: g.compress})
			if err != nil {
				return err
			}
			return life.End(g.run(life))
		},
	}
}
