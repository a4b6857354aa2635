package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/term"
)

// shell runs what needs a shell.
const shell = "sh"

// builtins are the commands of a POSIX shell that are no programs, or are not the
// same as the program of that name.
var builtins = []string{
	".", ":", "alias", "bg", "break", "cd", "command", "continue", "eval", "exec", "exit", "export", "fc", "fg",
	"getopts", "hash", "jobs", "pwd", "read", "readonly", "return", "set", "shift", "source", "times", "trap", "type",
	"ulimit", "umask", "unalias", "unset", "wait",
}

// echo is a program too, and the same as long as it has no option and no
// backslash: of those each shell makes something else.
const echo = "echo"

// ofShell says whether a command of these words is the shell's own.
func ofShell(words []string) bool {
	return slices.Contains(builtins, words[0]) || words[0] == echo && slices.ContainsFunc(words[1:], func(w string) bool {
		return strings.HasPrefix(w, "-") || strings.Contains(w, `\`)
	})
}

// A textError says what is wrong with the text of -c, and where.
type textError struct {
	text    string
	at      int
	message string
	next    string
}

func (e *textError) Error() string {
	line, column := term.Column([]byte(e.text), e.at)
	return fmt.Sprintf("-c:%d:%d: %s", line, column, e.message)
}
func (e *textError) Excerpt() string { return term.Excerpt([]byte(e.text), e.at) }
func (e *textError) Hint() string    { return e.next }
func (e *textError) ExitStatus() int { return exit.Compile }

// parseText makes stages of a pipeline as a shell writes it. What it can't do
// without the rules of a shell (expansions, redirections, compound commands) it
// leaves to one: a stage of plain words is started directly, any other one by
// sh -c.
func parseText(text string) ([]pipeline.Command, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(text), "")
	if err != nil {
		return nil, parseError(text, err)
	}
	if len(file.Stmts) == 0 {
		return nil, &textError{text: text, message: "there is no command to run"}
	}
	const next = "one pipeline is run; a list can be a command of it: { a && b; } | c"
	if len(file.Stmts) > 1 {
		return nil, &textError{text, offset(file.Stmts[1].Pos()), "a second command is not part of the pipeline", next}
	}
	commands, err := flatten(text, file.Stmts[0], next)
	if err != nil {
		return nil, err
	}
	var stages []pipeline.Command
	for _, c := range commands {
		stage, err := stageOf(c)
		if err != nil {
			return nil, err
		}
		stages = append(stages, stage)
	}
	return stages, nil
}

func parseError(text string, err error) error {
	e := &textError{text: text, message: err.Error()}
	var parse syntax.ParseError
	var dialect syntax.LangError
	switch {
	case errors.As(err, &parse):
		e.at, e.message = offset(parse.Pos), parse.Text
	case errors.As(err, &dialect):
		e.at, e.message = offset(dialect.Pos), dialect.Feature+" is not of the POSIX shell"
	}
	return e
}

func offset(p syntax.Pos) int { return int(p.Offset()) }

// flatten lists the commands of a pipeline.
func flatten(text string, s *syntax.Stmt, next string) ([]*syntax.Stmt, error) {
	switch {
	case s.Negated:
		return nil, &textError{text, offset(s.Pos()), "a status can't be turned around", "put it in front of the whole: ! pipe-run ..."}
	case s.Background:
		return nil, &textError{text, offset(s.Semicolon), "& is not part of the pipeline", "put it behind the whole: pipe-run ... &"}
	}
	pipe, ok := s.Cmd.(*syntax.BinaryCmd)
	if !ok {
		return []*syntax.Stmt{s}, nil
	}
	if pipe.Op != syntax.Pipe {
		return nil, &textError{text, offset(pipe.OpPos), pipe.Op.String() + " is not part of a pipeline", next}
	}
	before, err := flatten(text, pipe.X, next)
	if err != nil {
		return nil, err
	}
	after, err := flatten(text, pipe.Y, next)
	return append(before, after...), err
}

// stageOf makes a stage of one command.
func stageOf(s *syntax.Stmt) (pipeline.Command, error) {
	words, plain := plainWords(s)
	if plain && !ofShell(words) {
		return find(words)
	}
	var printed strings.Builder
	if err := syntax.NewPrinter().Print(&printed, s); err != nil {
		return pipeline.Command{}, err
	}
	script := printed.String()
	name := shell
	if call, ok := s.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 {
		if first, plain := plainWord(call.Args[0]); plain {
			name = first
		}
		// So that what ends the stage ends the command itself.
		if len(call.Assigns) == 0 && name != echo && !slices.Contains(builtins, name) {
			script = "exec " + script
		}
	}
	stage, err := find([]string{shell, "-c", script})
	stage.Name = name
	return stage, err
}

// plainWords are the words of a command that means nothing but them.
func plainWords(s *syntax.Stmt) (words []string, plain bool) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(s.Redirs) > 0 || len(call.Assigns) > 0 {
		return nil, false
	}
	for _, w := range call.Args {
		word, plain := plainWord(w)
		if !plain {
			return nil, false
		}
		words = append(words, word)
	}
	return words, true
}

// plainWord is a word without anything to expand.
func plainWord(w *syntax.Word) (string, bool) {
	var b strings.Builder
	for i, part := range w.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			if strings.ContainsAny(part.Value, `*?[\`) || i == 0 && strings.HasPrefix(part.Value, "~") {
				return "", false
			}
			b.WriteString(part.Value)
		case *syntax.SglQuoted:
			if part.Dollar {
				return "", false
			}
			b.WriteString(part.Value)
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				lit, ok := inner.(*syntax.Lit)
				if !ok || part.Dollar || strings.Contains(lit.Value, `\`) {
					return "", false
				}
				b.WriteString(lit.Value)
			}
		default:
			return "", false
		}
	}
	return b.String(), true
}
