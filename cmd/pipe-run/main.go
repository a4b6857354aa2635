// Pipe-run runs a pipeline in which one failure fails all.
//
// Synopsis:
//
//	pipe-run [options] COMMAND [ARGUMENT ...] [::: COMMAND [ARGUMENT ...]]...
//	pipe-run [options] -c 'COMMAND | COMMAND ...'
//
// No stage ever takes the end of one that failed for the end of its input: the
// others are ended first. Every status is told, and nothing outlives it.
//
// Exit status: that of the stage to blame, 128 and the number of its signal; 2
// usage; 3 -c does not parse; 74 a file failed; 124 timed out; 126 and 127 a
// command can't be executed, or is not found.
//
// See man/pipe-run.1.
package main

import (
	"os"
	"time"

	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

func main() { os.Exit(tool.Main(command(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

// keeperName is what the keeper is called in a list of processes. It differs from
// our own name, so that who kills us by it leaves the keeper to do its work.
const keeperName = "pipe-keeper"

func command() *tool.Command {
	p := newPipeRun()
	whens := []string{"auto", "always", "never"}
	return &tool.Command{
		Name:     "pipe-run",
		Summary:  "run a pipeline in which one failure fails all",
		Synopsis: []string{"[options] COMMAND [ARGUMENT ...] [::: COMMAND [ARGUMENT ...]]...", "[options] -c 'COMMAND | COMMAND ...'"},
		Operands: [2]int{0, -1},
		// The commands keep their own options.
		EndsOptions: func(string) bool { return true },
		Helper:      &tool.Helper{Name: keeperName, Run: pipeline.Keep},
		Options: []tool.Option{
			{Name: "command", Short: "c", Arg: "TEXT", Usage: "the pipeline as a shell writes it: 'a | b < in | c > out'", Value: tool.Given(tool.String(&p.text), &p.textGiven)},
			{Name: "input", Short: "i", Arg: "FILE", Usage: "the first command reads FILE", Value: tool.Path(&p.input), File: true},
			{Name: "output", Short: "o", Arg: "FILE", Usage: "what the last command writes becomes FILE once all are complete", Value: tool.Path(&p.output), File: true},
			{Name: "accept", Arg: "STATUS,...", Usage: "statuses that mean a command is complete, besides 0", Value: tool.Func("", p.setAccept)},
			{Name: "early-exit", Arg: "WHAT", Usage: "a command that ends before its input does: ok, fail", Value: tool.Choice(&p.earlyExit, "ok", "fail"), Choices: []string{"ok", "fail"}},
			{Name: "cut", Arg: "WHEN", Usage: "end a command whose reader has had enough: at its next write, or now", Value: tool.Choice(&p.cut, "next", "now"), Choices: []string{"next", "now"}},
			{Name: "eof", Arg: "WHEN", Usage: "a command's output is at its end when the command succeeds, or at once when it closes it: success, immediate", Value: tool.Choice(&p.eof, "success", "immediate"), Choices: []string{"success", "immediate"}},
			{Name: "timeout", Arg: "DURATION", Usage: "end everything after that time, with status 124", Value: tool.Positive(&p.timeout)},
			{Name: "grace", Arg: "DURATION", Usage: "the time between the signal to end and the kill", Value: &p.grace},
			{Name: "on-term", Arg: "HOW", Usage: "at SIGTERM, end the first command and let the others finish, or end all: drain, kill", Value: tool.Given(tool.Choice(&p.onTerm, "drain", "kill"), &p.onTermGiven), Choices: []string{"drain", "kill"}},
			{Name: "pipe-size", Arg: "SIZE", Usage: "the size of the pipes, where the system allows it", Value: tool.Positive(&p.pipeSize)},
			{Name: "progress", Arg: "WHEN", Usage: "draw the pipeline while it runs: auto, always, never", Value: tool.Choice(&p.progress, whens...), Choices: whens},
			{Name: "plot", Arg: "FILE", Usage: "draw the run over time into FILE, as SVG", Value: tool.Path(&p.plot), File: true},
			{Name: "stall", Arg: "DURATION", Usage: "tell who sits on data when nothing moved for that long; with :kill, end everything", Value: &p.stall},
			{Name: "report", Arg: "FILE", Usage: "write what became of each command to FILE, or to a descriptor: fd:N, as NDJSON", Value: tool.Path(&p.report), File: true},
			{Name: "quiet", Short: "q", Usage: "no summary: only what went wrong is told", Value: tool.Bool(&p.quiet)},
			{Name: "verbose", Short: "v", Usage: "print the summary even where standard error is no terminal", Value: tool.Bool(&p.verbose)},
		},
		Run: p.run,
	}
}

func newPipeRun() *pipeRun {
	return &pipeRun{earlyExit: "ok", cut: "next", eof: "success", onTerm: "drain", progress: "auto", grace: units.Duration(8 * time.Second)}
}
