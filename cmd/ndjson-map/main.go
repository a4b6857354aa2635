// Ndjson-map maps, filters and reshapes records with the jq language.
//
// Synopsis:
//
//	ndjson-map [options] PROGRAM [FILE ...]
//	ndjson-map [options] -f FILE [FILE ...]
//
// Every record is validated completely. Key order and the spelling of numbers
// that the program does not compute are kept. A bad record, or one that the
// program fails on, is reported with its place and the stream goes on.
//
// Exit status: 0; 1 and 4 with -e; 2 usage; 3 the program does not compile; 5
// rejected; 65 stopped by the input; 74; 141 by signal.
//
// See man/ndjson-map.1.
package main

import (
	"os"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/tool"
)

func main() { os.Exit(tool.Main(command(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

func command() *tool.Command {
	m := &mapper{Common: filter.NewCommon(), Records: filter.NewRecords(), jobs: 1}
	return &tool.Command{
		Name:     "ndjson-map",
		Summary:  "map, filter and reshape records with the jq language",
		Synopsis: []string{"[options] PROGRAM [FILE ...]", "[options] -f FILE [FILE ...]"},
		Operands: [2]int{0, -1},
		Options: append(append([]tool.Option{
			{Name: "from-file", Short: "f", Arg: "FILE", Usage: "read the program from FILE", Value: tool.Path(&m.programFile), File: true},
			{Name: "null-input", Short: "n", Usage: "run the program once, on null; only input and inputs read", Value: tool.Bool(&m.null)},
			{Name: "slurp", Short: "s", Usage: "run the program once, on an array of all records", Value: tool.Bool(&m.slurp)},
			{Name: "raw-output", Short: "r", Usage: "write a string as its characters, without quotes", Value: tool.Bool(&m.raw)},
			{Name: "join-output", Short: "j", Usage: "like --raw-output, without a newline behind each output", Value: tool.Bool(&m.join)},
			{Name: "compact-output", Short: "c", Usage: "one line for each output, as always here; for jq's users", Value: tool.Bool(&m.compact)},
			{Name: "exit-status", Short: "e", Usage: "end with 1 if the last output was false or null, with 4 if there was none", Value: tool.Bool(&m.exitStatus)},
			{Name: "jobs", Short: "P", Arg: "N", Usage: "work on N parts of the input at the same time; what comes out stays the same", Value: tool.Int(&m.jobs, 1)},
			{Name: "explain", Usage: "print how the program would be run, read nothing, and end", Value: tool.Bool(&m.explain)},
			{Name: "arg", Arg: "NAME VALUE", Usage: "let $NAME be the string VALUE", Value: tool.Pair(m.setArg)},
			{Name: "argjson", Arg: "NAME JSON", Usage: "let $NAME be the value that JSON is", Value: tool.Pair(m.setArgJSON)},
			{Name: "slurpfile", Arg: "NAME FILE", Usage: "let $NAME be an array of the values in FILE", Value: tool.Pair(m.slurpFile), File: true},
			{Name: "rawfile", Arg: "NAME FILE", Usage: "let $NAME be the text of FILE", Value: tool.Pair(m.rawFile), File: true},
			filter.CompressOption(&m.compress),
		}, m.Records.Options()...), m.Common.Options()...),
		Run: func(env *tool.Env) error {
			files, err := m.prepare(env.Args, os.Environ())
			if err != nil {
				return err
			}
			if m.explain {
				return m.explainTo(env.Stdout)
			}
			life, err := m.Begin(env, filter.Uses{Input: m.reads(), Output: true, Compress: m.compress, Files: m.files()})
			if err != nil {
				return err
			}
			return life.End(m.run(life, files, env))
		},
	}
}
