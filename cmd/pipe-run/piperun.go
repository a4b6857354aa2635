package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// A pipeRun is what the command line asks for.
type pipeRun struct {
	text           string // of -c
	textGiven      bool
	input, output  string
	accept         []int
	earlyExit, cut string
	eof, onTerm    string
	onTermGiven    bool
	timeout, grace units.Duration
	pipeSize       units.Size
	report         string
	quiet, verbose bool
}

// setAccept takes a list of statuses.
func (p *pipeRun) setAccept(list string) error {
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > 255 {
			return fmt.Errorf("%q is no status from 1 to 255", word)
		}
		p.accept = append(p.accept, n)
	}
	return nil
}

// validate checks what the options can't check alone.
func (p *pipeRun) validate(operands []string) error {
	switch {
	case p.textGiven && len(operands) > 0:
		return tool.Usagef("-c is the whole pipeline, so %s is too much", term.Quote(operands[0]))
	case !p.textGiven && len(operands) == 0:
		return tool.Usagef("there is no command to run")
	case p.eof == "immediate" && p.earlyExit == "fail":
		return tool.Usagef("--eof=immediate and --early-exit=fail: nobody knows then whether a command has seen the end of its input")
	case p.cut == "now" && p.earlyExit == "fail":
		return tool.Usagef("--cut=now and --early-exit=fail contradict each other")
	case p.quiet && p.verbose:
		return tool.Usagef("--quiet and --verbose contradict each other")
	}
	return nil
}

// run runs the pipeline.
func (p *pipeRun) run(env *tool.Env) error {
	if err := p.validate(env.Args); err != nil {
		return err
	}
	stages, err := p.stages(env.Args)
	if err != nil {
		return err
	}
	edges, err := p.open(env)
	if err != nil {
		return err
	}
	defer edges.close()
	result, err := p.supervise(env, stages, edges)
	if err != nil {
		return exit.With(exit.IO, err)
	}
	return p.conclude(env, result, edges)
}

// stages are the commands of the command line.
func (p *pipeRun) stages(operands []string) ([]pipeline.Command, error) {
	if p.textGiven {
		return parseText(p.text)
	}
	return splitOperands(operands)
}

// supervise runs the stages until nothing of them is left.
func (p *pipeRun) supervise(env *tool.Env, stages []pipeline.Command, edges *edges) (*pipeline.Result, error) {
	plan := pipeline.Plan{
		Stages: stages, Stdin: edges.in, Stdout: edges.out, Stderr: env.Stderr,
		Groups:   !hasTerminal(),
		PipeSize: int(p.pipeSize), Grace: time.Duration(p.grace),
		Rules:  pipeline.Rules{Accept: p.accept, EarlyFails: p.earlyExit == "fail", Immediate: p.eof == "immediate"},
		CutNow: p.cut == "now",
		Keeper: pipeline.Keeper{Path: self(), Name: keeperName},
		Go:     env.Go,
	}
	drain := p.onTerm == "drain" && (p.onTermGiven || os.Getenv(pipeline.Marker) == "")
	signals := newSwitchboard(drain, plan.Groups)
	env.Signals.Take(signals.got, signals.wanted()...)
	run, err := pipeline.Start(&plan)
	if err != nil {
		return nil, err
	}
	signals.connect(run)
	if p.timeout > 0 {
		limit := time.AfterFunc(time.Duration(p.timeout), func() {
			run.End(pipeline.Reason{Text: "timed out after " + p.timeout.String(), Status: exit.TimedOut})
		})
		defer limit.Stop()
	}
	result := run.Wait()
	return &result, nil
}

// conclude says what became of the run, keeps its output or not, and answers what
// it ends with.
func (p *pipeRun) conclude(env *tool.Env, result *pipeline.Result, edges *edges) error {
	complete := result.Reason == nil && (result.Blamed < 0 || result.Stages[result.Blamed].Verdict == pipeline.Accepted)
	var failed error
	if complete {
		failed = edges.commit()
	}
	failed = errors.Join(failed, edges.write(result))
	if p.verbose || !p.quiet && env.Term.IsTerminal() {
		for _, line := range table(result) {
			env.Term.Say("%s", line)
		}
	}
	if text := blame(result); text != "" && !silent(result) {
		env.Term.Say("%s", text)
	}
	switch {
	case result.Reason != nil && result.Reason.Signal != 0:
		return errors.Join(failed, tool.DiedOf(result.Reason.Signal))
	case failed != nil && result.Status == exit.OK:
		return exit.With(exit.IO, failed)
	case failed != nil:
		env.Term.Say("%v", failed)
	}
	if result.Status != exit.OK {
		return exit.Reported(result.Status)
	}
	return nil
}

// silent says whether there are no words for the end of a run: that the reader of
// its output has gone is none of its failures.
func silent(result *pipeline.Result) bool {
	last := len(result.Stages) - 1
	return result.Reason == nil && result.Blamed == last && result.Stages[last].Status.Signal == syscall.SIGPIPE
}

// hasTerminal says whether this process has a controlling terminal, and so a
// shell that looks after its jobs.
func hasTerminal() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	tty.Close()
	return true
}

// self is the path of this program. The link stays right when the file behind it
// is replaced.
func self() string {
	const link = "/proc/self/exe"
	if _, err := os.Lstat(link); err == nil {
		return link
	}
	path, _ := os.Executable()
	return path
}
