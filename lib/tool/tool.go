// Package tool is the airlock between a command and the process it runs in:
// arguments come in, an exit status or a death by signal goes out, and nothing
// below names os.Args, os.Stdout or os.Exit.
//
// A command describes itself with a Command: its name, its options, and a Run
// function. Main parses the arguments, runs it, prints what went wrong, and
// answers the status for os.Exit.
//
// urfave/cli does the last step of parsing. Left alone it prints usage errors
// with the whole help into standard output, calls os.Exit in the middle, takes
// an operand called help for a command, splits values at commas, stops at the
// first operand and knows no -n50; so the option table here rewrites the
// arguments to --name=value first (see args.go), help and version are options
// like any other, and every one of its hooks that prints or exits is disarmed.
// This is the only package that imports it.
//
// It is also the only one that handles signals and that ends the process from
// within: a goroutine that a command starts with Env.Go ends it with the status
// of a defect when it panics, where Go itself would exit with 2.
package tool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/urfave/cli/v2"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
)

// A Command is one tool.
type Command struct {
	Name    string
	Summary string // what it does, for the first line of the help: lower case, no full stop
	// Synopsis is what follows the name, one for each form: "[options] [FILE ...]".
	Synopsis []string
	Options  []Option
	// EndsOptions says whether options end at an operand: what follows it is
	// itself a command line, and is handed on as it stands, a "--" in front
	// included. Nil: options may stand anywhere.
	EndsOptions func(operand string) bool
	// Operands is the least and the most operands; a most of -1 is any number.
	// A least that is not met shows the synopsis.
	Operands [2]int
	// Settle says that the command wants to settle what it holds when SIGINT
	// or SIGTERM asks it to end. Without it, it dies of them at once.
	Settle bool
	// Helper is what the program does instead when this very program has started
	// it as a helper; nil if it never does.
	Helper *Helper
	// Catches are signals that are caught before anything else happens, because
	// the command gives them a meaning later, by Signals.On, or leaves them theirs,
	// by Signals.Leave: one of the two must be.
	Catches []syscall.Signal
	// Run does the work. What it answers is printed, and gives the status (see
	// package exit). stdio.ErrReaderGone ends the process as SIGPIPE does;
	// stdio.ErrStopped says that a signal was obeyed, which is re-raised.
	Run func(*Env) error
}

// A Helper is a second life of a program: a process of its own that its first
// life starts, and that is known by its name. It has no options, prints nothing,
// and outlives the signals that end its creator.
type Helper struct {
	Name string                  // its argument zero
	Run  func(args []string) int // with the arguments, the name first; answers the exit status
}

// Env is what a command finds around it.
type Env struct {
	Name                  string
	Args                  []string // operands
	Marks                 []string // for each, the option before it that marks operands, or ""
	Stdin, Stdout, Stderr *os.File
	Term                  *term.Term
	Signals               *Signals

	mu       sync.Mutex
	onDefect []func()
}

// Main runs the command as this process and answers its exit status. When the
// process is to die by a signal, Main does not come back (but as process 1,
// which signals can't end, it answers 128 plus the signal).
func Main(c *Command, args []string, stdin, stdout, stderr *os.File) int {
	if h := c.Helper; h != nil && len(args) > 0 && args[0] == h.Name {
		ignoreSignals()
		return h.Run(args)
	}
	status, sig := Run(c, args, stdin, stdout, stderr)
	if sig != 0 {
		return die(sig)
	}
	return status
}

// Run is Main without the dying: it answers the status, or the signal that the
// process should die of. Tests use it.
func Run(c *Command, args []string, stdin, stdout, stderr *os.File) (status int, sig syscall.Signal) {
	early := catch(c.Catches)
	env := &Env{Name: c.Name, Stdin: stdin, Stdout: stdout, Stderr: stderr, Term: term.New(stderr, c.Name)}
	defer func() {
		if p := recover(); p != nil {
			env.defect(p)
			status, sig = exit.Defect, 0
		}
	}()
	err := c.parse(env, early, args)
	if err == nil {
		return exit.OK, 0
	}
	var run *runError
	if !errors.As(err, &run) {
		report(env.Term, err)
		return exit.Status(err), 0
	}
	if sig := env.Signals.Got(); sig != 0 {
		report(env.Term, run.err)
		return 0, sig
	}
	if errors.Is(run.err, stdio.ErrReaderGone) {
		report(env.Term, run.err)
		return 0, syscall.SIGPIPE
	}
	report(env.Term, run.err)
	return exit.Status(run.err), 0
}

