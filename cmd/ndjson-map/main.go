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
	"runtime"
	"slices"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/tool"
)

func main() { os.Exit(tool.Main(command(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

func command() *tool.Command {
	return newMapper().command()
}

func newMapper() *mapper {
	return &mapper{Common: filter.NewCommon(), Records: filter.NewRecords(), reading: newReading(), jobs: 1}
}

func (m *mapper) command() *tool.Command {
	return &tool.Command{
		Name:     "ndjson-map",
		Summary:  "map, filter and reshape records with the jq language",
		Synopsis: []string{"[options] PROGRAM [FILE ...]", "[options] -f FILE [FILE ...]", "[options] PROGRAM --args [STRING ...]"},
		Operands: [2]int{0, -1},
		Options: slices.Concat(m.programOptions(), m.reading.Options(), m.writing.Options(),
			[]tool.Option{filter.CompressOption(&m.compress)}, m.Records.Options(), m.Common.Options()),
		Run: func(env *tool.Env) error {
			files, err := m.prepare(env)
			if err != nil {
				return err
			}
			if m.explain {
				return m.explainTo(env.Stdout)
			}
			life, err := m.Begin(env, filter.Uses{Input: m.reads(), Output: true, Gathers: m.slurp, Compress: m.compress, Files: m.files()})
			if err != nil {
				return err
			}
			defer runtime.KeepAlive(m.ballast())
			return life.End(m.run(life, files, env))
		},
	}
}
