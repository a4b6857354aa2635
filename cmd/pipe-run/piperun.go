package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/flow"
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
	report, plot   string
	progress       string
	stall          stallOption
	quiet, verbose bool
	supervised     bool // by another pipe-run
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
	case p.eof == "immediate" && p.cut == "now":
		return tool.Usagef("--eof=immediate and --cut=now: a command that has closed its output may live on, and would be ended")
	case p.cut == "now" && p.earlyExit == "fail":
		return tool.Usagef("--cut=now and --early-exit=fail contradict each other")
	case p.quiet && p.progress == "always":
		return tool.Usagef("--quiet and --progress=always contradict each other")
	case p.quiet && p.verbose:
		return tool.Usagef("--quiet and --verbose contradict each other")
	}
	return p.validateFiles()
}

// validateFiles checks that no two options name one file to write.
func (p *pipeRun) validateFiles() error {
	names := []struct{ option, file string }{{"--report", p.report}, {"--plot", p.plot}, {"--output", p.output}}
	for i, a := range names {
		for _, b := range names[i+1:] {
			if a.file != "" && b.file != "" && filepath.Clean(a.file) == filepath.Clean(b.file) {
				return tool.Usagef("%s and %s name the same file", a.option, b.option)
			}
		}
	}
	return nil
}

// run runs the pipeline.
func (p *pipeRun) run(env *tool.Env) error {
	if err := p.validate(env.Args); err != nil {
		return err
	}
	edges := &edges{in: env.Stdin, out: env.Stdout}
	defer edges.close()
	result, seen, err := p.pipe(env, edges)
	if err != nil {
		p.refuse(edges, err)
		return err
	}
	return p.conclude(env, result, seen, edges)
}

// pipe runs the pipeline to its end. An error says that it did not begin.
func (p *pipeRun) pipe(env *tool.Env, edges *edges) (*pipeline.Result, *account, error) {
	stages, err := p.stages(env.Args)
	if err != nil {
		return nil, nil, err
	}
	if err := edges.open(p); err != nil {
		return nil, nil, err
	}
	drain := p.onTerm == "drain" && (p.onTermGiven || os.Getenv(pipeline.Marker) == "")
	pause := func() { env.Term.Aside(env.Signals.Pause) }
	signals := newSwitchboard(drain, !hasTerminal(), pause)
	env.Signals.Take(signals.got, signals.wanted()...)
	env.OnDefect(edges.discard)
	if err := edges.create(p); err != nil {
		return nil, nil, err
	}
	result, seen, err := p.supervise(env, stages, edges, signals)
	if err != nil {
		return nil, nil, exit.With(exit.IO, err)
	}
	p.keep(result, edges, signals)
	if result.Reason != nil && result.Reason.Signal != 0 {
		env.Signals.Obey(result.Reason.Signal)
	}
	return result, seen, nil
}

// refuse reports that the run did not begin, so that the report is never that of
// another run. What was asked for wrongly is told, and touches no file.
func (p *pipeRun) refuse(edges *edges, err error) {
	status := exit.Status(err)
	if p.report == "" || status == exit.Usage {
		return
	}
	if edges.report == nil && edges.openReport(p) != nil {
		return
	}
	if edges.fresh != nil && edges.fresh.Truncate(0) != nil {
		return
	}
	// The first error is the one to tell.
	_ = edges.write(&pipeline.Result{Blamed: -1, Status: status, Reason: &pipeline.Reason{Text: err.Error()}}, nil)
}

// stages are the commands of the command line.
func (p *pipeRun) stages(operands []string) ([]pipeline.Command, error) {
	if p.textGiven {
		return parseText(p.text)
	}
	return splitOperands(operands)
}

// supervise runs the stages until nothing of them is left.
func (p *pipeRun) supervise(env *tool.Env, stages []pipeline.Command, edges *edges, signals *switchboard) (*pipeline.Result, *account, error) {
	observer := p.observe(env, stages, edges)
	plan := pipeline.Plan{
		Stages: stages, Stdin: edges.in, Stdout: edges.out, Stderr: env.Stderr,
		Groups:   signals.groups,
		PipeSize: int(p.pipeSize), Grace: time.Duration(p.grace),
		Rules:  pipeline.Rules{Accept: p.accept, EarlyFails: p.earlyExit == "fail", Immediate: p.eof == "immediate"},
		CutNow: p.cut == "now",
		Keeper: pipeline.Keeper{Path: self(), Name: keeperName},
		Go:     env.Go,
		Observe: func(e pipeline.Event) {
			if e.Kind == pipeline.Unkept {
				env.Term.Say("the keeper is gone and does not come back: were pipe-run killed now, the commands would see an end")
				return
			}
			observer.happened(e)
		},
	}
	run, err := pipeline.Start(&plan)
	if err != nil {
		observer.close()
		return nil, nil, err
	}
	signals.connect(run)
	observer.begin(run)
	if p.timeout > 0 {
		limit := time.AfterFunc(time.Duration(p.timeout), func() {
			run.End(pipeline.Reason{Text: "timed out after " + p.timeout.String(), Status: exit.TimedOut})
		})
		defer limit.Stop()
	}
	result := run.Wait()
	return &result, observer.end(&result), nil
}

// keep gives the output its name, if there is no reason not to, and otherwise
// removes it.
func (p *pipeRun) keep(result *pipeline.Result, edges *edges, signals *switchboard) {
	defer signals.hangUp(edges.discard)
	defer edges.draft.Discard()
	if result.Reason != nil || result.Blamed >= 0 && result.Stages[result.Blamed].Verdict != pipeline.Accepted {
		return
	}
	err := edges.finish()
	if late := signals.missed(); late != nil {
		result.Reason, result.Status = late, pipeline.Status{Signal: late.Signal}.Exit()
		return
	}
	if err == nil {
		err = edges.commit()
	}
	if err != nil {
		result.Reason, result.Status = &pipeline.Reason{Text: err.Error(), Status: exit.IO}, exit.IO
	}
}

// conclude says what became of the run, and answers what it ends with.
func (p *pipeRun) conclude(env *tool.Env, result *pipeline.Result, seen *account, edges *edges) error {
	failed := errors.Join(edges.write(result, seen), edges.draw(p.title(seen), result, seen))
	if p.tells(env) {
		columns, _ := env.Term.Size()
		for _, line := range table(result, seen, columns-term.Width("pipe-run: ")) {
			env.Term.Say("%s", line)
		}
		if seen.bottleneck.Stage != flow.Nowhere {
			env.Term.Say("%s", sentence(seen.bottleneck, seen.commands))
		}
	}
	if text := blame(result); text != "" && !silent(result) {
		env.Term.Say("%s", text)
	}
	switch {
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

// title is the pipeline as it was typed, or could have been.
func (p *pipeRun) title(seen *account) string {
	switch {
	case p.textGiven:
		return p.text
	case seen == nil:
		return ""
	}
	return strings.Join(seen.commands, " | ")
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
