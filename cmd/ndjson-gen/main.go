// Ndjson-gen makes records.
//
// Synopsis:
//
//	ndjson-gen [-n COUNT] [options] [FIELD ...] > output
//	ndjson-gen [-n COUNT] [options] -f FILE|-|@PRESET > output
//	ndjson-gen [-n COUNT] [options] --like FILE|- > output
//	ndjson-gen [-n COUNT] [options] --json-schema FILE|- > output
//
// A field is path:type,args or path=text or path:=json. Without any, the record
// is {"id":…,"timestamp":…,"payload":…} of about 890 bytes. Every value is a
// function of the seed, the field and the record's number alone: the same
// command makes the same bytes, everywhere and every time.
//
// Exit status: 0; 2 usage; 3 the schema does not compile; 5 and 65 bad records in
// what --like or --verify reads; 74 output failed; 141 and 143 by signal.
//
// See man/ndjson-gen.1.
package main

import (
	"io"
	"os"
	"strings"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/tool"
)

func main() { os.Exit(tool.Main(command(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

func command() *tool.Command {
	g := &generator{Common: filter.NewCommon(), jobs: 1}
	return &tool.Command{
		Name:     "ndjson-gen",
		Summary:  "make records",
		Synopsis: []string{"[-n COUNT] [options] [FIELD ...]", "[-n COUNT] [options] -f FILE|-|@PRESET", "[-n COUNT] [options] --like FILE|-", "[-n COUNT] [options] --json-schema FILE|-"},
		Settle:   true,
		Operands: [2]int{0, -1},
		Options: append([]tool.Option{
			{Name: "from-file", Short: "f", Arg: "FILE", Usage: "read a template from FILE, - or a preset: " + presetNames(), Value: tool.Source(&g.template), File: true},
			{Name: "like", Arg: "FILE", Usage: "make records like those in FILE, or of standard input: -", Value: tool.Source(&g.like), File: true},
			{Name: "json-schema", Arg: "FILE", Usage: "make records that are valid against the JSON Schema in FILE", Value: tool.Source(&g.jsonSchema), File: true},
			{Name: "print", Usage: "print the schema as a template, and make nothing", Value: tool.Bool(&g.print)},
			{Name: "types", Usage: "list the types of fields, with examples", Value: tool.Bool(&g.types)},
			{Name: "explain", Usage: "say what would be made, and make nothing", Value: tool.Bool(&g.explain)},
			{Name: "count", Short: "n", Arg: "COUNT", Usage: "make that many records (50k, 1M); without a limit, records without end", Value: tool.Given(&g.count, &g.counted)},
			{Name: "bytes", Arg: "SIZE", Usage: "make as many records as fit into SIZE", Value: tool.Given(&g.bytes, &g.sized)},
			{Name: "for", Arg: "DURATION", Usage: "make records for that long", Value: tool.Given(&g.time, &g.timed)},
			{Name: "start", Arg: "K", Usage: "begin with record K", Value: &g.start, Default: "0"},
			{Name: "range", Arg: "A..B", Usage: "make the records A to B", Value: tool.Func("", g.window.setRange)},
			{Name: "shard", Arg: "I/N", Usage: "make only the records whose number modulo N is I", Value: tool.Func("", g.window.setShard)},
			{Name: "record-size", Arg: "SIZE", Usage: "pad every record to SIZE, newline included", Value: tool.Positive(&g.recordSize)},
			{Name: "stamp", Arg: "FIELD", Usage: "add a field with the present time in microseconds and the record's number", Value: tool.Word(&g.stamp)},
			{Name: "seed", Arg: "N", Usage: "other values, the same for the same N; random draws one and tells it", Value: tool.Func("0", g.setSeed)},
			{Name: "now", Usage: "let times without a start of their own begin at the present", Value: tool.Bool(&g.now)},
			{Name: "rate", Short: "r", Arg: "RATE", Usage: "no faster than 1000/s or 10MB/s; 0..50k/60s is a ramp, poisson:1k/s has random times", Value: &g.load},
			{Name: "catch-up", Usage: "make up for what a slow reader held back, as fast as it takes it", Value: tool.Bool(&g.catchUp)},
			{Name: "loop-block", Arg: "SIZE", Usage: "make records for SIZE once, and repeat these bytes", Value: tool.Positive(&g.loop)},
			{Name: "drop", Arg: "SHARE", Usage: "leave out so many records: 1%, .01, or 10/1000 for exactly ten of each thousand", Value: tool.Func("", g.setDrop)},
			{Name: "dup", Arg: "SHARE", Usage: "copy so many records; with SHARE,within=N up to N records behind, else 100", Value: tool.Func("", g.faults.SetDup)},
			{Name: "shuffle", Arg: "N", Usage: "change the order within blocks of N records", Value: tool.Func("", g.setShuffle)},
			{Name: "bad", Arg: "SHARE", Usage: "spoil so many records; with SHARE,kind=KIND in that way: " + strings.Join(gen.Kinds(), ", "), Value: tool.Func("", g.faults.SetBad)},
			{Name: "bad-log", Arg: "FILE", Usage: "write to FILE which records were spoiled", Value: tool.Path(&g.badLog), File: true},
			{Name: "verify", Arg: "LEVEL", Usage: "read the records instead, and compare: exact, values or ids", Bare: "exact", Value: tool.Choice(&g.verify, levelNames...), Choices: levelNames},
			{Name: "id", Arg: "PATH", Usage: "the field that tells a record's number; the first seq or uniq without it", Value: tool.Word(&g.id)},
			{Name: "tee", Usage: "with --verify: pass the input through", Value: tool.Bool(&g.tee)},
			filter.JobsOption(&g.jobs, "make records in N goroutines; the bytes and their order stay"),
			filter.CompressOption(&g.compress),
		}, g.Common.Options()...),
		Run: func(env *tool.Env) error {
			if g.types {
				_, err := io.WriteString(env.Stdout, gen.Types())
				return err
			}
			if err := g.validate(); err != nil {
				return err
			}
			if g.like != "" {
				return g.runLike(env)
			}
			schema, err := g.schema(env.Args, env.Stdin)
			if err != nil {
				return err
			}
			words, plan, err := g.prepare(schema)
			if err != nil {
				return err
			}
			if plan == nil {
				_, err := io.WriteString(env.Stdout, words)
				return err
			}
			if g.verify != "" {
				v, err := g.verifier(plan)
				if err != nil {
					return err
				}
				life, err := g.Begin(env, filter.Uses{Input: true, Output: g.tee, Compress: g.compress})
				if err != nil {
					return err
				}
				return life.End(g.runVerify(life, v))
			}
			life, err := g.Begin(env, filter.Uses{Output: true, Compress: g.compress, Prepare: g.report})
			if err != nil {
				return err
			}
			return life.End(g.run(env, life, plan))
		},
	}
}

func presetNames() string { return "@" + strings.Join(gen.PresetNames(), ", @") }
