package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"time"

	"ndjsontools/lib/units"
)

// A contender is one program in a race.
type contender struct {
	name    string
	pipe    pipe
	stage   int   // of the pipe, whose CPU and memory are shown; -1 for all of them together
	bytes   int64 // that one run moves
	records int64 // likewise
	answer  pipe  // writes what this program makes of a small input, to be compared; nil if its form differs
}

// A race is a case: the first contender is ours.
type race struct {
	name       string
	contenders []contender
	rounds     int
}

// A result is what a contender's rounds gave.
type result struct {
	times []time.Duration
	cpu   []time.Duration
	peak  int64
}

// run runs all rounds. The contenders take turns, every second round backwards.
// A round before the others warms up and looks at the memory.
func (r race) run() ([]result, error) {
	results := make([]result, len(r.contenders))
	for round := -1; round < r.rounds; round++ {
		for k := range r.contenders {
			if round%2 == 1 {
				k = len(r.contenders) - 1 - k
			}
			c, res := &r.contenders[k], &results[k]
			elapsed, stages, err := c.pipe.run(nil, round < 0)
			if err != nil {
				return nil, err
			}
			cpu, peak := c.pick(stages)
			if round < 0 {
				res.peak = peak
				continue
			}
			res.times = append(res.times, elapsed)
			res.cpu = append(res.cpu, cpu)
		}
	}
	return results, nil
}

// pick is what the stage in question took.
func (c *contender) pick(stages []usage) (cpu time.Duration, peak int64) {
	if c.stage >= 0 {
		return stages[c.stage].cpu, stages[c.stage].peak
	}
	for _, s := range stages {
		cpu += s.cpu
		peak += s.peak
	}
	return cpu, peak
}

// same checks that the contenders which should give the same answer do: the
// speed of a wrong one would be worth nothing. The order of keys and the spelling
// of numbers, which some do not keep, do not count.
func (r race) same() error {
	var first []byte
	for i, c := range r.contenders {
		if c.answer == nil {
			continue
		}
		var out bytes.Buffer
		if _, _, err := c.answer.run(&out, false); err != nil {
			return err
		}
		values, err := normal(out.Bytes())
		if err != nil {
			return fmt.Errorf("%s: %s: %w", r.name, c.name, err)
		}
		if i == 0 {
			first = values
		} else if !bytes.Equal(first, values) {
			return fmt.Errorf("%s: %s and %s give different answers", r.name, r.contenders[0].name, c.name)
		}
	}
	return nil
}

// normal is values with their keys in order, a line each. What is no JSON stays.
func normal(text []byte) ([]byte, error) {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		var v any
		if json.Unmarshal(line, &v) != nil {
			out.Write(line)
		} else if err := json.NewEncoder(&out).Encode(v); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

const raceForm = "%-30s  %-14s %9s %12s %9s %9s %9s\n"

// print prints a line for each contender.
func (r race) print(w io.Writer, results []result) {
	for i, c := range r.contenders {
		name, ratio := "", ""
		if i == 0 {
			name = r.name
		} else {
			ratio = fmt.Sprintf("%.2f", medianRatio(c.speeds(results[i]), r.contenders[0].speeds(results[0])))
		}
		seconds := median(results[i].times).Seconds()
		fmt.Fprintf(w, raceForm, name, c.name,
			fmt.Sprintf("%.0f", float64(c.bytes)/1e6/seconds),
			units.HumanCount(int64(float64(c.records)/seconds)), ratio,
			fmt.Sprintf("%.2f", median(results[i].cpu).Seconds()/float64(c.bytes)*1e9),
			fmt.Sprintf("%.1f", float64(results[i].peak)/1e6))
	}
}

// speeds is bytes a second, by round.
func (c *contender) speeds(r result) []float64 {
	speeds := make([]float64, len(r.times))
	for i, t := range r.times {
		speeds[i] = float64(c.bytes) / t.Seconds()
	}
	return speeds
}

// races runs the cases that were asked for.
func (p plan) races(w io.Writer, in inputs) error {
	fmt.Fprintf(w, raceForm, "case", "program", "MB/s", "records/s", "ours is", "CPU s/GB", "peak MB")
	for _, r := range p.cases(in) {
		if err := p.race(w, r); err != nil {
			return err
		}
	}
	return nil
}

// race runs a case if it was asked for, without those who are not installed.
func (p plan) race(w io.Writer, r race) error {
	if !p.only.MatchString(r.name) {
		return nil
	}
	var missing []string
	r.contenders = slices.DeleteFunc(r.contenders, func(c contender) bool {
		if _, err := exec.LookPath(c.program()); err != nil {
			missing = append(missing, c.name)
			return true
		}
		return false
	})
	if err := r.same(); err != nil {
		return err
	}
	results, err := r.run()
	if err != nil {
		return err
	}
	r.print(w, results)
	for _, name := range missing {
		fmt.Fprintf(w, raceForm, "", name, "-", "not", "installed", "", "")
	}
	return nil
}

// program is the command that must be there.
func (c *contender) program() string { return c.pipe[max(c.stage, 0)][0] }

func median[T int | float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// medianRatio is the median over the rounds of ours/theirs.
func medianRatio(theirs, ours []float64) float64 {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = ours[i] / theirs[i]
	}
	return median(ratios)
}
