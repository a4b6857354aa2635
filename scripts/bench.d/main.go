// Bench measures the tools beside the programs that are installed for the same
// work, and prints one table. scripts/bench runs it, with the tools on PATH.
//
// Every contender of a case runs once in each round, so that what else the
// machine does meets all alike; the figures are medians over the rounds, and a
// ratio is the median of the rounds' ratios. Slow programs get a shorter input:
// rates are per second and CPU is per GB. Every time is that of whole processes,
// start-up included.
//
// It is for ratios on one machine. The absolute figures are true of the machine
// named at the top only.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
)

func main() { os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr)) }

// A plan is how much is measured.
type plan struct {
	rounds   int
	pairs    int // rounds of the case of throttle, whose ratio is close to 1
	starts   int // runs of each program that does nothing
	seconds  int // of each run at a rate
	records  int // of the files and of the pipeline
	only     *regexp.Regexp
	pipeline string // the program of Node
	dir      string
}

// Main runs the command and returns its exit status.
func Main(args []string, stdout, stderr io.Writer) int {
	p := plan{rounds: 5, pairs: 11, starts: 200, seconds: 5, records: 500_000}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	quick := flags.Bool("q", false, "quick: less of everything, for a first look")
	flags.IntVar(&p.rounds, "n", p.rounds, "run every case `COUNT` times")
	flags.StringVar(&p.dir, "d", p.dir, "keep the input in `DIR` (/dev/shm, or TMPDIR)")
	flags.StringVar(&p.pipeline, "pipeline", "scripts/pipeline.mjs", "the pipeline for Node, in `FILE`")
	only := flags.String("only", "", "run the cases whose names match `REGEXP`")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if *quick {
		p.pairs, p.starts, p.seconds, p.records = 5, 40, 1, p.records/5
		if p.rounds == 5 {
			p.rounds = 3
		}
	}
	var err error
	if p.only, err = regexp.Compile(*only); err == nil && (flags.NArg() > 0 || p.rounds < 1) {
		err = errors.New("bench takes no arguments, and -n is at least 1")
	}
	if err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 2
	}
	if err := p.run(stdout); err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}

// run measures everything and prints it as it comes.
func (p plan) run(stdout io.Writer) error {
	for _, tool := range []string{"ndjson-gen", "ndjson-map", "rate-sink", "throttle", "pipe-run"} {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("%w; run it by make bench", err)
		}
	}
	if p.dir == "" {
		p.dir = room()
	}
	dir, err := os.MkdirTemp(p.dir, "ndjson-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p.dir = dir
	printMachine(stdout)
	inputs, err := makeInputs(dir, p.records)
	if err != nil {
		return err
	}
	if err := p.races(stdout, inputs); err != nil {
		return err
	}
	if err := p.tables(stdout, inputs); err != nil {
		return err
	}
	if err := p.posts(stdout, inputs); err != nil {
		return err
	}
	if err := p.rates(stdout); err != nil {
		return err
	}
	if err := p.failures(stdout); err != nil {
		return err
	}
	return p.startups(stdout)
}