// runError marks an error of the command itself, to tell it from one of the
// arguments. Its err may be nil.
type runError struct{ err error }

func (e *runError) Error() string { return "run" }

// parse parses args (with the program's name first) and runs the command. It
// answers nil when help or the version was printed, and a *runError otherwise
// unless the arguments are wrong.
func (c *Command) parse(env *Env, early caught, args []string) error {
	var help, version bool
	options := append(c.Options[:len(c.Options):len(c.Options)],
		Option{Name: "help", Short: "h", Usage: "print this help", Value: Bool(&help)},
		Option{Name: "version", Short: "V", Usage: "print the version", Value: Bool(&version)},
	)
	rewritten, marks, err := rewrite(options, args[1:], c.EndsOptions)
	if err != nil {
		return c.usage(err)
	}
	flags := make([]cli.Flag, len(options))
	for i := range options {
		flags[i] = &flagOf{Option: &options[i]}
	}
	app := &cli.App{
		Name: c.Name, HelpName: c.Name, Flags: flags,
		HideHelp: true, HideHelpCommand: true, HideVersion: true,
		Reader: env.Stdin, Writer: io.Discard, ErrWriter: io.Discard,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError: func(_ *cli.Context, err error, _ bool) error {
			for _, f := range flags {
				if bad := f.(*flagOf).err; bad != nil {
					err = fmt.Errorf("--%s: %w", f.(*flagOf).Name, bad)
				}
			}
			return c.usage(err)
		},
		Action: func(ctx *cli.Context) error {
			switch {
			case help:
				return c.print(env, c.Help(options))
			case version:
				return c.print(env, c.Name+" "+Version()+"\n")
			}
			env.Args, env.Marks = ctx.Args().Slice(), marks
			if err := c.checkOperands(env.Args); err != nil {
				return c.usage(err)
			}
			return c.run(env, early)
		},
	}
	return app.Run(append([]string{c.Name}, rewritten...))
}

func (c *Command) run(env *Env, early caught) error {
	var err error
	if env.Signals, err = newSignals(env, early, c.Settle); err != nil {
		return &runError{err}
	}
	defer env.Signals.release()
	err = c.Run(env)
	var usage *UsageError
	if errors.As(err, &usage) {
		return c.usage(err)
	}
	return &runError{err}
}

func (c *Command) checkOperands(args []string) error {
	least, most := c.Operands[0], c.Operands[1]
	switch {
	case len(args) < least:
		return errors.New("an operand is missing")
	case most >= 0 && len(args) > most:
		return fmt.Errorf("unexpected operand %s", term.Quote(args[most]))
	}
	return nil
}

// print prints what was asked for, which is data, and checks that it arrived.
func (c *Command) print(env *Env, text string) error {
	out := stdio.NewOut(env.Stdout, "standard output", 0)
	if _, err := out.WriteString(text); err != nil {
		return &runError{err}
	}
	return nil
}

// report prints an error and what it knows besides: an excerpt, a hint. Of
// joined errors each is judged by itself: that a signal was obeyed says
// nothing, but what failed beside it does.
func report(t *term.Term, err error) {
	t.EndProgress()
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			report(t, e)
		}
		return
	}
	if err == nil || errors.Is(err, stdio.ErrReaderGone) || errors.Is(err, stdio.ErrStopped) {
		return
	}
	if err.Error() != "" {
		t.Say("%s", strings.TrimSuffix(err.Error(), "\n"))
	}
	var excerpt interface{ Excerpt() string }
	if errors.As(err, &excerpt) {
		t.Show(excerpt.Excerpt())
	}
	var hint interface{ Hint() string }
	if errors.As(err, &hint) && hint.Hint() != "" {
		t.Hint("%s", hint.Hint())
	}
}
